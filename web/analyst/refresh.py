"""Making the analysts' copy anew, while the service and the last copy go on."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from graph.analyst_copy import CopySource, GraphCopy
from graph.database import Graph
from web.analyst.copies import AnalystCopy, CopyRecord, CopyShelf
from web.analyst.server import demand_read_only, is_running, open_copy, start_copy, stop_copy
from web.analyst.tables import TableSource, write_tables
from web.local import files
from web.local.home import closed
from web.local.neo4j import MODEST, Neo4jTuning
from web.local.progress import Report, ignore_progress

SALT_BYTES = 16
LOCK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOrigin:
    """What a copy is made of."""

    graph: CopySource
    tables: TableSource


async def refresh_copy(
    shelf: CopyShelf,
    origin: CopyOrigin,
    at: datetime,
    report: Report = ignore_progress,
    tuning: Neo4jTuning = MODEST,
) -> AnalystCopy:
    """Make a copy beside the one in use, put it in its place, and delete the old one.

    A server of the old copy is stopped for the moment of the swap and comes back with the new one.

    Raises:
        Unavailable: the source or the new server is silent; the old copy stays in use.
        LocalServiceError: the server does not start, or somebody else makes a copy now.
    """
    closed(shelf.root)
    with files.hold_lock(shelf.lock, LOCK_SECONDS):
        copy = shelf.new(at)
        async with _writable(copy, report, tuning) as graph:
            filled = GraphCopy(graph, secrets.token_bytes(SALT_BYTES))
            await filled.fill(origin.graph)
        tables = await write_tables(origin.tables, copy.tables)
        copy.finish(CopyRecord(at=at, graph=filled.counted, tables=tables))
        await _put_in_use(shelf, copy, report, tuning)
    return copy


@asynccontextmanager
async def _writable(
    copy: AnalystCopy, report: Report, tuning: Neo4jTuning
) -> AsyncGenerator[Graph]:
    """Give the copy's server while it may be written to: only here, and behind its password."""
    uri = await asyncio.to_thread(start_copy, copy, report, tuning, read_only=False)
    try:
        graph = await open_copy(copy, uri)
        try:
            yield graph
        finally:
            await graph.close()
    finally:
        await asyncio.to_thread(stop_copy, copy)


async def _put_in_use(
    shelf: CopyShelf, copy: AnalystCopy, report: Report, tuning: Neo4jTuning
) -> None:
    old = shelf.current()
    served = old is not None and is_running(old)
    shelf.use(copy)
    if old is not None and served:
        await asyncio.to_thread(stop_copy, old)
        await serve_copy(copy, report, tuning)
    shelf.clear()


async def serve_copy(
    copy: AnalystCopy, report: Report = ignore_progress, tuning: Neo4jTuning = MODEST
) -> str:
    """Start the copy's read-only server unless it runs, and give its address.

    Raises:
        UnsafeSetting: the server took a write; it was stopped.
    """
    uri = await asyncio.to_thread(start_copy, copy, report, tuning)
    await demand_read_only(copy, uri)
    return uri


def told_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in sorted(counts.items()) if n)
