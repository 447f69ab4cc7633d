"""graphql-http's audits, graphql-ws and graphql-sse, each as its authors ship it."""

from collections import Counter
from datetime import UTC, datetime

import orjson
import pytest

from tests.conformance.conftest import Run
from tests.domain.samples import CARD
from tests.resolvers.fakes import World
from tests.resolvers.inputs import CARD_INPUT, OPERATION, SECOND
from tests.web.clients import TOKENS, actor, app
from tests.web.live_server import served
from web.asgi import GRAPHQL, STREAM

pytestmark = pytest.mark.conformance

AUDITS = 61
INPUT = orjson.dumps(CARD_INPUT).decode()


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    held.at = datetime.now(UTC)
    return held


async def test_every_audit_passes(world: World, run: Run) -> None:
    async with served(app(world)) as place:
        audits = await run("audits.mjs", f"http://{place}{GRAPHQL}")
    failed = [audit for audit in audits if audit["status"] != "ok"]
    assert failed == []
    assert Counter(audit["status"] for audit in audits) == {"ok": AUDITS}


@pytest.mark.row("EX-5")
async def test_sockets_carry_every_operation(world: World, run: Run) -> None:
    token = TOKENS.mint(actor(), world.at)
    async with served(app(world)) as place:
        words = (f"ws://{place}{GRAPHQL}", token, str(OPERATION), str(SECOND), INPUT)
        [said] = await run("sockets.mjs", *words)
    key = said["mutation"]["answers"][0]["data"]["createCard"]["card"]["key"]
    assert said["query"] == {
        "answers": [{"data": {"cards": {"edges": [{"node": {"key": CARD.id}}]}}}],
        "error": None,
    }
    assert said["changes"][0] == {
        "data": {
            "cardChanged": {
                "type": "CARD_CREATED",
                "card": {"key": key, "title": "Charging stops near 80 percent"},
            }
        }
    }
    assert len(said["changes"]) == 2
    assert said["broken"]["error"][0]["message"].startswith("Syntax Error")
    assert set(said["closed"]) <= {1000}


async def test_event_streams_carry_every_operation(world: World, run: Run) -> None:
    token = TOKENS.mint(actor(), world.at)
    async with served(app(world)) as place:
        urls = (f"http://{place}{STREAM}", f"http://{place}{GRAPHQL}")
        [said] = await run("events.mjs", *urls, token, str(OPERATION), INPUT)
    [change] = said["change"]["answers"]
    assert said["query"]["answers"][0]["data"]["cards"]["edges"] == [{"node": {"key": CARD.id}}]
    assert change["data"]["cardChanged"]["type"] == "CARD_CREATED"
