"""A breaker opens after five failures, rests thirty seconds, and lets one probe through."""

import asyncio
from time import process_time

import pytest

from domain.circuit_breaker import CircuitBreaker
from domain.errors import InvalidInput, Unavailable
from tests.journeys.waits import waited

DOWN = Unavailable("neo4j", "stopped for the test")


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


class Door:
    """Something behind a breaker; counts who came through."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.breaker = CircuitBreaker(clock=self.clock, told="{silent} rests {wait} s.")
        self.asked = 0

    async def ask(self, end: Exception | None = None, pause: float = 0) -> None:
        with self.breaker.pass_through():
            self.asked += 1
            await asyncio.sleep(pause)
            if end is not None:
                raise end

    async def fail(self, times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(Unavailable):
                await self.ask(DOWN)


@pytest.mark.row("IP-1", figure="5 failures, < 10 ms, 30 s")
async def test_five_failures_in_a_row_open_it() -> None:
    door = Door()
    await door.fail(4)
    await door.ask()
    await door.fail(5)
    assert door.asked == 10
    took, told = list[float](), set[str]()
    for _ in range(20):
        began = process_time()
        with waited() as waits, pytest.raises(Unavailable) as refused:
            await door.ask()
        took.append(process_time() - began + waits.seconds)
        told.add(str(refused.value))
    assert door.asked == 10
    assert told == {"neo4j rests 30 s."}
    # The row's own bound, by the processor's clock and what was waited for.
    assert min(took) < 0.01


@pytest.mark.row("IP-1")
async def test_one_probe_goes_through_after_thirty_seconds() -> None:
    door = Door()
    await door.fail(5)
    door.clock.seconds += 29.9
    with pytest.raises(Unavailable):
        await door.ask()
    assert door.asked == 5
    door.clock.seconds += 0.1
    ends = await asyncio.gather(*(door.ask(pause=0.01) for _ in range(50)), return_exceptions=True)
    assert door.asked == 6
    assert [type(end) for end in ends] == [type(None)] + [Unavailable] * 49
    await door.ask()
    assert door.asked == 7


@pytest.mark.row("IP-1")
async def test_a_failed_probe_opens_it_again() -> None:
    door = Door()
    await door.fail(5)
    door.clock.seconds += 30
    await door.fail()
    door.clock.seconds += 29
    with pytest.raises(Unavailable):
        await door.ask()
    assert door.asked == 6
    door.clock.seconds += 1
    await door.ask()
    await door.fail(4)
    await door.ask()
    assert door.asked == 12


async def test_a_refusal_says_nothing_of_the_dependency() -> None:
    door = Door()
    wrong = InvalidInput("text", "is empty")
    await door.fail(4)
    with pytest.raises(InvalidInput):
        await door.ask(wrong)
    await door.fail()
    assert door.asked == 6
    door.clock.seconds += 30
    # A probe that is refused leaves its place to the next.
    with pytest.raises(InvalidInput):
        await door.ask(wrong)
    await door.ask()
    assert door.asked == 8


@pytest.mark.row("GW-4")
async def test_it_is_half_open_before_it_closes() -> None:
    door = Door()
    states = [door.breaker.state]
    await door.fail(5)
    states.append(door.breaker.state)
    door.clock.seconds += 30
    states.append(door.breaker.state)
    await door.fail()
    states.append(door.breaker.state)
    door.clock.seconds += 30
    await door.ask()
    states.append(door.breaker.state)
    assert states == ["closed", "open", "half_open", "open", "closed"]


async def test_late_answers_do_not_move_an_open_breaker() -> None:
    door = Door()
    slow = [asyncio.create_task(door.ask(end, pause=0.01)) for end in (DOWN, None)]
    await asyncio.sleep(0)
    await door.fail(5)
    door.clock.seconds += 20
    await asyncio.gather(*slow, return_exceptions=True)
    with pytest.raises(Unavailable):
        await door.ask()
    door.clock.seconds += 10
    await door.ask()
    assert door.asked == 8


async def test_a_dependency_that_answers_again_is_asked_at_once() -> None:
    door = Door()
    await door.fail(5)
    assert door.breaker.silent == "neo4j"
    door.clock.seconds += 1
    door.breaker.answers()
    await door.fail()
    with pytest.raises(Unavailable):
        await door.ask()
    door.breaker.answers()
    await door.ask()
    assert door.breaker.silent is None
    assert door.asked == 7
    door.breaker.answers()
    await door.ask()
    assert door.breaker.silent is None
