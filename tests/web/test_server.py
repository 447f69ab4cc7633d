"""What runs beside the service: loops that start again, and events that are handled once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from domain.cards import Severity
from domain.errors import Unavailable
from domain.events import CARD_EVENTS, Event, EventType
from domain.ids import CardId, EventId, PersonId, TicketId
from domain.tickets import Matching
from records.database import Connection, Records
from records.hint_batches import HintBatchStore
from records.outbox import RecordsOutbox
from repair.suggestions import SuggestionPorts
from sync.hints import hint_handler
from sync.inbox import EventListener
from tests.domain.samples import CARD, NOW, TICKET
from tests.resolvers.fakes import World
from tests.waits import sure_to_end
from web import listeners, server
from web.listeners import EventHandlers


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(server, "RESTART_SECONDS", 0.01)


def hearing(
    world: World, learnt: list[Event] | None = None, forgotten: list[CardId] | None = None
) -> EventHandlers:
    async def learn(event: Event) -> None:
        if learnt is not None:
            learnt.append(event)

    async def forget(cards: Sequence[CardId]) -> None:
        if forgotten is not None:
            forgotten.extend(cards)

    needed = SuggestionPorts(
        tickets=world.tickets, cards=world.cards, reader=world.reader, matcher=world.matcher
    )

    async def draft(event: Event, connection: Connection) -> None:
        del connection
        if learnt is not None:
            learnt.append(event)

    async def nobody(named: PersonId) -> None:
        del named

    return EventHandlers(
        search=needed,
        learn=learn,
        draft=draft,
        forget=forget,
        tell=draft,
        hint=hint_handler(world.cards.severities, lambda: NOW),
        staff=nobody,
    )


def created(ticket: str) -> Event:
    type_ = EventType.TICKET_CREATED
    return Event(
        id=EventId(f"{type_}-{ticket}"), type=type_, entity=ticket, version=1, at=NOW, actor="anu"
    )


def listener(world: World, name: str = "matching") -> EventListener:
    return {one.name: one for one in listeners.build_listeners(hearing(world))}[name]


async def heard(world: World, *events: Event) -> None:
    for event in events:
        await listener(world).handle(event, cast("Connection", None))


def test_new_tickets_alone_are_heard() -> None:
    assert listener(World()).types == {EventType.TICKET_CREATED}


def test_what_teaches_is_heard() -> None:
    assert listener(World(), "learning").types == {
        EventType.TICKET_UPDATED,
        EventType.TICKET_RESOLVED,
        EventType.TICKET_CLOSED,
        EventType.TICKET_REOPENED,
        EventType.TICKET_REVISITED,
        EventType.TICKET_DELETED,
        EventType.CARD_MATCHED,
        EventType.FEEDBACK_GIVEN,
        *CARD_EVENTS,
    }


def test_drafts_follow_closed_and_deleted_tickets() -> None:
    drafted = {EventType.TICKET_CLOSED, EventType.TICKET_DELETED}
    assert listener(World(), "drafting").types == drafted


async def test_learning_is_told_of_the_event() -> None:
    world, learnt = World(), list[Event]()
    event = replace(created(TICKET.id), type=EventType.TICKET_RESOLVED)
    [learning] = [
        o for o in listeners.build_listeners(hearing(world, learnt)) if o.name == "learning"
    ]
    await learning.handle(event, cast("Connection", None))
    assert learnt == [event]


async def test_each_new_ticket_is_searched_once() -> None:
    world = World()
    second = replace(TICKET, id=TicketId("tkt_0002"))
    world.tickets.held |= {TICKET.id: TICKET, second.id: second}
    await heard(world, created(TICKET.id), created(second.id), created(TICKET.id))
    assert {t.matching for t in world.tickets.held.values()} == {Matching.NONE}
    assert world.asked["match"] == 2
    assert sorted(world.cards.history) == ["fc_0001", "fc_0002"]


async def test_a_vanished_ticket_is_passed_over() -> None:
    world = World()
    await heard(world, created("tkt_gone"))
    assert world.asked == {"tickets.many": 1}
    assert world.written() == (0, 0, 0)


async def test_a_stopped_loop_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    ends = [RuntimeError("a bug"), Unavailable("redis", "gone")]
    running = asyncio.Event()

    async def run() -> None:
        if ends:
            raise ends.pop(0)
        running.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(server._keep_running("test", run))  # pyright: ignore[reportPrivateUsage]
    async with sure_to_end("the loop"):
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

    task = asyncio.create_task(server._keep_running("test", run))  # pyright: ignore[reportPrivateUsage]
    await running.wait()
    task.cancel()
    async with sure_to_end("the loop"):
        await asyncio.gather(task, return_exceptions=True)
    assert task.done()


@pytest.mark.parametrize(
    ("severity", "hinted"), [(Severity.CRITICAL, [CARD.id]), (Severity.LOW, [])]
)
async def test_a_cards_own_severity_decides(
    records: Records, severity: Severity, hinted: list[str]
) -> None:
    world = World()
    card = replace(CARD, signature=replace(CARD.signature, severity=severity))
    world.hold(card)
    told = replace(created(card.id), type=EventType.CARD_UPDATED)
    async with records.transaction() as connection:
        await listener(world, "hinting").handle(told, connection)
    assert [e.entity for e in await RecordsOutbox(records).pending(10)] == hinted
    waiting = await HintBatchStore(records).oldest()
    assert (waiting is None) is bool(hinted)


async def test_changed_cards_are_forgotten_together() -> None:
    forgotten = list[CardId]()
    heard_by = {
        one.name: one for one in listeners.build_listeners(hearing(World(), forgotten=forgotten))
    }
    told = replace(created("fc_1"), type=EventType.CARD_UPDATED)
    assert heard_by["forgetting"].types == CARD_EVENTS
    await heard_by["forgetting"].handle(told, cast("Connection", None))
    assert forgotten == ["fc_1"]
    batch = heard_by["forgetting"].handle_batch
    assert batch is not None
    await batch([told, replace(told, entity="fc_2")], cast("Connection", None))
    assert forgotten == ["fc_1", "fc_1", "fc_2"]
