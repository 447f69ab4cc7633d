"""The analysts' copy of a simulated year: its server takes no write, its notebooks run."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import LiteralString

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import ClientError

from graph.analyst_copy import READ_ONLY
from graph.database import Graph, Row
from tests.conftest import JARS, SHORT_LIVED
from tests.web.analyst.conftest import AT, ServedCopy
from tests.web.analyst.notebooks import NOTEBOOKS, told_by
from web.analyst.copies import CopyShelf
from web.analyst.refresh import CopyOrigin, refresh_copy, serve_copy
from web.analyst.server import is_running, stop_copy
from web.local.neo4j import USER, Neo4jServer

# A server of its own, filled with a year: some forty seconds, and ten for each notebook.
pytestmark = [pytest.mark.long, pytest.mark.row("EX-8")]
WRITES: tuple[LiteralString, ...] = (
    "CREATE (:Ticket {id: 'made up'})",
    "MATCH (t:Ticket) SET t.status = 'open'",
    "MATCH (t:Ticket) DETACH DELETE t",
    "MERGE (:Make {key: 'made up'})",
    "CREATE INDEX made_up FOR (t:Ticket) ON (t.status)",
    "CREATE CONSTRAINT made_up FOR (t:Ticket) REQUIRE t.id IS UNIQUE",
    "CALL db.createLabel('MadeUp')",
    "DROP INDEX ticket_id",
)
OUTSIDE: tuple[LiteralString, ...] = (
    "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
    "LOAD CSV FROM 'http://127.0.0.1:1/' AS line RETURN line",
)


@pytest.mark.parametrize("statement", WRITES)
async def test_a_write_is_refused_at_the_server(
    statement: LiteralString, served: ServedCopy, analyst: Graph
) -> None:
    """In a session that asks to write, with the only user that there is."""
    before = await analyst.read("MATCH (n) RETURN count(n) AS nodes")
    password = Neo4jServer(served.copy.home).password
    with (
        GraphDatabase.driver(served.uri, auth=(USER, password)) as driver,
        driver.session(default_access_mode="WRITE") as session,
        pytest.raises(ClientError) as refused,
    ):
        session.run(statement).consume()
    assert refused.value.code == READ_ONLY
    assert await analyst.read("MATCH (n) RETURN count(n) AS nodes") == before


@pytest.mark.parametrize("statement", OUTSIDE)
async def test_nothing_outside_is_read(statement: LiteralString, served: ServedCopy) -> None:
    password = Neo4jServer(served.copy.home).password
    with (
        GraphDatabase.driver(served.uri, auth=(USER, password)) as driver,
        driver.session() as session,
        pytest.raises(ClientError),
    ):
        session.run(statement).consume()


async def test_the_copy_says_what_is_in_it(served: ServedCopy, analyst: Graph) -> None:
    record = served.copy.record
    assert record is not None
    assert (record.at, record.tables["invoices"]) == (AT, record.graph["Ticket"])
    rows = await analyst.read("MATCH (n) RETURN labels(n) AS labels, count(n) AS n")
    found = {row["labels"][0]: row["n"] for row in rows}
    assert found == {label: n for label, n in record.graph.items() if label in found}
    assert all(len(row["labels"]) == 1 for row in rows)
    [real] = await analyst.read("MATCH (t:Ticket) WHERE NOT t.synthetic RETURN count(t) AS n")
    assert real["n"] == 0


async def test_people_have_other_names(analyst: Graph) -> None:
    [found] = await analyst.read("MATCH (p:Technician) RETURN collect(p.id) AS ids")
    assert found["ids"]
    assert not any("sim" in one for one in found["ids"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_the_simulated_year(
    path: Path, served: ServedCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = told_by(path, served.environment, monkeypatch)
    assert len(said.splitlines()) >= 2, said


class NothingYet:
    """A house in which nothing happened."""

    async def nodes(self, label: str) -> AsyncIterator[Row]:
        del label
        for row in list[Row]():
            yield row

    async def edges(self) -> AsyncIterator[Row]:
        for row in list[Row]():
            yield row

    async def pages(self, table: str) -> AsyncIterator[list[Row]]:
        del table
        for rows in list[list[Row]]():
            yield rows


async def test_a_new_copy_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """What is served comes back with the new one; what was left unfinished goes."""
    shelf, origin = CopyShelf(tmp_path, JARS), CopyOrigin(graph=NothingYet(), tables=NothingYet())
    old = await refresh_copy(shelf, origin, AT, tuning=SHORT_LIVED)
    await serve_copy(old, tuning=SHORT_LIVED)
    unfinished = shelf.root / "copy-unfinished"
    unfinished.mkdir()
    fresh = await refresh_copy(shelf, origin, AT.replace(hour=7), tuning=SHORT_LIVED)
    try:
        assert shelf.demand_current() == fresh
        assert (is_running(old), is_running(fresh)) == (False, True)
        assert (old.folder.exists(), unfinished.exists()) == (False, False)
    finally:
        stop_copy(fresh)


async def test_nobody_else_opens_the_folder(served: ServedCopy) -> None:
    """The books are in it, and a home of root's lets others pass."""
    modes = [folder.stat().st_mode & 0o777 for folder in (served.shelf.root, served.copy.folder)]
    assert modes == [0o700, 0o700]
