"""Why a card was suggested: as data, one reason a piece of evidence, and as one sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain import effectiveness
from domain.codes import CodeKey
from domain.effectiveness import WilsonInterval
from domain.matches import CardFacts, Source, UnderstoodReport, VehicleLevel
from matching.fusion import CardCandidate, Contribution
from matching.trust import Standing

NEIGHBOUR = "shares a component, supplier or cause with what was reported"
VEHICLE_WORDS = {
    VehicleLevel.YEAR: "same model and year",
    VehicleLevel.MODEL: "same model, another year",
    VehicleLevel.MAKE: "same make, another model",
}


class ReasonKind(StrEnum):
    CODE = "code"
    SYMPTOM = "symptom"
    COMPONENT = "component"
    VEHICLE = "vehicle"
    MEANING = "meaning"
    WORDS = "words"
    NEIGHBOUR = "neighbour"
    OUTCOMES = "outcomes"
    PATH = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCounts:
    """What happened when the card was used: successes of n, with the Wilson 95 % interval."""

    n: int
    successes: int
    interval: WilsonInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One piece of evidence: what kind, which thing it names, and the words for it."""

    kind: ReasonKind
    subject: str
    text: str
    outcomes: OutcomeCounts | None = None


def find_reasons(
    understood: UnderstoodReport, candidate: CardCandidate, card: CardFacts
) -> tuple[Reason, ...]:
    """Give the reasons that hold between this report and this card, the strongest kind first."""
    found = [
        *_code_reasons(understood, card),
        *_symptom_reasons(understood, card),
        *_vehicle_reasons(card),
        *_source_reasons(candidate),
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
    ]
    return [*shown, *_component_reasons(card), _outcome_reason(card)]


def reason_sentence(card: CardFacts, why: tuple[Reason, ...], standing: Standing) -> str:
    """Give the reasons in one sentence that a technician can read aloud."""
    evidence = [r.text for r in why if r.kind not in (ReasonKind.OUTCOMES, ReasonKind.COMPONENT)]
    tried = next(r.text for r in why if r.kind is ReasonKind.OUTCOMES)
    joined = ", ".join(evidence) or "nothing but its place in the list speaks for it"
    where = f" It concerns the {card.component_name}." if card.component_name else ""
    return f"{joined[0].upper()}{joined[1:]};{_standing_label(standing)} {tried}.{where}"


def _standing_label(standing: Standing) -> str:
    return {
        Standing.PROVEN: "",
        Standing.REFERENCE: " reference knowledge,",
        Standing.UNPROVEN: " new and unproven,",
    }[standing]


def _code_reasons(understood: UnderstoodReport, card: CardFacts) -> list[Reason]:
    shared = [code for code in understood.codes if code in card.codes]
    return [Reason(kind=ReasonKind.CODE, subject=c, text=_code_text(understood, c)) for c in shared]


def _code_text(understood: UnderstoodReport, key: CodeKey) -> str:
    """Say which code is shared, how it failed, and what the report says of it."""
    bare = key.partition(":")[2]
    said = [
        told.details for told in understood.told_codes if told.code.bare == bare and told.details
    ]
    return f"reports code {bare}" + (f" ({'; '.join(said)})" if said else "")


def _symptom_reasons(understood: UnderstoodReport, card: CardFacts) -> list[Reason]:
    shared = [seen.code for seen in understood.symptoms if seen.code in card.symptoms]
    return [
        Reason(kind=ReasonKind.SYMPTOM, subject=code, text=f"shows symptom {code}")
        for code in shared
    ]


def _vehicle_reasons(card: CardFacts) -> list[Reason]:
    words = VEHICLE_WORDS.get(card.vehicle_level)
    if words is None:
        return []
    return [Reason(kind=ReasonKind.VEHICLE, subject=card.vehicle_level.name.lower(), text=words)]


def _source_reasons(candidate: CardCandidate) -> list[Reason]:
    """Give what the sources alone can tell; what the card itself shows is told from the card."""
    found = ((telling, candidate.contribution_of(source)) for source, telling in TOLD_BY.items())
    return [telling(part) for telling, part in found if part is not None]


def _meaning_reason(part: Contribution) -> Reason:
    text = f"reads alike (cosine {part.score:.2f})"
    return Reason(kind=ReasonKind.MEANING, subject=f"{part.score:.3f}", text=text)


def _words_reason(part: Contribution) -> Reason:
    text = f"number {part.rank} by shared words"
    return Reason(kind=ReasonKind.WORDS, subject=str(part.rank), text=text)


def _neighbour_reason(part: Contribution) -> Reason:
    return Reason(kind=ReasonKind.NEIGHBOUR, subject=", ".join(part.via), text=NEIGHBOUR)


# What a source lets a person be told, the strongest first. Codes, symptoms and vehicles have no
# line: they are told from what card and report share, whoever found the card.
TOLD_BY: Mapping[Source, Callable[[Contribution], Reason]] = {
    Source.MEANING: _meaning_reason,
    Source.WORDS: _words_reason,
    Source.NEIGHBOUR: _neighbour_reason,
}


def _component_reasons(card: CardFacts) -> list[Reason]:
    if card.component is None:
        return []
    name = card.component_name or card.component
    return [Reason(kind=ReasonKind.COMPONENT, subject=card.component, text=f"concerns the {name}")]


def path_reason(thing: str, text: str, held: int, tried: int) -> Reason:
    """Give what a path through a thing says: 0 of 0, where it leads over no earlier repair."""
    outcomes = _counted(held, tried) if tried else None
    return Reason(kind=ReasonKind.PATH, subject=thing, text=text, outcomes=outcomes)


def _counted(worked: int, n: int) -> OutcomeCounts:
    return OutcomeCounts(n=n, successes=worked, interval=effectiveness.wilson_interval(worked, n))


def _outcome_reason(card: CardFacts) -> Reason:
    n, worked = card.usage.used, card.usage.successes
    outcomes = _counted(worked, n)
    low, high = round(100 * outcomes.interval.low), round(100 * outcomes.interval.high)
    text = f"worked {worked} of {n} times ({low} to {high} %)" if n else "not yet tried (n = 0)"
    return Reason(kind=ReasonKind.OUTCOMES, subject=card.id, text=text, outcomes=outcomes)
