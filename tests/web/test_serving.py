"""What runs beside the service: loops that start again, and events that are handled once."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from domain.errors import Unavailable
from domain.events import CARD_EVENTS, Event, EventType
from domain.ids import EventId, TicketId
from domain.tickets import Matching
from repair.intake import Intake
from tests.domain.samples import NOW, TICKET
from tests.resolvers.fakes import World
from web import handlers, serving
from web.handlers import Listeners

if TYPE_CHECKING:
    from records.cursors import Cursors
    from sync.feed import Feed


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(serving, "RESTART_SECONDS", 0.01)
    monkeypatch.setattr(handlers, "RETRY_SECONDS", 0.01)


class FakeCursors:
    """Remembers how far each consumer came; refuses a few times first."""

    def __init__(self, refusals: int = 0) -> None:
        self.places: dict[str, int] = {}
        self._refusals = refusals

    async def at(self, consumer: str) -> int:
        self._refuse()
        return self.places.get(consumer, 0)

    async def move(self, consumer: str, seq: int) -> None:
        self._refuse()
        self.places[consumer] = seq

    def _refuse(self) -> None:
        self._refusals -= 1
        if self._refusals >= 0:
            raise Unavailable("postgres", "stopped for the test")


def listeners(world: World, learnt: list[Event] | None = None) -> Listeners:
    async def learn(event: Event) -> None:
        if learnt is not None:
            learnt.append(event)

    intake = Intake(
        tickets=world.tickets, cards=world.cards, reader=world.reader, matcher=world.matcher
    )
    return Listeners(intake=intake, learn=learn)


def created(ticket: str, type: EventType = EventType.TICKET_CREATED) -> Event:
    return Event(
        id=EventId(f"{type}-{ticket}"), type=type, entity=ticket, version=1, at=NOW, actor="anu"
    )


async def worked(world: World, cursors: FakeCursors, until: int) -> None:
    """Let the handlers work until their cursor is there."""
    work = handlers.work(cast("Feed", world.feed), cast("Cursors", cursors), listeners(world))
    task = asyncio.create_task(work)
    async with asyncio.timeout(5):
        while cursors.places.get(handlers.CONSUMER) != until:  # noqa: ASYNC110 - a fake tells nobody
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


LEARNT = frozenset(
    {
        EventType.TICKET_UPDATED,
        EventType.TICKET_RESOLVED,
        EventType.CARD_MATCHED,
        EventType.FEEDBACK_GIVEN,
        *CARD_EVENTS,
    }
)


@pytest.mark.parametrize("type", [t for t in EventType if t is not EventType.TICKET_CREATED])
async def test_other_events_teach_or_ask_nothing(type: EventType) -> None:
    world, learnt = World(), list[Event]()
    world.tickets.held[TICKET.id] = TICKET
    event = created(TICKET.id, type)
    await handlers.handle(event, listeners(world, learnt))
    assert learnt == ([event] if type in LEARNT else [])
    assert world.asked == {}
    assert world.written() == (0, 1, 0)


async def test_each_new_ticket_is_searched_once() -> None:
    world, cursors = World(), FakeCursors()
    second = replace(TICKET, id=TicketId("tkt_0002"))
    world.tickets.held |= {TICKET.id: TICKET, second.id: second}
    await world.feed.tell([created(TICKET.id), created(second.id)])
    await worked(world, cursors, until=6)
    assert {t.matching for t in world.tickets.held.values()} == {Matching.NONE}
    assert world.asked["match"] == 2
    assert sorted(world.cards.history) == ["fc_0001", "fc_0002"]


async def test_a_vanished_ticket_is_passed_over() -> None:
    world, cursors = World(), FakeCursors()
    world.tickets.held[TICKET.id] = TICKET
    await world.feed.tell([created("tkt_gone"), created(TICKET.id)])
    await worked(world, cursors, until=4)
    assert world.tickets.held[TICKET.id].matching is Matching.NONE


async def test_a_silent_cursor_is_waited_for() -> None:
    world, cursors = World(), FakeCursors(refusals=3)
    world.tickets.held[TICKET.id] = TICKET
    await world.feed.tell([created(TICKET.id)])
    await worked(world, cursors, until=3)
    assert world.asked["match"] == 1


async def test_a_stopped_loop_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    ends = [RuntimeError("a bug"), Unavailable("redis", "gone")]
    running = asyncio.Event()

    async def run() -> None:
        if ends:
            raise ends.pop(0)
        running.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(serving._kept("test", run))  # pyright: ignore[reportPrivateUsage]
    async with asyncio.timeout(5):
        await running.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [(r.levelname, r.message) for r in caplog.records] == [
        ("ERROR", "stopped"),
        ("WARNING", "waiting"),
    ]


async def test_a_lost_cancellation_ends_the_loop() -> None:
    running = asyncio.Event()

    async def run() -> None:
        running.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    task = asyncio.create_task(serving._kept("test", run))  # pyright: ignore[reportPrivateUsage]
    await running.wait()
    task.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(task, return_exceptions=True)
    assert task.done()
