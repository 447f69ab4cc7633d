"""The server of the analysts' copy: a second Neo4j that takes no write, whatever a client asks."""

from domain.errors import UnsafeSetting
from graph.analyst_copy import accepts_writes
from graph.database import Graph
from web.analyst.copies import AnalystCopy
from web.local import files, launch
from web.local.neo4j import MODEST, USER, Neo4jServer, Neo4jTuning
from web.local.progress import Report, ignore_progress

PATIENCE_SECONDS = 120.0


def start_copy(
    copy: AnalystCopy,
    report: Report = ignore_progress,
    tuning: Neo4jTuning = MODEST,
    *,
    read_only: bool = True,
) -> str:
    """Start the copy's server unless it runs, and give its address; only its making may write."""
    home = copy.home
    with files.private():
        home.make()
        server = Neo4jServer(home, tuning, report, read_only=read_only)
        server.fetch()
        return server.uri(launch.start_server(server, home, report))


def stop_copy(copy: AnalystCopy) -> None:
    launch.stop_server(Neo4jServer(copy.home), copy.home)


def is_running(copy: AnalystCopy) -> bool:
    return launch.running_record(Neo4jServer(copy.home), copy.home) is not None


async def open_copy(copy: AnalystCopy, uri: str) -> Graph:
    password = Neo4jServer(copy.home).password
    return await Graph.open(uri, USER, password, answer_s=PATIENCE_SECONDS)


async def demand_read_only(copy: AnalystCopy, uri: str) -> None:
    """Let nobody work on a copy whose server would take a write.

    Raises:
        UnsafeSetting: it took one; it is stopped.
    """
    graph = await open_copy(copy, uri)
    try:
        if await accepts_writes(graph):
            stop_copy(copy)
            raise UnsafeSetting("battwheels analyst", "its server took a write and was stopped")
    finally:
        await graph.close()
