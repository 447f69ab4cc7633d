"""What a match answers: ranked cards with their reasons, and which level of the system answered."""

from dataclasses import dataclass

from domain.matches import CardFacts, Level
from domain.reasons import Reason, Standing
from matching.fusion import CardCandidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One suggested card, with everything that explains its place (PI-7).

    `chance` is how likely it tells of the reported failure, 0..1 (`matching.chance`); None where
    that was not weighed: a card that is only remembered, or one past the first twelve.
    """

    rank: int
    card: CardFacts
    score: float
    candidate: CardCandidate
    reasons: tuple[Reason, ...]
    standing: Standing
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchStage:
    """What ran, for how long (milliseconds), and how many cards it found."""

    name: str
    milliseconds: float
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureMatches:
    """What fits one failure of a report that tells several: `text` tells it."""

    text: str
    matches: tuple[Match, ...]
    prompt: str | None
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAnswer:
    """The matches, the level that answered, and why not a better one did.

    `prompt` tells the technician how to go on when no card is offered; `shortened` says why fewer
    cards were looked for than could be found, when that is so. `failures` has each failure by
    itself, where the report tells several. `passed_over` are the cards that were looked at when
    none was worth showing: they say what would tell most. `chance` is how likely a known fix is
    among the cards; None where that was not weighed, or each failure has its own.
    """

    matches: tuple[Match, ...]
    level: Level
    ranker: str
    degraded: str | None = None
    prompt: str | None = None
    shortened: str | None = None
    failures: tuple[FailureMatches, ...] = ()
    trace: tuple[SearchStage, ...] = ()
    passed_over: tuple[CardFacts, ...] = ()
    chance: float | None = None
