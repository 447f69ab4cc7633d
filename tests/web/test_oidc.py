"""Signing in by another service: a real one in a process of its own, and answers made by hand."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from pyotp.totp import TOTP

from access.identity_provider import SILENT
from access.oidc import REFUSED
from access.oidc_flows import challenge_of
from access.people import PeopleDeed
from domain.access import Actor, Role
from domain.deeds import DeedType
from domain.ids import GarageId, OperationId, PersonId
from domain.people import PersonName, parse_duty, parse_garage
from records.audit_trail import AuditTrail, DeedFilter
from records.database import Records
from tests.access.scripted_provider import CLIENT, SECRET, ScriptedProvider, scripted_provider
from tests.empty_stores import empty_records
from tests.resolvers.fakes import World
from tests.web.clients import app, client
from tests.web.real_provider import RealProvider, real_provider
from web.caps import Caps
from web.oidc import COOKIE, is_sent_unasked
from web.paths import OIDC_CALLBACK as CALLBACK
from web.paths import OIDC_START as START
from web.paths import SIGN_IN as PATH
from web.people import PeopleRuntime, open_people_alone
from web.refresh_cookie import COOKIE as SESSION
from web.refresh_cookie import OWED_COOKIE
from web.settings import SecondFactorRule, Settings
from web.tokens import build_tokens

PUNE = GarageId("garage_pune")
HERE = "http://127.0.0.1:8000"
THEIRS = "http://127.0.0.1:53211/callback"
VERIFIER = "a verifier of a native client, long enough"
REFUSAL = {
    "message": f"Not signed in: {REFUSED}.",
    "extensions": {"code": "NOT_AUTHENTICATED"},
}
ADDRESS = """query ($challenge: String!, $redirect: String!) {
  oidcAddress(challenge: $challenge, redirectUri: $redirect) { __typename
    ... on OidcAddress { url endsAt } ... on UnfitInput { field message }
    ... on SignInRefused { message } } }"""
EXPIRED = "update invitation set expires_at = %(at)s where person = %(person)s"
OWED = """{ owedSecondFactor { __typename ... on SecondFactorOffered { challenge secret }
  ... on SecondFactorDemanded { challenge } } }"""
CONFIRM = """mutation ($op: UUID!, $challenge: String!, $code: String!) {
  confirmSecondFactor(operationId: $op, challenge: $challenge, code: $code) { __typename
    ... on SignedIn { person refreshToken } } }"""
SIGN_IN = """mutation ($op: UUID!, $answer: OidcAnswerInput!) {
  signInByOidc(operationId: $op, answer: $answer) { __typename
    ... on SecondFactorDemanded { challenge }
    ... on SignedIn { person role garage accessToken refreshToken }
    ... on UnfitInput { field message } ... on SignInRefused { message } } }"""


@dataclass(frozen=True, slots=True)
class House:
    """The doors over real records, and the clock that they go by."""

    people: PeopleRuntime
    client: httpx.AsyncClient
    world: World
    boss: Actor

    def deed(self) -> PeopleDeed:
        made = OperationId(str(uuid4()))
        return PeopleDeed(id=made, actor=self.boss, at=self.world.at, body_hash=made)

    async def invite(self, email: str, role: Role = Role.TECHNICIAN) -> PersonId:
        who = PersonName(name="Asha Kulkarni", email=email)
        duty = parse_duty(role, PUNE)
        return (await self.people.administration.invite(who, duty, self.deed())).invited.person.id

    async def state(self, person: PersonId) -> str:
        return (await self.people.door.store.person(person)).person.state.value

    async def start(self, **said: str) -> tuple[str, str]:
        """Give where the browser is sent, and its cookie."""
        told = await self.client.get(START, params=said)
        assert told.status_code == 303, told.text
        cookie = SimpleCookie(told.headers["set-cookie"])[COOKIE]
        return told.headers["location"], f"{COOKIE}={cookie.value}"

    async def back(self, brought: dict[str, str], cookie: str = "") -> httpx.Response:
        return await self.client.get(CALLBACK, params=brought, headers={"cookie": cookie})

    async def ask(
        self, query: str, headers: dict[str, str] | None = None, **variables: object
    ) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        told = await self.client.post(PATH, json=body, headers=headers)
        answer = told.json()
        assert "errors" not in answer, answer
        [found] = answer["data"].values()
        return found

    @property
    def trail(self) -> AuditTrail:
        return AuditTrail(self.people.door.records)

    async def kept(self) -> dict[str, Any]:
        """Give what a refusal may not change."""
        [found] = await self.people.door.records.rows(
            "select (select count(*) from session) as sessions,"
            " (select count(*) from provider_identity) as identities,"
            " (select coalesce(sum(version), 0) from person) as versions"
        )
        return found


@asynccontextmanager
async def opened(
    records: Records, home: Path, issuer: str, rule: SecondFactorRule | None = None
) -> AsyncGenerator[House]:
    """The application over real people, who sign in by this service."""
    await empty_records(records)
    settings = Settings(
        home=home,
        oidc_issuer=issuer,
        oidc_client=CLIENT,
        oidc_secret=SECRET,
        public_url=HERE,
        second_factor=rule,
    )
    people = await open_people_alone(settings, records, build_tokens(settings))
    world = World()
    world.at = datetime.now(UTC)
    who = PersonName(name="Root", email="root@example.org")
    boss = await people.admins.make(PersonId("per_root"), who, "monsoon tyre ladder 42", world.at)
    built = app(world, sign_in=people.door, oidc=people.oidc, caps=Caps(refusals_at_once=10**6))
    async with client(built) as asks:
        house = House(people, asks, world, Actor(id=boss.id, role=Role.ADMIN))
        profile = parse_garage(PUNE, name="Pune", place="Pune", hours="Mon-Sat 09:00-18:00")
        await people.settings.create_garage(profile, house.deed())
        yield house


@pytest.fixture(scope="module")
async def theirs() -> AsyncGenerator[RealProvider]:
    async with real_provider() as provider:
        yield provider


@pytest.fixture
async def house(
    opened_records: Records, tmp_path: Path, theirs: RealProvider
) -> AsyncGenerator[House]:
    async with opened(opened_records, tmp_path, theirs.issuer) as house:
        yield house


@pytest.fixture
async def script() -> AsyncGenerator[ScriptedProvider]:
    async with scripted_provider() as script:
        yield script


@pytest.fixture
async def scripted(
    opened_records: Records, tmp_path: Path, script: ScriptedProvider
) -> AsyncGenerator[House]:
    async with opened(opened_records, tmp_path, script.issuer) as house:
        yield house


def told_by(address: str) -> dict[str, str]:
    """Give what an address carries."""
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


async def ready(house: House, script: ScriptedProvider) -> tuple[dict[str, str], str]:
    """Invite whom the script tells of; give an answer that would let them in, and the cookie."""
    await house.invite("asha@example.org")
    address, cookie = await house.start()
    said = told_by(address)
    script.nonce = said["nonce"]
    return {"code": "a code", "state": said["state"]}, cookie


def is_refused(told: httpx.Response) -> bool:
    return (told.status_code, told.json()) == (401, {"errors": [REFUSAL]})


@pytest.mark.row("AU-2", "SV-2")
async def test_an_invited_person_comes_in_by_a_browser(house: House, theirs: RealProvider) -> None:
    person = await house.invite("asha@example.org")
    await theirs.know("one", "Asha@Example.org")
    address, cookie = await house.start(returnTo="/garage?tab=jobs&day=1")
    said = told_by(address)
    assert address.startswith(f"{theirs.issuer}/oauth2/authorize?")
    assert {name: said[name] for name in said if name not in {"state", "nonce"}} == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": f"{HERE}{CALLBACK}",
        "scope": "openid email",
        "code_challenge": said["code_challenge"],
        "code_challenge_method": "S256",
    }
    told = await house.back(await theirs.answer(address, "one"), cookie)
    assert (told.status_code, told.headers["location"]) == (303, "/garage?tab=jobs&day=1")
    assert await house.state(person) == "active"
    kept = {one.partition("=")[0]: one for one in told.headers.get_list("set-cookie")}
    assert {*kept} == {SESSION, COOKIE}
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age="):
        assert part in kept[SESSION]
    assert "Max-Age=0" in kept[COOKIE]
    session = kept[SESSION].partition(";")[0]
    query = "mutation ($op: UUID!) { refresh(operationId: $op) { ... on SignedIn { person } } }"
    headers = {"cookie": session, "sec-fetch-site": "same-origin"}
    assert (await house.ask(query, headers, op=str(uuid4())))["person"] == person
    [deed] = await house.trail.page(9, DeedFilter(type=DeedType.USER_LOGIN))
    assert (deed.user_id, deed.result.value) == (person, "done")
    assert deed.new_value is not None
    assert (deed.new_value["method"], deed.new_value["client"]) == ("oidc", "browser")


async def test_the_cookie_of_a_start_is_for_us_alone(house: House) -> None:
    told = await house.client.get(START)
    kept = told.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert part in kept
    assert "Domain" not in kept
    word = kept.partition("=")[2].partition(".")[0]
    assert word not in told.headers["location"]


@pytest.mark.row("AU-2")
async def test_a_native_client_comes_in_by_its_verifier(house: House, theirs: RealProvider) -> None:
    person = await house.invite("asha@example.org")
    await theirs.know("one", "asha@example.org")
    begun = await house.ask(ADDRESS, challenge=challenge_of(VERIFIER), redirect=THEIRS)
    brought = await theirs.answer(begun["url"], "one")
    answer = {**brought, "verifier": VERIFIER, "redirectUri": THEIRS}
    before = await house.kept()
    for wrong in ({"verifier": VERIFIER[1:]}, {"redirectUri": f"{THEIRS}s"}, {"state": "x"}):
        refused = await house.ask(SIGN_IN, op=str(uuid4()), answer=answer | wrong)
        assert refused == {"__typename": "SignInRefused", "message": REFUSAL["message"]}
    assert await house.kept() == before
    op = str(uuid4())
    came = await house.ask(SIGN_IN, op=op, answer=answer)
    assert (came["person"], came["role"], came["garage"]) == (person, "TECHNICIAN", PUNE)
    # The answer was lost: the same operation is answered the same, another one is not.
    again = await house.ask(SIGN_IN, op=op, answer=answer)
    assert (again["person"], again["refreshToken"]) == (person, came["refreshToken"])
    refused = await house.ask(SIGN_IN, op=str(uuid4()), answer=answer)
    assert refused["__typename"] == "SignInRefused"


async def test_native_clients_listen_on_their_own_machine(house: House) -> None:
    for challenge, redirect, field in (
        ("short", THEIRS, "challenge"),
        ("a" * 44, THEIRS, "challenge"),
        ("a" * 43, "https://evil.example/", "redirectUri"),
        ("a" * 43, "http://127.0.0.1.evil.example:9/", "redirectUri"),
        ("a" * 43, "http://127.0.0.1:9@evil.example/", "redirectUri"),
        ("a" * 43, f"http://127.0.0.1:9/{'a' * 200}", "redirectUri"),
    ):
        told = await house.ask(ADDRESS, challenge=challenge, redirect=redirect)
        assert (told["__typename"], told["field"]) == ("UnfitInput", field)
    answer = {"verifier": VERIFIER, "redirectUri": THEIRS, "code": "x", "state": "x"}
    for field, long in (
        ("code", 2_001),
        ("state", 121),
        ("verifier", 129),
        ("issuer", 501),
        ("redirectUri", 9),
    ):
        said = answer | {field: "a" * long}
        told = await house.ask(SIGN_IN, op=str(uuid4()), answer=said)
        assert (told["__typename"], told["field"]) == ("UnfitInput", field)


@pytest.mark.row("AU-2")
async def test_afterwards_the_name_counts_and_not_the_address(
    house: House, theirs: RealProvider
) -> None:
    async def come(subject: str) -> httpx.Response:
        address, cookie = await house.start()
        return await house.back(await theirs.answer(address, subject), cookie)

    person = await house.invite("asha@example.org")
    await theirs.know("one", "asha@example.org")
    assert (await come("one")).status_code == 303
    await theirs.know("one", "elsewhere@example.org", verified=False)
    await theirs.know("two", "asha@example.org")
    assert (await come("one")).status_code == 303
    before = await house.kept()
    assert is_refused(await come("two"))
    assert await house.kept() == before
    # Whoever looks after them decides anew: shut out and let in again.
    admins = house.people.administration
    version = (await admins.suspend(person, 2, house.deed())).person.version
    assert is_refused(await come("one"))
    assert (await admins.restore(person, version, house.deed())).person.state.value == "active"
    assert (await come("two")).status_code == 303
    assert is_refused(await come("one"))


@pytest.mark.row("AU-2", "SV-2")
async def test_another_service_is_one_factor(
    opened_records: Records, tmp_path: Path, theirs: RealProvider
) -> None:
    """Of whom two are demanded, a code is owed beside its word: in a browser, and in a program."""
    rule = SecondFactorRule.DEMANDED
    async with opened(opened_records, tmp_path, theirs.issuer, rule) as house:
        roles = {"books": Role.ACCOUNTANT, "hands": Role.TECHNICIAN}
        people = {name: await house.invite(f"{name}@example.org", roles[name]) for name in roles}
        for name in roles:
            await theirs.know(name, f"{name}@example.org")
        address, cookie = await house.start()
        told = await house.back(await theirs.answer(address, "hands"), cookie)
        assert told.status_code == 303, told.text
        assert await house.state(people["hands"]) == "active"
        # The accountant's browser comes back without a session, and knows by what a code is owed.
        sessions = (await house.kept())["sessions"]
        address, cookie = await house.start(returnTo="/books")
        told = await house.back(await theirs.answer(address, "books"), cookie)
        assert (told.status_code, told.headers["location"]) == (303, "/books")
        kept = {one.partition("=")[0]: one for one in told.headers.get_list("set-cookie")}
        assert {*kept} == {OWED_COOKIE, COOKIE}
        for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=600"):
            assert part in kept[OWED_COOKIE]
        assert (await house.kept())["sessions"] == sessions
        page = {"cookie": kept[OWED_COOKIE].partition(";")[0], "sec-fetch-site": "same-origin"}
        assert (await house.ask(OWED))["__typename"] == "SignInRefused"
        owed = await house.ask(OWED, page)
        assert owed["__typename"] == "SecondFactorOffered"
        secret = owed["secret"]
        word = {"op": str(uuid4()), "challenge": owed["challenge"]}
        wrong = await house.ask(CONFIRM, page, **word, code="000000")
        assert wrong["__typename"] == "SignInRefused"
        assert (await house.kept())["sessions"] == sessions
        body = {"query": CONFIRM, "variables": word | {"code": TOTP(secret).at(house.world.at)}}
        came = await house.client.post(PATH, json=body, headers=page)
        assert came.json()["data"]["confirmSecondFactor"]["person"] == people["books"]
        names = [one.partition("=")[0] for one in came.headers.get_list("set-cookie")]
        assert names == [SESSION, OWED_COOKIE]
        assert (await house.ask(OWED, page))["__typename"] == "SignInRefused"
        # From then on a program's word of the other service is asked for a code, too.
        begun = await house.ask(ADDRESS, challenge=challenge_of(VERIFIER), redirect=THEIRS)
        brought = await theirs.answer(begun["url"], "books")
        answer = {**brought, "verifier": VERIFIER, "redirectUri": THEIRS}
        op = str(uuid4())
        owed = await house.ask(SIGN_IN, op=op, answer=answer)
        assert owed["__typename"] == "SecondFactorDemanded"
        assert await house.ask(SIGN_IN, op=op, answer=answer) == owed
        house.world.at += timedelta(seconds=60)
        word = {"op": str(uuid4()), "challenge": owed["challenge"]}
        signed = await house.ask(CONFIRM, None, **word, code=TOTP(secret).at(house.world.at))
        assert (signed["person"], signed["refreshToken"] is None) == (people["books"], False)
        hers = DeedFilter(type=DeedType.USER_LOGIN, user=people["books"])
        done = [one for one in await house.trail.page(9, hers) if one.result.value == "done"]
        assert [(one.new_value or {})["method"] for one in done] == ["oidc", "oidc"]


@pytest.mark.row("AU-2")
async def test_whoever_may_not_come_in_hears_the_same(house: House, theirs: RealProvider) -> None:
    admins, records = house.people.administration, house.people.door.records
    for name in ("unverified", "suspended", "late"):
        person = await house.invite(f"{name}@example.org")
        if name == "suspended":
            await admins.suspend(person, 1, house.deed())
        if name == "late":
            async with records.transaction() as connection:
                given = {"person": person, "at": house.world.at}
                await connection.execute(EXPIRED, given)
    before = await house.kept()
    for name in ("unknown", "unverified", "suspended", "late"):
        await theirs.know(name, f"{name}@example.org", verified=name != "unverified")
        address, cookie = await house.start()
        told = await house.back(await theirs.answer(address, name), cookie)
        assert is_refused(told), name
        assert [c.partition("=")[0] for c in told.headers.get_list("set-cookie")] == [COOKIE]
    assert await house.kept() == before
    await house.people.door.counter.refused.write_noted()
    found = await house.trail.page(9, DeedFilter(type=DeedType.USER_LOGIN))
    assert [(d.user_role, d.result.value) for d in found].count((None, "refused")) == 2
    assert len(found) == 4


@pytest.mark.row("AU-2")
@pytest.mark.parametrize(
    "claims", [{"nonce": "of another"}, {"aud": "another"}, {"iss": "https://elsewhere.example"}]
)
async def test_a_token_of_another_sign_in_lets_nobody_in(
    scripted: House, script: ScriptedProvider, claims: dict[str, Any]
) -> None:
    brought, cookie = await ready(scripted, script)
    before = await scripted.kept()
    script.claims = claims
    assert is_refused(await scripted.back(brought, cookie))
    # It was good once.
    script.claims = {}
    assert is_refused(await scripted.back(brought, cookie))
    assert await scripted.kept() == before
    assert script.asked["/token"] == 1


@pytest.mark.row("AU-2")
async def test_what_was_not_begun_here_is_not_asked_for(
    scripted: House, script: ScriptedProvider
) -> None:
    brought, cookie = await ready(scripted, script)
    _, other = await scripted.start(returnTo="/elsewhere")
    word = cookie.partition(".")[0]
    before = await scripted.kept()
    for said, kept in (
        (brought, ""),
        (brought, other),
        (brought, f"{word}.{other.partition('.')[2]}"),
        (brought, f"{word}.%"),
        (brought | {"state": ""}, cookie),
        (brought | {"state": "é" * 30}, cookie),
        (brought | {"state": brought["state"][:-1] + "~"}, cookie),
        (brought | {"state": brought["state"].replace(".", ".9", 1)}, cookie),
        ({"error": "access_denied", "state": brought["state"][::-1]}, cookie),
        ({"code": "a code"}, cookie),
    ):
        assert is_refused(await scripted.back(said, kept))
    scripted.world.at += timedelta(minutes=10)
    assert is_refused(await scripted.back(brought, cookie))
    assert await scripted.kept() == before
    assert script.asked["/token"] == 0


@pytest.mark.row("AU-2")
@pytest.mark.parametrize(
    ("demanded", "issuer", "status"),
    [(True, None, 401), (True, "own", 303), (False, "own", 303), (False, "other", 401)],
)
async def test_answers_of_another_service_are_told_apart(
    scripted: House, script: ScriptedProvider, demanded: bool, issuer: str | None, status: int
) -> None:
    script.document = {"authorization_response_iss_parameter_supported": demanded}
    brought, cookie = await ready(scripted, script)
    named = {"own": script.issuer, "other": "https://elsewhere.example"}
    said = brought | ({"iss": named[issuer]} if issuer else {})
    assert (await scripted.back(said, cookie)).status_code == status
    assert script.asked["/token"] == (status == 303)


@pytest.mark.row("AU-2")
async def test_ten_at_once_bring_one_in(scripted: House, script: ScriptedProvider) -> None:
    brought, cookie = await ready(scripted, script)
    told = await asyncio.gather(*(scripted.back(brought, cookie) for _ in range(10)))
    # All are the same operation, and who lost its answer hears it again.
    assert {one.status_code for one in told} <= {303, 401}
    assert script.asked["/token"] == 1
    assert (await scripted.kept())["sessions"] == 1


async def test_two_first_sign_ins_at_once_are_one_person(
    scripted: House, script: ScriptedProvider
) -> None:
    await scripted.invite("asha@example.org")
    begun = [await scripted.start() for _ in range(2)]
    said = [(told_by(address), cookie) for address, cookie in begun]
    script.nonce = ""
    asks = [
        scripted.back({"code": one["nonce"], "state": one["state"]}, cookie) for one, cookie in said
    ]
    told = await asyncio.gather(*asks)
    assert [one.status_code for one in told] == [303, 303]


async def test_browsers_are_sent_to_paths_of_ours_alone(house: House) -> None:
    for path in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/..//evil.example",
        "/\tevil",
        "garage",
        START,
        "/" + "a" * 300,
    ):
        told = await house.client.get(START, params={"returnTo": path})
        assert (told.status_code, told.headers.get("set-cookie")) == (400, None)
        assert told.json()["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize(
    ("site", "clicked", "unasked"),
    [
        (None, False, False),
        ("none", False, False),
        ("same-origin", False, False),
        ("cross-site", True, False),
        ("cross-site", False, True),
        ("same-site", False, True),
    ],
)
def test_no_other_site_begins_a_sign_in_unasked(
    site: str | None, clicked: bool, unasked: bool
) -> None:
    said = {} if site is None else {"sec-fetch-site": site}
    assert is_sent_unasked(said | ({"sec-fetch-user": "?1"} if clicked else {})) is unasked


async def test_the_doors_take_little(house: House) -> None:
    asks = {
        "post": (await house.client.post(START)).status_code,
        "long": (await house.client.get(f"{CALLBACK}?state={'a' * 4_100}")).status_code,
        "twice": (await house.client.get(f"{CALLBACK}?state=a&state=b")).status_code,
        "many": (await house.client.get(f"{CALLBACK}?{'a=1&' * 30}")).status_code,
        "bytes": (await house.client.get(f"{CALLBACK}?state=%ff")).status_code,
        "framed": (await house.client.get(START, headers={"sec-fetch-dest": "iframe"})).status_code,
        "fetched": (await house.client.get(START, headers={"sec-fetch-mode": "cors"})).status_code,
        "sent": (
            await house.client.get(START, headers={"sec-fetch-site": "cross-site"})
        ).status_code,
    }
    assert asks == {
        "post": 405,
        "long": 414,
        "twice": 400,
        "many": 400,
        "bytes": 400,
        "framed": 403,
        "fetched": 403,
        "sent": 403,
    }


async def test_a_service_that_is_down_is_said_to_be(
    scripted: House, script: ScriptedProvider
) -> None:
    brought, cookie = await ready(scripted, script)
    before = await scripted.kept()
    script.answers = {"/token": (500, b"")}
    told = await scripted.back(brought, cookie)
    assert told.status_code == 503
    assert told.json()["errors"][0]["message"].startswith(SILENT)
    assert await scripted.kept() == before
    assert told.headers["retry-after"] == "1"
    begun = await scripted.ask(ADDRESS, challenge=challenge_of(VERIFIER), redirect=THEIRS)
    answer = {"code": "x", "state": told_by(begun["url"])["state"], "verifier": VERIFIER}
    body = {
        "query": SIGN_IN,
        "variables": {"op": str(uuid4()), "answer": answer | {"redirectUri": THEIRS}},
    }
    [error] = (await scripted.client.post(PATH, json=body)).json()["errors"]
    assert (error["extensions"]["code"], error["message"]) == ("UNAVAILABLE", SILENT)


async def test_without_a_service_there_is_no_such_door(records: Records, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    people = await open_people_alone(settings, records, build_tokens(settings))
    async with client(app(World(), sign_in=people.door, oidc=people.oidc)) as asks:
        assert (await asks.get(START)).status_code == 404
        variables = {"challenge": "a" * 43, "redirect": THEIRS}
        told = await asks.post(PATH, json={"query": ADDRESS, "variables": variables})
    assert told.json()["data"]["oidcAddress"]["__typename"] == "SignInRefused"


async def test_what_is_over_is_forgotten(scripted: House, script: ScriptedProvider) -> None:
    brought, cookie = await ready(scripted, script)
    await scripted.back(brought, cookie)
    records = scripted.people.door.records
    async with records.transaction() as connection:
        await connection.execute("update oidc_flow set ended_at = now() - interval '2 days'")
    await scripted.people.forget()
    assert await records.rows("select id from oidc_flow") == []
