"""Where everything is joined: settings in, opened stores and use cases out."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from access.tokens import Tokens
from billing.vault_keys import demand_keys
from domain.errors import InvalidInput, UnsafeSetting, WrongPassword
from graph.cards import Cards
from graph.crew import Crew
from graph.database import Graph
from graph.jobs import Jobs
from graph.migrate import migrate as migrate_graph
from graph.outbox import Outbox as GraphOutbox
from graph.places import Places
from graph.search import Search
from graph.tickets import Tickets
from graph.vocabulary import Vocabulary
from ingest.embedding import DEFAULT_MODEL, Embedder
from ingest.understanding import Reader
from matching.diagnosis.engine import Diagnoser, Language
from matching.engine import Matcher
from matching.evidence import EvidenceRanker
from matching.ranking import FormulaRanker, FusedRanker, RankerName
from records.analyses import Analyses
from records.change_log import ChangeLog
from records.counting import Counting
from records.cursors import Cursors
from records.database import Records
from records.dead_letters import DeadLetters
from records.feedback import FeedbackBook
from records.leases import Leases
from records.migrate import migrate as migrate_records
from records.offline import Offline
from records.operations import Operations
from records.outbox import Outbox as RecordsOutbox
from records.reviews import Reviews
from records.wakeups import Topic, Wakeups
from repair.breaker import Breaker
from repair.evidence import Knowledge
from repair.learning import Learning
from repair.tallying import Tallying
from sync.cursors import Cursors as SealedCursors
from sync.delta import Deltas
from sync.feed import Feed
from sync.relay import Relay, RelayPace
from sync.stream import Stream
from web.bookkeeping import Bookkeeping, bookkeeping, vault
from web.health import Parts
from web.kept_cards import KeptCards
from web.local import files, stores
from web.local.home import Home
from web.local.progress import Report, quiet
from web.local.stores import GivenUrls, StoreUrls
from web.metrics import Metrics
from web.recent import RecentMatches
from web.settings import Settings


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for the embedder, for a match's graph, for any one answer of the graph.

    `source`: for one source of a match; more than a second, so that a graph which is slow for less
    than that does not change who answers.
    """

    embedder: float
    graph: float
    answer: float
    source: float | None = None


# A person waits for the service; a command that somebody started waits for its answer.
SERVING = Patience(embedder=0.25, graph=4.0, answer=5.0, source=1.1)
COMMAND = Patience(embedder=600.0, graph=60.0, answer=30.0)
# A first look, on a machine that may still be busy with the start.
DEMO = Patience(embedder=0.5, graph=4.0, answer=5.0, source=1.1)
REDIS_SECONDS = 3.0
SECRET_BYTES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Everything that runs on the three stores, ready to use."""

    settings: Settings
    graph: Graph
    records: Records
    redis: Redis
    cards: Cards
    kept: KeptCards
    tickets: Tickets
    garages: Places
    crew: Crew
    jobs: Jobs
    vocabulary: Vocabulary
    search: Search
    embedder: Embedder
    reader: Reader
    matcher: Matcher
    diagnoser: Diagnoser
    change_log: ChangeLog
    cursors: Cursors
    leases: Leases
    dead_letters: DeadLetters
    operations: Operations
    feedback: FeedbackBook
    counting: Counting
    analyses: Analyses
    reviews: Reviews
    outbox: RecordsOutbox
    relay: Relay
    wakeups: Wakeups
    feed: Feed
    offline: Offline
    deltas: Deltas
    places: SealedCursors
    tokens: Tokens
    books: Bookkeeping
    opening: Breaker = field(default_factory=Breaker)
    parts: Parts = field(default_factory=Parts)
    metrics: Metrics = field(default_factory=Metrics)
    bus: str = field(repr=False)


@asynccontextmanager
async def opened(
    settings: Settings, *, report: Report = quiet, patience: Patience = COMMAND
) -> AsyncGenerator[Opened]:
    """Start local stores where no URL is given, migrate, and give everything opened."""
    home = Home.at(settings.home)
    urls = await asyncio.to_thread(stores.start, home, GivenUrls.of(settings), report)
    embedder = Embedder(
        settings.embedding_model or DEFAULT_MODEL, home=settings.home, limit_s=patience.embedder
    )
    async with AsyncExitStack() as stack:
        stack.callback(embedder.close)
        graph, records, redis = await _connected(urls, patience, stack)
        await _greeted(graph, records, redis)
        await migrate_graph(graph, embedder.dimensions)
        await migrate_records(records)
        await demand_keys(records, vault(settings))
        reader = await Reader.of(Vocabulary(graph), embedder)
        house = joined(settings, patience, (embedder, reader), (graph, records, redis))
        stack.push_async_callback(house.wakeups.close)
        yield replace(house, bus=urls.redis_url)


@asynccontextmanager
async def kept(settings: Settings) -> AsyncGenerator[Records]:
    """Give the records alone, migrated: what a command needs that reads the change log."""
    home = Home.at(settings.home)
    urls = await asyncio.to_thread(stores.start, home, GivenUrls.of(settings))
    records = await Records.open(urls.postgres_url)
    try:
        await migrate_records(records)
        yield records
    finally:
        await records.close()


def hurried(house: Opened, patience: Patience) -> Opened:
    """Give the same house with another patience for matches."""
    house.embedder.limit_s = patience.embedder
    matcher = matching(house.settings, house.search, house.redis, patience)
    diagnoser = replace(house.diagnoser, matcher=matcher, patience_s=patience.graph)
    return replace(house, matcher=matcher, diagnoser=diagnoser)


RANKERS: dict[RankerName, type[EvidenceRanker | FormulaRanker | FusedRanker]] = {
    RankerName.EVIDENCE: EvidenceRanker,
    RankerName.FORMULA: FormulaRanker,
    RankerName.FUSED: FusedRanker,
}


def matching(settings: Settings, search: Search, redis: Redis, patience: Patience) -> Matcher:
    """Give the matcher that serves: its ranker, and the memory that stands in for the graph."""
    ranker, recent = RANKERS[settings.ranker](), RecentMatches(redis)
    return Matcher(search, ranker, recent, patience.graph, patience.source)


def speaking(house: Opened) -> Opened:
    """Give the same house with the language model that its settings name, if they name one.

    Raises:
        InvalidInput: it cannot be had.
    """
    language = language_model(house.settings)
    return replace(house, diagnoser=replace(house.diagnoser, language=language))


def language_model(settings: Settings) -> Language | None:
    """Give the language model of the settings; its package is needed only where one is named.

    Raises:
        InvalidInput: it cannot be had.
    """
    if settings.language_model is None:
        return None
    try:
        driver = import_module("matching.diagnosis.language")
    except ImportError as error:
        raise InvalidInput(
            "BATTWHEELS_LANGUAGE_MODEL", "needs the extra: pip install 'battwheels[llm]'"
        ) from error
    named: Callable[[str, str | None, str | None], Language] = driver.LanguageModel.named
    return named(settings.language_model, settings.language_model_url, settings.language_model_key)


def learning(house: Opened) -> Learning:
    """Give what learning from events needs, out of a house."""
    return Learning(
        cards=house.cards,
        tickets=house.tickets,
        knowledge=Knowledge(cards=house.cards, search=house.search, embedder=house.embedder),
        tallying=tallying(house),
        analyses=house.analyses,
        book=house.feedback,
        teller=house.outbox,
        now=lambda: datetime.now(UTC),
    )


def tallying(house: Opened) -> Tallying:
    return Tallying(cards=house.cards, counting=house.counting, reviews=house.reviews)


def joined(
    settings: Settings,
    patience: Patience,
    language: tuple[Embedder, Reader],
    clients: tuple[Graph, Records, Redis],
) -> Opened:
    """Join an embedder and its reader, and the clients of the three stores, into a house."""
    (embedder, reader), (graph, records, redis) = language, clients
    search, log, stream = Search(graph), ChangeLog(records), Stream(redis)
    kept = KeptCards(redis, Cards(graph))
    stored = Tickets(graph), Cards(graph, kept), Vocabulary(graph)
    tickets, cards, vocabulary = stored
    leases, wakeups = Leases(records, process_name()), Wakeups(records)
    graph.on_write(partial(wakeups.tell, Topic.GRAPH_OUTBOX))
    matcher = matching(settings, search, redis, patience)
    return Opened(
        settings=settings,
        graph=graph,
        records=records,
        redis=redis,
        cards=cards,
        kept=kept,
        tickets=tickets,
        garages=Places(graph),
        crew=Crew(graph),
        jobs=Jobs(graph),
        vocabulary=vocabulary,
        search=search,
        embedder=embedder,
        reader=reader,
        matcher=matcher,
        diagnoser=Diagnoser(matcher=matcher, cards=kept, patience_s=patience.graph),
        change_log=log,
        cursors=Cursors(records),
        leases=leases,
        dead_letters=DeadLetters(records),
        operations=Operations(records),
        feedback=FeedbackBook(records),
        counting=Counting(records),
        analyses=Analyses(records),
        reviews=Reviews(records),
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
        feed=Feed(log, stream),
        offline=Offline(records),
        deltas=Deltas(log, cards),
        places=SealedCursors(secret(settings)),
        tokens=tokens(settings),
        books=bookkeeping(settings, records, stored),
        bus=_address(redis),
    )


def process_name() -> str:
    """Give a name that no other process has, nor this one after a restart."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def tokens(settings: Settings) -> Tokens:
    return Tokens(secret(settings))


def secret(settings: Settings) -> bytes:
    """Give the secret that tokens and cursors are signed with.

    Development makes a secret of its own and keeps it in the home.

    Raises:
        UnsafeSetting: production without a secret.
    """
    if settings.token_secret is not None:
        return settings.token_secret.encode()
    if settings.production:
        raise UnsafeSetting("BATTWHEELS_TOKEN_SECRET", "is needed in production")
    path = Home.at(settings.home).secret("tokens")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write(path, secrets.token_urlsafe(SECRET_BYTES), mode=0o600)
    return path.read_text().strip().encode()


async def _connected(
    urls: StoreUrls, patience: Patience, stack: AsyncExitStack
) -> tuple[Graph, Records, Redis]:
    graph = await Graph.open(
        urls.neo4j_uri, urls.neo4j_user, urls.neo4j_password, answer_s=patience.answer
    )
    stack.push_async_callback(graph.close)
    records = await Records.open(urls.postgres_url)
    stack.push_async_callback(records.close)
    # Protocol 2: the answers of XREAD are plain lists (sync/stream.py).
    redis = Redis.from_url(
        urls.redis_url,
        protocol=2,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    stack.push_async_callback(redis.aclose)
    return graph, records, redis


async def _greeted(graph: Graph, records: Records, redis: Redis) -> None:
    """Tell a wrong password from a store that is down, before anything is asked of them.

    Redis may be down: the service starts, and is whole when it comes.
    """
    await graph.ping()
    await records.greet()
    with suppress(RedisError, OSError):
        try:
            await redis.ping()  # pyright: ignore[reportGeneralTypeIssues]
        except AuthenticationError as error:
            raise WrongPassword("redis", "REDIS_URL") from error


def _address(redis: Redis) -> str:
    """Give the address that a client was made for."""
    made = redis.connection_pool.connection_kwargs
    password = f":{made['password']}@" if made.get("password") else ""
    return f"redis://{password}{made['host']}:{made['port']}/{made.get('db', 0)}"
