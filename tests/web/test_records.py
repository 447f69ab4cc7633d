"""The start waits for its stores, and not for what waiting does not mend."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from domain.errors import Unavailable, WrongPassword
from tests.waits import eventually
from web import records as house_records
from web.local import launch, stores
from web.local.home import StoreHome
from web.local.postgres import PostgresServer
from web.local.progress import StartProgress, ignore_progress
from web.local.stores import GivenUrls
from web.records import once_stores_answer, open_records
from web.settings import Settings

# PostgreSQL is started here, and nobody asks the others.
ELSEWHERE = GivenUrls(neo4j_uri="bolt://127.0.0.1:1", redis_url="redis://127.0.0.1:1")


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house_records, "START_PAUSE_SECONDS", 0.0)


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
    told = list[StartProgress]()
    tried, prepare = refused(3, Unavailable("postgres", "ConnectionTimeout"))
    assert await once_stores_answer(prepare, 60.0, told.append) == "prepared"
    assert len(tried) == 4
    assert told == [StartProgress("postgres", "waiting for its answer")] * 3


async def test_a_server_that_starts_later_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house_records, "START_SECONDS", 60.0)
    home = StoreHome.at(tmp_path / "home")
    server = PostgresServer(home)
    urls = await asyncio.to_thread(stores.start_stores, home, ELSEWHERE)
    await asyncio.to_thread(launch.stop_server, server, home)
    settings = Settings(
        home=home.root,
        postgres_url=urls.postgres_url,
        neo4j_uri=urls.neo4j_uri,
        redis_url=urls.redis_url,
    )

    async def migrations() -> int:
        async with open_records(settings) as records:
            [row] = await records.rows("select count(*) as n from migration")
            return row["n"]

    async def waits() -> bool:
        return any(one.message == "waiting" for one in caplog.records)

    try:
        with caplog.at_level(logging.INFO, "battwheels.start"):
            asking = asyncio.create_task(migrations())
            await eventually(waits)
            assert not asking.done()
            await asyncio.to_thread(launch.start_server, server, home, ignore_progress)
            assert await asking > 0
    finally:
        await asyncio.to_thread(launch.stop_server, server, home)


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
