"""Pages of other sites: none may call, but those that the settings name, over every transport."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from domain.errors import InvalidInput
from sync.offline_queue import SCHEMA
from tests.resolvers.fakes import World
from tests.web.clients import actor, app, bearer, client
from tests.web.live_server import served
from web.asgi import GRAPHQL, RECORDS, STREAM
from web.settings import Settings

PORTAL, EVIL = "https://portal.example", "https://evil.example"
QUERY = {"query": "{ __typename }"}


def preflight(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,last-event-id",
    }


@pytest.mark.parametrize("path", [GRAPHQL, STREAM])
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_an_allowed_page_is_answered_before_it_asks(path: str, method: str) -> None:
    async with client(app(World(), origins=[PORTAL])) as opened:
        answer = await opened.options(path, headers=preflight(PORTAL, method))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PORTAL
    assert method in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type", "last-event-id"} <= set(allowed.split(", "))
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(("origins", "status"), [([PORTAL], 400), ([], 403)])
async def test_another_page_is_refused(origins: list[str], status: int) -> None:
    async with client(app(World(), origins=origins)) as opened:
        answer = await opened.options(GRAPHQL, headers=preflight(EVIL))
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


async def test_answers_may_be_read_by_the_allowed_page_alone() -> None:
    headers = bearer(actor())
    async with client(app(World(), origins=[PORTAL]), headers) as opened:
        good = await opened.post(GRAPHQL, json=QUERY, headers={"origin": PORTAL})
        bad = await opened.post(GRAPHQL, json=QUERY, headers={"origin": EVIL})
    assert good.json() == {"data": {"__typename": "Query"}}
    assert good.headers["access-control-allow-origin"] == PORTAL
    assert "access-control-allow-origin" not in bad.headers


@pytest.mark.parametrize(("origin", "opens"), [(PORTAL, True), (EVIL, False)])
async def test_sockets_look_at_the_origin(origin: str, opens: bool) -> None:
    async with served(app(World(), origins=[PORTAL])) as place:
        socket = connect(
            f"ws://{place}{GRAPHQL}",
            origin=Origin(origin),
            subprotocols=[Subprotocol("graphql-transport-ws")],
        )
        if opens:
            async with socket as opened:
                assert opened.subprotocol == "graphql-transport-ws"
            return
        with pytest.raises(InvalidStatus) as refused:
            async with socket:
                pass
        assert refused.value.response.status_code == 403


def test_origins_are_a_setting_and_none_by_default() -> None:
    said = {"BATTWHEELS_ALLOWED_ORIGINS": "https://portal.example, http://localhost:5173"}
    assert Settings.read({}).allowed_origins == ()
    assert Settings.read(said).allowed_origins == (PORTAL, "http://localhost:5173")


@pytest.mark.parametrize("wrong", ["*", "portal.example", "https://a.example/path", "null"])
def test_a_wrong_origin_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="BATTWHEELS_ALLOWED_ORIGINS: "):
        Settings.read({"BATTWHEELS_ALLOWED_ORIGINS": wrong})


async def test_the_schema_of_records_is_served() -> None:
    async with client(app(World())) as opened:
        answer = await opened.get(RECORDS)
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == SCHEMA
