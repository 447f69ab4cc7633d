"""What to ask when no cause can be told: the two answers that would part the likely cards best.

gain(question) = − Σ share × log2(share)    over the answers that the cards give, each as likely
                                             as the card is
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from domain.cards import FailureCard
from domain.matches import CardFacts, UnderstoodReport
from domain.signature import split_words

ASKED = 2
# Where no chance is known every card is as likely as the others.
UNWEIGHED = 0.1
NO_CARD = "What do you see, hear or smell, and when: while riding, charging or standing?"
WHICH_CODES = "Which trouble codes does a scan tool or the display show?"
WHICH_VEHICLE = "Which make, model and year is the vehicle?"
LOOKING = frozenset(
    """check compare count feel inspect insulation listen log look measure note open photograph read
    scan see spin test trace verify watch weigh""".split()
)


class QuestionKind(StrEnum):
    VEHICLE = "vehicle"
    CODE = "code"
    SYMPTOM = "symptom"
    MEASUREMENT = "measurement"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticQuestion:
    """A question, what it asks for, and how much its answer would tell, in bits."""

    kind: QuestionKind
    text: str
    gain: float


@dataclass(frozen=True, slots=True)
class CandidateCard:
    """A card that may be behind the failure, how likely, and the whole of it where it was read."""

    card: CardFacts
    chance: float
    whole: FailureCard | None = None


def choose_questions(
    understood: UnderstoodReport, found: Sequence[CandidateCard], texts: Mapping[str, str]
) -> tuple[DiagnosticQuestion, ...]:
    """Give the two questions that tell most; `texts` are the symptoms in words."""
    best: dict[QuestionKind, DiagnosticQuestion] = {}
    for question in _possible_questions(understood, found, texts):
        known = best.get(question.kind)
        if known is None or question.gain > known.gain:
            best[question.kind] = question
    ranked = sorted(best.values(), key=lambda one: -one.gain)
    told = [one for one in ranked if one.gain > 0]
    if not understood.vehicle.make and QuestionKind.VEHICLE not in {one.kind for one in told}:
        told.append(DiagnosticQuestion(kind=QuestionKind.VEHICLE, text=WHICH_VEHICLE, gain=0.0))
    told.append(DiagnosticQuestion(kind=QuestionKind.DESCRIPTION, text=NO_CARD, gain=0.0))
    if not understood.codes and QuestionKind.CODE not in {one.kind for one in told}:
        told.append(DiagnosticQuestion(kind=QuestionKind.CODE, text=WHICH_CODES, gain=0.0))
    return tuple(told[:ASKED])


def is_inspection(action: str) -> bool:
    """Say whether a step looks or measures, by its first word."""
    return action.split(maxsplit=1)[0].casefold().rstrip(",") in LOOKING


def _possible_questions(
    understood: UnderstoodReport, found: Sequence[CandidateCard], texts: Mapping[str, str]
) -> Iterator[DiagnosticQuestion]:
    if not understood.vehicle.make:
        makes = ((one.chance, one.card.fits[:1]) for one in found)
        yield DiagnosticQuestion(
            kind=QuestionKind.VEHICLE, text=WHICH_VEHICLE, gain=_entropy(makes)
        )
    seen = {symptom.code for symptom in understood.symptoms}
    for code in dict.fromkeys(code for one in found for code in one.card.symptoms):
        if code in texts and code not in seen:
            yield _yes_or_no(
                QuestionKind.SYMPTOM,
                f"Does it also show this: {texts[code].rstrip('.')}?",
                found,
                lambda one, code=code: code in one.card.symptoms,
            )
    if not understood.codes:
        yield from _code_questions(found)
    yield from _measurements(understood, found)


def _code_questions(found: Sequence[CandidateCard]) -> Iterator[DiagnosticQuestion]:
    for key in dict.fromkeys(key for one in found for key in one.card.codes):
        yield _yes_or_no(
            QuestionKind.CODE,
            f"Which trouble codes are stored? Is {key.partition(':')[2]} among them?",
            found,
            lambda one, key=key: key in one.card.codes,
        )


def _measurements(
    understood: UnderstoodReport, found: Sequence[CandidateCard]
) -> Iterator[DiagnosticQuestion]:
    """Ask for what a card's first looking step would show, unless the report has done it."""
    said = set(split_words(understood.report.text))
    for one in found:
        steps = () if one.whole is None else one.whole.resolution.steps
        looking = (s.action for s in steps if not s.safety and is_inspection(s.action))
        action = next((a for a in looking if not set(split_words(a)) <= said), None)
        if action is not None:
            yield _yes_or_no(
                QuestionKind.MEASUREMENT,
                f"{action.rstrip('.')}: what do you find?",
                found,
                lambda other, one=one: other is one,
            )


def _yes_or_no(
    kind: QuestionKind,
    text: str,
    found: Sequence[CandidateCard],
    holds: Callable[[CandidateCard], bool],
) -> DiagnosticQuestion:
    return DiagnosticQuestion(
        kind=kind, text=text, gain=_entropy((one.chance, holds(one)) for one in found)
    )


def _entropy(answers: Iterable[tuple[float, object]]) -> float:
    """Give how much an answer would tell, in bits."""
    weights: dict[object, float] = defaultdict(float)
    for weight, answer in answers:
        weights[answer] += weight
    total = sum(weights.values())
    shares = [weight / total for weight in weights.values() if weight > 0] if total else []
    return max(0.0, -sum(share * log2(share) for share in shares))
