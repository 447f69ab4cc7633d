"""Counters follow events: each effect into the ledger once, then the card's node, then an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import SEES_ALL, Viewer
from domain.cards import FailureCard
from domain.counters import CardEffect
from domain.ids import CardId, TicketId
from domain.reputation import Observation, card_difficulty, card_reputation
from domain.reviews import ReviewKind, is_alarming
from domain.usage import Usage
from graph.cards import CardCounters
from records.counters import CounterTally
from repair.reviews import ReviewReason, ReviewRepository, open_review

ALARM = "It scores under 0.5 after more than twenty showings."


class CountedCards(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...

    async def save_counters(self, counted: Sequence[CardCounters]) -> None: ...

    async def page_of_usage(self, ids: Sequence[CardId]) -> dict[CardId, Usage]: ...


class CounterLedger(Protocol):
    async def count(self, effects: Sequence[CardEffect]) -> None: ...

    async def forget(self, ticket: TicketId) -> list[CardId]: ...

    async def tallies(self, cards: Sequence[CardId]) -> list[CounterTally]: ...

    async def observations(self, card: CardId) -> list[Observation]: ...

    async def counted(self, after: str, limit: int) -> list[CardId]: ...

    async def differing(self) -> list[CardId]: ...

    async def mend(self, cards: Sequence[CardId]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPorts:
    """What moving counters needs."""

    cards: CountedCards
    counting: CounterLedger
    reviews: ReviewRepository


async def count_effects(ports: CounterPorts, effects: Sequence[CardEffect], now: datetime) -> None:
    """Count effects and bring the cards' nodes up to date; doing it again changes nothing."""
    if not effects:
        return
    await ports.counting.count(effects)
    await refresh_counters(ports, sorted({one.card for one in effects}), now)


async def refresh_counters(ports: CounterPorts, ids: Sequence[CardId], now: datetime) -> None:
    """Bring the nodes of cards to what the ledger says; open an alert where it is called for."""
    cards = await ports.cards.many(ids, SEES_ALL)
    tallies = [t for t in await ports.counting.tallies(ids) if t.card in cards]
    await ports.cards.save_counters(
        [await _counters_of(ports, cards[tally.card], tally, now) for tally in tallies]
    )
    for tally in tallies:
        if is_alarming(tally.usage):
            why = ReviewReason(kind=ReviewKind.ALERT, reason=ALARM, at=now)
            await open_review(ports.reviews, cards[tally.card], why)


async def forget_ticket(ports: CounterPorts, ticket: TicketId, now: datetime) -> None:
    """Let the cards be as if a deleted ticket had never been; doing it again changes nothing."""
    cards = await ports.counting.forget(ticket)
    if cards:
        await refresh_counters(ports, cards, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterDifference:
    """A card whose node does not say what the ledger says."""

    card: CardId
    ledger: Usage
    node: Usage


PAGE = 500


async def recount_cards(
    ports: CounterPorts, now: datetime, *, mend: bool = False
) -> list[CounterDifference]:
    """Count every card anew from the ledger and give what differs; with `mend`, set it right."""
    if mend:
        await ports.counting.mend(await ports.counting.differing())
    found: list[CounterDifference] = []
    after = ""
    while page := await ports.counting.counted(after, PAGE):
        found += await _page_differences(ports, page)
        if mend:
            await refresh_counters(ports, page, now)
        after = page[-1]
    return found


async def _page_differences(ports: CounterPorts, page: Sequence[CardId]) -> list[CounterDifference]:
    nodes = await ports.cards.page_of_usage(page)
    return [
        CounterDifference(card=tally.card, ledger=tally.usage, node=nodes[tally.card])
        for tally in await ports.counting.tallies(page)
        if tally.card in nodes and nodes[tally.card] != tally.usage
    ]


async def _counters_of(
    ports: CounterPorts, card: FailureCard, tally: CounterTally, now: datetime
) -> CardCounters:
    told = await ports.counting.observations(card.id)
    return CardCounters(
        card=card.id,
        usage=tally.usage,
        heard=tally.heard,
        reputation=card_reputation(told, card_difficulty(card), now),
    )
