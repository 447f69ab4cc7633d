"""What waits for a reader: all of it, then the newest of each thing, then it reads the log."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from sync.backlog import Backlog, BufferedChange


def told(seq: int, entity: str = "a") -> BufferedChange:
    return BufferedChange(seq, entity, f"{entity}{seq}")


async def test_a_reader_that_keeps_up_hears_all() -> None:
    waiting = Backlog()
    for seq in range(1, 10):
        waiting.put(told(seq))
    assert await waiting.take() == [told(seq) for seq in range(1, 10)]


async def test_a_reader_behind_hears_the_newest_of_each() -> None:
    waiting = Backlog(behind=3)
    for seq, entity in enumerate("abcabcab", start=1):
        waiting.put(told(seq, entity))
    assert await waiting.take() == [told(6, "c"), told(7, "a"), told(8, "b")]
    assert not waiting.overflown


async def test_a_reader_far_behind_is_sent_to_the_log() -> None:
    waiting = Backlog(behind=2, far_behind=4)
    for seq, entity in enumerate("abcdefg", start=1):
        waiting.put(told(seq, entity))
    assert (waiting.overflown, len(waiting), await waiting.take()) == (True, 0, [])


async def test_what_is_withdrawn_is_never_taken() -> None:
    waiting = Backlog()
    for seq, entity in enumerate("abab", start=1):
        waiting.put(told(seq, entity))
    waiting.withdraw("a")
    waiting.withdraw("nothing of this")
    assert await waiting.take() == [told(2, "b"), told(4, "b")]


async def test_an_end_comes_after_what_waits() -> None:
    waiting = Backlog()
    reading = asyncio.ensure_future(waiting.take())
    await asyncio.sleep(0)
    waiting.put(told(1))
    waiting.end()
    assert (await reading, waiting.ended) == ([told(1)], True)
    assert await waiting.take() == []


@given(
    st.lists(st.sampled_from("abcdefgh"), max_size=60),
    st.integers(1, 5),
    st.integers(5, 12),
)
def test_memory_is_bounded_and_nothing_newest_is_lost(
    entities: list[str], behind: int, far_behind: int
) -> None:
    waiting = Backlog(behind, far_behind)
    for seq, entity in enumerate(entities, start=1):
        waiting.put(told(seq, entity))
        assert len(waiting) <= far_behind
    if not entities:
        return
    taken = asyncio.run(waiting.take())
    assert [t.seq for t in taken] == sorted({t.seq for t in taken})
    if not waiting.overflown:
        newest = {entity: seq for seq, entity in enumerate(entities, start=1)}
        assert {t.entity: t.seq for t in taken} == newest
