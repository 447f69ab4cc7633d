"""The levels that answer when the graph does not, best first; each is a class, listed at the end.

A level gives only what fits *this* report, with reasons that were made for it or none, and says why
it was asked; or it passes the question on. The last one always answers.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from domain.access import Viewer
from domain.errors import Unavailable
from domain.ids import GarageId
from domain.matches import CardFacts, Level, UnderstoodReport
from domain.reasons import Standing
from matching import fit, trust
from matching.answers import Match, MatchAnswer
from matching.fusion import CardCandidate

RECENT_SECONDS = 0.2
MANUAL = (
    "The knowledge graph does not answer. Search by hand: isolate, read the codes, check fuses, "
    "connectors and the 12 V supply first, and report again when the service is back."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnansweredReport:
    """What a level below the graph is asked, and why the graph did not answer."""

    said: UnderstoodReport
    viewer: Viewer
    limit: int
    reason: str


class FallbackLevel(Protocol):
    """One level below the graph."""

    @property
    def level(self) -> Level: ...

    async def answer(self, asked: UnansweredReport) -> MatchAnswer | None:
        """Give what it knows, within a time of its own; None: the next level is to be asked."""
        ...


class RecentAnswers(Protocol):
    """The last matches given in each garage, kept outside the graph."""

    async def remember(self, garage: GarageId, matches: Sequence[Match]) -> None: ...

    async def recall(self, garage: GarageId, understood: UnderstoodReport) -> list[Match]: ...


@dataclass(frozen=True, slots=True)
class RecentLevel:
    """What the garage was shown lately, as far as it fits this report."""

    recent: RecentAnswers
    patience_s: float = RECENT_SECONDS
    level: Level = Level.RECENT

    async def answer(self, asked: UnansweredReport) -> MatchAnswer | None:
        found = _readmit_matches(asked.said, await self._recall_recent(asked), asked.limit)
        if not found:
            return None
        return MatchAnswer(
            matches=found, level=self.level, ranker="recent", degraded=asked.reason, prompt=None
        )

    async def _recall_recent(self, asked: UnansweredReport) -> list[Match]:
        if asked.viewer.garage is None:
            return []
        try:
            async with asyncio.timeout(self.patience_s):
                return await self.recent.recall(asked.viewer.garage, asked.said)
        except (Unavailable, TimeoutError):
            return []


@dataclass(frozen=True, slots=True)
class ManualLevel:
    """No card: how to search by hand."""

    level: Level = Level.MANUAL

    async def answer(self, asked: UnansweredReport) -> MatchAnswer | None:
        return MatchAnswer(
            matches=(), level=self.level, ranker="none", degraded=asked.reason, prompt=MANUAL
        )


def build_levels(recent: RecentAnswers) -> tuple[FallbackLevel, ...]:
    """Give every level below the graph, in the order in which they are asked."""
    return RecentLevel(recent), ManualLevel()


def _readmit_matches(
    understood: UnderstoodReport, found: Sequence[Match], limit: int
) -> tuple[Match, ...]:
    """Give the kept cards that fit this report, each with the reasons made for it."""
    cards = {match.card.id: _facts_beside(understood, match.card) for match in found}
    fitting = [card for card in cards.values() if fit.fits_report(understood, card)]
    admitted = trust.admit_cards(fitting, limit)
    scores = {match.card.id: match.score for match in found}
    return tuple(
        _remembered_match(understood, (card, standing), rank, scores[card.id])
        for rank, (card, standing) in enumerate(admitted, start=1)
    )


def _facts_beside(understood: UnderstoodReport, card: CardFacts) -> CardFacts:
    """Give a kept card held against this report: what was told of another one is forgotten."""
    return replace(card, vehicle_level=fit.fit_level(understood, card), cosine=None)


def _remembered_match(
    understood: UnderstoodReport,
    admitted: tuple[CardFacts, Standing],
    rank: int,
    score: float,
) -> Match:
    card, standing = admitted
    why = fit.fit_reasons(understood, card)
    return Match(
        rank=rank,
        card=card,
        score=score,
        candidate=CardCandidate(card=card.id, score=score),
        reasons=why,
        standing=standing,
    )
