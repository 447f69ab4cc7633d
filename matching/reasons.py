"""Why a card was suggested: one reason a piece of evidence, what speaks against it among them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from domain.codes import CodeKey
from domain.matches import CardFacts, Source, SymptomFigure, UnderstoodReport, VehicleLevel
from domain.reasons import OutcomeCounts, Reason, ReasonKind
from domain.signature import split_words
from matching import misfits
from matching.fusion import CardCandidate, Contribution

# Of the words that are shared so many are told.
SHARED_SHOWN = 5
CARDS_KEPT = 1_024
Telling = Callable[[Contribution, UnderstoodReport, CardFacts], Reason]


def find_reasons(
    understood: UnderstoodReport,
    candidate: CardCandidate,
    card: CardFacts,
    figures: Sequence[SymptomFigure] = (),
) -> tuple[Reason, ...]:
    """Give what holds between this report and this card, the strongest kind first.

    `figures` are those that the card's text measures. What does not fit stands behind what does.
    """
    found = [
        *_code_reasons(understood, card),
        *_symptom_reasons(understood, card),
        *_vehicle_reasons(card),
        *_source_reasons(candidate, understood, card),
        *misfits.find_misfits(understood, card, figures),
        *_component_reasons(card),
        _outcome_reason(card),
    ]
    return tuple(found)


def of_card(understood: UnderstoodReport, card: CardFacts) -> list[Reason]:
    """Give the reasons that card and report have without any search, what was tried the last."""
    shown = [
        *_code_reasons(understood, card),
        *_symptom_reasons(understood, card),
        *_vehicle_reasons(card),
        *misfits.find_misfits(understood, card, ()),
    ]
    return [*shown, *_component_reasons(card), _outcome_reason(card)]


def shared_words(understood: UnderstoodReport, card: CardFacts) -> list[str]:
    """Give the telling words that report and card share, in the report's order."""
    said = _card_words(f"{card.title} {card.text}")
    return [w for w in dict.fromkeys(split_words(understood.english)) if w in said]


@lru_cache(CARDS_KEPT)
def _card_words(text: str) -> frozenset[str]:
    """Give the words of a card; the same cards are suggested again and again."""
    return frozenset(split_words(text))


def _code_reasons(understood: UnderstoodReport, card: CardFacts) -> list[Reason]:
    shared = [code for code in understood.codes if code in card.codes]
    return [
        Reason(kind=ReasonKind.CODE, subject=c, told=_code_details(understood, c)) for c in shared
    ]


def _code_details(understood: UnderstoodReport, key: CodeKey) -> tuple[str, ...]:
    """Give how a code failed, and what else the report says of it."""
    bare = key.partition(":")[2]
    told = (one for one in understood.told_codes if one.code.bare == bare)
    return tuple(one.details for one in told if one.details)


def _symptom_reasons(understood: UnderstoodReport, card: CardFacts) -> list[Reason]:
    shared = [seen.code for seen in understood.symptoms if seen.code in card.symptoms]
    return [
        Reason(kind=ReasonKind.SYMPTOM, subject=code, told=understood.name_of(code))
        for code in shared
    ]


def _vehicle_reasons(card: CardFacts) -> list[Reason]:
    if card.vehicle_level is VehicleLevel.NONE:
        return []
    return [Reason(kind=ReasonKind.VEHICLE, subject=card.vehicle_level.name.lower())]


def _source_reasons(
    candidate: CardCandidate, understood: UnderstoodReport, card: CardFacts
) -> list[Reason]:
    """Give what the sources alone can tell; what the card itself shows is told from the card."""
    found = ((telling, candidate.contribution_of(source)) for source, telling in TOLD_BY.items())
    return [telling(part, understood, card) for telling, part in found if part is not None]


def _meaning_reason(part: Contribution, _said: UnderstoodReport, _card: CardFacts) -> Reason:
    return Reason(kind=ReasonKind.MEANING, subject=f"{part.score:.3f}")


def _words_reason(part: Contribution, said: UnderstoodReport, card: CardFacts) -> Reason:
    same = tuple(shared_words(said, card)[:SHARED_SHOWN])
    return Reason(kind=ReasonKind.WORDS, subject=str(part.rank), told=same)


def _neighbour_reason(part: Contribution, _said: UnderstoodReport, _card: CardFacts) -> Reason:
    return Reason(kind=ReasonKind.NEIGHBOUR, subject=", ".join(part.via))


# What a source lets a person be told, the strongest first. Codes, symptoms and vehicles have no
# line: they are told from what card and report share, whoever found the card.
TOLD_BY: Mapping[Source, Telling] = {
    Source.MEANING: _meaning_reason,
    Source.WORDS: _words_reason,
    Source.NEIGHBOUR: _neighbour_reason,
}


def _component_reasons(card: CardFacts) -> list[Reason]:
    if card.component is None:
        return []
    name = () if card.component_name is None else (card.component_name,)
    return [Reason(kind=ReasonKind.COMPONENT, subject=card.component, told=name)]


def path_reason(thing: str, held: int, tried: int) -> Reason:
    """Give what paths through a thing ("kind:name") say: 0 of 0: the card itself names it."""
    outcomes = OutcomeCounts.counted(held, tried) if tried else None
    return Reason(kind=ReasonKind.PATH, subject=thing, outcomes=outcomes)


def named_path(understood: UnderstoodReport, path: Reason) -> Reason:
    """Give a path with the name of the symptom that it leads through, if it is one."""
    kind, _, key = path.subject.partition(":")
    return replace(path, told=understood.name_of(key)) if kind == "symptom" else path


def _outcome_reason(card: CardFacts) -> Reason:
    outcomes = OutcomeCounts.counted(card.usage.successes, card.usage.used)
    return Reason(kind=ReasonKind.OUTCOMES, subject=card.id, outcomes=outcomes)
