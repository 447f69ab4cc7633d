"""Counters follow events: each effect into the ledger once, then the card's node, then an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import SEES_ALL, Viewer
from domain.cards import FailureCard
from domain.counting import Counted
from domain.ids import CardId
from domain.reputation import Observation, difficulty, reputation
from domain.reviews import ReviewKind, alarming
from domain.usage import Usage
from graph.cards import Tallied
from records.counting import Tally
from repair.reviewing import Reviews, Why, opened

ALARM = "It scores under 0.5 after more than twenty showings."


class Cards(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...

    async def tally(self, counted: Sequence[Tallied]) -> None: ...

    async def counted(self, ids: Sequence[CardId]) -> dict[CardId, Usage]: ...


class Counting(Protocol):
    async def count(self, effects: Sequence[Counted]) -> None: ...

    async def tallies(self, cards: Sequence[CardId]) -> list[Tally]: ...

    async def observations(self, card: CardId) -> list[Observation]: ...

    async def counted(self, after: str, limit: int) -> list[CardId]: ...

    async def differing(self) -> list[CardId]: ...

    async def mend(self, cards: Sequence[CardId]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallying:
    """What moving counters needs."""

    cards: Cards
    counting: Counting
    reviews: Reviews


async def count(tallying: Tallying, effects: Sequence[Counted], now: datetime) -> None:
    """Count effects and bring the cards' nodes up to date; doing it again changes nothing."""
    if not effects:
        return
    await tallying.counting.count(effects)
    await refresh(tallying, sorted({one.card for one in effects}), now)


async def refresh(tallying: Tallying, ids: Sequence[CardId], now: datetime) -> None:
    """Bring the nodes of cards to what the ledger says; open an alert where it is called for."""
    cards = await tallying.cards.many(ids, SEES_ALL)
    tallies = [t for t in await tallying.counting.tallies(ids) if t.card in cards]
    await tallying.cards.tally(
        [await _tallied(tallying, cards[tally.card], tally, now) for tally in tallies]
    )
    for tally in tallies:
        if alarming(tally.usage):
            why = Why(kind=ReviewKind.ALERT, reason=ALARM, at=now)
            await opened(tallying.reviews, cards[tally.card], why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A card whose node does not say what the ledger says."""

    card: CardId
    ledger: Usage
    node: Usage


PAGE = 500


async def recount(tallying: Tallying, now: datetime, *, mend: bool = False) -> list[Difference]:
    """Count every card anew from the ledger and give what differs; with `mend`, set it right."""
    if mend:
        await tallying.counting.mend(await tallying.counting.differing())
    found: list[Difference] = []
    after = ""
    while page := await tallying.counting.counted(after, PAGE):
        found += await _differences(tallying, page)
        if mend:
            await refresh(tallying, page, now)
        after = page[-1]
    return found


async def _differences(tallying: Tallying, page: Sequence[CardId]) -> list[Difference]:
    nodes = await tallying.cards.counted(page)
    return [
        Difference(card=tally.card, ledger=tally.usage, node=nodes[tally.card])
        for tally in await tallying.counting.tallies(page)
        if tally.card in nodes and nodes[tally.card] != tally.usage
    ]


async def _tallied(tallying: Tallying, card: FailureCard, tally: Tally, now: datetime) -> Tallied:
    told = await tallying.counting.observations(card.id)
    return Tallied(
        card=card.id,
        usage=tally.usage,
        heard=tally.heard,
        reputation=reputation(told, difficulty(card), now),
    )
