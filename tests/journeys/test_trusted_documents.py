"""Registered documents on real stores: by id over every protocol, at each rung (EX-7, GW-3)."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from domain.access import Role
from domain.deeds import DeedType
from domain.trusted_documents import document_id
from records.audit_trail import DeedFilter
from records.wakeups import Topic, Wakeups
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, REGISTER_DOCUMENTS, Person, content
from tests.journeys.sockets import CHANGED, PROTOCOL, subscribed
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_api_keys import CREATE_KEY, Machine, code_of
from tests.journeys.test_deeds import deeds
from tests.waits import eventually, sure_to_end
from tests.web.live_server import served
from web.asgi import GRAPHQL, STREAM
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey
CARDS = "query Cards($first: Int!) { cards(first: $first) { edges { node { key } } } }"
OLD = "query Old { cards(first: 1) { edges { node { key status } } } }"
RETIRE = """mutation Retire($op: UUID!, $id: ID!) {
  retireCard(operationId: $op, id: $id, expectedVersion: 1) { __typename } }"""
RAW = "query Other { cards(first: 2) { edges { node { key } } } }"
PARTNER = "fleet-pune"
RUNG = """mutation ($op: UUID!, $id: ID!, $rung: Rung!) {
  changeApiKeyRung(operationId: $op, id: $id, rung: $rung) { __typename
    ... on ApiKeyRungChanged { apiKey { key rung } } ... on Refusal { message } } }"""
REMOVE = """mutation ($op: UUID!, $partner: String!, $ids: [String!]!) {
  removeDocuments(operationId: $op, partner: $partner, ids: $ids) { __typename
    ... on DocumentsRemoved { partner keys } ... on Refusal { message } } }"""
RESPONSE_JSON = "application/graphql-response+json"


@pytest.fixture(scope="module")
def boss(somebody: Somebody) -> Person:
    return somebody(Role.ADMIN, None, name="boss")


@pytest.fixture(scope="module")
async def registered(boss: Person) -> dict[str, Any]:
    return await register(boss, Cards=CARDS, Old=OLD, Retire=RETIRE, Changed=CHANGED)


async def register(boss: Person, partner: str = PARTNER, **texts: str) -> dict[str, Any]:
    entries = [{"name": name, "text": text} for name, text in texts.items()]
    manifest = {"partner": partner, "documents": entries}
    return await boss.ask(REGISTER_DOCUMENTS, manifest=manifest, op=str(uuid4()))


async def machine(boss: Person, rung: str, partner: str = PARTNER) -> Machine:
    order: dict[str, Any] = {"partner": partner, "name": rung, "garages": [PUNE], "rung": rung}
    order["scopes"] = ["READ_CARDS"]
    made = await boss.ask(CREATE_KEY, key=order, op=str(uuid4()))
    return Machine(boss.client, made["secret"], made["apiKey"]["key"])


async def said(machine: Machine, body: dict[str, Any], **headers: str) -> httpx.Response:
    headers |= {"authorization": f"Bearer {machine.secret}"}
    return await machine.client.post(GRAPHQL, json=body, headers=headers)


def by_id(text: str, **variables: object) -> dict[str, Any]:
    return {"documentId": f"sha256:{document_id(text)}", "variables": variables}


def test_plan_is_known_at_registration(registered: dict[str, Any]) -> None:
    told = {one.pop("name"): one for one in registered["documents"]}
    kept = {
        name: {k: v for k, v in one.items() if k != "registeredAt"} for name, one in told.items()
    }
    assert kept == {
        "Cards": {
            "key": document_id(CARDS),
            "operation": "QUERY",
            "objects": 300,
            "deprecated": [],
            "scopes": ["cards:read"],
        },
        "Old": {
            "key": document_id(OLD),
            "operation": "QUERY",
            "objects": 3,
            "deprecated": ["FailureCard.status"],
            "scopes": ["cards:read"],
        },
        "Retire": {
            "key": document_id(RETIRE),
            "operation": "MUTATION",
            "objects": 1,
            "deprecated": [],
            "scopes": ["no key may: verify failure card"],
        },
        "Changed": {
            "key": document_id(CHANGED),
            "operation": "SUBSCRIPTION",
            "objects": 2,
            "deprecated": ["FailureCard.status"],
            "scopes": ["cards:read"],
        },
    }


@pytest.mark.row("EX-7", "GW-3")
@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(
    ("rung", "known_text", "unknown_text"),
    [
        ("LOG", "data", "data"),
        ("ENFORCE", "data", "DOCUMENT_NOT_REGISTERED"),
        ("ID_ONLY", "DOCUMENT_ID_ONLY", "DOCUMENT_ID_ONLY"),
    ],
)
async def test_each_rung_holds_its_callers(
    house: Runtime,
    boss: Person,
    rung: str,
    known_text: str,
    unknown_text: str,
) -> None:
    caller = await machine(boss, rung)

    async def outcome(body: dict[str, Any]) -> tuple[int, str]:
        answer = await said(caller, body, accept=RESPONSE_JSON)
        told = answer.json()
        return answer.status_code, "data" if "data" in told else code_of(told)

    def status(told: str) -> tuple[int, str]:
        return (200 if told == "data" else 400), told

    assert await outcome(by_id(CARDS, first=2)) == (200, "data")
    hashed = {"persistedQuery": {"version": 1, "sha256Hash": document_id(OLD)}}
    assert await outcome({"extensions": hashed}) == (200, "data")
    assert await outcome(by_id(RAW)) == (400, "DOCUMENT_UNKNOWN")
    assert await outcome({"query": CARDS, "variables": {"first": 1}}) == status(known_text)
    assert await outcome({"query": RAW}) == status(unknown_text)
    told = await deeds(house, user=f"key-{caller.key}", type=DeedType.ACCESS_REFUSE)
    refused = ["DOCUMENT_UNKNOWN", *(one for one in (known_text, unknown_text) if one != "data")]
    assert [one.new_value for one in told] == [{"error": code} for code in refused]


async def test_unregistered_texts_are_noted(
    house: Runtime, boss: Person, registered: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    del registered
    caller = await machine(boss, "LOG")
    text, before = RAW.replace("2", "7"), _counted(house)
    with caplog.at_level("INFO", "battwheels.documents"):
        for _ in range(3):
            await said(caller, {"query": text})
    assert _counted(house) == before + 3
    [note] = [one for one in caplog.records if one.name == "battwheels.documents"]
    assert (note.__dict__["partner"], note.__dict__["document"]) == (PARTNER, document_id(text))


def _counted(house: Runtime) -> float:
    name = "battwheels_unregistered_documents_total"
    return house.metrics.registry.get_sample_value(name) or 0.0


async def test_a_name_gives_no_right(boss: Person, registered: dict[str, Any]) -> None:
    """The id of a document that the scopes do not open is refused as its text would be."""
    del registered
    caller = await machine(boss, "ID_ONLY")
    card = await boss.create(content("A card that no machine retires"))
    answer = (await said(caller, by_id(RETIRE, op=str(uuid4()), id=card["id"]))).json()
    assert answer["data"]["retireCard"] == {"__typename": "NotAllowed"}
    much = (await said(caller, by_id(CARDS, first=10**6))).json()
    assert code_of(much) == "INVALID_INPUT"
    other = await machine(boss, "ID_ONLY", partner="somebody-else")
    unknown = await said(other, by_id(CARDS, first=1))
    assert code_of(unknown.json()) == "DOCUMENT_UNKNOWN"


async def test_get_is_revalidated_and_changes_nothing(
    house: Runtime, boss: Person, registered: dict[str, Any]
) -> None:
    del registered
    caller = await machine(boss, "ID_ONLY")
    headers = {"authorization": f"Bearer {caller.secret}"}
    asked = {"documentId": document_id(CARDS), "variables": '{"first": 2}'}
    first = await caller.client.get(GRAPHQL, params=asked, headers=headers)
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache")
    again = headers | {"if-none-match": first.headers["etag"]}
    same = await caller.client.get(GRAPHQL, params=asked, headers=again)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == first.headers["etag"]
    other = asked | {"variables": '{"first": 1}'}
    assert (await caller.client.get(GRAPHQL, params=other, headers=again)).status_code == 200
    before = await stored_counts(house)
    variables = orjson.dumps({"op": str(uuid4()), "id": "fc_nothing"}).decode()
    changed = {"documentId": document_id(RETIRE), "variables": variables}
    refused = await caller.client.get(GRAPHQL, params=changed, headers=headers)
    assert (refused.status_code, "etag" in refused.headers) == (400, False)
    assert await stored_counts(house) == before


@pytest.mark.parametrize("said_id", [7, "abc", "sha256:" + "g" * 64, "", {}, "md5:" + "0" * 64])
async def test_ids_that_are_none_are_refused(
    boss: Person, registered: dict[str, Any], said_id: object
) -> None:
    del registered
    caller = await machine(boss, "ID_ONLY")
    answer = await said(caller, {"documentId": said_id})
    assert (answer.status_code, code_of(answer.json())) == (400, "BAD_REQUEST")
    mixed = await said(await machine(boss, "LOG"), {"query": RAW, **by_id(CARDS)})
    assert (mixed.status_code, code_of(mixed.json())) == (400, "BAD_REQUEST")


async def test_bad_manifest_registers_nothing(house: Runtime, boss: Person) -> None:
    """Each is named by its place and its name, and nothing beside it is registered."""
    before = await stored_counts(house)
    good = {"name": "Good", "text": "query Good { cards(first: 3) { edges { cursor } } }"}
    wrong: dict[str, tuple[str, str]] = {
        "Twice": (good["text"], "once more"),
        "Unknown": ("query U { nothing }", "Cannot query field 'nothing'"),
        "Unread": ("query U {", "Syntax Error"),
        "Two": ("query A { __typename } query B { __typename }", "2 operations"),
        "Schema": ("query S { __schema { types { name } } }", "asks for the schema"),
        "Much": ("{ cards { edges { node { key " + "x: key " * 1_000 + "} } } }", "tokens"),
        "Dear": (
            (
                "query D($n: Int) { cards(first: $n) { edges { node { vehicles(first: $n) { edges "
                "{ node { make } } } } } } invoices(first: $n) { edges { node { "
                "lines(first: $n) { edges { node { amount } } } } } } }"
            ),
            "at most",
        ),
    }
    for name, (text, why) in wrong.items():
        entries = [good, {"name": name, "text": text}]
        manifest = {"partner": "careless", "documents": entries}
        query = REGISTER_DOCUMENTS.replace(
            "... on Refusal", "... on InvalidInput { field } ... on Refusal"
        )
        refused = await boss.ask(query, manifest=manifest, op=str(uuid4()))
        assert refused["field"] == "manifest.documents.1.text", (name, refused)
        assert repr(name) in refused["message"], name
        assert why in refused["message"], (name, refused["message"])
    lied = {"name": "Lied", "text": RAW, "sha256": document_id(CARDS)}
    manifest = {"partner": "careless", "documents": [lied]}
    refused = await boss.ask(REGISTER_DOCUMENTS, manifest=manifest, op=str(uuid4()))
    assert refused["__typename"] == "InvalidInput"
    assert await stored_counts(house) == before


async def test_only_administrators_register(house: Runtime, somebody: Somebody) -> None:
    before = await stored_counts(house)
    refused = await register(somebody(), Other=RAW)
    assert refused["__typename"] == "NotAllowed"
    assert await stored_counts(house) == before


async def test_people_ask_the_documents_of_our_front_ends(boss: Person, somebody: Somebody) -> None:
    text = "query Own { cards(first: 4) { edges { node { key } } } }"
    who = "query Who { people(first: 1) { edges { node { key name } } } }"
    await register(boss, partner="battwheels", Own=text, Who=who)
    headers = {"authorization": f"Bearer {somebody().token}"}
    known = await boss.client.post(GRAPHQL, json=by_id(text), headers=headers)
    assert "data" in known.json()
    unknown = await boss.client.post(GRAPHQL, json=by_id(RETIRE), headers=headers)
    assert code_of(unknown.json()) == "DOCUMENT_UNKNOWN"
    # A browser may keep what is of nobody, and never who somebody is.
    kept = list[tuple[bool, str, bool]]()
    for asked in (text, who):
        by_get = {"documentId": document_id(asked)}
        own = {"authorization": f"Bearer {boss.token}"}
        answer = await boss.client.get(GRAPHQL, params=by_get, headers=own)
        told = "data" in answer.json(), answer.headers["cache-control"], "etag" in answer.headers
        kept.append(told)
    assert kept == [(True, "private, no-cache", True), (True, "no-store", False)]


@pytest.fixture
async def place(house: Runtime) -> AsyncGenerator[str]:
    reading = asyncio.create_task(house.feed.run())
    async with served(build_application(house)) as place:
        yield place
    reading.cancel()


async def test_id_runs_on_a_socket_and_a_stream(
    place: str, boss: Person, registered: dict[str, Any]
) -> None:
    del registered
    caller = await machine(boss, "ID_ONLY")
    token = {"authorization": f"Bearer {caller.secret}"}
    async with (
        sure_to_end("the protocols"),
        connect(f"ws://{place}{GRAPHQL}", subprotocols=[PROTOCOL]) as socket,
        httpx.AsyncClient(base_url=f"http://{place}") as client,
    ):
        await socket.send(orjson.dumps({"type": "connection_init", "payload": token}).decode())
        assert orjson.loads(await socket.recv()) == {"type": "connection_ack"}

        async def heard(id: str, payload: dict[str, Any]) -> dict[str, Any]:
            asked = {"type": "subscribe", "id": id, "payload": payload}
            await socket.send(orjson.dumps(asked).decode())
            while True:
                told = orjson.loads(await socket.recv())
                if told.get("id") == id and told["type"] in {"next", "error"}:
                    return told

        assert (await heard("1", by_id(CARDS, first=1)))["type"] == "next"
        raw = await heard("2", {"query": CARDS, "variables": {"first": 1}})
        assert raw["payload"][0]["extensions"] == {"code": "DOCUMENT_ID_ONLY"}
        unknown = await heard("3", by_id(RAW))
        assert unknown["payload"][0]["extensions"] == {"code": "DOCUMENT_UNKNOWN"}
        streamed = token | {"accept": "text/event-stream"}
        refused = await client.post(STREAM, json={"query": CHANGED}, headers=streamed)
        assert code_of(refused.json()) == "DOCUMENT_ID_ONLY"
        async with client.stream("POST", STREAM, json=by_id(CHANGED), headers=streamed) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.status_code == 200


async def test_a_rung_climbed_holds_at_once(
    house: Runtime, place: str, boss: Person, registered: dict[str, Any]
) -> None:
    """What the key has open is closed, and what was changed since is not changed back."""
    del registered
    caller, first = await machine(boss, "LOG"), str(uuid4())
    assert "data" in (await said(caller, {"query": RAW})).json()
    async with subscribed(place, caller.secret, CHANGED) as follower:
        told = await boss.ask(RUNG, id=caller.key, rung="ENFORCE", op=first)
        with pytest.raises(ConnectionClosed) as closed:
            await follower.next()
    assert told == {
        "__typename": "ApiKeyRungChanged",
        "apiKey": {"key": caller.key, "rung": "ENFORCE"},
    }
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert code_of((await said(caller, {"query": RAW})).json()) == "DOCUMENT_NOT_REGISTERED"
    await boss.ask(RUNG, id=caller.key, rung="ID_ONLY", op=str(uuid4()))
    await house.records.rows("delete from operation where id = %(id)s returning id", id=first)
    again = await boss.ask(RUNG, id=caller.key, rung="ENFORCE", op=first)
    assert again["apiKey"]["rung"] == "ID_ONLY"
    trail = await house.audit.trail.page(9, DeedFilter(resource=caller.key))
    assert [(deed.old_value, deed.new_value) for deed in trail[:2]] == [
        ({"rung": "enforce"}, {"verb": "changeApiKeyRung", "rung": "id_only"}),
        ({"rung": "log"}, {"verb": "changeApiKeyRung", "rung": "enforce"}),
    ]


@pytest.fixture
async def follower(house: Runtime) -> AsyncGenerator[httpx.AsyncClient]:
    """A service that hears of documents as they come and go."""
    app, wakeups = build_application(house), Wakeups(house.records)
    heard = wakeups.on(Topic.TRUSTED_DOCUMENTS)
    loops = [asyncio.create_task(one) for one in (wakeups.run(), app.state.trusted.run(heard))]
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://battwheels.test") as client:
        yield client
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)


async def test_a_removed_document_is_refused(
    house: Runtime, follower: httpx.AsyncClient, boss: Person, somebody: Somebody
) -> None:
    """On a service that holds it in memory, and not for another partner; once more it may come."""
    text = "query Gone { cards(first: 5) { edges { node { key } } } }"
    for partner in (PARTNER, "leaves"):
        await register(boss, partner=partner, Gone=text)
    leaver, stayer = [
        replace(await machine(boss, "ID_ONLY", partner), client=follower)
        for partner in ("leaves", PARTNER)
    ]
    for caller in (leaver, stayer):
        assert "data" in (await said(caller, by_id(text))).json()
    gone = {"partner": "leaves", "ids": [f"sha256:{document_id(text)}"]}
    before = await stored_counts(house)
    assert (await somebody().ask(REMOVE, **gone, op=str(uuid4())))["__typename"] == "NotAllowed"
    assert await stored_counts(house) == before
    op = str(uuid4())
    told = await boss.ask(REMOVE, **gone, op=op)
    named = {"partner": "leaves", "keys": [document_id(text)]}
    assert told == {"__typename": "DocumentsRemoved", **named}
    await eventually(
        lambda: said(leaver, by_id(text)),
        lambda answer: "errors" in answer.json() and code_of(answer.json()) == "DOCUMENT_UNKNOWN",
    )
    assert "data" in (await said(stayer, by_id(text))).json()
    await register(boss, partner="leaves", Gone=text)
    await house.records.rows("delete from operation where id = %(id)s returning id", id=op)
    assert await boss.ask(REMOVE, **gone, op=op) == told
    assert "data" in (await said(leaver, by_id(text))).json()
    [deed] = [
        deed
        for deed in await house.audit.trail.page(9, DeedFilter(resource="leaves"))
        if (deed.new_value or {}).get("verb") == "removeDocuments"
    ]
    assert (deed.new_value or {})["removed"] == 1
