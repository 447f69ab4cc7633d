"""Accidents inside, on real stores: told by a code and a trace, and by nothing of the inside."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from domain.access import Role
from graph.cards import READS
from tests.journeys.conftest import Somebody
from tests.journeys.people import GRAPHQL
from web.wiring import Runtime

pytestmark = pytest.mark.journey
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACED = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
OF_POSTGRES = "{ drafts(first: 3) { edges { cursor } } }"
OF_NEO4J = "{ cardsNear(lat: 18.5, lon: 73.8, km: 10) { key } }"
# Of stacks, of our files and of what the stores were asked.
INSIDE = (
    *("Traceback", "File ", ".py", "line ", "psycopg", "neo4j", "Error(", "Exception", "/work"),
    *("select", "SELECT", "MATCH", "RETURN", "invoice_draft", "relation", "FailureCard", "Syntax"),
)


@asynccontextmanager
async def _table_gone(house: Runtime) -> AsyncGenerator[None]:
    """The table of drafts has another name meanwhile: PostgreSQL refuses the statement."""
    async with house.records.transaction() as connection:
        await connection.execute("alter table invoice_draft rename to draft_elsewhere")
    try:
        yield
    finally:
        async with house.records.transaction() as connection:
            await connection.execute("alter table draft_elsewhere rename to invoice_draft")


@pytest.mark.row("GW-3")
@pytest.mark.parametrize("store", ["postgres", "neo4j"])
async def test_an_accident_tells_nothing_of_the_inside(
    house: Runtime, somebody: Somebody, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    boss = somebody(Role.MANAGER)
    headers = TRACED | {"authorization": f"Bearer {boss.token}"}
    if store == "neo4j":
        # Cypher that does not read: Neo4j answers with the whole of it.
        monkeypatch.setitem(READS, "near", f"{READS['near']} MATCH (secret:FailureCard")
        answer = await boss.client.post(GRAPHQL, json={"query": OF_NEO4J}, headers=headers)
    else:
        async with _table_gone(house):
            answer = await boss.client.post(GRAPHQL, json={"query": OF_POSTGRES}, headers=headers)
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "trace": TRACE}
    assert answer.headers["x-trace-id"] == TRACE
    assert [word for word in INSIDE if word in answer.text] == []
    assert [word for word in INSIDE if word in str(answer.headers)] == []
