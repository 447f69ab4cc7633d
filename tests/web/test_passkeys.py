"""Passkeys over HTTP, on real records: made, used, listed, removed, and the ways to lie by one."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import cbor2
import httpx
import pytest

from access.passkeys import REFUSED, STALE
from access.people import PeopleDeed
from domain.access import Actor, Role
from domain.deeds import DeedType
from domain.ids import OperationId, PersonId
from domain.people import PersonName
from records.audit_trail import AuditTrail, DeedFilter
from records.database import Records
from resolvers.services import AuditServices
from tests.access.soft_passkey import (
    EDDSA,
    ES256,
    ES384,
    OPTIONS,
    PRESENT,
    REGISTER,
    RS256,
    VERIFIED,
    SoftPasskey,
)
from tests.empty_stores import empty_records
from tests.journeys.people import fresh_word
from tests.resolvers.fakes import World
from tests.web.clients import app, client
from web.asgi import GRAPHQL
from web.caps import Caps
from web.paths import SIGN_IN as PATH
from web.people import PeopleRuntime, open_people_alone
from web.settings import Settings
from web.tokens import build_tokens

PASSWORD = "monsoon tyre ladder 42"  # noqa: S105 - a test's own
REFUSAL = {"__typename": "SignInRefused", "message": f"Not signed in: {REFUSED}."}
CHALLENGE = "{ passkeyChallenge { ... on PasskeyChallenge { challenge domain endsAt } } }"
REMOVE = """mutation ($op: UUID!, $key: ID!) { removePasskey(operationId: $op, passkey: $key) {
  __typename ... on PasskeyRemoved { key } ... on Refusal { message } } }"""
PASSKEYS = "{ passkeys { key name backedUp madeAt lastUsedAt } }"
SIGN_IN = """mutation ($op: UUID!, $said: PasskeyAssertionInput!) {
  signInByPasskey(operationId: $op, assertion: $said) { __typename
    ... on SignedIn { person role accessToken refreshToken }
    ... on UnfitInput { field message } ... on SignInRefused { message } } }"""
COME = """mutation ($op: UUID!, $email: String!, $password: String!) {
  signIn(operationId: $op, email: $email, password: $password) {
    __typename ... on SignedIn { person accessToken } } }"""


def op() -> str:
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class House:
    people: PeopleRuntime
    client: httpx.AsyncClient
    world: World

    async def door(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask at the door for who is not known yet."""
        told = await self.client.post(PATH, json={"query": query, "variables": variables})
        answer = told.json()
        assert "errors" not in answer, answer
        [found] = answer["data"].values()
        return found

    async def ask(self, token: str, query: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
        body, headers = {"query": query, "variables": variables}, {"authorization": token}
        answer = (await self.client.post(GRAPHQL, json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        [found] = answer["data"].values()
        return found

    async def person(self, name: str) -> tuple[PersonId, str]:
        """Give somebody who has just signed in by a password, and their token."""
        who = PersonName(name=name, email=f"{name}@example.org")
        key = PersonId(f"per_{name}_{fresh_word()}")
        await self.people.admins.make(key, who, PASSWORD, self.world.at, another=True)
        signed = await self.door(COME, op=op(), email=who.email, password=PASSWORD)
        return key, f"Bearer {signed['accessToken']}"

    async def add(self, token: str, device: SoftPasskey) -> dict[str, Any]:
        options = await self.ask(token, OPTIONS)
        return await self.ask(token, REGISTER, op=op(), passkey=device.made(options))

    async def come(self, device: SoftPasskey) -> dict[str, Any]:
        return await self.door(SIGN_IN, op=op(), said=device.signed(await self.door(CHALLENGE)))

    async def kept(self) -> dict[str, Any]:
        """Give what a refusal may not change."""
        [found] = await self.people.door.records.rows(
            "select (select count(*) from session) as sessions,"
            " (select count(*) from passkey) as passkeys,"
            " (select coalesce(sum(sign_count), 0) from passkey) as uses"
        )
        return found


@pytest.fixture
async def house(opened_records: Records, tmp_path: Path) -> AsyncGenerator[House]:
    await empty_records(opened_records)
    settings = Settings(home=tmp_path)
    people = await open_people_alone(settings, opened_records, build_tokens(settings))
    world = World()
    world.at = datetime.now(UTC)
    services = replace(
        world.services,
        people=people.administration,
        passkeys=people.passkeys.own,
        audit=AuditServices(
            seal=cast("Any", None),
            writer=people.door.deeds,
            refused=people.door.counter.refused,
            trail=AuditTrail(opened_records),
            records=opened_records,
        ),
    )
    built = app(
        world,
        services=services,
        sign_in=people.door,
        passkeys=people.passkeys,
        caps=Caps(refusals_at_once=10**6),
        verify=people.callers.verify,
    )
    async with client(built) as asks:
        yield House(people, asks, world)


@pytest.mark.row("SV-2")
@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
async def test_somebody_comes_in_by_a_passkey(house: House, algorithm: int) -> None:
    person, token = await house.person("asha")
    options = await house.ask(token, OPTIONS)
    assert (options["domain"], options["algorithms"]) == ("localhost", [ES256, EDDSA, RS256])
    assert (options["userName"], options["displayName"], options["known"]) == (
        "asha@example.org",
        "asha",
        [],
    )
    device = SoftPasskey(algorithm=algorithm)
    asked, made = op(), device.made(options)
    added = await house.ask(token, REGISTER, op=asked, passkey=made)
    key = added["passkey"]
    assert (key["name"], key["backedUp"], key["lastUsedAt"]) == ("My telephone", False, None)
    assert person not in str(options["userHandle"])
    # The answer was lost: the same operation is answered the same, and nothing is added twice.
    assert await house.ask(token, REGISTER, op=asked, passkey=made) == added
    said = device.signed(await house.door(CHALLENGE))
    asked = op()
    came = await house.door(SIGN_IN, op=asked, said=said)
    assert (came["__typename"], came["person"], came["role"]) == ("SignedIn", person, "ADMIN")
    again = await house.door(SIGN_IN, op=asked, said=said)
    assert again["refreshToken"] == came["refreshToken"]
    found = await house.ask(f"Bearer {came['accessToken']}", PASSKEYS)
    assert [(one["key"], one["lastUsedAt"] is None) for one in found] == [(key["key"], False)]
    logins = await AuditTrail(house.people.door.records).page(
        9, DeedFilter(type=DeedType.USER_LOGIN)
    )
    assert {(d.new_value or {}).get("method") for d in logins} == {"passkey", "password"}


async def test_what_is_kept_tells_nobody(house: House) -> None:
    _, token = await house.person("asha")
    await house.add(token, SoftPasskey())
    [row] = await house.people.door.records.rows("select * from passkey")
    stored = b" ".join(one if isinstance(one, bytes) else str(one).encode() for one in row.values())
    assert b"telephone" not in stored
    answers = await house.people.door.records.rows("select answer from people_change")
    assert "telephone" not in str(answers)


@pytest.mark.row("SV-2")
@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost.evil.example"},
        {"domain": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"client": {"type": "webauthn.create"}},
        {"client": {"crossOrigin": True}},
        {"client": {"challenge": "bm9uZSBvZiBvdXJz"}},
        {"client": {"challenge": 7}},
        {"handle": b"of somebody else, thirty-two byte"},
        {"credential": b"unknown"},
        {"count": -1},
        {"key": SoftPasskey().key},
    ],
    # Not the key, which each process makes anew.
    ids=lambda lie: str({name: said for name, said in lie.items() if name != "key"}),
)
async def test_a_lie_lets_nobody_in(house: House, lie: dict[str, Any]) -> None:
    _, token = await house.person("asha")
    device = SoftPasskey(count=4)
    await house.add(token, device)
    for name, value in lie.items():
        setattr(device, name, value)
    before = await house.kept()
    assert await house.come(device) == REFUSAL
    assert await house.kept() == before


@pytest.mark.row("SV-2")
async def test_an_answer_is_good_once_and_soon(house: House) -> None:
    _, token = await house.person("asha")
    device = SoftPasskey()
    await house.add(token, device)
    said = device.signed(await house.door(CHALLENGE))
    assert (await house.door(SIGN_IN, op=op(), said=said))["__typename"] == "SignedIn"
    before = await house.kept()
    assert await house.door(SIGN_IN, op=op(), said=said) == REFUSAL
    # A challenge to add a passkey is none to sign in.
    other = device.signed(await house.ask(token, OPTIONS))
    assert await house.door(SIGN_IN, op=op(), said=other) == REFUSAL
    late = device.signed(await house.door(CHALLENGE))
    house.world.at += timedelta(minutes=5)
    assert await house.door(SIGN_IN, op=op(), said=late) == REFUSAL
    assert await house.kept() == before


@pytest.mark.row("SV-2")
async def test_a_copied_passkey_is_found_out(house: House) -> None:
    _, token = await house.person("asha")
    device = SoftPasskey()
    await house.add(token, device)
    copy = replace(device)
    copy.key = device.key
    assert (await house.come(device))["__typename"] == "SignedIn"
    assert await house.come(copy) == REFUSAL
    assert (await house.come(device))["__typename"] == "SignedIn"
    # What counts nothing is taken as it is.
    silent = SoftPasskey(count=None)
    await house.add(token, silent)
    told = [(await house.come(silent))["__typename"] for _ in range(2)]
    assert told == ["SignedIn", "SignedIn"]


@pytest.mark.row("SV-2")
@pytest.mark.parametrize(
    ("lie", "field"),
    [
        ({"origin": "https://evil.example"}, "passkey"),
        ({"domain": "evil.example"}, "passkey"),
        ({"flags": PRESENT}, "passkey"),
        ({"algorithm": ES384}, "passkey"),
        ({"client": {"type": "webauthn.get"}}, "passkey"),
        ({"client": {"challenge": "bm9uZSBvZiBvdXJz"}}, "passkey"),
        ({"client": {"crossOrigin": True}}, "passkey"),
        ({"credential": b"x" * 513}, "passkey.credential"),
    ],
    ids=lambda given: str(given)[:40],
)
async def test_what_was_made_elsewhere_is_not_added(
    house: House, lie: dict[str, Any], field: str
) -> None:
    _, token = await house.person("asha")
    before = await house.kept()
    told = await house.add(token, SoftPasskey(**lie))
    assert (told["__typename"], told["field"]) == ("InvalidInput", field)
    assert await house.kept() == before


async def test_hostile_bytes_are_not_added(house: House) -> None:
    _, token = await house.person("asha")
    options = await house.ask(token, OPTIONS)
    good = SoftPasskey().made(options)
    nested = b"\x81" * 3_000
    huge = b"\x5b" + b"\xff" * 8
    packed = cbor2.dumps({"fmt": "tpm", "attStmt": {}, "authData": bytes(40)})
    bad = [nested, huge, packed, b"\xf6", b"\x00", b"\xd8\x23\x61("]
    before = await house.kept()
    for field, value in [
        *(("attestation", text_of(one)) for one in bad),
        ("attestation", "A" * 4_101),
        ("attestation", "="),
        ("attestation", "A"),
        ("clientData", text_of(b"[" * 1_000)),
        ("clientData", text_of(b"7")),
        ("credential", text_of(b"another")),
        ("name", ""),
        ("name", "x" * 61),
    ]:
        told = await house.ask(token, REGISTER, op=op(), passkey=good | {field: value})
        assert told["__typename"] == "InvalidInput", (field, value[:20])
    assert await house.kept() == before
    added = await house.ask(token, REGISTER, op=op(), passkey=good)
    assert added["__typename"] == "PasskeyRegistered"
    # The challenge was answered, and a credential belongs to one person.
    assert (await house.ask(token, REGISTER, op=op(), passkey=good))["__typename"] == "InvalidInput"


async def test_sizes_are_counted_at_the_door(house: House) -> None:
    said = dict.fromkeys(("credential", "clientData", "authenticatorData", "signature"), "AAAA")
    for field, most in {
        "credential": 683,
        "clientData": 1_400,
        "authenticatorData": 400,
        "signature": 700,
        "userHandle": 86,
    }.items():
        given = said | {"userHandle": "AAAA"} | {field: "A" * (most + 1)}
        told = await house.door(SIGN_IN, op=op(), said=given)
        assert (told["__typename"], told["field"]) == ("UnfitInput", field)
    assert await house.door(SIGN_IN, op=op(), said=said | {"userHandle": "AAAA"}) == REFUSAL


async def test_one_is_added_soon_after_signing_in(house: House) -> None:
    _, token = await house.person("asha")
    options = await house.ask(token, OPTIONS)
    records = house.people.door.records
    async with records.transaction() as connection:
        await connection.execute("update session set began_at = began_at - interval '15 minutes'")
    before = await house.kept()
    told = await house.ask(token, REGISTER, op=op(), passkey=SoftPasskey().made(options))
    assert told == {"__typename": "NotAllowed", "message": f"{STALE} Nothing was saved."}
    assert await house.kept() == before


async def test_another_persons_passkeys_are_not_there(house: House) -> None:
    _, token = await house.person("asha")
    _, other = await house.person("ravi")
    device = SoftPasskey()
    key = (await house.add(token, device))["passkey"]["key"]
    assert await house.ask(other, PASSKEYS) == []
    hidden = [await house.ask(other, REMOVE, op=op(), key=one) for one in (key, op())]
    assert [one["__typename"] for one in hidden] == ["NotFound", "NotFound"]
    # Made for one person, it is not added to another.
    stolen = SoftPasskey().made(await house.ask(token, OPTIONS))
    told = await house.ask(other, REGISTER, op=op(), passkey=stolen)
    assert told["__typename"] == "InvalidInput"
    again = device.made(await house.ask(other, OPTIONS))
    assert (await house.ask(other, REGISTER, op=op(), passkey=again))["__typename"] == (
        "AlreadyExists"
    )


@pytest.mark.row("SV-2")
async def test_a_removed_passkey_opens_nothing(house: House) -> None:
    person, token = await house.person("asha")
    device = SoftPasskey()
    key = (await house.add(token, device))["passkey"]["key"]
    asked = op()
    gone = await house.ask(token, REMOVE, op=asked, key=key)
    assert gone == {"__typename": "PasskeyRemoved", "key": key}
    assert await house.ask(token, REMOVE, op=asked, key=key) == gone
    assert await house.come(device) == REFUSAL
    assert await house.ask(token, PASSKEYS) == []
    found = await AuditTrail(house.people.door.records).page(
        9, DeedFilter(type=DeedType.USER_CREDENTIAL_CHANGE)
    )
    told = [(d.user_id, d.resource_id, d.new_value) for d in found]
    for change in ("removed", "added"):
        assert (person, person, {"passkey": key, "change": change}) in told
    assert (await house.ask(token, REMOVE, op=op(), key=key))["__typename"] == "NotFound"
    await house.people.door.counter.refused.write_noted()
    found = await AuditTrail(house.people.door.records).page(
        9, DeedFilter(type=DeedType.USER_CREDENTIAL_CHANGE)
    )
    assert sorted((d.user_id, d.result.value) for d in found) == [
        (person, "done"),
        (person, "done"),
        (person, "refused"),
    ]


async def test_the_suspended_come_in_by_no_passkey(house: House) -> None:
    person, token = await house.person("asha")
    boss, _ = await house.person("root")
    device = SoftPasskey()
    await house.add(token, device)
    asks = deed_of(house, Actor(id=boss, role=Role.ADMIN))
    await house.people.administration.suspend(person, 1, asks)
    before = await house.kept()
    assert await house.come(device) == REFUSAL
    assert await house.kept() == before


async def test_ten_answers_at_once_are_one_sign_in(house: House) -> None:
    _, token = await house.person("asha")
    device = SoftPasskey()
    await house.add(token, device)
    said = device.signed(await house.door(CHALLENGE))
    asks = [house.door(SIGN_IN, op=op(), said=said) for _ in range(10)]
    told = [one["__typename"] for one in await asyncio.gather(*asks)]
    assert sorted(told) == ["SignInRefused"] * 9 + ["SignedIn"]


async def test_twenty_are_enough(house: House) -> None:
    _, token = await house.person("asha")
    told = [(await house.add(token, SoftPasskey()))["__typename"] for _ in range(21)]
    assert told == ["PasskeyRegistered"] * 20 + ["InvalidInput"]


async def test_answered_challenges_are_forgotten(house: House) -> None:
    _, token = await house.person("asha")
    await house.add(token, SoftPasskey())
    records = house.people.door.records
    async with records.transaction() as connection:
        await connection.execute(
            "update passkey_challenge set answered_at = now() - interval '2 d'"
        )
    await house.people.forget()
    assert await records.rows("select id from passkey_challenge") == []


def deed_of(house: House, actor: Actor) -> PeopleDeed:
    made = OperationId(op())
    return PeopleDeed(id=made, actor=actor, at=house.world.at, body_hash=made)


def text_of(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
