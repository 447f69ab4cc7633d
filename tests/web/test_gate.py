"""The order in which a request is looked at, and the share of the service that one caller has."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from bench.attacks import ATTACKS, Attack
from domain.access import Role
from resolvers import documents
from tests.domain.samples import CARD
from tests.resolvers.fakes import World
from tests.web.clients import PATH, TOKENS, actor, app, bearer, client
from tests.web.live_server import served
from tests.web.test_connections import answer
from web.asgi import STREAM
from web.body_limits import BodyLimit
from web.caps import Caps
from web.rates import Rate

PAGE = {"query": "{ cards(first: 1) { edges { node { key } } } }"}
FOLLOW = "subscription { cardChanged { ... on CardChange { cursor } } }"


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    return held


def spied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what is parsed from now on."""
    seen = list[str]()
    parse = documents.parse

    def noted(text: str, **options: Any) -> object:  # noqa: ANN401 - graphql-core's
        seen.append(text)
        return parse(text, **options)

    monkeypatch.setattr(documents, "parse", noted)
    return seen


@pytest.mark.parametrize("path", [PATH, STREAM])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nonsense"}])
async def test_nobody_is_read_in_production(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str, headers: dict[str, str]
) -> None:
    seen, read = spied(monkeypatch), list[int]()

    async def body() -> AsyncGenerator[bytes]:
        read.append(1)
        yield b'{"query": "{ __typename }"}'

    sent = headers | {"content-type": "application/json"}
    async with client(app(world, development=False), sent) as opened:
        got = await opened.post(path, content=body())
        listed = await opened.get(path, params=PAGE)
    assert (got.status_code, listed.status_code) == (401, 401)
    assert got.headers["www-authenticate"] == "Bearer"
    assert (seen, read) == ([], [])


@pytest.mark.parametrize(
    ("query", "errors"),
    [("{ __typename }", 0), ("{ " + "__typename " * 700 + "}", 1), ("#" + "x" * 9_000, 1)],
)
async def test_nobody_asks_little_in_development(world: World, query: str, errors: int) -> None:
    async with client(app(world)) as opened:
        got = await opened.post(PATH, json={"query": query})
    assert len(got.json().get("errors", [])) == errors


@pytest.mark.parametrize(
    ("value", "status"), [("[" + "1," * 5_000 + "1]", 200), ("[" + "[]," * 90_000 + "1]", 400)]
)
async def test_values_are_counted_before_documents_are_parsed(
    world: World, monkeypatch: pytest.MonkeyPatch, value: str, status: int
) -> None:
    seen = spied(monkeypatch)
    body = f'{{"query": "{{ __typename }}", "variables": {{"a": {value}}}}}'
    sent = bearer(actor()) | {"content-type": "application/json"}
    async with client(app(world), sent) as opened:
        got = await opened.post(PATH, content=body)
    assert got.status_code == status
    assert got.json()["errors"][0]["extensions"] == {"code": "TOO_MUCH"}
    assert seen == []


async def test_who_is_refused_too_often_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.gate.Rate", partial(Rate, now=lambda: 1_000.0))
    caps = Caps(refusals_at_once=5)
    async with client(app(world, caps=caps)) as opened:
        mine, other = bearer(actor(id="asha")), bearer(actor(id="bala"))
        got = [
            (await opened.post(PATH, json={"query": f"{{ nope{n} }}"}, headers=mine)).status_code
            for n in range(8)
        ]
        waits = await opened.post(PATH, json=PAGE, headers=mine)
        goes = await opened.post(PATH, json=PAGE, headers=other)
    assert got == [200] * 5 + [429] * 3
    assert (waits.status_code, waits.json()["errors"][0]["extensions"]["code"]) == (429, "TOO_MANY")
    assert int(waits.headers["retry-after"]) >= 1
    assert goes.status_code == 200


async def test_what_is_asked_costs_what_it_gives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.gate.Rate", partial(Rate, now=lambda: 1_000.0))
    caps = Caps(units_at_once=60, units_per_second=1)
    wide = {"query": "{ cards(first: 100) { edges { node { cites { cites { id } } } } } }"}
    async with client(app(world, caps=caps), bearer(actor())) as opened:
        plain = [(await opened.post(PATH, json=PAGE)).status_code for _ in range(30)]
        dear = [(await opened.post(PATH, json=wide)).status_code for _ in range(20)]
    assert set(plain) == {200}
    assert 429 in dear


async def test_bodies_are_held_to_a_whole(world: World) -> None:
    caps = Caps(bodies_bytes=1_000)
    async with client(app(world, caps=caps), bearer(actor())) as opened:
        large = await opened.post(PATH, json=PAGE | {"extensions": {"x": "x" * 20_000}})
        small = await opened.post(PATH, json=PAGE | {"extensions": {"x": "x" * 10_000}})
    assert (large.status_code, small.status_code) == (503, 200)


async def test_a_small_body_comes_in_beside_any_number_of_large_ones() -> None:
    """Senders of large bodies keep each other out, and nobody else."""
    answers, whole = list[int](), asyncio.Event()

    async def held(_: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        if len(held_ones) < 2:
            held_ones.append(1)
            await whole.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def sent(size: int) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"x" * size, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answers.append(message["status"])

        await limit({"type": "http", "headers": [], "state": {}}, receive, send)

    held_ones = list[int]()
    limit = BodyLimit(held, Caps(bodies_bytes=100_000))
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(sent(60_000))
        await asyncio.sleep(0)
        await sent(60_000)
        await sent(16_384)
        whole.set()
    assert answers == [503, 200, 200, 200]


async def test_streams_are_counted(world: World) -> None:
    caps = Caps(audiences_per_person=0)
    headers = bearer(actor()) | {"accept": "text/event-stream"}
    async with client(app(world, caps=caps), headers) as opened:
        got = await opened.post(STREAM, json={"query": FOLLOW})
    assert "TOO_MANY" in got.text
    assert got.text.endswith("event: complete\r\ndata: \r\n\r\n")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
async def test_attacks_are_answered_and_change_nothing(attack: Attack) -> None:
    world = World()
    world.at = datetime.now(UTC)
    caps = Caps(header_seconds=1, body_seconds=1, idle_seconds=1)
    token = TOKENS.mint(actor(Role.TECHNICIAN), world.at) if attack.signed else None
    async with served(app(world, caps=caps), caps) as place:
        said = await answer(int(place.rpartition(":")[2]), attack.write(token))
    assert int(said.split()[1]) in attack.refused
    assert b"INTERNAL" not in said
    assert world.written() == (0, 0, 0)


async def test_whoever_signed_in_is_told_the_place_of_a_wrong_value(world: World) -> None:
    query = "query($report: ReportInput!) { match(report: $report) { __typename } }"
    asked = {"query": query, "variables": {"report": {"text": 7}}}
    async with client(app(world, development=False), bearer(actor())) as opened:
        got = await opened.post(PATH, json=asked)
    [error] = got.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == (
        "INVALID_INPUT",
        "report.text",
    )
