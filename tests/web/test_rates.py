"""How much one caller may ask over time, and who is next when all want something."""

import asyncio
from contextlib import suppress

import pytest

from domain.errors import TooMany
from web import rates
from web.rates import Rate, by_address
from web.turns import Turns


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def taken(rate: Rate, caller: str, most: int = 1_000) -> int:
    """Give how many units a caller gets at once."""
    for got in range(most):
        try:
            rate.demand(caller)
        except TooMany:
            return got
        rate.spend(caller)
    return most


def test_a_caller_saves_and_spends() -> None:
    clock = Clock()
    rate = Rate(10, 50, clock)
    assert taken(rate, "asha") == 50
    clock.now += 1
    assert taken(rate, "asha") == 10
    assert taken(rate, "bala") == 50


def test_who_waits_is_told_how_long() -> None:
    clock = Clock()
    rate = Rate(10, 50, clock)
    rate.spend("asha", 70)
    with pytest.raises(TooMany) as refused:
        rate.demand("asha")
    assert refused.value.retry_s == pytest.approx(2.0)


def test_debts_are_bounded() -> None:
    clock = Clock()
    rate = Rate(10, 50, clock)
    rate.spend("asha", 1_000_000)
    clock.now += 5.1
    rate.demand("asha")


def test_callers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "KEPT", 100)
    clock = Clock()
    rate = Rate(10, 50, clock)
    rate.spend("greedy", 90)
    for n in range(1_000):
        rate.spend(f"address:{n}", 0.001 * (n % 7))
    assert len(rate) <= 101
    with pytest.raises(TooMany):
        rate.demand("greedy")


@pytest.mark.parametrize(
    ("host", "caller"),
    [
        ("192.0.2.7", "address:192.0.2.7"),
        ("::ffff:192.0.2.7", "address:192.0.2.7"),
        ("2001:db8::1", "address:20010db800000000"),
        ("2001:db8::ffff:1", "address:20010db800000000"),
        ("nonsense", "address:?"),
        (None, "address:?"),
    ],
)
def test_addresses_count_by_network(host: str | None, caller: str) -> None:
    assert by_address(host) == caller


async def test_callers_take_turns() -> None:
    turns, order = Turns(1, 10), list[str]()

    async def ask(caller: str) -> None:
        async with turns.turn(caller):
            order.append(caller)
            await asyncio.sleep(0)

    asking = [asyncio.create_task(ask(c)) for c in ["crowd"] * 6 + ["asha", "bala"]]
    await asyncio.gather(*asking)
    assert order == ["crowd", "crowd", "asha", "bala", "crowd", "crowd", "crowd", "crowd"]


async def test_few_of_one_caller_wait() -> None:
    turns = Turns(1, 2)
    async with turns.turn("asha"):
        waiting = [asyncio.create_task(turns.turn("asha").__aenter__()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(TooMany):
            async with turns.turn("asha"):
                raise AssertionError
        for one in waiting:
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one


async def test_who_gives_up_holds_nobody_up() -> None:
    turns = Turns(1, 9)
    async with turns.turn("asha"):
        waiting = [asyncio.create_task(turns.turn("bala").__aenter__()) for _ in range(3)]
        await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(5), turns.turn("chitra"):
        pass


def test_who_has_spent_most_waits_first() -> None:
    clock = Clock()
    rate = Rate(10, 100, clock)
    rate.spend("asha", 19)
    rate.spend("bala", 21)
    rate.demand("asha", saved=0.8)
    with pytest.raises(TooMany) as refused:
        rate.demand("bala", saved=0.8)
    assert refused.value.retry_s == pytest.approx(0.1)
    rate.demand("bala")


async def test_a_turn_is_waited_for_so_long_and_given_to_the_next() -> None:
    turns, given = Turns(1, 1, patience=0.01), list[str]()

    async def worked(caller: str, until: asyncio.Event) -> None:
        async with turns.turn(caller):
            given.append(caller)
            await until.wait()

    ended, at_once = asyncio.Event(), asyncio.Event()
    at_once.set()
    first = asyncio.create_task(worked("asha", ended))
    await asyncio.sleep(0)
    for _ in range(2):
        with pytest.raises(TooMany) as refused:
            await worked("bala", at_once)
        assert refused.value.retry_s == 0.01
    ended.set()
    await first
    await worked("bala", at_once)
    assert given == ["asha", "bala"]
