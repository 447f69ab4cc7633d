"""Why a card is suggested, as data: each piece of evidence for it, and each against it."""

from dataclasses import dataclass
from enum import StrEnum

from domain import effectiveness
from domain.effectiveness import WilsonInterval


class Standing(StrEnum):
    """As what a card may be shown (`matching.trust`)."""

    PROVEN = "proven"
    REFERENCE = "reference"
    UNPROVEN = "unproven"


class ReasonKind(StrEnum):
    """What a reason is about; those of `MISFITS` speak against the card."""

    CODE = "code"
    SYMPTOM = "symptom"
    COMPONENT = "component"
    VEHICLE = "vehicle"
    MEANING = "meaning"
    WORDS = "words"
    NEIGHBOUR = "neighbour"
    OUTCOMES = "outcomes"
    PATH = "path"
    OTHER_CODE = "other_code"
    OTHER_SYMPTOM = "other_symptom"
    DENIED_SYMPTOM = "denied_symptom"
    HEALTHY_FIGURE = "healthy_figure"
    OTHER_VEHICLE = "other_vehicle"


MISFITS = frozenset(
    {
        ReasonKind.OTHER_CODE,
        ReasonKind.OTHER_SYMPTOM,
        ReasonKind.DENIED_SYMPTOM,
        ReasonKind.HEALTHY_FIGURE,
        ReasonKind.OTHER_VEHICLE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCounts:
    """What happened when the card was used: successes of n, with the Wilson 95 % interval."""

    n: int
    successes: int
    interval: WilsonInterval

    @classmethod
    def counted(cls, successes: int, n: int) -> "OutcomeCounts":
        interval = effectiveness.wilson_interval(successes, n)
        return cls(n=n, successes=successes, interval=interval)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One piece of evidence: keys and figures for programs; `reason_sentences` has its words.

    Attributes:
        subject: the key of the thing it names: a code, a symptom, a component, a level of vehicle;
            of MEANING the cosine, of WORDS the card's place by words, of PATH "kind:name".
        told: what a person may read of the thing, in English, by kind. CODE: what is said of the
            code. SYMPTOM, OTHER_SYMPTOM, COMPONENT and PATH: the thing's name. WORDS: those that
            are shared. DENIED_SYMPTOM: its name, and the good figure where one was measured.
            HEALTHY_FIGURE: the symptom's name, what was measured (may be empty), the card's figure.
        outcomes: of OUTCOMES and PATH: how it went before.
    """

    kind: ReasonKind
    subject: str
    told: tuple[str, ...] = ()
    outcomes: OutcomeCounts | None = None

    @property
    def fits(self) -> bool:
        """Whether it speaks for the card."""
        return self.kind not in MISFITS
