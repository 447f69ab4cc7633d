"""A dead store is told from a slow one, and its return is seen."""

import asyncio

import pytest

from domain import liveness
from domain.errors import Unavailable
from domain.liveness import Liveness

PATIENT_SECONDS = 30.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(liveness, "FIRST_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(liveness, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(liveness, "RETURN_SECONDS", 0.01)


class Store:
    def __init__(self) -> None:
        self.awake = asyncio.Event()
        self.awake.set()
        self.pings = 0

    async def ping(self) -> bool:
        self.pings += 1
        await self.awake.wait()
        return True


@pytest.fixture
def store() -> Store:
    return Store()


def watching(store: Store) -> Liveness:
    found = Liveness("neo4j", store.ping)
    found.watch()
    return found


async def test_a_slow_answer_of_a_living_store_is_waited_for(store: Store) -> None:
    found = watching(store)
    async with found.within(PATIENT_SECONDS):
        while store.pings < 3:  # noqa: ASYNC110 - the watch goes on by itself
            await asyncio.sleep(0.005)
    assert not found.dead


async def test_a_dead_store_ends_every_call(store: Store) -> None:
    found = watching(store)
    store.awake.clear()

    async def ask() -> None:
        async with found.within(PATIENT_SECONDS):
            await asyncio.Event().wait()

    ends = await asyncio.gather(*(ask() for _ in range(20)), return_exceptions=True)
    assert {type(end) for end in ends} == {TimeoutError}
    assert found.dead
    with pytest.raises(Unavailable, match="neo4j does not answer: it has stopped answering"):
        await ask()
    store.awake.set()
    while found.dead:  # noqa: ASYNC110 - the store is asked beside us
        await asyncio.sleep(0.005)
    async with found.within(PATIENT_SECONDS):
        pass
    await found.close()


@pytest.mark.row("GW-4")
async def test_a_dead_store_is_tried_half_open(store: Store) -> None:
    found = watching(store)
    seen = [found.state]
    store.awake.clear()
    with pytest.raises(TimeoutError):
        async with found.within(PATIENT_SECONDS):
            await asyncio.Event().wait()
    while not {"open", "half_open"} <= set(seen):
        seen.append(found.state)
        await asyncio.sleep(0.001)
    store.awake.set()
    while found.dead:  # noqa: ASYNC110 - the store is asked beside us
        await asyncio.sleep(0.005)
    assert (seen[0], found.state) == ("closed", "closed")
    await found.close()


async def test_twenty_who_wait_ask_once(store: Store) -> None:
    found = watching(store)
    store.awake.clear()

    async def ask() -> None:
        async with found.within(PATIENT_SECONDS):
            await asyncio.Event().wait()

    asked = [asyncio.create_task(ask()) for _ in range(20)]
    while not store.pings:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.001)
    assert store.pings == 1
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    await found.close()


async def test_nobody_is_watched_before_it_is_said(store: Store) -> None:
    found = Liveness("neo4j", store.ping)
    with pytest.raises(TimeoutError):
        async with found.within(0.1):
            await asyncio.Event().wait()
    assert (store.pings, found.dead) == (0, False)
