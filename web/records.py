"""PostgreSQL alone, opened and migrated: what a command needs that reads or writes records.

The service needs far more (`web.wiring`); a command that imported all of it would start in seconds.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from time import monotonic
from typing import TypeVar

from domain.errors import Unavailable, WrongPassword
from records.database import Records, greet
from records.migrations import migrate_records
from records.service_account import OWNER, demand_granted
from web.local import stores
from web.local.home import StoreHome
from web.local.progress import Report, StartProgress, ignore_progress
from web.local.stores import GivenUrls
from web.settings import Settings

T = TypeVar("T")

START_SECONDS = 10.0
START_PAUSE_SECONDS = 0.5

log = logging.getLogger("battwheels.start")


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[Records]:
    """Give the records alone, migrated: what a command needs that reads the change log."""
    home = StoreHome.at(settings.home)
    urls = await asyncio.to_thread(stores.start_stores, home, GivenUrls.of(settings))
    with demand_granted():
        prepare = partial(open_migrated, settings, urls.postgres_url)
        records = await once_stores_answer(prepare, START_SECONDS)
        try:
            yield records
        finally:
            await records.close()


async def open_migrated(settings: Settings, url: str) -> Records:
    """Open the records once their schema is up to date: as the tables' owner, where there is one by
    itself, who has the account of the service serve. They are known to answer then.

    That account may be none before, so nothing is asked as it: a pool would try, and complain.

    Raises:
        WrongPassword: PostgreSQL answers, and does not know the account; which setting's it says.
        MigrationNeeded: the tables are somebody else's, whom the settings do not name.
        InvalidInput, UnsafeSetting: the account of the service is none that may serve.
    """
    owner = settings.postgres_owner_url
    if owner is not None:
        await _migrate_as(owner, settings.postgres_url or "")
    await greet(url)
    async with AsyncExitStack() as stack:
        records = await Records.open(url)
        stack.push_async_callback(records.close)
        if owner is None:
            await migrate_records(records)
        stack.pop_all()
    return records


async def _migrate_as(owner: str, serving: str) -> None:
    try:
        await greet(owner)
    except WrongPassword as error:
        raise WrongPassword(error.dependency, OWNER) from error
    records = await Records.open(owner)
    try:
        await migrate_records(records, serving)
    finally:
        await records.close()


async def once_stores_answer(
    prepare: Callable[[], Awaitable[T]], seconds: float, report: Report = ignore_progress
) -> T:
    """Prepare the stores, again while they do not answer: containers and busy machines start in any
    order.

    Raises:
        WrongPassword: waiting would not mend it.
        Unavailable: the time is over.
    """
    deadline = monotonic() + seconds
    while True:
        try:
            return await prepare()
        except WrongPassword:
            raise
        except Unavailable as error:
            if monotonic() >= deadline:
                raise
            log.info("waiting", extra={"for": error.dependency, "because": error.reason})
            report(StartProgress(error.dependency, "waiting for its answer"))
        await asyncio.sleep(START_PAUSE_SECONDS)
