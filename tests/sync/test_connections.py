"""A process that is as busy as it may be: whoever holds a connection still gets a second one."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest

from domain.events import Event, EventType
from domain.ids import OperationId, PersonId
from records.database import LISTENERS, OPERATIONS, POOL_SIZE, Connection, Records
from records.inbox import InboxStore, RetryPolicy
from records.operations import Answer, OperationStore
from sync.inbox import AT_ONCE, EventHandler, EventListener
from tests.patience import PatientRecords
from tests.records.samples import event
from tests.waits import sure_to_end
from web.listeners import ListenerName
from web.local.stores import StoreUrls

HOLDERS = OPERATIONS + LISTENERS


class Crowd:
    """Counts who is at work; nobody goes on before as many are as ever may be."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._full = asyncio.Event()
        self.inside = self.most = self.done = 0

    async def work(self) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside == HOLDERS:
            self._full.set()
        await self._full.wait()
        # What learning and feedback ask beside the connection that they work on.
        await self._records.rows("select pg_sleep(0.01)")
        self.inside -= 1
        self.done += 1


@pytest.fixture
async def own(records: Records, stores: StoreUrls) -> AsyncGenerator[Records]:
    """A pool of our own over the emptied tables."""
    del records
    own = await PatientRecords.open(stores.postgres_url)
    yield own
    await own.close()


async def test_a_full_house_waits_for_no_connection(own: Records) -> None:
    """Half as much again as may be at work, and short questions beside it."""
    crowd, operations = Crowd(own), OperationStore(own)

    async def operation() -> Answer:
        await crowd.work()
        return {}

    async def handle(event: Event, connection: Connection) -> None:
        del event, connection
        await crowd.work()

    async def dead(consumer: str, entry: tuple[int, Event], error: str) -> None:
        pytest.fail(f"{consumer} gave up {entry[1].id}: {error}")

    shared = asyncio.Semaphore(LISTENERS)
    types = frozenset({EventType.CARD_CREATED})
    # One more than there are: together they may not hold more than their share.
    listeners = [
        EventListener(name=f"l{n}", types=types, handle=handle)
        for n in range(len(ListenerName) + 1)
    ]
    handlers = [
        EventHandler(
            one, InboxStore(own, one.name, one.types, RetryPolicy()), lambda: 1.0, dead, shared
        )
        for one in listeners
    ]
    events = [(n, event(n)) for n in range(1, 9)]
    asked = 3 * OPERATIONS // 2
    async with sure_to_end("the crowd"):
        await asyncio.gather(
            *(handler.handle(events) for handler in handlers),
            *(operations.run_once(_id(), PersonId("anu"), "body", operation) for _ in range(asked)),
            *(own.rows("select 1 as one") for _ in range(100)),
        )
    assert crowd.most == HOLDERS
    assert crowd.done == len(handlers) * len(events) + asked


async def test_every_listener_has_its_places(own: Records) -> None:
    assert len(ListenerName) * AT_ONCE <= LISTENERS
    assert HOLDERS < POOL_SIZE
    [local] = await own.rows("select current_setting('max_connections')::int as most")
    assert local["most"] >= 2 * POOL_SIZE


def _id() -> OperationId:
    return OperationId(str(uuid4()))
