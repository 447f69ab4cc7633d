"""Whatever the last run left behind, PostgreSQL and Redis start or say in one sentence why not."""

import json
import os
import signal
import socket
import stat
import time
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest

from domain.errors import LocalServiceError
from tests.web.local.child_processes import finish, python
from web.local import files, processes, stores
from web.local.home import StoreHome
from web.local.postgres import PostgresServer
from web.local.processes import ProcessRecord
from web.local.redis import RedisServer
from web.local.stores import GivenUrls, StoreState, StoreStatus
from web.local.tcp_ports import LOOPBACK

ELSEWHERE = GivenUrls(neo4j_uri="bolt://elsewhere:7687", neo4j_password="known")  # noqa: S106
START = """
import sys
from web.local import stores
from web.local.home import StoreHome
stores.start_stores(StoreHome.at(sys.argv[1]), stores.GivenUrls(neo4j_uri="bolt://elsewhere:7687"))
"""


def record(home: StoreHome, store: str) -> ProcessRecord:
    found = ProcessRecord.load(home.record(store))
    assert found is not None
    return found


def works(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def test_given_urls_win(tmp_path: Path) -> None:
    home = StoreHome.at(tmp_path / "home")
    given = GivenUrls("bolt://a", "me", "word", "postgresql://b", "redis://c")

    urls = stores.start_stores(home, given)

    assert urls == stores.StoreUrls("bolt://a", "me", "word", "postgresql://b", "redis://c")
    assert not home.root.exists()
    assert stores.store_statuses(home, given) == tuple(
        StoreStatus(name, StoreState.GIVEN) for name in ("neo4j", "postgres", "redis")
    )


def test_deep_home_is_no_trouble(small_home: StoreHome) -> None:
    assert len(str(small_home.root)) > 107

    urls = stores.start_stores(small_home, ELSEWHERE)

    assert (urls.neo4j_uri, urls.neo4j_password) == ("bolt://elsewhere:7687", "known")
    assert works(urls.postgres_url)
    assert not small_home.folder("neo4j").exists()


def test_stop_and_start_repeat(small_home: StoreHome) -> None:
    urls = stores.start_stores(small_home, ELSEWHERE)

    stores.stop_stores(small_home)
    stores.stop_stores(small_home)

    assert {store.state for store in stores.store_statuses(small_home)} == {StoreState.STOPPED}
    assert stores.start_stores(small_home, ELSEWHERE) == urls
    assert works(urls.postgres_url)


def test_stale_pid_files_are_seen_through(small_home: StoreHome) -> None:
    stores.start_stores(small_home, ELSEWHERE)
    old = {name: record(small_home, name) for name in ("postgres", "redis")}
    for one in old.values():
        os.kill(one.pid, signal.SIGKILL)
    # The ids now belong to this test, which must come to no harm.
    for name, one in old.items():
        replace(one, pid=os.getpid()).save(small_home.record(name))
    stale = PostgresServer(small_home).data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n" + stale.read_text().partition("\n")[2])

    urls = stores.start_stores(small_home, ELSEWHERE)

    assert works(urls.postgres_url)
    assert os.getpid() not in {record(small_home, name).pid for name in old}


def test_unreadable_record_is_replaced(small_home: StoreHome) -> None:
    stores.start_stores(small_home, ELSEWHERE)
    small_home.record("redis").write_text("{")
    small_home.record("postgres").unlink()

    urls = stores.start_stores(small_home, ELSEWHERE)

    assert works(urls.postgres_url)
    assert len(processes.marked_processes(RedisServer(small_home).mark)) == 1
    assert len(processes.marked_processes(PostgresServer(small_home).mark)) == 1


def test_taken_port_is_given_up(small_home: StoreHome) -> None:
    stores.start_stores(small_home, ELSEWHERE)
    taken = [record(small_home, name).port for name in ("postgres", "redis")]
    stores.stop_stores(small_home)
    with socket.create_server((LOOPBACK, taken[0])), socket.create_server((LOOPBACK, taken[1])):
        urls = stores.start_stores(small_home, ELSEWHERE)

    now = [record(small_home, name).port for name in ("postgres", "redis")]
    assert set(now).isdisjoint(taken)
    assert works(urls.postgres_url)
    assert json.loads(small_home.port("redis").read_text()) == now[1]


def test_killed_starter_is_made_good(small_home: StoreHome) -> None:
    stores.stop_stores(small_home)
    with python(START, str(small_home.root)) as starter:
        while not small_home.record("redis").exists() and starter.poll() is None:
            time.sleep(0.01)
        starter.kill()

    assert works(stores.start_stores(small_home, ELSEWHERE).postgres_url)


def test_half_made_database_is_redone(tmp_path: Path) -> None:
    home = StoreHome.at(tmp_path / "home")
    part = home.folder("postgres") / "data.part"
    part.mkdir(parents=True)
    (part / "PG_VERSION").write_text("18\n")
    try:
        assert works(stores.start_stores(home, ELSEWHERE).postgres_url)
    finally:
        stores.stop_stores(home)
    assert not part.exists()


def test_lost_password_is_told(small_home: StoreHome) -> None:
    stores.start_stores(small_home, ELSEWHERE)
    stores.stop_stores(small_home)
    kept = small_home.secret("postgres").read_text()
    small_home.secret("postgres").unlink()

    with pytest.raises(LocalServiceError, match=r"passwords/postgres is gone .* put the file back"):
        stores.start_stores(small_home, ELSEWHERE)

    small_home.secret("postgres").write_text(kept)
    assert works(stores.start_stores(small_home, ELSEWHERE).postgres_url)


def test_wrong_password_is_told(small_home: StoreHome) -> None:
    stores.start_stores(small_home, ELSEWHERE)
    kept = small_home.secret("postgres").read_text()
    small_home.secret("postgres").write_text("another\n")

    with pytest.raises(LocalServiceError, match="refuses the password"):
        stores.start_stores(small_home, ELSEWHERE)

    small_home.secret("postgres").write_text(kept)
    assert works(stores.start_stores(small_home, ELSEWHERE).postgres_url)


def test_broken_data_names_log(tmp_path: Path) -> None:
    home = StoreHome.at(tmp_path / "home")
    home.make()
    PostgresServer(home).data.mkdir(parents=True)
    home.secret("postgres").write_text("word\n")

    with pytest.raises(LocalServiceError, match=r"ended while starting \(.*see .*postgres\.log"):
        stores.start_stores(home, ELSEWHERE)

    stores.stop_stores(home)


def _full(_: int) -> str:
    return "full"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = StoreHome.at(tmp_path / "home")
    home.make()
    monkeypatch.setattr(files.secrets, "token_hex", _full)
    (home.root / "passwords" / "redis.full.part").symlink_to("/dev/full")
    given = replace(ELSEWHERE, postgres_url="postgresql://elsewhere")

    with pytest.raises(LocalServiceError, match=r"the disk is full .*what is there is kept"):
        stores.start_stores(home, given)

    assert processes.marked_processes(RedisServer(home).mark) == []


def test_second_start_waits_its_turn(small_home: StoreHome) -> None:
    starters = [python(START, str(small_home.root)) for _ in range(3)]

    assert [finish(starter)[0] for starter in starters] == [0, 0, 0]
    assert len(processes.marked_processes(RedisServer(small_home).mark)) == 1


def test_foreign_postgres_is_respected(small_home: StoreHome) -> None:
    stores.start_stores(small_home, ELSEWHERE)
    live = record(small_home, "postgres")

    with pytest.raises(LocalServiceError, match="another PostgreSQL"):
        PostgresServer(small_home).prepare()

    assert psutil.pid_exists(live.pid)


def test_closed_parent_folder_is_no_trouble(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = StoreHome.at(closed / "home")
    try:
        assert works(stores.start_stores(home, ELSEWHERE).postgres_url)
    finally:
        stores.stop_stores(home)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
