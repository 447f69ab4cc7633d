"""PostgreSQL alone, opened and migrated: what a command needs that reads or writes records.

The service needs far more (`web.wiring`); a command that imported all of it would start in seconds.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import TypeVar

from domain.errors import Unavailable, WrongPassword
from records.database import Records
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
    records = await Records.open(urls.postgres_url)

    async def prepare() -> None:
        await migrate_as_owner(settings, records)

    try:
        with demand_granted():
            await once_stores_answer(prepare, START_SECONDS)
            yield records
    finally:
        await records.close()


async def migrate_as_owner(settings: Settings, records: Records) -> None:
    """Bring the schema up to date: as the tables' owner, where the settings name one, who has the
    account of the service serve. From then on the records are known to answer.

    The account may be none yet, so it is greeted last where somebody else owns the tables.

    Raises:
        WrongPassword: PostgreSQL answers, and does not know the account; which setting's it says.
        MigrationNeeded: the tables are somebody else's, whom the settings do not name.
        InvalidInput, UnsafeSetting: the account of the service is none that may serve.
    """
    if settings.postgres_owner_url is None:
        await records.greet()
        await migrate_records(records)
        return
    owner = await Records.open(settings.postgres_owner_url)
    try:
        await _greet_owner(owner)
        await migrate_records(owner, settings.postgres_url or "")
    finally:
        await owner.close()
    await records.greet()


async def _greet_owner(owner: Records) -> None:
    try:
        await owner.greet()
    except WrongPassword as error:
        raise WrongPassword(error.dependency, OWNER) from error


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
