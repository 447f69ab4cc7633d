"""Keys of machines on real stores: made, used, narrowed, revoked on two services at once (AU-3)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from domain.access import Role
from domain.errors import Unavailable
from domain.ids import KeyId
from records.api_keys import ApiKeyStore
from records.database import Records
from records.wakeups import Topic, Wakeups
from tests.journeys.conftest import Somebody
from tests.journeys.people import CREATE, DELHI, PUNE, REPORT, Person, content
from tests.journeys.sockets import CHANGED, subscribed
from tests.journeys.stored_counts import stored_counts
from tests.waits import eventually
from tests.web.live_server import served
from web.asgi import GRAPHQL
from web.live_keys import LiveKeys
from web.local.stores import StoreUrls
from web.paths import SIGN_IN
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey
CREATE_KEY = """mutation ($key: ApiKeyInput!, $op: UUID!) {
  createApiKey(apiKey: $key, operationId: $op) { __typename
    ... on ApiKeyCreated { secret apiKey { key prefix partner scopes rung lastUsedAt revokedAt
      lastAddresses garages { key } } }
    ... on Refusal { message } } }"""
# The secret is shown once, so that an answer which is given again has none.
CREATE_WITHOUT_SECRET = CREATE_KEY.replace("{ secret ", "{ ")
REVOKE = """mutation ($id: ID!, $op: UUID!) { revokeApiKey(id: $id, operationId: $op) { __typename
  ... on ApiKeyRevoked { apiKey { key revokedAt } } ... on Refusal { message } } }"""
KEYS = """query ($partner: String) { apiKeys(partner: $partner, first: 100) {
  edges { node { key name lastUsedAt lastAddresses revokedAt } } } }"""
CARDS = "{ cards(first: 1) { edges { node { key } } } }"
TICKETS = "{ tickets(first: 100) { edges { node { key garage { key } } } } }"
LOG = {"rung": "LOG"}
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Machine:
    client: httpx.AsyncClient
    secret: str
    key: str

    async def post(self, query: str, garage: str | None = None, **given: object) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.secret}"}
        headers |= {"x-garage": garage} if garage else {}
        body = {"query": query, "variables": given}
        return await self.client.post(GRAPHQL, json=body, headers=headers)

    async def ask(self, query: str, garage: str | None = None, **given: object) -> dict[str, Any]:
        return (await self.post(query, garage, **given)).json()


Made = Callable[..., Awaitable[Machine]]


@pytest.fixture(scope="module")
def boss(somebody: Somebody) -> Person:
    return somebody(Role.ADMIN, None, name="boss")


@pytest.fixture(scope="module")
def made(boss: Person, door: httpx.AsyncClient) -> Made:
    async def made(*scopes: str, **more: object) -> Machine:
        order = {"partner": "fleet-pune", "name": "Fleet", "scopes": scopes, **LOG, **more}
        if "everyGarage" not in more:
            order = {"garages": [PUNE], **order}
        created = await boss.ask(CREATE_KEY, key=order, op=str(uuid4()))
        assert created["__typename"] == "ApiKeyCreated", created
        return Machine(door, created["secret"], created["apiKey"]["key"])

    return made


async def revoked(boss: Person, machine: Machine) -> dict[str, Any]:
    return await boss.ask(REVOKE, id=machine.key, op=str(uuid4()))


def code_of(answer: dict[str, Any]) -> str:
    return answer["errors"][0]["extensions"]["code"]


@pytest.mark.row("AU-3")
async def test_key_may_do_what_its_scopes_name(made: Made) -> None:
    reader, writer = await made("READ_CARDS"), await made("WRITE_CARDS", "READ_CARDS")
    assert "data" in await reader.ask(CARDS)
    assert code_of(await reader.ask(TICKETS)) == "NOT_ALLOWED"
    asked: dict[str, Any] = {"card": content("A card of a machine"), "op": str(uuid4())}
    refused = (await reader.ask(CREATE, None, **asked))["data"]["createCard"]
    assert refused == {
        "__typename": "NotAllowed",
        "message": "Machines cannot create failure cards. Nothing was saved.",
    }
    done = (await writer.ask(CREATE, None, **asked))["data"]["createCard"]
    assert done["__typename"] == "CardCreated"


@pytest.mark.parametrize("verb", ["createApiKey", "registerTechnician", "setBillingSettings"])
async def test_no_scope_opens_what_is_for_people(house: Runtime, made: Made, verb: str) -> None:
    """A key of every scope makes no other key, and touches neither people nor settings."""
    scopes = [f"{w}_{k}" for k in ("TICKETS", "CARDS") for w in ("READ", "WRITE")]
    machine = await made(*scopes, "READ_INVOICES", "READ_REPORTS")
    before = await stored_counts(house)
    order = {"partner": "x", "name": "x", "scopes": ["READ_CARDS"], "everyGarage": True}
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "createApiKey": (CREATE_KEY, {"key": order, "op": str(uuid4())}),
        "registerTechnician": (
            """mutation ($op: UUID!, $who: TechnicianInput!) {
            registerTechnician(operationId: $op, technician: $who) { __typename } }""",
            {"op": str(uuid4()), "who": {"id": "ravi", "garage": PUNE}},
        ),
        "setBillingSettings": (
            """mutation ($op: UUID!) { setBillingSettings(operationId: $op, expectedVersion: 0,
            settings: { series: "PN1", legalName: "A", address: "B", pincode: "411001",
            state: "27", labourRate: 100 }) { __typename } }""",
            {"op": str(uuid4())},
        ),
    }
    query, variables = given[verb]
    answer = await machine.ask(query, **variables)
    found = code_of(answer) if "errors" in answer else answer["data"][verb]["__typename"]
    assert found in {"NotAllowed", "NOT_ALLOWED"}
    assert await stored_counts(house) == before


async def test_request_acts_in_one_garage_of_its_key(made: Made, somebody: Somebody) -> None:
    here = await somebody().report("The horn of Pune is silent")
    there = await somebody(garage=DELHI).report("The horn of Delhi is silent")
    both = await made("READ_TICKETS", garages=[PUNE, DELHI])
    whole = await made("READ_TICKETS", everyGarage=True)

    async def keys(machine: Machine, garage: str | None) -> set[str]:
        edges = (await machine.ask(TICKETS, garage))["data"]["tickets"]["edges"]
        return {edge["node"]["key"] for edge in edges} & {here["key"], there["key"]}

    unsaid = await both.post(TICKETS)
    assert (unsaid.status_code, code_of(unsaid.json())) == (400, "INVALID_INPUT")
    foreign = await both.post(TICKETS, "garage_goa")
    assert (foreign.status_code, code_of(foreign.json())) == (400, "INVALID_INPUT")
    assert await keys(both, PUNE) == {here["key"]}
    assert await keys(both, DELHI) == {there["key"]}
    assert await keys(whole, None) == {here["key"], there["key"]}
    assert await keys(whole, DELHI) == {there["key"]}


async def test_machine_reports_in_its_garage(made: Made) -> None:
    machine = await made("READ_TICKETS", "WRITE_TICKETS", garages=[DELHI])
    told = await machine.ask(REPORT, report={"text": "The lamp flickers"}, op=str(uuid4()))
    assert told["data"]["reportFailure"]["__typename"] == "FailureReported"
    found = (await machine.ask(TICKETS))["data"]["tickets"]["edges"]
    assert {edge["node"]["garage"]["key"] for edge in found} == {DELHI}


async def test_secret_is_shown_once_and_kept_as_a_hash(
    house: Runtime, boss: Person, somebody: Somebody
) -> None:
    order = {"partner": "once", "name": "Once", "scopes": ["READ_CARDS"], "garages": [PUNE]}
    op = str(uuid4())
    first = await boss.ask(CREATE_KEY, key=order, op=op)
    second = await boss.ask(CREATE_KEY, key=order, op=op)
    assert second == first | {"secret": None}
    assert first["secret"].startswith(f"bw_{first['apiKey']['prefix']}_")
    random = first["secret"].rsplit("_", 1)[-1]
    dumped = str(await house.records.rows("select * from api_key"))
    dumped += str(await house.records.rows("select * from operation"))
    assert random not in dumped
    other = await boss.ask(CREATE_KEY, key=order | {"partner": "twice"}, op=op)
    assert other["__typename"] == "OperationConflict"
    manager = await somebody().ask(CREATE_KEY, key=order, op=str(uuid4()))
    assert manager["__typename"] == "NotAllowed"


@pytest.mark.row("AU-3")
async def test_key_in_a_url_is_burnt(made: Made, door: httpx.AsyncClient) -> None:
    machine = await made("READ_CARDS")
    for url in (
        f"{GRAPHQL}?query={{__typename}}&key={machine.secret}",
        f"{GRAPHQL}?access_token={machine.secret.replace('_', '%5F')}",
    ):
        answer = await door.get(url, headers={"authorization": f"Bearer {machine.secret}"})
        error = answer.json()["errors"][0]
        assert (answer.status_code, error["extensions"]) == (400, {"code": "KEY_IN_URL"})
        assert "it is burnt" in error["message"]
        assert machine.secret not in answer.text
    answer = await door.post(f"{SIGN_IN}?key={machine.secret}", json={"query": "{ __typename }"})
    assert answer.json()["errors"][0]["extensions"] == {"code": "KEY_IN_URL"}


@pytest.mark.row("AU-3")
async def test_last_use_is_noted_beside_the_requests(
    house: Runtime, boss: Person, made: Made
) -> None:
    machine = await made("READ_CARDS", partner="noted")
    await machine.ask(CARDS)
    [before] = (await boss.ask(KEYS, partner="noted"))["edges"]
    assert before["node"]["lastUsedAt"] is None
    await house.live_keys.write_uses()
    [after] = (await boss.ask(KEYS, partner="noted"))["edges"]
    used = datetime.fromisoformat(after["node"]["lastUsedAt"])
    assert datetime.now(UTC) - used < timedelta(minutes=10)
    assert after["node"]["lastAddresses"] == ["127.0.0.1"]


async def test_warm_key_asks_no_store(house: Runtime, made: Made) -> None:
    machine = await made("READ_CARDS")
    ring = house.live_keys
    asked = list[str]()
    store = ring._store  # pyright: ignore[reportPrivateUsage]

    class Counted(ApiKeyStore):
        async def live(self, now: datetime) -> Any:  # noqa: ANN401 - as the store
            asked.append("live")
            return await store.live(now)

    ring._store = Counted(house.records, house.audit.writer)  # pyright: ignore[reportPrivateUsage]
    try:
        for _ in range(3):
            assert "data" in await machine.ask("{ __typename }")
    finally:
        ring._store = store  # pyright: ignore[reportPrivateUsage]
    assert asked == []


async def test_expired_and_unknown_keys_are_refused_alike(
    house: Runtime, made: Made, door: httpx.AsyncClient
) -> None:
    machine = await made("READ_CARDS")
    await house.records.rows(
        "update api_key set expires_at = now() where id = %(id)s returning id", id=machine.key
    )
    await house.live_keys.refresh()
    forged = replace(machine, secret=machine.secret[:-4] + "AAAA")
    unknown = replace(machine, secret=f"bw_{'a' * 8}_{'b' * 43}")
    answers = [await one.post(CARDS) for one in (machine, forged, unknown)]
    assert [answer.status_code for answer in answers] == [UNAUTHORIZED] * 3
    assert len({answer.text for answer in answers}) == 1


async def test_who_follows_is_let_go_when_nobody_can_tell(
    house: Runtime, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute after Postgres was heard last a socket is closed, as a request is refused."""
    machine = await made("READ_CARDS")
    wakeups = Wakeups(house.records)
    keys = ApiKeyStore(house.records, house.audit.writer)
    ring = LiveKeys(
        keys, lambda: datetime.now(UTC), wakeups.on(Topic.API_KEYS), lambda: wakeups.hears
    )
    await ring.refresh()
    asked = {"garage": None, "address": "203.0.113.7"}
    follower = ring.verify(machine.secret, datetime.now(UTC), **asked)
    nowhere = await Records.open("postgresql://127.0.0.1:1/none")
    ring._store = ApiKeyStore(nowhere, house.audit.writer)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(Unavailable):
        await ring.refresh()
    assert not follower.gone.is_set()
    monkeypatch.setattr("web.live_keys.STALE_SECONDS", 0.0)
    with pytest.raises(Unavailable):
        await ring.refresh()
    assert follower.gone.is_set()
    with pytest.raises(Unavailable):
        ring.verify(machine.secret, datetime.now(UTC), **asked)
    monkeypatch.undo()
    ring._store = keys  # pyright: ignore[reportPrivateUsage]
    await ring.refresh()
    again = ring.verify(machine.secret, datetime.now(UTC), **asked)
    assert not again.gone.is_set()
    await nowhere.close()
    # Nor is anything lost of where it was used, when the process ends.
    running = asyncio.create_task(ring.run())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await keys.get(KeyId(machine.key))).last_addresses == ("203.0.113.7",)


@asynccontextmanager
async def another_service(
    house: Runtime, stores: StoreUrls
) -> AsyncGenerator[tuple[str, LiveKeys]]:
    """Another process as far as keys go: its own line to Postgres, its own ring and port."""
    records = await Records.open(stores.postgres_url)
    wakeups = Wakeups(records)
    ring = LiveKeys(
        ApiKeyStore(records, house.audit.writer),
        lambda: datetime.now(UTC),
        wakeups.on(Topic.API_KEYS),
        lambda: wakeups.hears,
    )
    await ring.refresh()
    loops = [asyncio.create_task(wakeups.run()), asyncio.create_task(ring.run())]
    async with served(build_application(replace(house, live_keys=ring))) as place:
        yield place, ring
    for loop in loops:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
    await wakeups.close()
    await records.close()


async def _status(client: httpx.AsyncClient, place: str, machine: Machine) -> int:
    headers = {"authorization": f"Bearer {machine.secret}"}
    body = {"query": "{ __typename }"}
    return (await client.post(f"http://{place}{GRAPHQL}", json=body, headers=headers)).status_code


@pytest.mark.row("AU-3")
async def test_revoked_key_is_refused_on_two_services(
    house: Runtime, stores: StoreUrls, boss: Person, made: Made
) -> None:
    """Also its open socket is closed, with the code that says why."""
    machine = await made("READ_CARDS")
    reading = asyncio.create_task(house.feed.run())
    async with (
        another_service(house, stores) as (one, _),
        another_service(house, stores) as (two, _),
        httpx.AsyncClient() as client,
        subscribed(one, machine.secret, CHANGED) as follower,
    ):
        assert [await _status(client, place, machine) for place in (one, two)] == [200, 200]
        gone = await revoked(boss, machine)
        with pytest.raises(ConnectionClosed) as closed:
            await follower.next()
        for place in (one, two):
            asked = partial(_status, client, place, machine)
            await eventually(asked, lambda status: status == UNAUTHORIZED)
    reading.cancel()
    assert gone["__typename"] == "ApiKeyRevoked"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert (await house.live_keys.get(KeyId(machine.key))).revoked_at is not None
