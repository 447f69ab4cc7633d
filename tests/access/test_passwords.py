"""Passwords: which are good enough, and that nobody learns from the door who is there."""

import asyncio

import pytest

from access.passwords import AT_ONCE, MOST, HashCost, Passwords, parse_password
from domain.errors import InvalidInput, TooMany

GOOD = "monsoon tyre ladder 42"
CHEAP = HashCost(kib=8, passes=1)


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "correct horse battery staple",
        "पानी में गाड़ी चलती नहीं",
        "x7" * 3 + "Kq#9vLw2!pZ",
        "a" + " unrelated words" * 15,
    ],
)
def test_long_and_unguessable_is_good(password: str) -> None:
    assert parse_password(password, ["Asha Kulkarni", "asha@example.org"]) == password


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "needs 15 to 256"),
        ("Tr0ub4dor&3!!", "needs 15 to 256"),
        ("x" * (MOST + 1), "more than 256"),
        ("passwordpassword", "would be guessed"),
        ("qwertyuiopasdfghjkl", "would be guessed"),
        ("aaaaaaaaaaaaaaaaaaaa", "would be guessed"),
        ("battwheelsbattwheels", "would be guessed"),
        ("Sunshine2026!Sunshine", "would be guessed"),
        ("123456789012345678", "would be guessed"),
        ("kulkarnikulkarni", "would be guessed"),
        ("monsoon tyre\u202eladder 42", "not seen"),
    ],
)
def test_guessable_is_refused(password: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        parse_password(password, ["Asha Kulkarni", "asha@example.org"])
    assert refused.value.field == "password"
    assert not password or password not in str(refused.value)


async def test_a_hash_knows_its_password() -> None:
    words = Passwords(CHEAP)
    hashed = await words.hash(parse_password("ﬁnally monsoon tyre 42"))
    assert hashed.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert await words.matches(hashed, "finally monsoon tyre 42")
    assert not await words.matches(hashed, "finally monsoon tyre 43")
    assert not await words.matches("no hash", GOOD)


async def test_nobody_has_no_password() -> None:
    words = Passwords(CHEAP)
    assert not await words.matches(None, "nobody has this one")
    assert not await words.matches(None, GOOD)


@pytest.mark.row("AU-1")
async def test_a_thousand_at_the_door_wait_or_go() -> None:
    words, done = Passwords(CHEAP, waiting=8), asyncio.Event()
    inside = most = 0

    async def sign_in() -> bool:
        nonlocal inside, most
        try:
            async with words.turn():
                inside += 1
                most = max(most, inside)
                await done.wait()
                inside -= 1
        except TooMany:
            return False
        return True

    crowd = [asyncio.create_task(sign_in()) for _ in range(1_000)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    done.set()
    let_in = sum(await asyncio.gather(*crowd))
    assert (most, let_in) == (AT_ONCE, 8 + AT_ONCE)
