"""A document that was sent once is named by its hash: over HTTP and on a socket."""

from hashlib import sha256
from typing import Any

import httpx
import orjson
import pytest

from domain.access import Role
from tests.domain.samples import CARD
from tests.resolvers.fakes import World
from tests.web.clients import PATH, actor, app, bearer, client
from tests.web.test_socket import CHANGED, change, hear, opened, say
from web.caps import Caps

CARDS = "{ cards(first: 1) { edges { node { key } } } }"
FOUND = {"data": {"cards": {"edges": [{"node": {"key": CARD.id}}]}}}
UNKNOWN = {
    "errors": [
        {
            "message": "PersistedQueryNotFound",
            "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
        }
    ]
}
RESPONSE_JSON = "application/graphql-response+json"


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    return held


def hashed(text: str, **more: object) -> dict[str, Any]:
    named = {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest(), **more}
    return {"extensions": {"persistedQuery": named}}


async def asked(opened: httpx.AsyncClient, **body: object) -> Any:  # noqa: ANN401 - JSON
    return (await opened.post(PATH, json=body)).json()


@pytest.mark.row("GW-3")
async def test_hash_expands_to_its_document(world: World) -> None:
    async with client(app(world), bearer(actor())) as opened:
        before = await asked(opened, **hashed(CARDS))
        sent = await asked(opened, query=CARDS, **hashed(CARDS))
        named = await asked(opened, **hashed(CARDS))
        read = await opened.get(
            PATH,
            params={"extensions": orjson.dumps(hashed(CARDS)["extensions"]).decode()},
            headers={"graphql-require-preflight": "1"},
        )
    assert before == UNKNOWN
    assert [sent, named, read.json()] == [FOUND] * 3


async def test_document_that_came_twice_without_its_name_has_one(world: World) -> None:
    async with client(app(world), bearer(actor())) as opened:
        await asked(opened, query=CARDS)
        assert await asked(opened, **hashed(CARDS)) == UNKNOWN
        await asked(opened, query=CARDS)
        assert await asked(opened, **hashed(CARDS)) == FOUND


async def test_unknown_name_is_no_fault(world: World) -> None:
    async with client(app(world), bearer(actor())) as opened:
        for accept, status in (("application/json", 200), (RESPONSE_JSON, 400)):
            answer = await opened.post(PATH, json=hashed(CARDS), headers={"accept": accept})
            kind = answer.headers["content-type"].partition(";")[0]
            assert (answer.status_code, kind, answer.json()) == (status, accept, UNKNOWN)


@pytest.mark.parametrize(
    "said",
    [
        {"query": CARDS, **hashed("{ __typename }")},
        hashed(CARDS, version=2),
        hashed(CARDS, sha256Hash="abc"),
        hashed(CARDS, sha256Hash=7),
        hashed(CARDS, sha256Hash="g" * 64),
        {"extensions": {"persistedQuery": "abc"}},
        {"extensions": {"persistedQuery": []}},
    ],
)
async def test_wrong_names_are_refused(world: World, said: dict[str, object]) -> None:
    before = world.written()
    async with client(app(world), bearer(actor())) as opened:
        answer = await opened.post(PATH, json=said)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (
            400,
            {"code": "BAD_REQUEST"},
        )
        # What a wrong name stood beside was not kept under it.
        assert await asked(opened, **hashed("{ __typename }")) == UNKNOWN
    assert world.written() == before


@pytest.mark.parametrize("text", ["{ nothing }", "{", "{ cards { edges { node { key } } }"])
async def test_what_may_not_run_is_not_kept(world: World, text: str) -> None:
    async with client(app(world), bearer(actor())) as opened:
        await asked(opened, query=text, **hashed(text))
        assert await asked(opened, **hashed(text)) == UNKNOWN


async def test_nobody_leaves_a_document_without_a_token(world: World) -> None:
    asgi = app(world)
    async with client(asgi) as stranger:
        assert await asked(stranger, query="{ __typename }", **hashed("{ __typename }")) == {
            "data": {"__typename": "Query"}
        }
        assert await asked(stranger, **hashed("{ __typename }")) == UNKNOWN
    async with client(app(world, development=False)) as stranger:
        answer = await stranger.post(PATH, json=hashed(CARDS))
        assert answer.status_code == 401


async def test_a_name_gives_no_right(world: World) -> None:
    """What an administrator sent is refused to whoever may not ask it, and costs as much."""
    text = "query ($first: Int!) { cards(first: $first) { edges { node { key } } } }"
    asgi = app(world)
    async with client(asgi, bearer(actor())) as admin:
        await asked(admin, query=text, variables={"first": 1}, **hashed(text))
    async with client(asgi, bearer(actor(Role.ACCOUNTANT))) as accountant:
        refused = await asked(accountant, variables={"first": 1}, **hashed(text))
        assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    async with client(asgi, bearer(actor())) as admin:
        much = await asked(admin, variables={"first": 10**6}, **hashed(text))
        assert much["errors"][0]["extensions"]["code"] in {"TOO_MUCH", "INVALID_INPUT"}


async def test_kept_documents_are_bounded(world: World) -> None:
    """The least recently used goes first: its name is unknown again."""
    asgi = app(world, caps=Caps(cached_bytes=200_000))
    texts = [f"{{ t{n}: __typename }}" for n in range(200)]
    async with client(asgi, bearer(actor())) as opened:
        for text in texts:
            await asked(opened, query=text, **hashed(text))
        assert await asked(opened, **hashed(texts[-1])) == {"data": {"t199": "Query"}}
        assert await asked(opened, **hashed(texts[0])) == UNKNOWN


async def test_subscription_is_named_on_a_socket(world: World) -> None:
    async with opened(world, role=Role.MANAGER) as socket:
        await say(socket, type="subscribe", id="1", payload=hashed(CHANGED))
        unknown = await hear(socket)
        await say(socket, type="subscribe", id="2", payload={"query": CHANGED, **hashed(CHANGED)})
        await change(world)
        first = await hear(socket)
        await say(socket, type="subscribe", id="3", payload=hashed(CHANGED))
        named = await hear(socket)
        await say(socket, type="subscribe", id="4", payload=hashed(CHANGED, version=9))
        wrong = await hear(socket)
    assert (unknown["type"], unknown["id"], unknown["payload"]) == ("error", "1", UNKNOWN["errors"])
    assert (first["id"], named["id"]) == ("2", "3")
    assert first["payload"] == named["payload"]
    assert wrong["payload"][0]["extensions"] == {"code": "BAD_REQUEST"}
