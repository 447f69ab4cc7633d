"""The start waits for its stores, and not for what waiting does not mend."""

from collections.abc import Awaitable, Callable

import pytest

from domain.errors import Unavailable, WrongPassword
from web import wiring
from web.wiring import once_stores_answer


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "START_PAUSE_SECONDS", 0.0)


def refused(times: int, error: Exception) -> tuple[list[int], Callable[[], Awaitable[str]]]:
    """Give what prepares the stores, so many times in vain, and its count."""
    tried: list[int] = []

    async def prepare() -> str:
        tried.append(1)
        if len(tried) <= times:
            raise error
        return "prepared"

    return tried, prepare


async def test_a_store_that_comes_later_is_waited_for() -> None:
    tried, prepare = refused(3, Unavailable("postgres", "ConnectionTimeout"))
    assert await once_stores_answer(prepare, 60.0) == "prepared"
    assert len(tried) == 4


async def test_a_store_that_never_comes_is_named() -> None:
    tried, prepare = refused(1, Unavailable("postgres", "ConnectionTimeout"))
    with pytest.raises(Unavailable, match="postgres does not answer: ConnectionTimeout"):
        await once_stores_answer(prepare, 0.0)
    assert len(tried) == 1


async def test_a_wrong_password_is_told_at_once() -> None:
    tried, prepare = refused(1, WrongPassword("postgres", "POSTGRES_URL"))
    with pytest.raises(WrongPassword):
        await once_stores_answer(prepare, 60.0)
    assert len(tried) == 1
