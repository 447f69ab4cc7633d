"""What does not fit between a report and a card that is suggested all the same."""

from collections.abc import Iterator, Sequence

from domain.matches import CardFacts, SymptomFigure, UnderstoodReport, VehicleLevel
from domain.reasons import Reason, ReasonKind
from domain.vehicles import name_key

# Of what the card does not speak of, so many of a kind are told, and only what is surely reported.
MOST = 2
SURELY = 0.6


def find_misfits(
    understood: UnderstoodReport, card: CardFacts, figures: Sequence[SymptomFigure]
) -> Iterator[Reason]:
    """Yield what speaks against a card, the strongest first; `figures` are those of its text."""
    yield from _healthy_figures(understood, figures)
    yield from _denied_symptoms(understood, card)
    yield from _other_codes(understood, card)
    yield from _other_symptoms(understood, card)
    yield from _other_vehicle(understood, card)


def _healthy_figures(
    understood: UnderstoodReport, figures: Sequence[SymptomFigure]
) -> Iterator[Reason]:
    """Yield what the report finds bad where the card has measured a good value."""
    measured = {one.symptom: one.figure for one in understood.figures if not one.good}
    told = {seen.code for seen in understood.symptoms if seen.confidence >= SURELY}
    for good in [one for one in figures if one.good and one.symptom in told][:MOST]:
        said = (*understood.name_of(good.symptom), "")[0]
        figure = measured.get(good.symptom, "")
        yield Reason(
            kind=ReasonKind.HEALTHY_FIGURE,
            subject=good.symptom,
            told=(said, figure, good.figure),
        )


def _denied_symptoms(understood: UnderstoodReport, card: CardFacts) -> Iterator[Reason]:
    measured = {one.symptom: one.figure for one in understood.figures if one.good}
    for code in [one for one in understood.denied if one in card.symptoms][:MOST]:
        name = (*understood.name_of(code), "")[0]
        figure = (measured[code],) if code in measured else ()
        yield Reason(kind=ReasonKind.DENIED_SYMPTOM, subject=code, told=(name, *figure))


def _other_codes(understood: UnderstoodReport, card: CardFacts) -> Iterator[Reason]:
    """Yield the reported codes that are not the card's, where it has codes at all."""
    known = {key.partition(":")[2] for key in card.codes}
    if not known:
        return
    # One bare code may have several keys while the make is unknown.
    said = {key.partition(":")[2]: key for key in reversed(understood.codes)}
    missing = [key for key in understood.codes if key in said.values()]
    for key in [one for one in missing if one.partition(":")[2] not in known][:MOST]:
        yield Reason(kind=ReasonKind.OTHER_CODE, subject=key)


def _other_symptoms(understood: UnderstoodReport, card: CardFacts) -> Iterator[Reason]:
    """Yield what is surely reported and not the card's, where it names symptoms at all."""
    if not card.symptoms:
        return
    sure = [seen.code for seen in understood.symptoms if seen.confidence >= SURELY]
    for code in [one for one in sure if one not in card.symptoms][:MOST]:
        yield Reason(kind=ReasonKind.OTHER_SYMPTOM, subject=code, told=understood.name_of(code))


def _other_vehicle(understood: UnderstoodReport, card: CardFacts) -> Iterator[Reason]:
    make = understood.vehicle.make
    if make is None or not card.fits or card.vehicle_level is not VehicleLevel.NONE:
        return
    if name_key(make) not in card.fits:
        yield Reason(kind=ReasonKind.OTHER_VEHICLE, subject=name_key(make))
