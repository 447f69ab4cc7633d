"""Migrations are applied once, in order, and never change."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import LiteralString

import pytest

from domain.errors import MigrationDrift
from graph.database import Graph, Transaction, rows
from graph.migrate import migrate, shipped

FIRST = (
    "// A rule.\nCREATE CONSTRAINT thing_id IF NOT EXISTS FOR (n:Thing) REQUIRE n.id IS UNIQUE;\n"
)
SECOND = "MERGE (:Thing {id: 'one; two'});\n// Another.\nMERGE (:Thing {id: 'three'});\n"


async def run(graph: Graph, query: LiteralString) -> None:
    async def work(tx: Transaction) -> None:
        await rows(tx, query)

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
    numbers = [m.id[:3] for m in shipped()]
    assert numbers == sorted(set(numbers))


async def test_shipped_are_applied_once(graph: Graph) -> None:
    assert await migrate(graph, 384) == []


async def test_files_are_applied_in_order(fresh: tuple[Graph, Path]) -> None:
    graph, folder = fresh
    assert await migrate(graph, 384, folder) == ["101_rule", "102_things"]
    assert await migrate(graph, 384, folder) == []
    found = await graph.read("MATCH (n:Thing) RETURN n.id AS id ORDER BY id")
    assert [row["id"] for row in found] == ["one; two", "three"]


async def test_changed_migration_is_refused(fresh: tuple[Graph, Path]) -> None:
    graph, folder = fresh
    await migrate(graph, 384, folder)
    (folder / "101_rule.cypher").write_text(FIRST + "\n")
    (folder / "103_more.cypher").write_text("MERGE (:Thing {id: 'four'});")
    with pytest.raises(MigrationDrift) as refused:
        await migrate(graph, 384, folder)
    assert refused.value.name == "101_rule"
    assert await graph.read("MATCH (n:Thing {id: 'four'}) RETURN n") == []


async def test_broken_migration_leaves_no_trace(fresh: tuple[Graph, Path]) -> None:
    graph, folder = fresh
    (folder / "102_things.cypher").write_text("MERGE (:Thing {id: 'x'});\nNOT CYPHER;\n")
    with pytest.raises(Exception, match="NOT"):
        await migrate(graph, 384, folder)
    assert await graph.read("MATCH (n:Thing) RETURN n") == []
    (folder / "102_things.cypher").write_text(SECOND)
    assert await migrate(graph, 384, folder) == ["102_things"]


async def test_other_size_gets_an_index_beside(graph: Graph) -> None:
    assert await migrate(graph, 8) == ["card_embedding_8"]
    try:
        found = await graph.read("SHOW VECTOR INDEXES YIELD name, state RETURN name, state")
        assert {row["name"]: row["state"] for row in found} == {
            "card_embedding_384": "ONLINE",
            "card_embedding_8": "ONLINE",
        }
    finally:
        await run(graph, "DROP INDEX card_embedding_8")
