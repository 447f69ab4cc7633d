"""The change log on a real PostgreSQL: once, in order, without a gap."""

import asyncio

import pytest

from domain.errors import Unavailable
from records.change_log import ChangeLog
from records.cursors import ConsumerCursors
from records.database import Records
from tests.records.samples import event
from tests.waits import sure_to_end


@pytest.fixture
def log(records: Records) -> ChangeLog:
    return ChangeLog(records)


async def test_entries_come_back_whole(log: ChangeLog) -> None:
    events = [event(n) for n in range(4)]
    assert await log.append(events) == [1, 2, 3, 4]
    assert await log.after(0, 10) == list(enumerate(events, start=1))


async def test_empty_log_stands_at_zero(log: ChangeLog) -> None:
    assert (await log.last(), await log.after(0, 10), await log.append([])) == (0, [], [])


async def test_reading_is_cut_and_continued(log: ChangeLog) -> None:
    await log.append([event(n) for n in range(5)])
    assert [seq for seq, _ in await log.after(1, 2)] == [2, 3]
    assert [seq for seq, _ in await log.after(3, 9)] == [4, 5]


async def test_same_event_keeps_its_number(log: ChangeLog) -> None:
    await log.append([event(1), event(2)])
    assert await log.append([event(3), event(2), event(1), event(3)]) == [3, 2, 1, 3]
    assert (await log.last(), len(await log.after(0, 10))) == (3, 3)


async def test_concurrent_writers_leave_no_gap(log: ChangeLog) -> None:
    batches = [[event(10 * n + i) for i in range(5)] for n in range(20)]
    numbers = await asyncio.gather(*(log.append(batch) for batch in batches))
    assert sorted(seq for batch in numbers for seq in batch) == list(range(1, 101))
    assert all(batch == list(range(batch[0], batch[0] + 5)) for batch in numbers)


async def test_concurrent_twins_are_logged_once(log: ChangeLog) -> None:
    events = [event(n) for n in range(7)]
    numbers = await asyncio.gather(*(log.append(events) for _ in range(20)))
    assert numbers == [list(range(1, 8))] * 20
    assert await log.last() == 7


async def test_reader_never_skips_a_number(log: ChangeLog) -> None:
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < 200:
            seen.extend(seq for seq, _ in await log.after(seen[-1] if seen else 0, 50))

    async def write(n: int) -> None:
        for i in range(10):
            await log.append([event(100 * n + i)])

    async with sure_to_end("the reading"):
        await asyncio.gather(read(), *(write(n) for n in range(20)))
    assert seen == list(range(1, 201))


async def test_absent_server_says_so() -> None:
    nowhere = await Records.open("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable, match="postgres does not answer"):
        await ChangeLog(nowhere).last()
    await nowhere.close()


async def test_trimming_keeps_the_newest(log: ChangeLog) -> None:
    await log.append([event(n) for n in range(10)])
    assert await log.bounds() == (0, 10)
    assert (await log.trim(entries=4), await log.bounds()) == (6, (6, 10))
    assert [seq for seq, _ in await log.after(0, 20)] == [7, 8, 9, 10]
    assert await log.append([event(10)]) == [11]


async def test_trimming_by_age_leaves_the_young(log: ChangeLog, records: Records) -> None:
    await log.append([event(n) for n in range(10)])
    async with records.transaction() as connection:
        await connection.execute(
            "update change_log set logged_at = now() - interval '61 days' where seq <= 3"
        )
    assert await log.trim() == 3
    assert [seq for seq, _ in await log.after(0, 20)] == [4, 5, 6, 7, 8, 9, 10]


async def test_trimming_waits_for_a_living_consumer(log: ChangeLog, records: Records) -> None:
    await log.append([event(n) for n in range(10)])
    await ConsumerCursors(records).move("handlers", 5)
    assert await log.trim(entries=2) == 5
    async with records.transaction() as connection:
        await connection.execute("update cursor_of set moved_at = now() - interval '90 days'")
    assert await log.trim(entries=2) == 8


async def test_trimming_never_goes_back(log: ChangeLog) -> None:
    await log.append([event(n) for n in range(10)])
    assert [await log.trim(entries=n) for n in (4, 100, 0)] == [6, 6, 10]
    assert (await log.after(0, 20), await log.bounds()) == ([], (10, 10))
