"""The service as it runs: the application, and beside it the relay, the feed, the consumers."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import uvicorn
from starlette.applications import Starlette

from domain.access import Viewer
from domain.errors import Unavailable
from domain.reports import FailureReport
from ingest.reembedding import catch_up
from records.batches import Batches
from records.hourly import Hourly
from records.inbox import Inbox, Retry
from repair.intake import Searching
from repair.learning import learn
from resolvers.services import Services
from sync.consumers import Consumers, Pace
from sync.ending import told_to_end
from sync.handling import Listener
from sync.paces import Paces
from web import handlers
from web.asgi import Door, application
from web.handlers import Hearing
from web.listening import listening
from web.papers import Papers
from web.wiring import Opened, Patience, learning, matching, process_name

RESTART_SECONDS = 1.0
# How soon an import made by another process is known to the reader.
REFRESH_SECONDS = 60.0
# How soon a card that was written without a vector has one.
CATCH_UP_SECONDS = 10.0
# How often the change log lets go of what is too old.
TRIM_SECONDS = 3600.0
REHEARSAL = FailureReport(
    text="Ather 450X does not charge, battery warning on the dash", codes=("P0A80",)
)
REHEARSALS = 2
# Nobody waits for it, and the first plans cost seconds.
UNHURRIED = Patience(embedder=60.0, graph=60.0, answer=60.0)
PACE = Pace()

End = Callable[[], None]

log = logging.getLogger("battwheels.serving")


def built(house: Opened) -> Starlette:
    """Give the application over an opened house."""
    settings = house.settings
    return application(
        services(house),
        Door(
            verify=house.tokens.verify,
            probes={
                "neo4j": house.graph.ping,
                "postgres": house.records.ping,
                "redis": _ping(house),
            },
            development=not settings.production,
            origins=settings.allowed_origins,
            ui=settings.home / "ui",
            papers=Papers(links=house.books.links, print=house.books.print),
        ),
    )


def services(house: Opened) -> Services:
    return Services(
        cards=house.cards,
        kept=house.kept,
        tickets=house.tickets,
        garages=house.garages,
        crew=house.crew,
        jobs=house.jobs,
        vocabulary=house.vocabulary,
        search=house.search,
        reader=house.reader,
        matcher=house.matcher,
        diagnoser=house.diagnoser,
        embedder=house.embedder,
        operations=house.operations,
        marking=house.cards,
        feedback=house.feedback,
        reviews=house.reviews,
        feed=house.feed,
        offline=house.offline,
        deltas=house.deltas,
        places=house.places,
        now=lambda: datetime.now(UTC),
        billing=house.books.billing,
    )


@asynccontextmanager
async def beside(house: Opened, *, work: bool = True) -> AsyncGenerator[None]:
    """Run feed and reader beside the block, and with `work` the relay and the consumers."""
    search = Searching(
        tickets=house.tickets, cards=house.cards, reader=house.reader, matcher=house.matcher
    )
    heard = Hearing(
        search=search,
        learn=partial(learn, learning(house)),
        draft=house.books.billing.drafts.wait,
        forget=house.kept.forget,
        tell=house.books.telling.tell,
    )
    loops: dict[str, Callable[[], Awaitable[None]]] = {
        "feed": house.feed.run,
        "reader": lambda: _learning(house),
    }
    if work:
        loops["relay"] = house.relay.run
        loops["partitions"] = house.books.prepare
        loops["anchors"] = house.books.anchor
        loops["invoices"] = house.books.recover
        loops["vectors"] = lambda: _embedding(house)
        loops["paces"] = paces(house).run
        loops["retention"] = lambda: _trimming(house)
        loops["consumers"] = lambda: consumers(house, handlers.listeners(heard)).run(house.bus)
    tasks = [asyncio.create_task(_kept(name, run), name=name) for name, run in loops.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def paces(house: Opened) -> Paces:
    return Paces(Batches(house.records), Hourly(house.records), lambda: datetime.now(UTC))


def consumers(house: Opened, listeners: Sequence[Listener], pace: Pace = PACE) -> Consumers:
    """Give the consumers of a house: a group, an inbox and a cursor for each listener."""

    def inbox(listener: Listener) -> Inbox:
        return Inbox(house.records, listener.name, listener.types, Retry())

    stores = (house.redis, house.cursors, house.leases)
    return Consumers(listeners, inbox, stores, pace=pace, name=process_name())


async def serve(
    house: Opened,
    started: Callable[[End], Awaitable[None]] | None = None,
    *,
    work: bool = True,
) -> None:
    """Serve until told to end; `started` runs once the port answers and may end it."""
    config = listening(built(house), house.settings.host, house.settings.port)
    server = uvicorn.Server(config)
    async with beside(house, work=work):
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has a flag, no event
            await asyncio.sleep(0.02)
        if started is not None and server.started:
            await started(lambda: setattr(server, "should_exit", True))
        await serving


async def rehearse(house: Opened) -> None:
    """Match a few times before anyone asks: the first plans and pages cost seconds."""
    await house.search.warm()
    matcher = matching(house.search, house.redis, UNHURRIED)
    for viewer in (Viewer(sees_all=True), Viewer(region="rehearsal")) * REHEARSALS:
        understood = await house.reader.understand(REHEARSAL)
        await matcher.match(understood, viewer)


async def _learning(house: Opened) -> None:
    await house.embedder.warm()
    await rehearse(house)
    while not told_to_end():
        await house.reader.refresh(house.vocabulary)
        await house.reader.learn()
        await asyncio.sleep(REFRESH_SECONDS)


async def _embedding(house: Opened) -> None:
    await house.cards.outdate(house.embedder.model)
    while not told_to_end():
        await catch_up(house.cards, house.embedder)
        await asyncio.sleep(CATCH_UP_SECONDS)


async def _trimming(house: Opened) -> None:
    while not told_to_end():
        await house.change_log.trim()
        await asyncio.sleep(TRIM_SECONDS)


async def _kept(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a loop until it is told to end: what stops it before is logged, and it starts again."""
    while not told_to_end():
        try:
            await run()
        except Unavailable as error:
            log.warning("waiting", extra={"loop": name, "for": error.dependency})
        except Exception:
            log.exception("stopped", extra={"loop": name})
        await asyncio.sleep(RESTART_SECONDS)


def _ping(house: Opened) -> Callable[[], Awaitable[object]]:
    async def ping() -> object:
        return await house.redis.ping()  # pyright: ignore[reportGeneralTypeIssues]

    return ping
