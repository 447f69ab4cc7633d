"""Who waits is told by another process when something was left, and by nothing else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest

from domain.errors import Unavailable
from records.change_log import ChangeLog
from records.database import Records
from records.hint_batches import add_hints
from records.wakeups import Topic, Wakeup, Wakeups
from tests.records.samples import event, leave
from web.local.stores import StoreUrls

PATIENT_SECONDS = 60.0
# As long as a wait that is told of nothing may be looked at.
QUIET_SECONDS = 0.3


@asynccontextmanager
async def listening(stores: StoreUrls) -> AsyncGenerator[Wakeups]:
    """Another process: connections of its own, and all that was told before is heard."""
    own = await Records.open(stores.postgres_url)
    wakeups = Wakeups(own)
    ready = wakeups.on(Topic.GRAPH_OUTBOX)
    task = asyncio.create_task(wakeups.run())
    # It tells everybody once, when it begins to listen.
    assert await ready.wait(PATIENT_SECONDS)
    yield wakeups
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await wakeups.close()
    await own.close()


async def told(wakeups: dict[Topic, Wakeup], topic: Topic) -> set[Topic]:
    """Give the topics that are told of, `topic` among them."""
    assert await wakeups[topic].wait(PATIENT_SECONDS)
    others = [other for other in Topic if other is not topic]
    heard = await asyncio.gather(*(wakeups[other].wait(QUIET_SECONDS) for other in others))
    return {topic, *(other for other, was in zip(others, heard, strict=True) if was)}


async def test_each_kind_of_work_wakes_its_own(records: Records, stores: StoreUrls) -> None:
    async with listening(stores) as there:
        wakeups = {topic: there.on(topic) for topic in Topic}
        await leave(records, event(1))
        assert await told(wakeups, Topic.RECORDS_OUTBOX) == {Topic.RECORDS_OUTBOX}
        await ChangeLog(records).append([event(2)])
        assert await told(wakeups, Topic.CHANGE_LOG) == {Topic.CHANGE_LOG}
        async with records.transaction() as connection:
            await add_hints(connection, [event(3)], event(3).at)
        assert await told(wakeups, Topic.BATCHES) == {Topic.BATCHES}
        here = Wakeups(records)
        own = here.on(Topic.GRAPH_OUTBOX)
        here.tell(Topic.GRAPH_OUTBOX)
        assert await own.wait(0)
        assert await told(wakeups, Topic.GRAPH_OUTBOX) == {Topic.GRAPH_OUTBOX}
        await here.close()


async def test_what_is_rolled_back_wakes_nobody(records: Records, stores: StoreUrls) -> None:
    async with listening(stores) as there:
        wakeup = there.on(Topic.BATCHES)
        with suppress(ZeroDivisionError):
            async with records.transaction() as connection:
                await add_hints(connection, [event(1)], event(1).at)
                raise ZeroDivisionError
        assert not await wakeup.wait(QUIET_SECONDS)


async def test_a_wake_up_before_the_wait_is_not_lost() -> None:
    wakeup = Wakeup()
    wakeup.tell()
    wakeup.tell()
    assert await wakeup.wait(0)
    assert not await wakeup.wait(0)


async def test_a_broken_line_ends_the_listening(records: Records, stores: StoreUrls) -> None:
    """Whoever runs it begins again, and everybody looks then."""
    own = await Records.open(stores.postgres_url)
    wakeups = Wakeups(own)
    ready = wakeups.on(Topic.BATCHES)
    task = asyncio.create_task(wakeups.run())
    assert await ready.wait(PATIENT_SECONDS)
    await records.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where query like '%%listen battwheels%%' and pid <> pg_backend_pid()"
    )
    with pytest.raises(Unavailable, match="postgres does not answer"):
        await asyncio.wait_for(task, PATIENT_SECONDS)
    await own.close()
