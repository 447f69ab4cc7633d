"""Migrations of the graph: numbered files, applied once, in order, never changed.

Schema and data cannot share a Neo4j transaction, so a file holds one or the other, and recording it
is a transaction of its own. Every statement can therefore be repeated (`IF NOT EXISTS`, `MERGE`): a
migration that was applied but not recorded is applied again without harm.

A file that begins with the line `// batched` changes more than one transaction has memory for: each
of its statements commits in batches of its own (`CALL { } IN TRANSACTIONS`). Cut off, it leaves the
batches that were done, and is not recorded; its statements ask only for what is yet to be done, so
the next run goes on from there.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import LiteralString, cast

from domain.errors import MigrationDrift, NewerDatabase
from graph.database import Graph, Transaction
from graph.queries import COMMENT, named_queries, sized_query

QUERIES = named_queries("migrations.cypher")
MIGRATION_SECONDS = 250.0
# A million nodes take a modest server about 15 seconds.
BATCHED_SECONDS = 3_600.0
BATCHED = "// batched\n"
END = re.compile(r";\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GraphMigration:
    id: str
    text: str

    @property
    def checksum(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    @property
    def batched(self) -> bool:
        return self.text.startswith(BATCHED)

    @property
    def statements(self) -> list[str]:
        pieces = END.split(COMMENT.sub("", self.text))
        return [piece.strip() for piece in pieces if piece.strip()]


async def migrate_graph(
    graph: Graph, dimensions: int, folder: Traversable | None = None
) -> list[str]:
    """Apply what is not applied yet and give the names.

    `dimensions` is the size of the embeddings in use; each size has its own vector index, so that a
    new model's embeddings can be written beside the old ones before the searches change over.

    Raises:
        MigrationDrift: an applied migration no longer reads as it did; nothing was applied.
        NewerDatabase: one was applied that is not shipped with this version; nothing was applied.
    """
    await _run_statement(graph, QUERIES["history_constraint"])
    history = {row["id"]: row["checksum"] for row in await graph.read(QUERIES["history"])}
    wanted = shipped_migrations(folder)
    known = {migration.id for migration in (*wanted, *shipped_migrations())}
    if unknown := sorted(history.keys() - known):
        raise NewerDatabase("Neo4j", unknown)
    for migration in wanted:
        if history.get(migration.id, migration.checksum) != migration.checksum:
            raise MigrationDrift(migration.id)
    fresh = [migration for migration in wanted if migration.id not in history]
    for migration in fresh:
        await _apply_migration(graph, migration)
    made = await _index_vectors(graph, dimensions)
    await _run_statement(graph, QUERIES["await_indexes"])
    return [migration.id for migration in fresh] + made


def shipped_migrations(folder: Traversable | None = None) -> list[GraphMigration]:
    folder = folder or resources.files("graph") / "migrations"
    files = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".cypher")), key=lambda f: f.name
    )
    return [GraphMigration(file.name.removesuffix(".cypher"), file.read_text()) for file in files]


async def _apply_migration(graph: Graph, migration: GraphMigration) -> None:
    statements: list[LiteralString] = [cast("LiteralString", s) for s in migration.statements]

    async def work(tx: Transaction) -> None:
        for statement in statements:
            await (await tx.run(statement)).consume()

    if migration.batched:
        for statement in statements:
            await graph.batched(statement, seconds=BATCHED_SECONDS)
    else:
        await graph.write(work, seconds=MIGRATION_SECONDS)
    await _run_statement(graph, QUERIES["record"], id=migration.id, checksum=migration.checksum)


async def _index_vectors(graph: Graph, dimensions: int) -> list[str]:
    name = f"card_embedding_{dimensions}"
    if name in {row["name"] for row in await graph.read(QUERIES["vector_indexes"])}:
        return []
    await _run_statement(
        graph, sized_query(QUERIES["create_vector_index"], dimensions), dimensions=dimensions
    )
    return [name]


async def _run_statement(graph: Graph, query: LiteralString, **parameters: object) -> None:
    async def work(tx: Transaction) -> None:
        await (await tx.run(query, parameters)).consume()

    await graph.write(work, seconds=MIGRATION_SECONDS)
