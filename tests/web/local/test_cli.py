"""`battwheels local` in the words of its user."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from web.cli.local import app

RUNNER = CliRunner()
STOPPED = {"state": "stopped", "pid": None, "port": None, "memory_mb": None}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_URI", "POSTGRES_URL", "REDIS_URL", "BATTWHEELS_ENV"):
        monkeypatch.delenv(name, raising=False)


def test_status_tells_nothing_runs(tmp_path: Path) -> None:
    told = RUNNER.invoke(app, ["status", "--home", str(tmp_path / "home"), "--json"])

    assert told.exit_code == 0
    names = ("neo4j", "postgres", "redis")
    assert orjson.loads(told.stdout) == [{"store": name, **STOPPED} for name in names]
    assert not (tmp_path / "home").exists()


def test_stop_of_nothing_is_fine(tmp_path: Path) -> None:
    told = RUNNER.invoke(app, ["stop", "--home", str(tmp_path / "home")])

    assert (told.exit_code, told.output) == (0, "")


def test_start_shows_given_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://elsewhere")
    monkeypatch.setenv("POSTGRES_URL", "postgresql://elsewhere")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")

    told = RUNNER.invoke(app, ["start", "--home", str(tmp_path / "home")])

    assert told.exit_code == 0
    assert [line.split() for line in told.stdout.splitlines()[1:]] == [
        ["neo4j", "given"],
        ["postgres", "given"],
        ["redis", "given"],
    ]
    assert not (tmp_path / "home").exists()


def test_unusable_home_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"

    told = RUNNER.invoke(app, ["start", "--home", str(home)])

    assert told.exit_code == 1
    assert told.stderr == (
        f"local stores: {home} cannot be used (Not a directory); "
        "make it readable and writable for this user, or name another folder with --home.\n"
    )
