"""The service as it runs: the application, and beside it the relay, the feed, the consumers."""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic

from starlette.applications import Starlette

from domain.access import Viewer
from domain.circuit_breaker import CircuitBreaker
from domain.errors import Unavailable
from domain.events import Event, EventType
from domain.ids import PersonId, TicketId
from domain.liveness import BreakerState
from domain.matches import LEVELS
from domain.reports import FailureReport
from ingest.missing_vectors import embed_missing
from matching.matcher import NO_CARDS, NO_MATCH
from records.database import Connection
from records.digests import DigestStore
from records.files import erase_files_of_tickets
from records.hint_batches import HintBatchStore
from records.inbox import InboxStore, RetryPolicy
from records.leases import LeaseStore
from records.trainer_slots import TrainingSlots
from records.trusted_documents import TrustedDocumentStore
from records.wakeups import Topic, Wakeup
from repair.analyses import handle_event
from repair.suggestions import SuggestionPorts
from repair.technicians import follow_person
from resolvers.services import AuditServices, DefectServices, Services
from sync.cancellation import is_cancelled
from sync.consumers import StreamConsumers, SweepTiming
from sync.hints import HintSchedule, hint_handler
from sync.inbox import EventListener, Handle
from web import listeners as web_listeners
from web.app.build import find_pages
from web.app.documents import keep_own_documents
from web.app.pages import AppPages, DemoPick
from web.asgi import AppOptions, application
from web.breakers import Breakers
from web.card_vectors import CardVectors
from web.explorer import administrators_of
from web.garage_rates import GarageRates
from web.health import Probe
from web.interrupts import PromptServer
from web.invoice_pdfs import InvoicePdfs
from web.listeners import EventHandlers
from web.management import operators_of, serve_management
from web.metrics import Metrics
from web.return_exports import ReturnFiles, ReturnMaker
from web.trainer_schedule import watch_missed
from web.uvicorn_config import uvicorn_config
from web.wiring import Patience, Runtime, analysis_ports, build_matcher, count_words, process_name

RESTART_SECONDS = 1.0
# How soon an import made by another process is known to the reader.
REFRESH_SECONDS = 60.0
# How soon a card that was written without a vector has one.
CATCH_UP_SECONDS = 10.0
# How seldom both look when nobody told of a write.
REST_SECONDS = 600.0
# How soon reports are let in again after the store that refused them is back.
RETURN_SECONDS = 0.5
# How soon it is seen that the service is ready.
STARTED_SECONDS = 0.1
# How often the change log lets go of what is too old.
TRIM_SECONDS = 3600.0
REHEARSAL = FailureReport(
    text="Ather 450X does not charge, battery warning on the dash", codes=("P0A80",)
)
REHEARSALS = 2
# Nobody waits for it, and the first plans cost seconds.
UNHURRIED = Patience(embedder=60.0, graph=60.0, answer=60.0)
PACE = SweepTiming()
SWITCH_SECONDS = 0.001
NO_KNOWLEDGE = "No card is known yet. Load them: battwheels ingest knowledge"

End = Callable[[], None]

log = logging.getLogger("battwheels.serving")


def build_application(runtime: Runtime, demo: Sequence[DemoPick] = ()) -> Starlette:
    """Give the application over an opened house; `demo` are offered on its sign-in page."""
    settings = runtime.settings
    garages = GarageRates(runtime.redis, settings.caps)
    _watch_breakers(runtime, garages)
    return application(
        build_services(runtime),
        AppOptions(
            verify=runtime.people.callers.verify,
            watch=runtime.people.revocations.watch,
            sign_in=runtime.people.door,
            oidc=runtime.people.oidc,
            passkeys=runtime.people.passkeys,
            explorer=administrators_of(runtime.people.door, settings.explorer),
            jwks=runtime.people.keys.jwks,
            keys=runtime.live_keys,
            registered=TrustedDocumentStore(runtime.records, runtime.audit.writer),
            rung=settings.documents_rung,
            probes=build_probes(runtime),
            development=not settings.production,
            origins=settings.allowed_origins,
            ui=settings.home / "ui",
            pages=AppPages(
                find_pages(settings.home / "app"), demo, uploads=runtime.files.upload_address
            ),
            papers=InvoicePdfs(links=runtime.billing.links, print=runtime.billing.print_pdf),
            returns=ReturnFiles(
                links=runtime.billing.return_links,
                read=runtime.billing.billing.return_exports.archive,
            ),
            files=runtime.files,
            caps=settings.caps,
            garages=garages,
            deadline=settings.caps.answer_seconds,
            lag=runtime.lag,
            metrics=runtime.metrics,
            operators=operators_of(settings),
            parts=runtime.parts,
        ),
    )


def _watch_breakers(runtime: Runtime, garages: GarageRates) -> None:
    """Show operators which dependency is asked, and whether reports are let in."""
    watch = runtime.metrics.watch_breaker
    watch("neo4j", lambda: runtime.graph.breaker_state)
    watch("postgres", lambda: runtime.records.breaker_state)
    watch("redis", lambda: garages.breaker.state)
    watch("reports", lambda: runtime.opening.state)


def watch_outside(metrics: Metrics, breakers: Breakers) -> None:
    """Show operators which dependency outside is asked: mail, vendors, the language model."""
    for dependency, breaker in breakers.known.items():
        metrics.watch_breaker(dependency, partial(_state_of, breaker))


def _state_of(breaker: CircuitBreaker) -> BreakerState:
    return breaker.state


def build_probes(runtime: Runtime) -> dict[str, Probe]:
    """Give what asks each store whether it answers."""
    return {
        "neo4j": runtime.graph.ping,
        "postgres": runtime.records.ping,
        "redis": _ping_redis(runtime),
    }


def build_services(runtime: Runtime) -> Services:
    return Services(
        cards=runtime.cards,
        card_cache=runtime.card_cache,
        tickets=runtime.tickets,
        garages=runtime.garages,
        technicians=runtime.technicians,
        jobs=runtime.jobs,
        vocabulary=runtime.vocabulary,
        search=runtime.search,
        neighbourhoods=runtime.neighbourhoods,
        reader=runtime.reader,
        matcher=runtime.matcher,
        diagnoser=runtime.diagnoser,
        drafter=runtime.drafter,
        embedder=CardVectors(runtime.embedder, runtime.redis),
        operations=runtime.operations,
        recheck_marks=runtime.cards,
        feedback=runtime.feedback,
        reviews=runtime.reviews,
        feed=runtime.feed,
        offline=runtime.offline,
        digests=DigestStore(runtime.records),
        deltas=runtime.deltas,
        delta_cursors=runtime.delta_cursors,
        now=runtime.now,
        billing=runtime.billing.billing,
        files=runtime.files.services,
        employees=runtime.employees,
        people=runtime.people.administration,
        settings=runtime.people.settings,
        erasures=runtime.people.erasures,
        personal_records=runtime.people.personal_records,
        passkeys=runtime.people.passkeys.own,
        api_keys=runtime.live_keys,
        trusted_documents=TrustedDocumentStore(runtime.records, runtime.audit.writer),
        models=runtime.models,
        defects=DefectServices(alarms=runtime.defects, cards=runtime.defect_cards),
        intake_breaker=runtime.opening,
        audit=AuditServices(
            seal=runtime.audit.vault,
            writer=runtime.audit.writer,
            refused=runtime.audit.refused,
            trail=runtime.audit.trail,
            records=runtime.records,
        ),
    )


def run_management(runtime: Runtime) -> AbstractAsyncContextManager[None]:
    """Have the operators' port answer beside a block."""
    watch_outside(runtime.metrics, runtime.breakers)
    return serve_management(
        runtime.settings, build_probes(runtime), runtime.parts, runtime.metrics, runtime.lag
    )


@asynccontextmanager
async def run_background(runtime: Runtime, *, work: bool = True) -> AsyncGenerator[None]:
    """Run feed and reader beside the block, and with `work` the relay and the consumers."""
    search = SuggestionPorts(
        tickets=runtime.tickets, cards=runtime.cards, reader=runtime.reader, matcher=runtime.matcher
    )
    heard = EventHandlers(
        search=search,
        learn=partial(handle_event, analysis_ports(runtime)),
        draft=ticket_handler(runtime.billing.billing.drafts.follow_ticket),
        forget=runtime.card_cache.forget,
        tell=runtime.billing.notices.send_notice,
        hint=hint_handler(runtime.cards.severities, lambda: datetime.now(UTC)),
        staff=staff_handler(runtime),
    )
    loops: dict[str, Callable[[], Awaitable[None]]] = {
        "feed": runtime.feed.run,
        "wakeups": runtime.wakeups.run,
        "revocations": partial(
            runtime.people.revocations.run, runtime.wakeups.on(Topic.REVOCATIONS)
        ),
        "reader": partial(_learn_vocabulary, runtime, runtime.wakeups.on(Topic.GRAPH_OUTBOX)),
        "data keys": partial(runtime.vault.data_keys.follow, runtime.wakeups.on(Topic.DATA_KEYS)),
        "lag": runtime.lag.watch,
        "refusals": runtime.audit.refused.run,
        "keys": runtime.live_keys.run,
        "models": partial(runtime.models.run, runtime.wakeups.on(Topic.MODELS)),
        "returns": lambda: _watch_returning_stores(runtime),
    }
    if runtime.network is not None:
        loops["network"] = runtime.network.run
    if runtime.settings.read_model_mib:
        # The collector would walk every card; to look for garbage first would stop every request.
        runtime.read_model.on_built = gc.freeze
        runtime.metrics.read_model.set_function(lambda: runtime.read_model.bytes_held)
        loops["read model"] = partial(_keep_cards, runtime)
    if work:
        loops["relay"] = runtime.relay.run
        loops["deeds"] = partial(runtime.audit.seal, runtime.wakeups.on(Topic.DEEDS))
        loops["alarms"] = partial(
            runtime.alarms.watch, runtime.wakeups.on(Topic.DEEDS), runtime.metrics
        )
        loops["letters"] = partial(
            runtime.people.letters.watch, runtime.wakeups.on(Topic.ACCOUNT_LETTERS)
        )
        loops["checkpoints"] = lambda: runtime.audit.keep_checkpoints(
            runtime.parts, runtime.metrics
        )
        loops["partitions"] = runtime.billing.prepare
        loops["anchors"] = lambda: runtime.billing.anchor(runtime.parts, runtime.metrics)
        loops["invoices"] = runtime.billing.recover
        loops["sales returns"] = partial(
            ReturnMaker(
                exporter=runtime.billing.exporter,
                leases=LeaseStore(runtime.records, process_name()),
            ).watch,
            runtime.wakeups.on(Topic.RETURN_EXPORTS),
        )
        loops["files"] = partial(
            runtime.files.watch,
            LeaseStore(runtime.records, process_name()),
            runtime.parts,
            runtime.metrics,
        )
        loops["vectors"] = partial(_embed_missing, runtime, runtime.wakeups.on(Topic.GRAPH_OUTBOX))
        loops["paces"] = build_hints(runtime).run
        loops["retention"] = lambda: _trim_log(runtime)
        loops["trainings"] = lambda: watch_missed(
            TrainingSlots(runtime.records, process_name()), runtime.parts, runtime.metrics
        )
        loops["consumers"] = lambda: build_consumers(
            runtime, web_listeners.build_listeners(heard)
        ).run(runtime.bus)
    tasks = [
        asyncio.create_task(_keep_running(name, run), name=name) for name, run in loops.items()
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Libraries tell on the screen what nobody has collected at the end.
        gc.unfreeze()


def ticket_handler(draft: Handle) -> Handle:
    """Give what follows a ticket that ends: its draft, and of a deleted one its files."""

    async def follow(event: Event, connection: Connection) -> None:
        await draft(event, connection)
        if event.type is EventType.TICKET_DELETED:
            by = PersonId(event.actor)
            await erase_files_of_tickets(connection, [TicketId(event.entity)], event.at, by)

    return follow


def staff_handler(runtime: Runtime) -> Callable[[PersonId], Awaitable[None]]:
    """Give what has the graph follow somebody as they stand in the records by then."""

    async def follow(named: PersonId) -> None:
        found = await runtime.people.administration.store.person(named)
        await follow_person(runtime.technicians, found.person)

    return follow


def build_hints(runtime: Runtime) -> HintSchedule:
    batches, hourly = HintBatchStore(runtime.records), DigestStore(runtime.records)
    return HintSchedule(
        batches, hourly, lambda: datetime.now(UTC), runtime.wakeups.on(Topic.BATCHES)
    )


def build_consumers(
    runtime: Runtime, listeners: Sequence[EventListener], pace: SweepTiming = PACE
) -> StreamConsumers:
    """Give the consumers of a house: a group, an inbox and a cursor for each listener."""

    def inbox(listener: EventListener) -> InboxStore:
        return InboxStore(runtime.records, listener.name, listener.types, RetryPolicy())

    stores = (runtime.redis, runtime.cursors, runtime.leases)
    pace = replace(pace, wakes=partial(runtime.wakeups.on, Topic.CHANGE_LOG))
    return StreamConsumers(listeners, inbox, stores, pace=pace, name=process_name())


async def serve_application(
    runtime: Runtime,
    started: Callable[[End], Awaitable[None]] | None = None,
    *,
    work: bool = True,
    demo: Sequence[DemoPick] = (),
) -> None:
    """Serve until told to end; `started` runs once the port answers and may end it."""
    settings = runtime.settings
    app = build_application(runtime, demo)
    config = uvicorn_config(app, settings.host, settings.port, caps=settings.caps)
    # What is worked on in threads lets the loop go on after so many seconds at most.
    sys.setswitchinterval(SWITCH_SECONDS)
    server = PromptServer(config)
    runtime.parts.started = runtime.parts.matches = False
    async with (
        run_management(runtime),
        run_background(runtime, work=work),
        _run_beside(runtime, app),
    ):
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has a flag, no event
            await asyncio.sleep(0.02)
        if started is not None and server.started:
            await started(lambda: setattr(server, "should_exit", True))
        await serving


@asynccontextmanager
async def _run_beside(runtime: Runtime, app: Starlette) -> AsyncGenerator[None]:
    """Have an application read registered documents before they are asked, register its own pages'
    and give points back.
    """
    wakeup = runtime.wakeups.on(Topic.TRUSTED_DOCUMENTS)
    store = TrustedDocumentStore(runtime.records, runtime.audit.writer)
    loops: dict[str, Callable[[], Awaitable[None]]] = {
        "documents": partial(app.state.trusted.run, wakeup),
        "documents ahead": app.state.trusted.run_ahead,
        "points": app.state.garages.run,
        "own documents": partial(keep_own_documents, store, app.state.manifests),
    }
    tasks = [asyncio.create_task(_keep_running(name, run)) for name, run in loops.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def rehearse_match(runtime: Runtime) -> None:
    """Match a few times before anyone asks: the first plans and pages cost seconds."""
    await runtime.search.warm()
    matcher = build_matcher(runtime.settings, runtime.finder, runtime.redis, UNHURRIED)
    for viewer in (Viewer(sees_all=True), Viewer(region="rehearsal")) * REHEARSALS:
        understood = await runtime.reader.understand(REHEARSAL)
        await matcher.match(understood, viewer)


async def _learn_vocabulary(runtime: Runtime, written: Wakeup) -> None:
    await _count_backlogs(runtime)
    try:
        await runtime.embedder.warm()
        await _try_stores(runtime)
    finally:
        # What is not whole by now is said to be degraded; there is an answer for everybody.
        runtime.parts.started = True
        runtime.graph.watch()
        runtime.records.watch()
    _spare_collector()
    while not is_cancelled():
        await _count_backlogs(runtime)
        await runtime.reader.refresh(runtime.vocabulary)
        await runtime.reader.learn()
        await count_words(runtime)
        await asyncio.sleep(REFRESH_SECONDS)
        await written.wait(REST_SECONDS)


async def _keep_cards(runtime: Runtime) -> None:
    """Read the cards once the service is ready: to read them first would delay that."""
    while not runtime.parts.started:  # noqa: ASYNC110 - a flag that many parts read, no event
        await asyncio.sleep(STARTED_SECONDS)
    await runtime.read_model.run()


def _spare_collector() -> None:
    """Take models, schema and vocabulary out of what the garbage collector walks.

    They stay as long as the process does, and walking them stops every request for half a second.
    """
    gc.collect()
    gc.freeze()


async def _try_stores(runtime: Runtime) -> None:
    """Rehearse, then match as somebody who waits would: from here on matches are whole, or not."""
    await rehearse_match(runtime)
    understood = await runtime.reader.understand(REHEARSAL)
    answer = await runtime.matcher.match(understood, Viewer(region="rehearsal"))
    runtime.parts.matches = LEVELS[answer.level].whole


async def _count_backlogs(runtime: Runtime) -> None:
    """Say whether there is a card at all: a fresh service knows none and looks broken."""
    empty = not await runtime.cards.count(Viewer(sees_all=True))
    runtime.matcher.no_match = NO_CARDS if empty else NO_MATCH
    if runtime.parts.note("knowledge", NO_KNOWLEDGE if empty else None) and empty:
        log.warning("no cards", extra={"do": NO_KNOWLEDGE})


async def _embed_missing(runtime: Runtime, written: Wakeup) -> None:
    await runtime.cards.outdate(runtime.embedder.model)
    while not is_cancelled():
        await embed_missing(runtime.cards, runtime.embedder)
        await asyncio.sleep(CATCH_UP_SECONDS)
        await written.wait(REST_SECONDS)


async def _watch_returning_stores(runtime: Runtime) -> None:
    """Let reports in again as soon as the store that refused them answers, and see whether matches
    are whole again.
    """
    pings = {"neo4j": runtime.graph.ping, "postgres": runtime.records.ping}
    pause, due = RETURN_SECONDS, 0.0
    while not is_cancelled():
        ping = pings.get(runtime.opening.silent or "")
        if ping is not None:
            with suppress(Unavailable):
                await ping()
                runtime.opening.answers()
        if runtime.parts.matches:
            pause = RETURN_SECONDS
        elif runtime.parts.started and monotonic() >= due:
            with suppress(Unavailable, TimeoutError):
                await _try_stores(runtime)
                # It answers and is not whole (no model): that may last, and trying costs.
                pause = min(2 * pause, REFRESH_SECONDS)
                due = monotonic() + pause
        await asyncio.sleep(RETURN_SECONDS)


async def _trim_log(runtime: Runtime) -> None:
    while not is_cancelled():
        await runtime.change_log.trim()
        for kind, count in (await runtime.people.forget()).items():
            runtime.metrics.let_go(kind, count)
        async for count in runtime.people.own_keys.give():
            log.info("keys of people were made", extra={"people": count})
        await asyncio.sleep(TRIM_SECONDS)


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a loop until it is told to end: what stops it before is logged, and it starts again."""
    while not is_cancelled():
        try:
            await run()
        except Unavailable as error:
            log.warning("waiting", extra={"loop": name, "for": error.dependency})
        except Exception:
            log.exception("stopped", extra={"loop": name})
        await asyncio.sleep(RESTART_SECONDS)


def _ping_redis(runtime: Runtime) -> Callable[[], Awaitable[object]]:
    async def ping() -> object:
        return await runtime.redis.ping()  # pyright: ignore[reportGeneralTypeIssues]

    return ping
