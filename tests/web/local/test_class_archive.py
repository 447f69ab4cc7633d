"""The classes that a server of tests keeps: what was not written whole is taken away."""

import re
from pathlib import Path

import pytest

from web.local.home import StoreHome
from web.local.neo4j import MODEST, Neo4jServer, Neo4jTuning

ARCHIVE = re.compile(r"SharedArchiveFile=([^\"]+)")


def told(home: StoreHome, tuning: Neo4jTuning) -> str:
    """Give the arguments that Java would be started with."""
    server = Neo4jServer(home, tuning)
    server.command(1)
    return Path(server.mark.removeprefix("@")).read_text(encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> StoreHome:
    """A home whose folder of jars is its own: no archive of another test is in it."""
    home = StoreHome.at(tmp_path / "home", tmp_path / "jars")
    for folder in (home.jars, home.root / "neo4j" / "conf"):
        folder.mkdir(parents=True)
    return home


@pytest.mark.parametrize(("head", "stays"), [(b"", False), (bytes(64), False), (b"\x07jsa", True)])
def test_an_archive_without_its_head_is_taken_away(
    own: StoreHome, head: bytes, *, stays: bool
) -> None:
    found = ARCHIVE.search(told(own, Neo4jTuning(short_lived=True)))
    assert found is not None
    archive = Path(found[1])
    assert archive.parent == own.jars
    archive.write_bytes(head)
    told(own, Neo4jTuning(short_lived=True))
    assert archive.exists() is stays


def test_a_server_that_matters_keeps_none(own: StoreHome) -> None:
    assert ARCHIVE.search(told(own, MODEST)) is None
