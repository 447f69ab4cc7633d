"""GraphQL over HTTP: who is let in, what is asked in which words, and what never leaks."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from domain.access import Actor, Role
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import UnderstoodReport
from domain.reports import FailureReport
from tests.domain.samples import CARD
from tests.resolvers.fakes import World
from tests.web.clients import PATH, TOKENS, actor, app, bearer, client

RESPONSE_JSON = "application/graphql-response+json"
CARDS = "{ cards(first: 1) { edges { node { key } } } }"


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    return held


async def code_of(answer: Any) -> str:  # noqa: ANN401
    return answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.row("AP-2")
async def test_the_api_is_at_v1(world: World) -> None:
    async with client(app(world), bearer(actor())) as opened:
        right = await opened.post(PATH, json={"query": CARDS})
        wrong = [await opened.post(path, json={}) for path in ("/graphql", "/v2/graphql")]
    assert right.json() == {"data": {"cards": {"edges": [{"node": {"key": CARD.id}}]}}}
    assert [(w.status_code, w.headers["location"]) for w in wrong] == [(404, PATH), (404, PATH)]
    assert wrong[0].json() == {
        "errors": [{"message": "The API is at /v1/graphql.", "extensions": {"code": "MOVED"}}]
    }


@pytest.mark.parametrize(
    "token",
    [
        "Bearer nonsense",
        "Basic enlhOnp5YQ==",
        "Bearer ",
        bearer(actor(), timedelta(seconds=-60))["authorization"],
        bearer(actor())["authorization"][:-4] + "AAAA",
        "Bearer " + "x" * 10_000,
    ],
)
async def test_bad_tokens_get_401(world: World, token: str) -> None:
    async with client(app(world), {"authorization": token}) as opened:
        answer = await opened.post(PATH, json={"query": CARDS})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert await code_of(answer) == "NOT_AUTHENTICATED"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/stream"])
async def test_subscription_for_one_answer_is_refused(world: World, path: str) -> None:
    asked = {"query": "subscription { cardChanged { __typename } }"}
    async with client(app(world), bearer(actor())) as opened:
        answer = await opened.post(path, json=asked)
    assert (answer.status_code, await code_of(answer)) == (400, "BAD_REQUEST")
    assert "text/event-stream" in answer.json()["errors"][0]["message"]


async def test_nobody_is_told_to_sign_in(world: World) -> None:
    async with client(app(world)) as opened:
        answer = await opened.post(PATH, json={"query": CARDS})
    assert answer.json()["data"] is None
    assert await code_of(answer) == "NOT_AUTHENTICATED"
    assert world.asked["cards.page"] == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://evil.example", "graphql-require-preflight": "1"}, 200),
        ({"origin": "https://portal.example"}, 200),
        ({"origin": "http://battwheels.test"}, 200),
        ({}, 200),
    ],
)
async def test_other_sites_cannot_borrow_a_browser(
    world: World, headers: dict[str, str], status: int
) -> None:
    async with client(app(world, origins=["https://portal.example"])) as opened:
        answer = await opened.get(PATH, params={"query": "{__typename}"}, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "headers", "body", "status"),
    [
        ("PUT", {}, b"", 405),
        ("POST", {"content-type": "text/plain"}, b'{"query": "{__typename}"}', 415),
        ("POST", {"content-type": "application/x-www-form-urlencoded"}, b"query=1", 415),
        ("POST", {"accept": "image/png"}, b"{}", 406),
        ("POST", {}, b"{", 400),
        ("POST", {}, b"[]", 400),
        ("POST", {}, b'"text"', 400),
        ("POST", {}, b"{}", 400),
        ("POST", {}, b'{"query": 7}', 400),
        ("POST", {}, b'{"query": "{__typename}", "variables": []}', 400),
        ("POST", {}, b'{"query": "{__typename}", "operationName": 7}', 400),
        ("POST", {}, b'{"query": "{__typename}", "extensions": 7}', 400),
        ("POST", {}, b'[{"query": "{__typename}"}]', 400),
        ("POST", {}, b'{"query": "\\ud800"}', 400),
    ],
)
async def test_bad_requests_are_refused(
    world: World, method: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    sent = {"content-type": "application/json"} | headers
    async with client(app(world)) as opened:
        answer = await opened.request(method, PATH, headers=sent, content=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"errors"}


async def test_mutations_do_not_come_by_get(world: World) -> None:
    query = 'mutation { retireCard(operationId: "x", id: "x", expectedVersion: 1) { __typename } }'
    async with client(app(world), bearer(actor())) as opened:
        answer = await opened.get(PATH, params={"query": query})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("accept", "kind", "status"),
    [
        (RESPONSE_JSON, RESPONSE_JSON, 400),
        (f"{RESPONSE_JSON}, application/json", RESPONSE_JSON, 400),
        ("application/json", "application/json", 200),
        ("*/*", "application/json", 200),
    ],
)
async def test_request_errors_by_media_type(
    world: World, accept: str, kind: str, status: int
) -> None:
    async with client(app(world), {"accept": accept}) as opened:
        answer = await opened.post(PATH, json={"query": "{ nope }"})
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        f"{kind}; charset=utf-8",
    )


@pytest.mark.parametrize("announced", [True, False])
async def test_bodies_over_a_mebibyte_are_refused(world: World, announced: bool) -> None:
    big = b'{"query": "' + b"x" * (1 << 20) + b'"}'

    async def drops() -> AsyncGenerator[bytes]:
        for start in range(0, len(big), 65_536):
            yield big[start : start + 65_536]

    async with client(app(world), {"content-type": "application/json"}) as opened:
        answer = await opened.post(PATH, content=big if announced else drops())
    assert answer.status_code == 413
    assert await code_of(answer) == "TOO_LARGE"


async def test_slow_requests_end_in_time(world: World) -> None:
    stopped = asyncio.Event()

    async def slow(report: FailureReport) -> UnderstoodReport:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        raise AssertionError

    world.reader.understand = slow  # pyright: ignore[reportAttributeAccessIssue]
    async with client(app(world, deadline=0.05), bearer(actor())) as opened:
        query = '{ match(report: {text: "x"}) { __typename } }'
        answer = await opened.post(PATH, json={"query": query})
    assert answer.status_code == 504
    assert await code_of(answer) == "DEADLINE"
    assert stopped.is_set()


@pytest.mark.row("GW-3")
async def test_accidents_are_masked(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(report: FailureReport) -> UnderstoodReport:
        raise RuntimeError(report.text)

    world.reader.understand = broken  # pyright: ignore[reportAttributeAccessIssue]
    caplog.set_level(logging.INFO)
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = bearer(actor()) | {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    async with client(app(world), headers) as opened:
        query = '{ match(report: {text: "my secret"}) { __typename } }'
        answer = await opened.post(PATH, json={"query": query})
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "trace": trace}
    assert answer.headers["x-trace-id"] == trace
    for told in ("secret", "report:", "RuntimeError", "Traceback", ".py", "line "):
        assert told not in answer.text
    assert not [r for r in caplog.records if "secret" in str(r.__dict__)]


async def test_missing_stores_are_named(world: World) -> None:
    async def down(ids: object, viewer: object) -> dict[CardId, object]:
        raise Unavailable("neo4j", "it is asleep")

    world.cards.many = down  # pyright: ignore[reportAttributeAccessIssue]
    async with client(app(world), bearer(actor())) as opened:
        answer = await opened.post(PATH, json={"query": '{ card(id: "fc_abc") { key } }'})
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE", "dependency": "neo4j"}


async def test_development_tells_what_the_schema_holds(world: World) -> None:
    async with client(app(world), bearer(actor(Role.TECHNICIAN))) as opened:
        answer = await opened.post(PATH, json={"query": "{ __schema { types { name } } }"})
    assert "errors" not in answer.json()


async def test_who_leaves_stops_the_work(world: World) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def slow(report: FailureReport) -> UnderstoodReport:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        raise AssertionError

    world.reader.understand = slow  # pyright: ignore[reportAttributeAccessIssue]
    body = b'{"query": "{ match(report: {text: \\"x\\"}) { __typename } }"}'
    sent = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if sent:
            return sent.pop()
        await begun.wait()
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        del message

    await app(world)(_scope(actor()), receive, send)  # pyright: ignore[reportArgumentType]
    assert stopped.is_set()


def _scope(who: Actor) -> dict[str, Any]:
    token = TOKENS.mint(who, World().at)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/json"),
            (b"authorization", f"Bearer {token}".encode()),
        ],
    }
