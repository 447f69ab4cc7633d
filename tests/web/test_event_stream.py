"""Server-sent events of a followed subscription, on a real port: ids, resuming, and their end."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import orjson
import pytest

from domain.access import Role
from domain.cards import Visibility
from domain.events import Event, EventType
from domain.ids import EventId
from tests.domain.samples import CARD, DELHI
from tests.patience import PATIENT_SECONDS
from tests.resolvers.fakes import World
from tests.waits import sure_to_end
from tests.web.clients import TOKENS, actor, app
from tests.web.live_server import served
from web import event_stream
from web.asgi import STREAM

CHANGED = """subscription ($after: String) { cardChanged(after: $after) {
  ... on CardChange { cursor } ... on Resync { cursor } ... on InvalidInput { field } } }"""
ASKED = {"query": CHANGED}


async def change(world: World, times: int = 1) -> None:
    for _ in range(times):
        number = len(world.feed.log) + 1
        event = Event(
            id=EventId(f"event-{number}"),
            type=EventType.CARD_UPDATED,
            entity=CARD.id,
            version=1,
            at=world.at,
            actor="anu",
        )
        await world.feed.tell([event])


@asynccontextmanager
async def streamed(
    world: World,
    place: str,
    after: str | None = None,
    *,
    lifetime: timedelta = timedelta(minutes=5),
    body: Mapping[str, object] = ASKED,
    **headers: str,
) -> AsyncGenerator[httpx.Response]:
    token = TOKENS.mint(actor(Role.MANAGER), world.at, lifetime)
    head = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    asked = {**body, "variables": {"after": after}}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        httpx.AsyncClient(timeout=PATIENT_SECONDS) as client,
        client.stream(
            "POST", f"http://{place}{STREAM}", json=asked, headers=head | names
        ) as answer,
    ):
        yield answer


async def events(answer: httpx.Response, count: int) -> list[dict[str, Any]]:
    """Read so many events and give their fields; comments are left out."""
    found, current = list[dict[str, Any]](), dict[str, Any]()
    async with sure_to_end("the stream"):
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if not line and current:
                found.append(current)
                current = {}
            elif name == "data":
                current["data"] = orjson.loads(value) if value else None
            elif name:
                current[name] = value
            if len(found) == count:
                break
    return found


def told(seq: int) -> dict[str, Any]:
    data = {"data": {"cardChanged": {"cursor": str(seq)}}}
    return {"id": str(seq), "event": "next", "data": data}


async def test_events_carry_their_cursors(world: World) -> None:
    await change(world, 3)
    async with served(app(world)) as place, streamed(world, place, "1") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert await events(answer, 2) == [told(2), told(3)]


async def test_a_stream_is_named_by_the_hash_of_its_document(world: World) -> None:
    await change(world, 3)
    digest = sha256(CHANGED.encode()).hexdigest()
    named = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}
    async with served(app(world)) as place:
        async with streamed(world, place, "1", body=named) as answer:
            unknown = orjson.loads(await answer.aread())
        for body in (ASKED | named, named):
            async with streamed(world, place, "1", body=body) as answer:
                assert await events(answer, 2) == [told(2), told(3)]
    assert unknown["errors"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_FOUND"}


async def test_the_last_event_counts_for_more_than_the_document(world: World) -> None:
    await change(world, 4)
    async with (
        served(app(world)) as place,
        streamed(world, place, "0", last_event_id="3") as answer,
    ):
        assert await events(answer, 1) == [told(4)]


async def test_resuming_by_the_last_event_misses_nothing(world: World) -> None:
    await change(world, 30)
    seen, last = list[int](), "0"
    async with served(app(world)) as place:
        for count in (1, 4, 7, 18):
            async with streamed(world, place, last_event_id=last) as answer:
                heard = await events(answer, count)
            seen += [int(event["id"]) for event in heard]
            last = heard[-1]["id"]
    assert seen == list(range(1, 31))


@pytest.mark.parametrize("last", ["x", "-1", "1;2", "9" * 19])
async def test_a_forged_last_event_is_refused(world: World, last: str) -> None:
    async with served(app(world)) as place, streamed(world, place, last_event_id=last) as answer:
        body = orjson.loads(await answer.aread())
    assert answer.status_code == 400
    assert body["errors"][0]["extensions"] == {"code": "INVALID_INPUT"}


@pytest.mark.parametrize("cursor", ["1", "99"])
async def test_a_lost_cursor_resyncs(world: World, cursor: str) -> None:
    await change(world, 5)
    world.feed.floor = 3
    async with served(app(world)) as place, streamed(world, place, cursor) as answer:
        assert await events(answer, 1) == [told(5)]


async def test_a_cursor_of_garbage_is_refused_in_type(world: World) -> None:
    async with served(app(world)) as place, streamed(world, place, "soon") as answer:
        refused, done = await events(answer, 2)
    assert refused["data"] == {"data": {"cardChanged": {"field": "after"}}}
    assert done["event"] == "complete"


async def test_streams_end_with_the_token(world: World) -> None:
    async with (
        served(app(world)) as place,
        streamed(world, place, lifetime=timedelta(seconds=2)) as answer,
    ):
        expired, done = await events(answer, 2)
    [error] = expired["data"]["errors"]
    assert error["extensions"] == {"code": "NOT_AUTHENTICATED"}
    assert done == {"event": "complete", "data": None}


async def test_a_quiet_stream_is_pinged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "PING_SECONDS", 0.05)
    async with served(app(world)) as place, streamed(world, place, "0") as answer:
        lines = answer.aiter_lines()
        async with sure_to_end("the stream"):
            assert [await anext(lines) for _ in range(3)] == [": ping", "", ": ping"]


@pytest.mark.row("CA-33")
async def test_limited_changes_stay_at_home(world: World) -> None:
    world.hold(replace(CARD, visibility=Visibility(garages=(DELHI,))))
    await change(world)
    world.hold(CARD, replace(CARD, id=type(CARD.id)("fc_other")))
    async with served(app(world)) as place:
        world.hold(replace(CARD, visibility=Visibility(garages=(DELHI,))))
        async with streamed(world, place, "0") as answer:
            event = replace(world.feed.log[0][1], id=EventId("event-other"), entity="fc_other")
            await world.feed.tell([event])
            assert await events(answer, 1) == [told(2)]
