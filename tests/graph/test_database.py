"""Calls are bounded in time and fail by our names."""

import asyncio
import socket

import pytest
from neo4j.exceptions import ClientError

from domain.errors import Unavailable, WrongPassword
from graph import queries
from graph.cards import CardStore
from graph.database import Graph, Transaction, run_query
from graph.queries import named_queries, sized_query
from tests.graph.examples import ADMIN, FULL, event
from tests.journeys.waits import waited
from web.local.stores import StoreUrls


@pytest.fixture
async def nobody() -> Graph:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return await Graph.open(f"bolt://127.0.0.1:{port}", "neo4j", "password")


async def test_server_that_is_down_is_told_soon(nobody: Graph) -> None:
    with waited() as waits, pytest.raises(Unavailable) as refused:
        await nobody.read("RETURN 1")
    assert refused.value.dependency == "neo4j"
    assert waits.seconds < 2
    await nobody.close()


async def test_write_to_nobody_is_unavailable(nobody: Graph) -> None:
    with pytest.raises(Unavailable):
        await CardStore(nobody).add(FULL, [event("1", FULL.id)])
    await nobody.close()


async def test_silent_server_is_left_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whatever is said is taken, and nothing is answered.
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    graph = await Graph.open(f"bolt://127.0.0.1:{port}", "neo4j", "password")
    with waited() as waits, pytest.raises(Unavailable):
        await graph.read("RETURN 1")
    assert waits.seconds < 6
    await graph.close()
    server.close()


async def test_wrong_password_is_unavailable(stores: StoreUrls) -> None:
    graph = await Graph.open(stores.neo4j_uri, "neo4j", "not the password")
    with pytest.raises(WrongPassword) as refused:
        await graph.read("RETURN 1")
    assert str(refused.value) == (
        "neo4j answers, and refused the name or the password of NEO4J_USER and NEO4J_PASSWORD."
    )
    await graph.close()


async def test_read_cannot_write(graph: Graph) -> None:
    with pytest.raises(ClientError, match=r"[Ww]rit"):
        await graph.read("CREATE (:Thing)")
    assert await CardStore(graph).count(ADMIN) == 0


async def test_long_write_is_ended(graph: Graph) -> None:
    async def work(tx: Transaction) -> None:
        await run_query(tx, "CREATE (:Technician {id: 'late'})")
        await asyncio.Event().wait()

    with waited() as waits, pytest.raises(Unavailable, match=r"0\.3 seconds"):
        await graph.write(work, seconds=0.3)
    assert waits.seconds < 2
    assert await graph.read("MATCH (t:Technician) RETURN t.id") == []


@pytest.mark.parametrize("size", [0, -1, 4097])
def test_size_of_no_vector_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=str(size)):
        sized_query("MATCH (n) RETURN n.embedding_SIZE", size)


def test_every_query_says_why() -> None:
    folder = queries.resources.files("graph") / "queries"
    for file in folder.iterdir():
        text = file.read_text()
        for name in named_queries(file.name):
            _, _, after = text.partition(f"// name: {name}\n")
            assert after.startswith("// "), f"{file.name}: {name} has no line that says why"
