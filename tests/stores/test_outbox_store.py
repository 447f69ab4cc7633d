"""What every outbox does."""

from dataclasses import replace
from datetime import timedelta

from domain.ids import EventId, GarageId
from tests.graph.examples import FULL, NOW, card, event
from tests.stores.store_set import House

EARLY = replace(event("early", FULL.id), at=NOW - timedelta(minutes=1))
FULL_EVENT = replace(event("full", FULL.id), garage=GarageId("garage_delhi"), trace="trace-1")


async def test_events_wait_in_order_of_commit(house: House) -> None:
    """What was written first comes first, also when the clock of its writer was ahead."""
    await house.cards.add(FULL, [FULL_EVENT])
    await house.cards.add(card("other"), [EARLY])
    assert await house.outbox.pending(10) == [FULL_EVENT, EARLY]
    assert await house.outbox.pending(1) == [FULL_EVENT]


async def test_same_event_twice_is_one(house: House) -> None:
    await house.cards.add(FULL, [FULL_EVENT])
    await house.cards.add(card("other"), [replace(FULL_EVENT, actor="somebody_else")])
    assert await house.outbox.pending(10) == [FULL_EVENT]


async def test_forgotten_events_are_gone(house: House) -> None:
    await house.cards.add(FULL, [FULL_EVENT, EARLY])
    await house.outbox.forget([EARLY.id, EventId("event-never")])
    assert await house.outbox.pending(10) == [FULL_EVENT]
