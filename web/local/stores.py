"""Start, stop and look at the three stores; whatever runs is found again, by whoever asks."""

import errno
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

import psutil

from domain.errors import LocalServiceError
from web.local import files, launch
from web.local.home import StoreHome
from web.local.launch import LocalServer
from web.local.neo4j import MODEST, USER, Neo4jServer, Neo4jTuning
from web.local.postgres import PostgresServer
from web.local.progress import Report, ignore_progress
from web.local.redis import RedisServer
from web.settings import Settings

# A first start downloads Neo4j; a second one meanwhile waits for it.
PATIENCE_S = 900.0


@dataclass(frozen=True, slots=True)
class GivenUrls:
    """Stores that already run elsewhere: each one given is used and not started here."""

    neo4j_uri: str | None = None
    neo4j_user: str | None = None
    neo4j_password: str | None = field(default=None, repr=False)
    postgres_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            neo4j_uri=settings.neo4j_uri,
            neo4j_user=settings.neo4j_user,
            neo4j_password=settings.neo4j_password,
            postgres_url=settings.postgres_url,
            redis_url=settings.redis_url,
        )

    @property
    def stores(self) -> frozenset[str]:
        """The names of the stores that are given."""
        urls = {
            Neo4jServer.name: self.neo4j_uri,
            PostgresServer.name: self.postgres_url,
            RedisServer.name: self.redis_url,
        }
        return frozenset(name for name, url in urls.items() if url is not None)


NOTHING_GIVEN = GivenUrls()


@dataclass(frozen=True, slots=True)
class StoreUrls:
    """Where the three stores answer, and as whom."""

    neo4j_uri: str
    neo4j_user: str
    neo4j_password: str = field(repr=False)
    postgres_url: str = field(repr=False)
    redis_url: str = field(repr=False)


class StoreState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    GIVEN = "given"  # runs elsewhere, at the address in the settings


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """One store: its process, its port, and the memory it keeps resident."""

    store: str
    state: StoreState
    pid: int | None = None
    port: int | None = None
    memory_mb: int | None = None


def start_stores(
    home: StoreHome,
    given: GivenUrls = NOTHING_GIVEN,
    report: Report = ignore_progress,
    tuning: Neo4jTuning = MODEST,
) -> StoreUrls:
    """Have all three stores answer; raises LocalServiceError with what to do otherwise."""
    neo4j, postgres, redis = (
        Neo4jServer(home, tuning, report),
        PostgresServer(home),
        RedisServer(home),
    )
    ours: tuple[LocalServer, ...] = (neo4j, postgres, redis)
    wanted = [server for server in ours if server.name not in given.stores]
    ports = _start_wanted(home, wanted, report) if wanted else {}
    return StoreUrls(
        neo4j_uri=given.neo4j_uri or neo4j.uri(ports[neo4j.name]),
        neo4j_user=given.neo4j_user or USER,
        neo4j_password=given.neo4j_password or ("" if given.neo4j_uri else neo4j.password),
        postgres_url=given.postgres_url or postgres.url(ports[postgres.name]),
        redis_url=given.redis_url or redis.url(ports[redis.name]),
    )


def stop_stores(home: StoreHome) -> None:
    """End what runs, the store of record last; does nothing when nothing runs."""
    if not home.root.exists():
        return
    with _hold_home(home):
        for server in (RedisServer(home), PostgresServer(home), Neo4jServer(home)):
            launch.stop_server(server, home)


def store_statuses(home: StoreHome, given: GivenUrls = NOTHING_GIVEN) -> tuple[StoreStatus, ...]:
    """The three stores as they are now; nothing is started or written."""
    servers: tuple[LocalServer, ...] = (Neo4jServer(home), PostgresServer(home), RedisServer(home))
    return tuple(
        StoreStatus(server.name, StoreState.GIVEN)
        if server.name in given.stores
        else _status_of(server, home)
        for server in servers
    )


def _start_wanted(home: StoreHome, wanted: Sequence[LocalServer], report: Report) -> dict[str, int]:
    with files.private(), _plain_errors(home):
        home.make()
    with files.private(), _hold_home(home), ThreadPoolExecutor(len(wanted)) as pool:
        # The download comes first and in this thread, where a Ctrl-C ends it.
        for server in wanted:
            if isinstance(server, Neo4jServer):
                server.fetch()
        started = {s.name: pool.submit(launch.start_server, s, home, report) for s in wanted}
        return {name: port.result() for name, port in started.items()}


def _status_of(server: LocalServer, home: StoreHome) -> StoreStatus:
    record = launch.running_record(server, home)
    if record is None:
        return StoreStatus(server.name, StoreState.STOPPED)
    memory = _resident_mb(record.pid)
    return StoreStatus(server.name, StoreState.RUNNING, record.pid, record.port, memory >> 20)


def _resident_mb(pid: int) -> int:
    """Bytes of a process and its children, each shared page counted once."""
    try:
        process = psutil.Process(pid)
        family = (process, *process.children(recursive=True))
        return sum(_process_share(member) for member in family)
    except psutil.Error:
        return 0


def _process_share(process: psutil.Process) -> int:
    memory = process.memory_full_info()
    return int(getattr(memory, "pss", memory.rss))


@contextmanager
def _hold_home(home: StoreHome) -> Generator[None]:
    with _plain_errors(home), files.hold_lock(home.lock, PATIENCE_S):
        yield


@contextmanager
def _plain_errors(home: StoreHome) -> Generator[None]:
    """Say what the system refused in one sentence."""
    try:
        yield
    except TimeoutError as error:
        raise LocalServiceError(
            "local stores",
            f"another start or stop has held {home.lock} for {PATIENCE_S:.0f} seconds;",
            "wait for it to end or end it, then try again.",
        ) from error
    except OSError as error:
        raise _error_sentence(home, error) from error


def _error_sentence(home: StoreHome, error: OSError) -> LocalServiceError:
    where = error.filename or home.root
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LocalServiceError(
            "local stores",
            f"the disk is full ({where});",
            f"free some space under {home.root} and start again: what is there is kept.",
        )
    return LocalServiceError(
        "local stores",
        f"{where} cannot be used ({error.strerror or error});",
        "make it readable and writable for this user, or name another folder with --home.",
    )
