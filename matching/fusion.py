"""Weighted reciprocal-rank fusion that remembers what each source contributed.

score(card) = Σ over sources of weight / (60 + rank), rank from 1        (Cormack et al. 2009)
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.ids import CardId
from domain.matches import CardHit, Source

K = 60
WEIGHTS: Mapping[Source, float] = {
    Source.CODE: 2.0,
    Source.VEHICLE: 0.5,
    Source.MEANING: 1.0,
    Source.WORDS: 1.0,
    Source.NEIGHBOUR: 0.25,
}

Lists = Mapping[Source, Sequence[CardHit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one source says of one card: its place (from 1), its own score, its share of the sum."""

    source: Source
    rank: int
    score: float
    share: float
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCandidate:
    card: CardId
    score: float
    contributions: tuple[Contribution, ...] = field(default=())

    def contribution_of(self, source: Source) -> Contribution | None:
        return next((c for c in self.contributions if c.source is source), None)


def fuse_lists(lists: Lists, weights: Mapping[Source, float] = WEIGHTS) -> list[CardCandidate]:
    """Give one list, best first; ties in the order of their ids, so that runs agree."""
    found: dict[CardId, list[Contribution]] = defaultdict(list)
    for source, hits in lists.items():
        for rank, hit in enumerate(hits, start=1):
            found[hit.card].append(_contribution_of(source, rank, hit, weights[source]))
    fused = [
        CardCandidate(card=card, score=sum(p.share for p in parts), contributions=tuple(parts))
        for card, parts in found.items()
    ]
    return sorted(fused, key=lambda c: (-c.score, c.card))


def _contribution_of(source: Source, rank: int, hit: CardHit, weight: float) -> Contribution:
    share = weight / (K + rank)
    return Contribution(source=source, rank=rank, score=hit.score, share=share, via=hit.via)
