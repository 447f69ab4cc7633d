"""Whether a solved repair is something new, confirms a card, or adds to one (IP-7).

The evidence is a value: how alike a known card and the repair are, by the signature's hash, by the
meaning of the report and of the cause that was found, and by what the graph holds of both (codes,
symptoms, parts, component, vehicle). The likeness is a weighted mean over what both sides speak of:

    meaning 0.35   cause 0.45   codes 0.25   symptoms 0.05   parts 0.20

From `KNOWN` on it is the same failure. A repair that followed a card and worked is that card's
whatever else; one with the same hash is too. How weights and bound were set: docs/learning.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.cards import CardStatus, FailureCard
from domain.ids import CardId
from domain.matches import VehicleLevel
from domain.outcomes import Outcome

WEIGHTS = {"meaning": 0.35, "cause": 0.45, "codes": 0.25, "symptoms": 0.05, "parts": 0.20}
KNOWN = 0.53
# From here to KNOWN two cards may be one: a person decides.
NEAR = 0.42


class Decision(StrEnum):
    """What a resolved ticket is to the network's knowledge."""

    NOVEL = "novel"
    CONFIRMS = "confirms"
    IMPROVES = "improves"
    UNSOLVED = "unsolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike a card is to a repair; each in 0..1, None where one side says nothing.

    Attributes:
        followed: whether the repair followed the card.
        same_hash: whether both have one signature.
    """

    card: CardId
    followed: bool = False
    same_hash: bool = False
    meaning: float | None = None
    cause: float | None = None
    codes: float | None = None
    symptoms: float | None = None
    parts: float | None = None
    vehicle: VehicleLevel = VehicleLevel.NONE

    @property
    def score(self) -> float:
        """Give the weighted mean of what is known, 0 when nothing is."""
        known = {n: v for n in WEIGHTS if (v := getattr(self, n)) is not None}
        total = sum(WEIGHTS[n] for n in known)
        return sum(WEIGHTS[n] * v for n, v in known.items()) / total if total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoveltyVerdict:
    """The decision, the card that it is about (None: a new one), and what it rests on."""

    decision: Decision
    card: CardId | None = None
    evidence: tuple[Likeness, ...] = ()


def decide_novelty(
    outcome: Outcome, likenesses: Sequence[Likeness], adds: Sequence[CardId]
) -> NoveltyVerdict:
    """Decide from the evidence; `adds` are the cards that the repair has something to add to."""
    ranked = tuple(sorted(likenesses, key=_likeness_order, reverse=True))
    if not outcome.worked:
        return NoveltyVerdict(decision=Decision.UNSOLVED, evidence=ranked)
    best = ranked[0] if ranked else None
    if best is None or not _is_same_failure(best):
        return NoveltyVerdict(decision=Decision.NOVEL, evidence=ranked)
    decision = Decision.IMPROVES if best.card in adds else Decision.CONFIRMS
    return NoveltyVerdict(decision=decision, card=best.card, evidence=ranked)


def adds_knowledge(outcome: Outcome, card: FailureCard) -> bool:
    """Say whether a repair knows what its card does not: a part it needed, or the missing steps."""
    if card.status in {CardStatus.DEPRECATED, CardStatus.REJECTED, CardStatus.MERGED}:
        return False
    named = {use.part for use in card.resolution.parts}
    if any(use.part not in named for use in outcome.parts):
        return True
    return bool(outcome.steps) and not card.resolution.steps


def is_near(likeness: Likeness) -> bool:
    """Say whether a card is so like a new one that a person should compare the two."""
    return NEAR <= likeness.score < KNOWN


def set_overlap(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Give |both| / |the smaller|, None when one side is empty: a report names less than a card."""
    mine, theirs = set(one), set(other)
    if not mine or not theirs:
        return None
    return len(mine & theirs) / min(len(mine), len(theirs))


def _is_same_failure(likeness: Likeness) -> bool:
    return likeness.followed or likeness.same_hash or likeness.score >= KNOWN


def _likeness_order(likeness: Likeness) -> tuple[bool, bool, float, VehicleLevel, str]:
    return (
        likeness.followed,
        likeness.same_hash,
        likeness.score,
        likeness.vehicle,
        likeness.card,
    )
