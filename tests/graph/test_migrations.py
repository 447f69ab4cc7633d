"""Migrations are applied once, in order, and never change."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import LiteralString

import pytest
from neo4j.exceptions import ClientError

from domain.errors import MigrationDrift, NewerDatabase
from graph.database import Graph, Transaction, run_query
from graph.migrations import migrate_graph, shipped_migrations

FIRST = (
    "// A rule.\nCREATE CONSTRAINT thing_id IF NOT EXISTS FOR (n:Thing) REQUIRE n.id IS UNIQUE;\n"
)
SECOND = "MERGE (:Thing {id: 'one; two'});\n// Another.\nMERGE (:Thing {id: 'three'});\n"
SHARES = """// batched
// Each thing once, a hundred at a time.
MATCH (t:Thing) WHERE t.n IS NOT NULL AND t.share IS NULL
WITH t ORDER BY t.n
CALL (t) { SET t.share = 1000 / t.by, t.times = coalesce(t.times, 0) + 1 }
IN TRANSACTIONS OF 100 ROWS;
"""
DONE = "MATCH (t:Thing) RETURN count(t.share) AS done, sum(t.times) AS times"


async def run(graph: Graph, query: LiteralString) -> None:
    async def work(tx: Transaction) -> None:
        await run_query(tx, query)

    await graph.write(work)


@pytest.fixture
async def fresh(graph: Graph, tmp_path: Path) -> AsyncGenerator[tuple[Graph, Path]]:
    """Two migrations of our own, forgotten afterwards."""
    (tmp_path / "101_rule.cypher").write_text(FIRST)
    (tmp_path / "102_things.cypher").write_text(SECOND)
    yield graph, tmp_path
    await run(graph, "DROP CONSTRAINT thing_id IF EXISTS")
    await run(graph, "MATCH (m:Migration) WHERE m.id STARTS WITH '10' DELETE m")


def test_shipped_are_numbered_in_order() -> None:
    numbers = [m.id[:3] for m in shipped_migrations()]
    assert numbers == sorted(set(numbers))


async def test_shipped_are_applied_once(graph: Graph) -> None:
    assert await migrate_graph(graph, 384) == []


async def test_files_are_applied_in_order(fresh: tuple[Graph, Path]) -> None:
    graph, folder = fresh
    assert await migrate_graph(graph, 384, folder) == ["101_rule", "102_things"]
    assert await migrate_graph(graph, 384, folder) == []
    found = await graph.read("MATCH (n:Thing) RETURN n.id AS id ORDER BY id")
    assert [row["id"] for row in found] == ["one; two", "three"]


async def test_changed_migration_is_refused(fresh: tuple[Graph, Path]) -> None:
    graph, folder = fresh
    await migrate_graph(graph, 384, folder)
    (folder / "101_rule.cypher").write_text(FIRST + "\n")
    (folder / "103_more.cypher").write_text("MERGE (:Thing {id: 'four'});")
    with pytest.raises(MigrationDrift) as refused:
        await migrate_graph(graph, 384, folder)
    assert refused.value.name == "101_rule"
    assert await graph.read("MATCH (n:Thing {id: 'four'}) RETURN n") == []


async def test_broken_migration_leaves_no_trace(fresh: tuple[Graph, Path]) -> None:
    graph, folder = fresh
    (folder / "102_things.cypher").write_text("MERGE (:Thing {id: 'x'});\nNOT CYPHER;\n")
    with pytest.raises(Exception, match="NOT"):
        await migrate_graph(graph, 384, folder)
    assert await graph.read("MATCH (n:Thing) RETURN n") == []
    (folder / "102_things.cypher").write_text(SECOND)
    assert await migrate_graph(graph, 384, folder) == ["102_things"]


def test_what_is_batched_says_so() -> None:
    for migration in shipped_migrations():
        batches = ["IN TRANSACTIONS" in statement for statement in migration.statements]
        assert batches == [migration.batched] * len(batches)


async def test_a_batched_migration_goes_on_where_it_was_cut_off(
    fresh: tuple[Graph, Path],
) -> None:
    graph, folder = fresh
    await migrate_graph(graph, 384, folder)
    await run(graph, "UNWIND range(1, 1000) AS n CREATE (:Thing {id: 'n' + n, n: n, by: n - 555})")
    (folder / "103_shares.cypher").write_text(SHARES)
    with pytest.raises(ClientError, match="zero"):
        await migrate_graph(graph, 384, folder)
    assert await graph.read(DONE) == [{"done": 500, "times": 500}]
    assert await graph.read("MATCH (m:Migration {id: '103_shares'}) RETURN m") == []
    await run(graph, "MATCH (t:Thing {by: 0}) SET t.by = 1")
    assert await migrate_graph(graph, 384, folder) == ["103_shares"]
    assert await graph.read(DONE) == [{"done": 1000, "times": 1000}]
    assert await migrate_graph(graph, 384, folder) == []


async def test_waiting_events_are_put_in_their_order_in_batches(
    graph: Graph, tmp_path: Path
) -> None:
    await run(graph, "UNWIND range(1, 25000) AS n CREATE (:Event {id: 'e' + n, at: datetime()})")
    await run(graph, "MATCH (e:Event {id: 'e1'}) SET e.left_at = datetime('2026-01-01T00:00Z')")
    [batched] = [m for m in shipped_migrations() if m.batched]
    # Under another name, since it was applied here under its own.
    (tmp_path / "104_events.cypher").write_text(batched.text)
    assert await migrate_graph(graph, 384, tmp_path) == ["104_events"]
    told = "MATCH (e:Event) RETURN count(e) AS all, sum(CASE e.left_at WHEN e.at THEN 1 END) AS put"
    assert await graph.read(told) == [{"all": 25_000, "put": 24_999}]
    await run(graph, "MATCH (m:Migration {id: '104_events'}) DELETE m")


async def test_other_size_gets_an_index_beside(graph: Graph) -> None:
    assert await migrate_graph(graph, 8) == ["card_embedding_8"]
    try:
        found = await graph.read("SHOW VECTOR INDEXES YIELD name, state RETURN name, state")
        assert {row["name"]: row["state"] for row in found} == {
            "card_embedding_384": "ONLINE",
            "card_embedding_8": "ONLINE",
        }
    finally:
        await run(graph, "DROP INDEX card_embedding_8")


async def test_a_newer_graph_is_refused(fresh: tuple[Graph, Path]) -> None:
    graph, folder = fresh
    await migrate_graph(graph, 384, folder)
    before = await graph.read("MATCH (n) RETURN count(n) AS nodes")
    with pytest.raises(NewerDatabase) as refused:
        await migrate_graph(graph, 384)
    assert str(refused.value) == (
        "Neo4j was migrated by a newer version of battwheels (101_rule, 102_things is not known "
        "here). Run that version or a later one; nothing was changed."
    )
    assert await graph.read("MATCH (n) RETURN count(n) AS nodes") == before
