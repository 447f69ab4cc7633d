"""The English of reasons (`domain.reason_sentences`)."""

from collections.abc import Sequence
from typing import assert_never

from domain.reasons import OutcomeCounts, Reason, ReasonKind, Standing

MUCH_ALIKE = 0.6
TEN = 10
VEHICLES = {
    "year": "is for your model and year",
    "model": "is for your model, though of another year",
    "make": "is for your make, though for another model",
}
THINGS = {
    "symptom": "symptom",
    "code": "error code",
    "model": "model",
    "make": "make",
    "firmware": "software version",
    "supplier": "battery supplier",
    "batch": "battery batch",
    "climate": "climate",
    "season": "time of the year",
    "component": "component",
    "part": "part",
}


def clause(reason: Reason) -> str:  # noqa: C901, PLR0911, PLR0912 - a case a kind
    """Give one reason as what "this card" does, or of a misfit as a sentence of its own."""
    name = _quoted(reason.told[0]) if reason.told and reason.told[0] else ""
    match reason.kind:
        case ReasonKind.CODE:
            said = f" ({'; '.join(reason.told)})" if reason.told else ""
            return f"lists your error code {_bare(reason.subject)}{said}"
        case ReasonKind.SYMPTOM:
            return f"tells of {name or 'a symptom'} as you do"
        case ReasonKind.VEHICLE:
            return VEHICLES.get(reason.subject, "is for vehicles like yours")
        case ReasonKind.MEANING:
            return f"reads {'much' if _cosine(reason) >= MUCH_ALIKE else 'partly'} like your report"
        case ReasonKind.WORDS:
            return f"has your words {_listed(reason.told)}" if reason.told else "has words of yours"
        case ReasonKind.NEIGHBOUR:
            return "is about a part, a supplier or a cause close to what you report"
        case ReasonKind.COMPONENT:
            return f"is about: {reason.told[0]}" if reason.told else "is about the same component"
        case ReasonKind.OUTCOMES:
            return _held(reason.outcomes)
        case ReasonKind.PATH:
            return _path(reason)
        case ReasonKind.OTHER_CODE:
            return f"your error code {_bare(reason.subject)} is not on it"
        case ReasonKind.OTHER_SYMPTOM:
            return f"you also report {name or 'a symptom'}, of which it does not speak"
        case ReasonKind.DENIED_SYMPTOM:
            return _denied(name, reason.told[1:])
        case ReasonKind.HEALTHY_FIGURE:
            return _healthy(name, reason.told[1:])
        case ReasonKind.OTHER_VEHICLE:
            return "it was written for vehicles of other makes"
        case _:
            assert_never(reason.kind)


def fitting(clauses: Sequence[str]) -> str:
    if not clauses:
        return "Nothing in your report points straight to this card."
    return f"This card {_joined(clauses, ', ', ' and ')}."


def misfitting(clauses: Sequence[str]) -> str:
    return f"But {'; '.join(clauses)}."


def about(component: str) -> str:
    return f"It is about: {component}."


def tried(outcomes: OutcomeCounts, standing: Standing, *, reliable: bool) -> str:
    held = _held(outcomes)
    match standing:
        case Standing.UNPROVEN:
            return f"It is still new: it {held}, so check twice."
        case Standing.REFERENCE:
            return f"It comes from the reference books, and {held}."
        case Standing.PROVEN:
            return f"It {held}{', so you can rely on it' if reliable else ''}."
        case _:
            assert_never(standing)


def untried(standing: Standing) -> str:
    match standing:
        case Standing.UNPROVEN:
            return "It is new, and nobody has told yet how it went: check twice."
        case Standing.REFERENCE:
            return "It comes from the reference books; no garage has told yet how it went."
        case Standing.PROVEN:
            return "It has worked before."
        case _:
            assert_never(standing)


def likely(tenths: int) -> str:
    if not tenths:
        return "A suggestion like this is hardly ever right."
    if tenths == 1:
        return "About one in ten suggestions like this is right."
    if tenths == TEN:
        return "Nearly every suggestion like this is right."
    return f"About {tenths} in 10 suggestions like this are right."


def _held(outcomes: OutcomeCounts | None) -> str:
    if outcomes is None or not outcomes.n:
        return "has not been tried yet"
    if outcomes.n == 1:
        verb = "held" if outcomes.successes else "did not hold"
        return f"{verb} in the one repair that followed it"
    return f"held in {outcomes.successes} of {outcomes.n} repairs"


def _path(reason: Reason) -> str:
    kind, _, name = reason.subject.partition(":")
    thing = THINGS.get(kind, "thing")
    if kind == "code":
        thing = f"{thing} {_bare(name)}"
    if kind == "symptom" and reason.told:
        thing = f"{thing} {_quoted(reason.told[0])}"
    if reason.outcomes is None:
        return f"names the same {thing}"
    held, n = reason.outcomes.successes, reason.outcomes.n
    if n == 1:
        return f"{'held' if held else 'did not hold'} in an earlier repair with the same {thing}"
    return f"held in {held} of {n} earlier repairs with the same {thing}"


def _denied(name: str, figure: Sequence[str]) -> str:
    if figure:
        return f"you measured {figure[0]}, which is good, and it is about {name or 'a bad value'}"
    return f"you say that there is no {name or 'such symptom'}, and it is about that"


def _healthy(name: str, figures: Sequence[str]) -> str:
    measured, good = figures
    said = f"you measured {measured}" if measured else f"you report {name or 'a symptom'}"
    return f"{said}; this card speaks of a good value there ({good})"


def _cosine(reason: Reason) -> float:
    return float(reason.subject)


def _bare(key: str) -> str:
    return key.rpartition(":")[2]


def _quoted(name: str) -> str:
    return f"“{name}”"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)


def _joined(clauses: Sequence[str], comma: str, last: str) -> str:
    *first, end = clauses
    return f"{comma.join(first)}{last}{end}" if first else end
