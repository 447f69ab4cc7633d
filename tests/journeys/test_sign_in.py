"""Somebody is made, invited, signs in, is changed and shut out: over GraphQL, on real stores."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from math import log2
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import pytest
from pyotp.totp import TOTP

from access.people import STALE_SESSION
from domain.access import Role
from domain.deeds import DeedResult, DeedType
from domain.events import Event, EventType
from domain.ids import PersonId
from domain.technicians import Certification, Technician
from records.audit_trail import DeedFilter
from tests.journeys.people import DELHI, PUNE, Person, fresh_word
from tests.journeys.sign_in_door import (
    ACCEPT,
    CHANGE,
    CHANGE_PASSWORD,
    CONFIRM_FACTOR,
    END,
    ENROL_FACTOR,
    GARAGE,
    HOLD,
    INVITE,
    PASSWORD,
    PEOPLE,
    REFRESH,
    REMOVE_FACTOR,
    RENEW_CODES,
    REQUEST_RESET,
    RESET,
    RESET_FACTOR,
    RESTORE,
    SESSIONS,
    SIGN_IN,
    SIGN_IN_OWING,
    SIGN_OUT,
    SUSPEND,
    Door,
    duty,
    first_admin_of,
    invited,
    op,
)
from tests.journeys.test_repairs import ASSIGN
from web.asgi import GRAPHQL, JWKS
from web.paths import EXPLORER
from web.paths import SIGN_IN as PATH
from web.refresh_cookie import COOKIE
from web.server import build_application, staff_handler
from web.settings import ExplorerRule, RunMode
from web.ui.page import FILES
from web.wiring import Runtime

pytestmark = pytest.mark.journey
WRONG = {"error": "NotAuthenticated", "method": "password"}
WHO = "{ symptoms(first: 1) { edges { node { key } } } }"


@pytest.fixture(autouse=True)
async def _nobody_tried(house: Runtime) -> None:  # pyright: ignore[reportUnusedFunction]
    """What other tests tried in vain from this address keeps nobody waiting."""
    async with house.records.transaction() as connection:
        await connection.execute("delete from sign_in_try")


async def code(who: Person) -> str | None:
    """Give why they are refused, None when they are let in."""
    errors = (await who.answer(WHO)).get("errors")
    return errors[0]["extensions"]["code"] if errors else None


async def rows(house: Runtime) -> dict[str, Any]:
    [found] = await house.records.rows(
        "select (select count(*) from person) as people, (select count(*) from password) as words,"
        " (select coalesce(sum(version), 0) from person) as versions,"
        " (select count(*) from session) as sessions, (select count(*) from garage) as garages"
    )
    return found


@pytest.mark.row("AU-1", "AU-4", "SV-2")
async def test_an_invited_person_signs_in(house: Runtime, entry: Door, root: Person) -> None:
    email, came = await invited(root, entry)
    signed = await entry.sign_in(email.upper())
    assert (signed["person"], signed["role"], signed["garage"]) == (
        came["person"],
        "TECHNICIAN",
        PUNE,
    )
    assert await code(entry.person(signed)) is None
    minutes = datetime.fromisoformat(signed["expiresAt"]) - datetime.now(UTC)
    assert 14 * 60 < minutes.total_seconds() <= 15 * 60


async def test_names_are_sealed_in_the_records(house: Runtime, entry: Door, root: Person) -> None:
    email, came = await invited(root, entry)
    [row] = await house.records.rows("select * from person where id = %(id)s", id=came["person"])
    stored = b" ".join(one if isinstance(one, bytes) else str(one).encode() for one in row.values())
    assert not [word for word in (b"Kulkarni", email.encode()) if word in stored]
    found = await root.ask(PEOPLE)
    mine = [e["node"] for e in found["edges"] if e["node"]["key"] == came["person"]]
    assert mine == [
        {
            "key": came["person"],
            "name": "Asha Kulkarni",
            "email": email,
            "state": "ACTIVE",
            "role": "TECHNICIAN",
            "garage": {"key": PUNE},
        }
    ]


async def test_wrong_and_unknown_hear_the_same(house: Runtime, entry: Door, root: Person) -> None:
    email, _ = await invited(root, entry)
    unknown = await entry.sign_in("nobody.at.all@example.org", "wrong words at the door")
    assert unknown["__typename"] == "SignInRefused"
    assert await entry.sign_in(email, "wrong words at the door") == unknown
    assert await entry.sign_in("not an address", "wrong words at the door") == unknown
    [person] = [e["node"] for e in (await root.ask(PEOPLE))["edges"] if e["node"]["email"] == email]
    await root.ask(SUSPEND, op=op(), person=person["key"], expected=2)
    before = await rows(house)
    assert await entry.sign_in(email) == unknown
    assert await rows(house) == before


@pytest.mark.row("AU-1")
async def test_a_refresh_token_is_good_once(entry: Door, root: Person) -> None:
    _, came = await invited(root, entry)
    first, asked = came["refreshToken"], op()
    second = await entry.ask(REFRESH, op=asked, token=first)
    assert second["refreshToken"] != first
    # The answer was lost: the same operation is answered the same.
    again = await entry.ask(REFRESH, op=asked, token=first)
    assert again["refreshToken"] == second["refreshToken"]
    third = await entry.ask(REFRESH, token=second["refreshToken"])
    assert await code(entry.person(third)) is None
    # A thief uses the first one: the whole family is over, whoever holds it.
    assert (await entry.ask(REFRESH, token=first))["__typename"] == "SignInRefused"
    assert (await entry.ask(REFRESH, token=third["refreshToken"]))["__typename"] == "SignInRefused"


@pytest.mark.row("AU-1")
async def test_a_forgotten_password_is_reset(house: Runtime, entry: Door, root: Person) -> None:
    email, came = await invited(root, entry)
    asked = [await entry.ask(REQUEST_RESET, email=one) for one in (email, "nobody@example.org")]
    assert asked[0] == asked[1]
    assert asked[0]["__typename"] == "PasswordResetRequested"
    [letter] = await house.records.rows(
        "select word_of from account_letter join person using (email_mark) "
        "where person.id = %(id)s",
        id=came["person"],
    )
    word = house.people.door.seal.word("password reset", letter["word_of"])
    unfit = [
        await entry.ask(REQUEST_RESET, email="e" * 255),
        await entry.ask(RESET, word="w" * 101, password=PASSWORD),
        await entry.ask(RESET, word=word, password=PASSWORD[:6]),
    ]
    assert [one["field"] for one in unfit] == ["email", "word", "password"]
    assert (await entry.ask(RESET, word=email, password=PASSWORD))["__typename"] == "SignInRefused"
    assert await code(entry.person(came)) is None
    reset = await entry.ask(RESET, word=word, password=PASSWORD[::-1])
    assert reset["__typename"] == "PasswordReset"
    await house.people.revocations.read()
    assert await code(entry.person(came)) == "NOT_AUTHENTICATED"
    assert (await entry.sign_in(email))["__typename"] == "SignInRefused"
    assert (await entry.sign_in(email, PASSWORD[::-1]))["__typename"] == "SignedIn"


@pytest.mark.row("AU-1")
async def test_a_password_is_changed_by_the_old_one(
    house: Runtime, entry: Door, root: Person
) -> None:
    email, came = await invited(root, entry)
    change = {"email": email, "password": PASSWORD, "newPassword": PASSWORD[::-1]}

    async def changed(**other: str) -> str:
        told = await entry.ask(CHANGE_PASSWORD, change=change | other)
        return told.get("field", told["__typename"])

    unfit = {"email": "e" * 255, "password": "", "newPassword": PASSWORD[:6], "code": "1" * 41}
    assert [await changed(**{name: value}) for name, value in unfit.items()] == [*unfit]
    assert await changed(newPassword=PASSWORD) == "newPassword"
    assert await changed(email="nobody@example.org") == "SignInRefused"
    assert await changed(password=email) == "SignInRefused"
    assert await code(entry.person(came)) is None
    assert await changed() == "PasswordChanged"
    await house.people.revocations.read()
    assert await code(entry.person(came)) == "NOT_AUTHENTICATED"
    assert (await entry.sign_in(email))["__typename"] == "SignInRefused"
    assert (await entry.sign_in(email, PASSWORD[::-1]))["__typename"] == "SignedIn"
    # The answer was lost: the same again changes nothing.
    assert await changed() == "PasswordChanged"
    [letters] = await house.records.rows(
        "select count(*) as n from account_letter join person using (email_mark) "
        "where person.id = %(id)s and occasion = 'password changed'",
        id=came["person"],
    )
    assert letters["n"] == 1


@pytest.mark.row("AU-1")
async def test_a_password_alone_changes_none_beside_a_second_factor(
    entry: Door, root: Person
) -> None:
    email, _ = await invited(root, entry)
    offered = await entry.ask(ENROL_FACTOR, email=email, password=PASSWORD)
    phone, now = TOTP(offered["secret"]), datetime.now(UTC)
    first = await entry.ask(CONFIRM_FACTOR, challenge=offered["challenge"], code=phone.at(now))
    change = {"email": email, "password": PASSWORD, "newPassword": PASSWORD[::-1]}
    told = [
        await entry.ask(CHANGE_PASSWORD, change=change | given)
        for given in ({}, {"code": "000000x"}, {"code": first["recoveryCodes"][0]})
    ]
    assert [one["__typename"] for one in told] == ["UnfitInput", "SignInRefused", "PasswordChanged"]


@pytest.mark.row("AU-1")
async def test_a_second_factor_is_enrolled_asked_for_and_removed(
    house: Runtime, entry: Door, root: Person
) -> None:
    email, came = await invited(root, entry)
    offered = await entry.ask(ENROL_FACTOR, email=email, password=PASSWORD)
    phone, now = TOTP(offered["secret"]), datetime.now(UTC)
    named = {"challenge": offered["challenge"]}
    unfit = [
        await entry.ask(query, **(named | given))
        for query in (CONFIRM_FACTOR, REMOVE_FACTOR, RENEW_CODES)
        for given in ({"code": "1" * 41}, {"code": ""}, {"challenge": "w" * 101, "code": "1"})
    ]
    assert [one["field"] for one in unfit] == ["code", "code", "challenge"] * 3
    first = await entry.ask(CONFIRM_FACTOR, **named, code=phone.at(now))
    codes = first["recoveryCodes"]
    assert (first["person"], len(codes)) == (came["person"], 10)
    owed = await entry.ask(SIGN_IN_OWING, email=email, password=PASSWORD)
    assert (owed["__typename"], "secret" in owed) == ("SecondFactorDemanded", False)
    done = await entry.ask(CONFIRM_FACTOR, challenge=owed["challenge"], code=codes[0])
    assert await code(entry.person(done)) is None
    challenges = [
        (await entry.ask(SIGN_IN_OWING, email=email, password=PASSWORD))["challenge"]
        for _ in range(2)
    ]
    renewed = await entry.ask(RENEW_CODES, challenge=challenges[0], code=codes[1])
    gone = await entry.ask(REMOVE_FACTOR, challenge=challenges[1], code=renewed["recoveryCodes"][0])
    assert gone["__typename"] == "SecondFactorRemoved"
    await house.people.revocations.read()
    assert await code(entry.person(done)) == "NOT_AUTHENTICATED"
    done = await entry.sign_in(email)
    # A manager resets nobody's, an administrator does.
    _, manager = await invited(root, entry, Role.MANAGER)
    refused = await entry.person(manager).ask(RESET_FACTOR, op=op(), person=came["person"])
    assert refused["__typename"] == "NotAllowed"
    assert await code(entry.person(done)) is None
    reset = await root.ask(RESET_FACTOR, op=op(), person=came["person"])
    assert reset["__typename"] == "SecondFactorReset"
    assert await code(entry.person(done)) == "NOT_AUTHENTICATED"


@pytest.mark.row("CC-6", "CC-14")
async def test_signing_out_ends_the_token_at_once(
    house: Runtime, entry: Door, root: Person
) -> None:
    _, came = await invited(root, entry)
    asha = entry.person(came)
    body, headers = (
        {"query": SIGN_OUT, "variables": {"op": op()}},
        {"authorization": f"Bearer {asha.token}"},
    )
    done = await asha.client.post(GRAPHQL, json=body, headers=headers)
    assert done.json()["data"]["signOut"]["__typename"] == "SessionEnded"
    # The browser forgets with us: the token in its cookie, and the answers that it kept.
    dropped = done.headers["set-cookie"]
    assert dropped.startswith(f'{COOKIE}=""; ')
    for part in ("Max-Age=0", "Path=/", "Secure", "HttpOnly", "SameSite=strict"):
        assert part in dropped
    assert done.headers["clear-site-data"] == '"cache"'
    assert await code(asha) == "NOT_AUTHENTICATED"
    assert (await entry.ask(REFRESH, token=came["refreshToken"]))["__typename"] == "SignInRefused"


@pytest.mark.row("CC-6")
async def test_the_suspended_are_out_until_restored(entry: Door, root: Person) -> None:
    email, came = await invited(root, entry)
    asha, named = entry.person(came), {"person": came["person"]}
    out = await root.ask(SUSPEND, op=op(), **named, expected=2)
    assert out["person"] == {
        "key": came["person"],
        "version": 3,
        "state": "SUSPENDED",
        "role": "TECHNICIAN",
        "department": None,
        "garage": {"key": PUNE},
    }
    assert await code(asha) == "NOT_AUTHENTICATED"
    assert (await entry.sign_in(email))["__typename"] == "SignInRefused"
    back = await root.ask(RESTORE, op=op(), **named, expected=3)
    assert (back["person"]["state"], back["person"]["version"]) == ("ACTIVE", 4)
    assert await code(asha) == "NOT_AUTHENTICATED"
    assert await code(entry.person(await entry.sign_in(email))) is None


@pytest.mark.row("AU-5", "CC-6")
async def test_a_changed_role_counts_after_a_refresh(entry: Door, root: Person) -> None:
    _, came = await invited(root, entry, Role.MANAGER)
    ravi = entry.person(came)
    assert (await ravi.ask(PEOPLE))["pageInfo"] == {"hasNextPage": False}
    lower = duty(Role.TECHNICIAN, department="Bay 2", shift="Mon-Sun 00:00-23:59")
    done = await root.ask(CHANGE, op=op(), person=ravi.actor.id, expected=2, duty=lower)
    assert done["person"]["role"] == "TECHNICIAN"
    assert await code(ravi) == "NOT_AUTHENTICATED"
    fresh = entry.person(await entry.ask(REFRESH, token=came["refreshToken"]))
    errors = (await fresh.answer(PEOPLE))["errors"]
    assert errors[0]["extensions"]["code"] == "NOT_ALLOWED"


@pytest.mark.row("AU-4")
async def test_managers_look_after_those_below_them_alone(
    house: Runtime, entry: Door, root: Person
) -> None:
    elsewhere = {"id": DELHI, "name": "Delhi", "place": "Delhi", "hours": "Mon 09:00-18:00"}
    await root.ask(GARAGE, op=op(), profile=elsewhere)
    _, came = await invited(root, entry, Role.MANAGER)
    boss = entry.person(came)
    other, stranger = await invited(root, entry, Role.TECHNICIAN, garage=DELHI)
    del other
    before = await rows(house)
    for wanted in (
        duty(Role.ADMIN),
        duty(Role.ADMIN, garage=None),
        duty(Role.MANAGER),
        duty(garage=DELHI),
    ):
        person = {"name": "Eve", "email": "eve@example.org", "duty": wanted}
        refused = await boss.ask(INVITE, op=op(), person=person)
        assert refused["__typename"] == "NotAllowed"
    for query in (SUSPEND, RESTORE):
        for named in (stranger["person"], "per_nobody"):
            gone = await boss.ask(query, op=op(), person=named, expected=2)
            assert gone["__typename"] == "NotFound"
    up = await boss.ask(CHANGE, op=op(), person=came["person"], expected=2, duty=duty(Role.ADMIN))
    assert up["__typename"] == "NotAllowed"
    assert await rows(house) == before
    _, made = await invited(boss, entry)
    seen = {e["node"]["garage"]["key"] for e in (await boss.ask(PEOPLE))["edges"]}
    assert (made["role"], seen) == ("TECHNICIAN", {PUNE})


async def test_an_invitation_is_good_once(house: Runtime, entry: Door, root: Person) -> None:
    person = {"name": "Meera", "email": "meera@example.org", "duty": duty()}
    asked = op()
    made = await root.ask(INVITE, op=asked, person=person)
    assert await root.ask(INVITE, op=asked, person=person) == made
    word = made["invitation"]
    before = await rows(house)
    poor = ("short", "passwordpassword", "meerameerameera", "x" * 257)
    told = [await entry.ask(ACCEPT, word=word, password=one) for one in poor]
    wrong = await entry.ask(ACCEPT, word="x" * 43, password=PASSWORD)
    assert [one["field"] for one in told] == ["password"] * 4
    assert wrong["__typename"] == "SignInRefused"
    assert await rows(house) == before
    came = await entry.ask(ACCEPT, word=word, password=PASSWORD)
    again = await entry.ask(ACCEPT, word=word, password=PASSWORD)
    other = await entry.ask(ACCEPT, word=word, password=PASSWORD[::-1])
    assert (came["person"], again["person"]) == (made["person"]["key"],) * 2
    assert other["__typename"] == "SignInRefused"
    taken = await root.ask(INVITE, op=op(), person=person | {"name": "Someone"})
    assert taken["__typename"] == "AlreadyExists"


async def test_who_never_came_is_invited_again(house: Runtime, entry: Door, root: Person) -> None:
    person = {"name": "Lata", "email": "lata@example.org", "duty": duty()}
    first = await root.ask(INVITE, op=op(), person=person)
    suspended = await root.ask(SUSPEND, op=op(), person=first["person"]["key"], expected=1)
    before = await rows(house)
    out = await root.ask(INVITE, op=op(), person=person)
    assert out["__typename"] == "AlreadyExists"
    assert await rows(house) == before
    assert suspended["__typename"] == "PersonSuspended"
    await root.ask(RESTORE, op=op(), person=first["person"]["key"], expected=2)
    asked, anew = op(), person | {"name": "Lata Rao", "duty": duty(Role.ACCOUNTANT)}
    again = await root.ask(INVITE, op=asked, person=anew)
    assert await root.ask(INVITE, op=asked, person=anew) == again
    assert again["person"]["key"] == first["person"]["key"]
    old = await entry.ask(ACCEPT, word=first["invitation"], password=PASSWORD)
    came = await entry.ask(ACCEPT, word=again["invitation"], password=PASSWORD)
    assert (old["__typename"], came["role"]) == ("SignInRefused", "ACCOUNTANT")


async def test_a_manager_takes_over_nobodys_newcomer(
    house: Runtime, entry: Door, root: Person
) -> None:
    _, came = await invited(root, entry, Role.MANAGER)
    person = {"name": "Mina", "email": "mina@example.org", "duty": duty(Role.MANAGER)}
    theirs = await root.ask(INVITE, op=op(), person=person)
    before = await rows(house)
    taken = await entry.person(came).ask(INVITE, op=op(), person=person | {"duty": duty()})
    assert taken["__typename"] == "AlreadyExists"
    assert await rows(house) == before
    assert theirs["__typename"] == "PersonInvited"


async def test_tries_are_slowed_down(house: Runtime, entry: Door, root: Person) -> None:
    email, _ = await invited(root, entry)
    began = perf_counter()
    asks = [entry.sign_in(email, "wrong words at the door") for _ in range(12)]
    told = Counter([done["__typename"] for done in await asyncio.gather(*asks)])
    # The waits are 1, 2, 4 ... seconds: a slow machine lets so many more through, and no others.
    let_in = 5 + int(log2(1 + perf_counter() - began))
    assert 5 <= told["SignInRefused"] <= let_in
    assert told["TooManySignIns"] == 12 - told["SignInRefused"] >= 1
    # As after many more tries: the wait outlasts the slowest machine.
    async with house.records.transaction() as connection:
        await connection.execute("update sign_in_try set tries = 60, last_at = now()")
    late = await entry.sign_in(email)
    assert late["__typename"] == "TooManySignIns"
    assert 200 < late["retryAfter"] <= 300
    async with house.records.transaction() as connection:
        await connection.execute("delete from sign_in_try")


async def test_browsers_keep_their_token_in_a_cookie(entry: Door, root: Person) -> None:
    email, _ = await invited(root, entry)
    page = {"sec-fetch-site": "same-origin"}
    told = await entry.answer(SIGN_IN, page, op=op(), email=email, password=PASSWORD)
    signed = told.json()["data"]["signIn"]
    assert signed["refreshToken"] is None
    kept = told.headers["set-cookie"]
    value = kept.partition("=")[2].partition(";")[0]
    assert kept.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age="):
        assert part in kept
    assert "Domain" not in kept
    assert told.headers["cache-control"] == "no-store"
    # What a page could read is no token of a native client.
    assert (await entry.ask(REFRESH, token=value))["__typename"] == "SignInRefused"
    told = await entry.answer(REFRESH, page | {"cookie": f"{COOKIE}={value}"}, op=op())
    assert told.json()["data"]["refresh"]["__typename"] == "SignedIn"
    assert told.headers["set-cookie"].startswith(f"{COOKIE}=")
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    forged = await entry.answer(REFRESH, foreign | {"cookie": f"{COOKIE}={value}"}, op=op())
    assert forged.status_code == 403


async def test_only_an_administrators_browser_is_shown_the_explorer(
    house: Runtime, entry: Door, root: Person, tmp_path: Path
) -> None:
    for path in FILES.values():
        (tmp_path / "ui" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ui" / path).touch()
    mode, rule = RunMode.PRODUCTION, ExplorerRule.ADMINISTRATORS
    settings = replace(house.settings, environment=mode, explorer=rule, home=tmp_path)
    built = build_application(replace(house, settings=settings))
    transport, url = httpx.ASGITransport(app=built), "https://battwheels.test"
    emails = [f"root.{fresh_word()}@example.org", (await invited(root, entry))[0]]
    await first_admin_of(house.people, emails[0])
    async with (
        httpx.AsyncClient(transport=transport, base_url=url) as page,
        httpx.AsyncClient(transport=transport, base_url=url) as other,
    ):
        opened = [Door(page), Door(other)]
        assert [(await one.client.get(EXPLORER)).status_code for one in opened] == [401, 401]
        for one, email in zip(opened, emails, strict=True):
            await one.sign_in(email, client="BROWSER")
        # Looking uses nothing up, and a page of no administrator is the form that a stranger sees.
        for _ in range(2):
            assert [(await one.client.get(EXPLORER)).status_code for one in opened] == [200, 401]
        used = page.cookies[COOKIE]
        root_again = opened[0].person(await opened[0].ask(REFRESH))
        assert (await page.get(EXPLORER)).status_code == 200
        stale = await page.get(EXPLORER, headers={"cookie": f"{COOKIE}={used}"})
        await root_again.ask(SIGN_OUT, op=op())
        assert (stale.status_code, (await page.get(EXPLORER)).status_code) == (401, 401)


async def test_sessions_are_seen_and_ended(house: Runtime, entry: Door, root: Person) -> None:
    email, came = await invited(root, entry)
    phone = entry.person(came)
    other = entry.person(await entry.sign_in(email))
    found = await phone.ask(SESSIONS)
    assert [one["current"] for one in found] == [False, True]
    assert await root.ask(SESSIONS, person=came["person"]) == [
        one | {"current": False} for one in found
    ]
    done = await phone.ask(END, op=op(), id=found[0]["key"])
    assert done == {"__typename": "SessionEnded", "key": found[0]["key"]}
    assert await code(other) == "NOT_AUTHENTICATED"
    _, stranger = await invited(root, entry)
    refused = await entry.person(stranger).ask(END, op=op(), id=found[1]["key"])
    assert refused["__typename"] == "NotFound"
    assert await code(phone) is None
    # A stolen token, of somebody who signed in long ago, shuts its owner out nowhere.
    third = entry.person(await entry.sign_in(email))
    newest = (await third.ask(SESSIONS))[0]["key"]
    await house.records.rows(
        "update session set began_at = began_at - interval '15 minutes' where id = %(id)s"
        " returning id",
        id=found[1]["key"],
    )
    stale = await phone.ask(END, op=op(), id=newest)
    assert stale == {"__typename": "NotAllowed", "message": f"{STALE_SESSION} Nothing was saved."}
    assert await code(third) is None
    # Whose sessions one cannot end one does not see, in one's own garage either.
    hidden = await entry.person(stranger).answer(SESSIONS, person=came["person"])
    assert hidden["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.row("AD-1", "AD-2", "AD-3")
async def test_coming_and_going_are_deeds(house: Runtime, entry: Door, root: Person) -> None:
    email, came = await invited(root, entry)
    key = came["person"]
    await entry.sign_in(email, "wrong words at the door")
    asha = entry.person(await entry.sign_in(email))
    [session] = [one["key"] for one in await asha.ask(SESSIONS) if one["current"]]
    _, thief = await invited(root, entry)
    taken = await entry.person(thief).ask(END, op=op(), id=session)
    assert taken["__typename"] == "NotFound"
    await asha.ask(SIGN_OUT, op=op())
    await root.ask(SUSPEND, op=op(), person=key, expected=2)
    refused = await root.ask(SUSPEND, op=op(), person=key, expected=2)
    assert refused["__typename"] == "StaleVersion"
    await house.audit.refused.write_noted()
    found = await house.audit.trail.page(20, DeedFilter(resource=key))
    told = sorted((d.event_type.value, d.user_id, d.result.value) for d in found)
    boss = root.actor.id
    expected = [
        ("user.login", key, "done"),
        ("user.login", key, "done"),
        ("user.login", key, "refused"),
        ("user.logout", key, "done"),
        ("user.logout", thief["person"], "refused"),
        ("user.permission_change", boss, "done"),
        ("user.permission_change", boss, "done"),
        ("user.permission_change", boss, "refused"),
    ]
    assert told == sorted(expected)
    [change] = [d for d in found if d.old_value is not None]
    assert (change.old_value, change.new_value) == ({"state": "active"}, {"state": "suspended"})
    assert {d.ip_address for d in found} == {"127.0.0.1"}
    assert email not in str(found)


@pytest.mark.row("AD-1")
async def test_stolen_words_are_failed_sign_ins(house: Runtime, entry: Door, root: Person) -> None:
    """A refresh token that comes again, once for its session, and each try at an invitation."""
    person = {"name": "Ravi", "email": "ravi.told@example.org", "duty": duty()}
    made = await root.ask(INVITE, op=op(), person=person)
    word, key = made["invitation"], made["person"]["key"]
    poor = await entry.ask(ACCEPT, word=word, password=PASSWORD[:5])
    assert poor["__typename"] == "UnfitInput"
    came = await entry.ask(ACCEPT, word=word, password=PASSWORD)
    other = await entry.ask(ACCEPT, word=word, password=PASSWORD[::-1])
    unknown = await entry.ask(ACCEPT, word="y" * 43, password=PASSWORD)
    assert {one["__typename"] for one in (other, unknown)} == {"SignInRefused"}
    await entry.ask(REFRESH, token=came["refreshToken"])
    for _ in range(2):
        stolen = await entry.ask(REFRESH, token=came["refreshToken"])
        assert stolen["__typename"] == "SignInRefused"
    await house.audit.refused.write_noted()
    found = await house.audit.trail.page(20, DeedFilter(type=DeedType.USER_LOGIN, user=key))
    session = next(d.new_value for d in found if d.result is DeedResult.DONE) or {}
    assert [(d.user_role, d.resource_id, d.result, d.new_value) for d in reversed(found)] == [
        ("technician", key, DeedResult.DONE, session),
        ("technician", key, DeedResult.REFUSED, WRONG),
        (
            "technician",
            key,
            DeedResult.REFUSED,
            {"error": "ReusedRefreshToken", "session": session["session"]},
        ),
    ]
    tried = await house.audit.trail.page(20, DeedFilter(type=DeedType.USER_LOGIN))
    strangers = [d.new_value for d in tried if d.user_id is None and d.resource_id is None]
    assert WRONG in strangers
    assert word not in repr(tried)


async def test_the_accepted_are_given_work_until_they_leave(
    house: Runtime, entry: Door, root: Person
) -> None:
    """As their events say, however late or often these are heard; nobody registers them."""
    follow, heard = staff_handler(house), list[Event]()

    async def hear(*, again: bool = False) -> None:
        while await house.relay.step():
            continue
        found = [e for _, e in await house.change_log.after(0, 10_000) if e.entity == key]
        for event in found if again else found[len(heard) :]:
            await follow(PersonId(event.entity))
        heard[:] = found

    _, led = await invited(root, entry, Role.MANAGER)
    boss = entry.person(led)
    _, came = await invited(root, entry, certification="HIGH_VOLTAGE")
    key = came["person"]
    given = Technician(id=PersonId(key), garage=PUNE, certification=Certification.HIGH_VOLTAGE)
    await hear()
    assert await house.technicians.technician(given.id) == given
    # What a manager says of their skills stays, as does their place after a word that comes late.
    await house.technicians.register(replace(given, skills=("brakes",)))
    for again in (False, True):
        await hear(again=again)
    await house.technicians.follow(replace(given, garage=DELHI), version=1)
    assert await house.technicians.technician(given.id) == replace(given, skills=("brakes",))
    ticket = (await boss.report("The mirror of the left side is loose"))["id"]
    assigned = await boss.ask(ASSIGN, id=ticket, n=1, op=op(), to=key)
    assert assigned["__typename"] == "TicketAssigned"
    named = {"person": key, "op": op()}
    await root.ask(SUSPEND, **named, expected=2)
    await hear()
    other = (await boss.report("The mirror of the right side is loose"))["id"]
    refused = await boss.ask(ASSIGN, id=other, n=1, op=op(), to=key)
    assert refused["__typename"] == "InvalidInput"
    await root.ask(RESTORE, **(named | {"op": op()}), expected=3)
    await hear()
    assert await house.technicians.technician(given.id) == replace(given, skills=("brakes",))
    desk = duty(Role.ACCOUNTANT)
    await root.ask(CHANGE, **(named | {"op": op()}), expected=4, duty=desk)
    await hear()
    assert await house.technicians.technician(given.id) is None
    assert [(e.type, e.version, e.garage) for e in heard] == [
        (EventType.PERSON_CHANGED, n, PUNE) for n in (2, 3, 4, 5)
    ]


@pytest.mark.row("AU-5")
async def test_technicians_off_shift_are_refused(entry: Door, root: Person) -> None:
    day = datetime.now(UTC).strftime("%a")
    never = {"Mon": "Wed", "Tue": "Thu", "Wed": "Fri", "Thu": "Sat", "Fri": "Sun", "Sat": "Mon"}
    shift = f"{never.get(day, 'Tue')} 10:00-10:01"
    _, came = await invited(root, entry, shift=shift)
    asha = entry.person(came)
    assert await code(asha) is None
    held = await root.ask(HOLD, op=op(), garage=PUNE, refused=True)
    assert held["profile"] == {"offShiftRefused": True}
    assert await code(asha) == "NOT_AUTHENTICATED"
    late = entry.person(await entry.ask(REFRESH, token=came["refreshToken"]))
    told = await late.answer(WHO)
    assert told["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    assert shift in told["errors"][0]["message"]
    await root.ask(HOLD, op=op(), garage=PUNE, refused=False)


@pytest.mark.row("GW-2")
async def test_anybody_may_check_a_token_by_the_key_set(
    entry: Door, root: Person, door: httpx.AsyncClient
) -> None:
    told = await door.get(JWKS)
    [key] = told.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert not {"d", "k"} & key.keys()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"query": 7}', 400),
        (b'{"query": "{ passwordRules { least } }"}', 200),
        (b'{"query": "{ __schema { types { name } } }"}', 200),
        (b'{"query": "{ tickets { edges { cursor } } }"}', 400),
        (b'{"query": "mutation { a: refresh(operationId: 1) b: refresh(operationId: 2) }"}', 400),
        (b'{"query": "' + b"{" * 4_000 + b'"}', 400),
        (b'{"query": "{' + b"a{" * 60 + b"b" + b"}" * 61 + b'"}', 400),
        (b'{"query": "{passwordRules(a:' + b"[" * 1_900 + b"]" * 1_900 + b')}"}', 400),
        (b'{"variables": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", 400),
        (b'{"query": "' + b"x" * 5_000 + b'"}', 413),
    ],
)
async def test_the_door_takes_little(door: httpx.AsyncClient, body: bytes, status: int) -> None:
    told = await door.post(PATH, content=body, headers={"content-type": "application/json"})
    assert told.status_code == status


async def test_a_token_of_elsewhere_is_refused(door: httpx.AsyncClient, root: Person) -> None:
    cut = root.token[:-6] + ("A" * 6)
    told = await door.post(GRAPHQL, json={"query": WHO}, headers={"authorization": f"Bearer {cut}"})
    assert told.status_code == 401
