"""What a diagnosis answers: causes with how sure they are, what to check, and on what it rests."""

from dataclasses import dataclass

from domain.cards import FailureCard
from domain.ids import CardId
from domain.matches import Level
from matching.answers import Match
from matching.diagnosis.questions import DiagnosticQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """A past failure brought as evidence, and the chance that it is the same failure (ML-23).

    `card` is None where it could not be read, and only what the match tells of it is known.
    """

    match: Match
    similarity: float
    card: FailureCard | None = None

    @property
    def id(self) -> CardId:
        return self.match.card.id


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleCause:
    """A cause that may be behind the failure: `confidence` in 0..1, and the cards that tell it."""

    text: str
    confidence: float
    cites: tuple[CardId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticCheck:
    """One thing to do to find out; `card` is None where a language model thought of it."""

    action: str
    safety: bool = False
    card: CardId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What most likely fails (ML-22).

    Attributes:
        cause: None when none is sure enough to be told: the cause is unknown.
        suspects: other causes that are possible, the likeliest first.
        checks: what tells them apart, what makes it safe first.
        reasoner: who reasoned, with its version.
        level: how much of the system found the precedents.
        degraded: what did not answer, if anything did not.
        questions: what to ask while the cause is unknown, what tells most first.
        truncated: a language model's answer was cut at its token cap (ML-24).
        others: the diagnoses of the other failures, where the report tells several.
        text: what tells this failure, where the report tells several.
        ranker: what put the matches in order, with its version.
        chance: how likely a known fix is among the matches; None where that was not weighed.
    """

    cause: PossibleCause | None
    suspects: tuple[PossibleCause, ...]
    checks: tuple[DiagnosticCheck, ...]
    reasoning: str
    reasoner: str
    level: Level
    precedents: tuple[Precedent, ...]
    degraded: str | None = None
    truncated: bool = False
    others: tuple["Diagnosis", ...] = ()
    text: str | None = None
    questions: tuple[DiagnosticQuestion, ...] = ()
    ranker: str | None = None
    chance: float | None = None

    @property
    def first(self) -> PossibleCause | None:
        """The likeliest cause, whether or not it is likely."""
        return self.cause or (self.suspects[0] if self.suspects else None)
