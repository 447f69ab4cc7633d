"""The service as it runs: the application, and beside it the relay, the feed, the consumers."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic

from starlette.applications import Starlette

from domain.access import Viewer
from domain.errors import Unavailable
from domain.matches import Level
from domain.reports import FailureReport
from ingest.reembedding import catch_up
from matching.engine import NO_CARDS, NO_MATCH
from records.batches import Batches
from records.hourly import Hourly
from records.inbox import Inbox, Retry
from records.wakeups import Topic, Wakeup
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
from web.health import Probe
from web.interrupts import PromptServer
from web.listening import listening
from web.management import managed, operators_of
from web.papers import Papers
from web.wiring import Opened, learning, matching, process_name

RESTART_SECONDS = 1.0
# How soon an import made by another process is known to the reader.
REFRESH_SECONDS = 60.0
# How soon a card that was written without a vector has one.
CATCH_UP_SECONDS = 10.0
# How seldom both look when nobody told of a write.
REST_SECONDS = 600.0
# How soon reports are let in again after the store that refused them is back.
RETURN_SECONDS = 0.5
# How often the change log lets go of what is too old.
TRIM_SECONDS = 3600.0
REHEARSAL = FailureReport(
    text="Ather 450X does not charge, battery warning on the dash", codes=("P0A80",)
)
REHEARSALS = 2
REHEARSAL_SECONDS = 60.0
PACE = Pace()
NO_KNOWLEDGE = "No card is known yet. Load them: battwheels ingest knowledge"

End = Callable[[], None]

log = logging.getLogger("battwheels.serving")


def built(house: Opened) -> Starlette:
    """Give the application over an opened house."""
    settings = house.settings
    return application(
        services(house),
        Door(
            verify=house.tokens.verify,
            probes=probes(house),
            development=not settings.production,
            ui=settings.home / "ui",
            papers=Papers(links=house.books.links, print=house.books.print),
            metrics=house.metrics,
            operators=operators_of(settings),
            parts=house.parts,
        ),
    )


def probes(house: Opened) -> dict[str, Probe]:
    """Give what asks each store whether it answers."""
    return {
        "neo4j": house.graph.ping,
        "postgres": house.records.ping,
        "redis": _ping(house),
    }


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
        opening=house.opening,
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
        "wakeups": house.wakeups.run,
        "reader": partial(_learning, house, house.wakeups.on(Topic.GRAPH_OUTBOX)),
        "returns": lambda: _returning(house),
    }
    if work:
        loops["relay"] = house.relay.run
        loops["partitions"] = house.books.prepare
        loops["anchors"] = lambda: house.books.anchor(house.parts, house.metrics)
        loops["invoices"] = house.books.recover
        loops["vectors"] = partial(_embedding, house, house.wakeups.on(Topic.GRAPH_OUTBOX))
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
    batches, hourly = Batches(house.records), Hourly(house.records)
    return Paces(batches, hourly, lambda: datetime.now(UTC), house.wakeups.on(Topic.BATCHES))


def consumers(house: Opened, listeners: Sequence[Listener], pace: Pace = PACE) -> Consumers:
    """Give the consumers of a house: a group, an inbox and a cursor for each listener."""

    def inbox(listener: Listener) -> Inbox:
        return Inbox(house.records, listener.name, listener.types, Retry())

    stores = (house.redis, house.cursors, house.leases)
    pace = replace(pace, wakes=partial(house.wakeups.on, Topic.CHANGE_LOG))
    return Consumers(listeners, inbox, stores, pace=pace, name=process_name())


async def serve(
    house: Opened,
    started: Callable[[End], Awaitable[None]] | None = None,
    *,
    work: bool = True,
) -> None:
    """Serve until told to end; `started` runs once the port answers and may end it."""
    config = listening(built(house), house.settings.host, house.settings.port)
    server = PromptServer(config)
    house.parts.started = house.parts.matches = False
    async with (
        managed(house.settings, probes(house), house.parts, house.metrics),
        beside(house, work=work),
    ):
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has a flag, no event
            await asyncio.sleep(0.02)
        if started is not None and server.started:
            await started(lambda: setattr(server, "should_exit", True))
        await serving


async def rehearse(house: Opened) -> None:
    """Match a few times before anyone asks: the first plans and pages cost seconds."""
    await house.search.warm()
    matcher = matching(house.search, house.redis, REHEARSAL_SECONDS)
    for viewer in (Viewer(sees_all=True), Viewer(region="rehearsal")) * REHEARSALS:
        understood = await house.reader.understand(REHEARSAL)
        await matcher.match(understood, viewer)


async def _learning(house: Opened, written: Wakeup) -> None:
    await _counted(house)
    try:
        await house.embedder.warm()
        await _tried(house)
    finally:
        # What is not whole by now is said to be degraded; there is an answer for everybody.
        house.parts.started = True
        house.graph.watch()
        house.records.watch()
    while not told_to_end():
        await _counted(house)
        await house.reader.refresh(house.vocabulary)
        await house.reader.learn()
        await asyncio.sleep(REFRESH_SECONDS)
        await written.wait(REST_SECONDS)


async def _tried(house: Opened) -> None:
    """Rehearse, then match as somebody who waits would: from here on matches are whole, or not."""
    await rehearse(house)
    understood = await house.reader.understand(REHEARSAL)
    answer = await house.matcher.match(understood, Viewer(region="rehearsal"))
    house.parts.matches = answer.level is Level.AI


async def _counted(house: Opened) -> None:
    """Say whether there is a card at all: a fresh service knows none and looks broken."""
    empty = not await house.cards.count(Viewer(sees_all=True))
    house.matcher.no_match = NO_CARDS if empty else NO_MATCH
    if house.parts.note("knowledge", NO_KNOWLEDGE if empty else None) and empty:
        log.warning("no cards", extra={"do": NO_KNOWLEDGE})


async def _embedding(house: Opened, written: Wakeup) -> None:
    await house.cards.outdate(house.embedder.model)
    while not told_to_end():
        await catch_up(house.cards, house.embedder)
        await asyncio.sleep(CATCH_UP_SECONDS)
        await written.wait(REST_SECONDS)


async def _returning(house: Opened) -> None:
    """Let reports in again as soon as the store that refused them answers, and see whether matches
    are whole again.
    """
    pings = {"neo4j": house.graph.ping, "postgres": house.records.ping}
    pause, due = RETURN_SECONDS, 0.0
    while not told_to_end():
        ping = pings.get(house.opening.silent or "")
        if ping is not None:
            with suppress(Unavailable):
                await ping()
                house.opening.answers()
        if house.parts.matches:
            pause = RETURN_SECONDS
        elif house.parts.started and monotonic() >= due:
            with suppress(Unavailable, TimeoutError):
                await _tried(house)
                # It answers and is not whole (no model): that may last, and trying costs.
                pause = min(2 * pause, REFRESH_SECONDS)
                due = monotonic() + pause
        await asyncio.sleep(RETURN_SECONDS)


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
