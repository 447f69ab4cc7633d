"""Make the stores of a test run empty again, whatever tables and labels there are."""

from psycopg.sql import SQL, Identifier

from graph.database import Graph
from records.database import Connection, Records

KEPT = ["migration", "change_log_head"]
TABLES = """
select c.relname as name from pg_class c
where c.relkind in ('r', 'p') and not c.relispartition
  and c.relnamespace = 'public'::regnamespace and not c.relname = any(%s)
order by name"""
# A table that was truncated has no bytes: its size says more quickly than its rows whether it is.
FILLED = """
select c.relname as name from pg_class c
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
  and not c.relname = any(%s) and pg_relation_size(c.oid) > 0
order by name"""

# In batches: a test of ten thousand cards leaves more than one transaction has memory for.
EMPTY_GRAPH = """
MATCH (n) WHERE NOT n:Migration
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS"""


async def empty_records(records: Records) -> None:
    async with records.transaction() as connection:
        # To truncate a table costs files, and a test fills few of a hundred.
        if filled := await _filled_tables(connection):
            # Issued papers refuse to go; a test run's may.
            await connection.execute("set local session_replication_role = replica")
            await connection.execute(SQL("truncate {} cascade").format(SQL(", ").join(filled)))
        await connection.execute("update change_log_head set seq = 0, floor = 0")


async def _filled_tables(connection: Connection) -> list[Identifier]:
    found = await (await connection.execute(FILLED, [KEPT])).fetchall()
    return [Identifier(row["name"]) for row in found]


async def empty_graph(graph: Graph) -> None:
    await graph.batched(EMPTY_GRAPH, seconds=120)
