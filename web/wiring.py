"""Where everything is joined: settings in, opened stores and use cases out."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import Protocol, TypeVar

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from access.employees import Employees
from access.tokens import AccessTokens
from domain.circuit_breaker import CircuitBreaker
from domain.errors import InvalidInput, WrongPassword
from gnn.live_models import LiveModels
from graph.cards import CardStore
from graph.database import Graph
from graph.defects import DefectCards
from graph.garages import GarageStore
from graph.jobs import JobStore
from graph.migrations import migrate_graph
from graph.neighbourhoods import NeighbourhoodReader
from graph.outbox import GraphOutbox
from graph.read_model.entries import VectorKind
from graph.read_model.follower import ReadModel
from graph.read_model.search import ReadModelSearch
from graph.repair_history import RepairHistoryStore
from graph.search import CardSearch
from graph.technicians import TechnicianStore
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from ingest.card_drafter import CardDrafter, DraftModel
from ingest.embedder import DEFAULT_MODEL, Embedder
from ingest.report_reader import ReportReader
from ingest.symptom_figures import card_figures
from matching.chance import ChanceModel
from matching.diagnosis.diagnoser import Diagnoser, LanguageReasoner
from matching.evidence_ranker import EvidenceRanker
from matching.matcher import Matcher
from matching.rankers import FormulaRanker, FusedRanker, RankerName
from matching.recall import SearchableCards
from matching.word_rarity import WordRarity
from records.analyses import AnalysisStore
from records.api_keys import ApiKeyStore
from records.change_log import ChangeLog
from records.counters import CounterStore
from records.cursors import ConsumerCursors
from records.database import Records
from records.dead_letters import DeadLetters
from records.defects import DefectAlarmStore
from records.employees import EmployeeStore
from records.feedback import FeedbackStore
from records.lapses import LapseStore
from records.leases import LeaseStore
from records.model_runs import ModelRunStore
from records.offline import OfflineStore
from records.operations import OperationStore
from records.outbox import RecordsOutbox
from records.reviews import ReviewStore
from records.service_account import demand_granted
from records.wakeups import Topic, Wakeups
from repair.analyses import AnalysisPorts
from repair.counters import CounterPorts
from repair.reports import reports_breaker
from repair.similar_cards import SimilarityPorts
from sync.delta import DeltaReader
from sync.delta_cursors import DeltaCursors as SealedCursors
from sync.feed import ChangeFeed
from sync.relay import Relay, RelayPace
from sync.stream import Stream
from web.alarms import AlarmWatch, open_alarms
from web.audit import AuditRuntime, open_audit
from web.billing import BillingRuntime, open_billing
from web.breakers import Breakers
from web.card_cache import CardCache
from web.card_vectors import CardVectors
from web.feature_store import FeatureStore
from web.files import FileRuntime, open_files
from web.health import Parts
from web.learned_ranker import ServedRanker, stock_of
from web.live_keys import LiveKeys
from web.local import stores
from web.local.home import StoreHome
from web.local.progress import Report, ignore_progress
from web.local.stores import GivenUrls, StoreUrls
from web.loop_lag import LoopLag
from web.metrics import Metrics
from web.models import open_models
from web.network_scorer import NetworkScorer
from web.people import PeopleRuntime, open_people
from web.recent_matches import RecentMatches
from web.records import once_stores_answer, open_migrated
from web.settings import Settings
from web.tokens import build_tokens, token_secret
from web.vault import VaultRuntime, open_vault

T = TypeVar("T")

log = logging.getLogger("battwheels.start")

# Cards whose words are counted: a sample tells what many of them say.
WORDINGS = 2_000


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for the embedder, for a match's graph, for any one answer of the graph.

    `source`: for one source of a match; a labelled answer comes within a second, and a graph which
    is slow for less than that does not change who answers.
    `start`: for stores that do not answer yet: they may come up later than we do.
    """

    embedder: float
    graph: float
    answer: float
    source: float | None = None
    start: float = 10.0


START_SECONDS = 60.0
# A person waits for the service; a command that somebody started waits for its answer.
SERVING = Patience(embedder=0.25, graph=4.0, answer=5.0, source=0.98, start=START_SECONDS)
COMMAND = Patience(embedder=600.0, graph=60.0, answer=30.0)
# The same for what runs until it is told to end: its stores may be started beside it.
WORK = replace(COMMAND, start=START_SECONDS)
# A first look, on a machine that may still be busy with the start.
DEMO = Patience(embedder=0.5, graph=4.0, answer=5.0, source=0.98)
REDIS_SECONDS = 3.0


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything that runs on the three stores, ready to use."""

    settings: Settings
    graph: Graph
    records: Records
    redis: Redis
    cards: CardStore
    card_cache: CardCache
    tickets: TicketStore
    garages: GarageStore
    technicians: TechnicianStore
    jobs: JobStore
    vocabulary: VocabularyStore
    search: CardSearch
    read_model: ReadModel
    finder: ReadModelSearch
    embedder: Embedder
    reader: ReportReader
    matcher: Matcher
    diagnoser: Diagnoser
    drafter: CardDrafter
    change_log: ChangeLog
    cursors: ConsumerCursors
    leases: LeaseStore
    dead_letters: DeadLetters
    operations: OperationStore
    feedback: FeedbackStore
    counters: CounterStore
    analyses: AnalysisStore
    reviews: ReviewStore
    defects: DefectAlarmStore
    defect_cards: DefectCards
    neighbourhoods: NeighbourhoodReader
    lapses: LapseStore
    outbox: RecordsOutbox
    relay: Relay
    wakeups: Wakeups
    feed: ChangeFeed
    offline: OfflineStore
    deltas: DeltaReader
    delta_cursors: SealedCursors
    tokens: AccessTokens
    vault: VaultRuntime
    people: PeopleRuntime
    employees: Employees
    live_keys: LiveKeys
    billing: BillingRuntime
    files: FileRuntime
    audit: AuditRuntime
    alarms: AlarmWatch
    breakers: Breakers
    models: LiveModels
    # None: by the setting no learned ranker orders the cards, and none needs the history read.
    network: NetworkScorer | None
    # The simulator's own process has a clock of its own; no setting and no door moves it.
    now: Callable[[], datetime] = field(default=now_utc)
    opening: CircuitBreaker = field(default_factory=reports_breaker)
    parts: Parts = field(default_factory=Parts)
    lag: LoopLag = field(default_factory=LoopLag)
    metrics: Metrics = field(default_factory=Metrics)
    bus: str = field(repr=False)


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, report: Report = ignore_progress, patience: Patience = COMMAND
) -> AsyncGenerator[Runtime]:
    """Start local stores where no URL is given, migrate, and give everything opened."""
    home = StoreHome.at(settings.home)
    urls = await asyncio.to_thread(stores.start_stores, home, GivenUrls.of(settings), report)
    embedder = Embedder(
        settings.embedding_model or DEFAULT_MODEL, home=settings.home, limit_s=patience.embedder
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(demand_granted())
        stack.callback(embedder.close)
        graph, redis = await _connect_stores(urls, patience, stack)

        async def prepare() -> tuple[Records, ReportReader]:
            await _greet_others(graph, redis)
            async with AsyncExitStack() as opened:
                records = await open_migrated(settings, urls.postgres_url)
                opened.push_async_callback(records.close)
                await migrate_graph(graph, embedder.dimensions)
                reader = await ReportReader.of(VocabularyStore(graph), embedder)
                opened.pop_all()
            return records, reader

        records, reader = await once_stores_answer(prepare, patience.start, report)
        stack.push_async_callback(records.close)
        runtime = join_parts(settings, patience, (embedder, reader), (graph, records, redis))
        await once_stores_answer(runtime.vault.data_keys.demand_all, patience.start, report)
        stack.push_async_callback(runtime.wakeups.close)
        yield replace(runtime, bus=urls.redis_url)


def with_patience(runtime: Runtime, patience: Patience) -> Runtime:
    """Give the same house with another patience for matches."""
    runtime.embedder.limit_s = patience.embedder
    matcher = build_matcher(runtime.settings, runtime.finder, runtime.redis, patience)
    matcher.rarity = runtime.matcher.rarity
    matcher.learned = runtime.matcher.learned
    diagnoser = replace(runtime.diagnoser, matcher=matcher, patience_s=patience.graph)
    return replace(runtime, matcher=matcher, diagnoser=diagnoser)


RANKERS: dict[RankerName, type[EvidenceRanker | FormulaRanker | FusedRanker]] = {
    RankerName.EVIDENCE: EvidenceRanker,
    RankerName.LEARNED: EvidenceRanker,
    RankerName.FORMULA: FormulaRanker,
    RankerName.FUSED: FusedRanker,
}


def build_matcher(
    settings: Settings, search: SearchableCards, redis: Redis, patience: Patience
) -> Matcher:
    """Give the matcher that serves: its ranker, and the memory that stands in for the graph."""
    ranker, recent = RANKERS[settings.ranker](), RecentMatches(redis)
    matcher = Matcher(search, ranker, recent, patience.graph, patience.source)
    matcher.chances = ChanceModel.shipped()
    matcher.figures = card_figures
    return matcher


async def count_words(runtime: Runtime) -> None:
    """Let the matcher know how much each word tells among the cards that there are now."""
    texts = await runtime.search.wordings(WORDINGS)
    runtime.matcher.rarity = await asyncio.to_thread(WordRarity.from_texts, texts)


class ServedModel(LanguageReasoner, DraftModel, Protocol):
    """A language model that reads a failure's evidence, and a report's fields."""


def with_language_model(runtime: Runtime) -> Runtime:
    """Give the same house with the language model that its settings name, if they name one.

    Raises:
        InvalidInput: it cannot be had.
    """
    language = open_language_model(runtime.settings, runtime.breakers)
    return replace(
        runtime,
        diagnoser=replace(runtime.diagnoser, language=language),
        drafter=CardDrafter(runtime.reader, runtime.vocabulary, language),
    )


def open_language_model(settings: Settings, breakers: Breakers | None = None) -> ServedModel | None:
    """Give the language model of the settings; its package is needed only where one is named.

    Raises:
        InvalidInput: it cannot be had.
    """
    if settings.language_model is None:
        return None
    try:
        driver = import_module("matching.diagnosis.language_model")
    except ImportError as error:
        raise InvalidInput(
            "BATTWHEELS_LANGUAGE_MODEL", "needs the extra: pip install 'battwheels[llm]'"
        ) from error
    build: Callable[..., ServedModel] = driver.LanguageModel.from_name
    return build(
        settings.language_model,
        settings.language_model_url,
        settings.language_model_key,
        breaker=(breakers or Breakers()).of("language model"),
    )


def analysis_ports(runtime: Runtime) -> AnalysisPorts:
    """Give what learning from events needs, out of a house."""
    return AnalysisPorts(
        cards=runtime.cards,
        tickets=runtime.tickets,
        knowledge=SimilarityPorts(
            cards=runtime.cards,
            search=runtime.search,
            embedder=CardVectors(runtime.embedder, runtime.redis),
        ),
        tallying=counter_ports(runtime),
        analyses=runtime.analyses,
        book=runtime.feedback,
        now=runtime.now,
    )


def counter_ports(runtime: Runtime) -> CounterPorts:
    return CounterPorts(cards=runtime.cards, counting=runtime.counters, reviews=runtime.reviews)


def join_parts(
    settings: Settings,
    patience: Patience,
    language: tuple[Embedder, ReportReader],
    clients: tuple[Graph, Records, Redis],
) -> Runtime:
    """Join an embedder and its reader, and the clients of the three stores, into a house."""
    (embedder, reader), (graph, records, redis) = language, clients
    vault = open_vault(settings, records)
    audit = open_audit(settings, records, vault.master)
    search, log = CardSearch(graph), ChangeLog(records, audit.events.write)
    stream = Stream(redis)
    kept = CardCache(redis, CardStore(graph))
    stored = TicketStore(graph), CardStore(graph, kept), VocabularyStore(graph)
    tickets, cards, vocabulary = stored
    leases, wakeups = LeaseStore(records, process_name()), Wakeups(records)
    graph.on_write(partial(wakeups.tell, Topic.GRAPH_OUTBOX))
    feed = ChangeFeed(log, stream)
    read_model = ReadModel(
        graph,
        feed,
        lambda: VectorKind(embedder.model, embedder.dimensions),
        settings.read_model_mib << 20,
    )
    cards.watch(read_model)
    finder = ReadModelSearch(read_model, search)
    matcher = build_matcher(settings, finder, redis, patience)
    models = open_models(settings, ModelRunStore(records, audit.writer), embedder.model)
    network = None
    breakers = Breakers()
    billing = open_billing(settings, (records, audit.writer), stored, vault, breakers)
    if settings.ranker is RankerName.LEARNED:
        network = NetworkScorer(models, RepairHistoryStore(graph).until)
        matcher.learned = ServedRanker(
            models,
            FeatureStore(redis),
            stock_of(billing.billing.stock),
            network=network.get,
        )
    tokens = build_tokens(settings)
    return Runtime(
        settings=settings,
        graph=graph,
        records=records,
        redis=redis,
        cards=cards,
        card_cache=kept,
        tickets=tickets,
        garages=GarageStore(graph),
        technicians=TechnicianStore(graph),
        jobs=JobStore(graph),
        vocabulary=vocabulary,
        search=search,
        read_model=read_model,
        finder=finder,
        embedder=embedder,
        reader=reader,
        matcher=matcher,
        diagnoser=Diagnoser(
            matcher=matcher,
            cards=kept,
            patience_s=patience.graph,
            symptom_texts=lambda: reader.lexicon.symptom_texts,
        ),
        drafter=CardDrafter(reader, vocabulary),
        change_log=log,
        cursors=ConsumerCursors(records),
        leases=leases,
        dead_letters=DeadLetters(records),
        operations=OperationStore(records),
        feedback=FeedbackStore(records),
        counters=CounterStore(records),
        analyses=AnalysisStore(records),
        reviews=ReviewStore(records),
        defects=DefectAlarmStore(records, audit.writer),
        defect_cards=DefectCards(graph),
        neighbourhoods=NeighbourhoodReader(graph),
        lapses=LapseStore(records),
        outbox=RecordsOutbox(records),
        relay=Relay(
            [GraphOutbox(graph), RecordsOutbox(records)],
            log,
            stream,
            leases,
            pace=RelayPace(
                wakes=[wakeups.on(Topic.GRAPH_OUTBOX), wakeups.on(Topic.RECORDS_OUTBOX)]
            ),
        ),
        wakeups=wakeups,
        feed=feed,
        offline=OfflineStore(records),
        deltas=DeltaReader(log, cards),
        delta_cursors=SealedCursors(token_secret(settings)),
        tokens=tokens,
        vault=vault,
        people=open_people(settings, vault.vault, audit, tokens, (breakers, redis)),
        employees=Employees(store=EmployeeStore(records), vault=vault.vault),
        audit=audit,
        alarms=open_alarms(settings, records, breakers),
        breakers=breakers,
        models=models,
        network=network,
        live_keys=LiveKeys(
            ApiKeyStore(records, audit.writer),
            lambda: datetime.now(UTC),
            wakeups.on(Topic.API_KEYS),
            lambda: wakeups.hears,
        ),
        billing=billing,
        files=open_files(settings, records, cards, vault),
        bus=_redis_address(redis),
    )


def process_name() -> str:
    """Give a name that no other process has, nor this one after a restart."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


async def _connect_stores(
    urls: StoreUrls, patience: Patience, stack: AsyncExitStack
) -> tuple[Graph, Redis]:
    graph = await Graph.open(
        urls.neo4j_uri, urls.neo4j_user, urls.neo4j_password, answer_s=patience.answer
    )
    stack.push_async_callback(graph.close)
    # Protocol 2: the answers of XREAD are plain lists (sync/stream.py).
    redis = Redis.from_url(
        urls.redis_url,
        protocol=2,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    stack.push_async_callback(redis.aclose)
    return graph, redis


async def _greet_others(graph: Graph, redis: Redis) -> None:
    """Tell a wrong password from a store that is down, before PostgreSQL is migrated, which greets
    whoever asks it: a start that fails at a wrong word has changed nothing.

    Redis may be down: the service starts, and is whole when it comes.
    """
    await graph.ping()
    with suppress(RedisError, OSError):
        try:
            await redis.ping()  # pyright: ignore[reportGeneralTypeIssues]
        except AuthenticationError as error:
            raise WrongPassword("redis", "REDIS_URL") from error


def _redis_address(redis: Redis) -> str:
    """Give the address that a client was made for."""
    made = redis.connection_pool.connection_kwargs
    password = f":{made['password']}@" if made.get("password") else ""
    return f"redis://{password}{made['host']}:{made['port']}/{made.get('db', 0)}"
