"""People in the records: what two at a time, a hand at the console and a lost answer may do."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from access.people import PeopleDeed
from access.sign_in import SignedIn
from access.sign_in_tries import SignInRequest
from domain.access import Actor, Role
from domain.errors import IllegalTransition, NotAuthenticated, OperationConflict, TooMany
from domain.ids import OperationId, PersonId
from domain.people import PersonName, PersonState
from domain.sessions import IDLE, LONGEST, MOST_SESSIONS, ClientKind
from records.database import Records
from web.people import PeopleRuntime

NOW = datetime.now(UTC)
PASSWORD = "monsoon tyre ladder 42"  # noqa: S105 - a test's own


async def admin(people: PeopleRuntime, name: str) -> Actor:
    who = PersonName(name=name, email=f"{name}@example.org")
    made = await people.admins.make(PersonId(f"per_{name}"), who, PASSWORD, NOW, another=True)
    return Actor(id=made.id, role=Role.ADMIN)


def deed(actor: Actor, body: str = "body", id: str | None = None) -> PeopleDeed:
    return PeopleDeed(id=OperationId(id or str(uuid4())), actor=actor, at=NOW, body_hash=body)


def request(at: datetime = NOW, client: ClientKind = ClientKind.NATIVE) -> SignInRequest:
    return SignInRequest(id=OperationId(str(uuid4())), client=client, address="address:1", at=at)


async def signed_in(
    people: PeopleRuntime, email: str, password: str, request: SignInRequest
) -> SignedIn:
    """Sign somebody in who owes nothing but the password."""
    found = await people.door.sign_in(email, password, request)
    assert isinstance(found, SignedIn)
    return found


async def test_the_last_administrator_stays(people: PeopleRuntime) -> None:
    one, two = await admin(people, "asha"), await admin(people, "ravi")
    asks = [
        people.administration.suspend(other.id, 1, deed(boss))
        for boss, other in ((one, two), (two, one))
    ]
    done = await asyncio.gather(*asks, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["IllegalTransition", "KnownPerson"]


async def test_only_the_first_administrator_is_made_unasked(people: PeopleRuntime) -> None:
    await admin(people, "asha")
    who = PersonName(name="Eve", email="eve@example.org")
    with pytest.raises(IllegalTransition, match="--another"):
        await people.admins.make(PersonId("per_eve"), who, PASSWORD, NOW)


async def test_one_operation_is_one_answer(people: PeopleRuntime, records: Records) -> None:
    boss, other = await admin(people, "asha"), await admin(people, "ravi")
    asked = str(uuid4())
    first = await people.administration.suspend(other.id, 1, deed(boss, id=asked))
    restored = await people.administration.restore(other.id, 2, deed(boss))
    assert restored.person.state is PersonState.ACTIVE
    again = await people.administration.suspend(other.id, 1, deed(boss, id=asked))
    assert (again, again.person.version) == (first, 2)
    with pytest.raises(OperationConflict):
        await people.administration.restore(other.id, 3, deed(boss, "other body", id=asked))
    [row] = await records.rows("select state, version from person where id = %(id)s", id=other.id)
    assert row == {"state": "active", "version": 3}


@pytest.mark.row("CC-6")
async def test_a_hand_at_the_console_revokes(people: PeopleRuntime, records: Records) -> None:
    asha = await admin(people, "asha")
    entry = await signed_in(people, "asha@example.org", PASSWORD, request())
    assert people.callers.verify(entry.access_token, NOW)[0].id == asha.id
    async with records.transaction() as connection:
        await connection.execute("update person set region = 'west'")
    await people.revocations.read()
    with pytest.raises(NotAuthenticated, match="refresh"):
        people.callers.verify(entry.access_token, NOW)
    fresh = await people.door.refresh(entry.refresh_token, request())
    assert people.callers.verify(fresh.access_token, NOW)[0].region == "west"


@pytest.mark.row("CC-5", "CC-14")
@pytest.mark.parametrize(
    ("later", "good"),
    [(IDLE - timedelta(seconds=1), True), (IDLE, False), (LONGEST + timedelta(days=1), False)],
)
async def test_a_session_ends_a_day_after_its_use(
    people: PeopleRuntime, later: timedelta, good: bool
) -> None:
    await admin(people, "asha")
    entry = await signed_in(people, "asha@example.org", PASSWORD, request())
    late = request(NOW + later)
    if good:
        assert (await people.door.refresh(entry.refresh_token, late)).session == entry.session
    else:
        with pytest.raises(NotAuthenticated, match="sign in again"):
            await people.door.refresh(entry.refresh_token, late)


@pytest.mark.row("CC-14")
async def test_a_session_in_use_ends_after_a_month(people: PeopleRuntime) -> None:
    await admin(people, "asha")
    entry = await signed_in(people, "asha@example.org", PASSWORD, request())
    word, day = entry.refresh_token, timedelta(hours=23)
    for n in range(1, 32):
        word = (await people.door.refresh(word, request(NOW + n * day))).refresh_token
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await people.door.refresh(word, request(NOW + 32 * day))


async def test_one_session_too_many_ends_the_oldest(people: PeopleRuntime) -> None:
    await admin(people, "asha")
    begun = [
        await signed_in(
            people, "asha@example.org", PASSWORD, request(NOW + n * timedelta(seconds=1))
        )
        for n in range(MOST_SESSIONS + 1)
    ]
    await people.revocations.read()
    later = NOW + timedelta(minutes=1)
    with pytest.raises(NotAuthenticated):
        people.callers.verify(begun[0].access_token, later)
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await people.door.refresh(begun[0].refresh_token, request(later))
    for entry in begun[1:]:
        assert people.callers.verify(entry.access_token, later)[0].session == entry.session


async def test_waiting_lets_somebody_try_again(people: PeopleRuntime) -> None:
    await admin(people, "asha")
    for _ in range(5):
        with pytest.raises(NotAuthenticated):
            await people.door.sign_in("asha@example.org", "wrong", request())
    waits: list[float | None] = []
    at = NOW
    for _ in range(3):
        with pytest.raises(TooMany) as many:
            await people.door.sign_in("asha@example.org", PASSWORD, request(at))
        waits.append(many.value.retry_s)
        at += timedelta(seconds=many.value.retry_s or 0)
        with pytest.raises(NotAuthenticated):
            await people.door.sign_in("asha@example.org", "wrong", request(at))
    assert waits == [1.0, 2.0, 4.0]
    at += timedelta(seconds=8)
    assert (await signed_in(people, "asha@example.org", PASSWORD, request(at))).session
    # Whoever got in starts anew.
    with pytest.raises(NotAuthenticated):
        await people.door.sign_in("asha@example.org", "wrong", request(at))


@pytest.mark.row("AU-1")
async def test_whoever_tries_elsewhere_keeps_no_owner_waiting(people: PeopleRuntime) -> None:
    """Where the owner signed in from before, tries are counted apart (ASVS 5.0, 6.1.1)."""
    await admin(people, "asha")
    home = replace(request(), address="203.0.113.7")
    assert (await signed_in(people, "asha@example.org", PASSWORD, home)).session
    for n in range(8):
        tried = replace(request(NOW + n * timedelta(milliseconds=1)), address=f"198.51.100.{n}")
        with pytest.raises((NotAuthenticated, TooMany)):
            await people.door.sign_in("asha@example.org", "wrong", tried)
    stranger = replace(request(), address="198.51.100.77")
    with pytest.raises(TooMany):
        await people.door.sign_in("asha@example.org", PASSWORD, stranger)
    again = replace(request(), address="203.0.113.7")
    assert (await signed_in(people, "asha@example.org", PASSWORD, again)).session
    # That they came in at home lets the stranger try no more.
    with pytest.raises(TooMany):
        await people.door.sign_in("asha@example.org", PASSWORD, replace(stranger, id=again.id))
    for _ in range(5):
        with pytest.raises(NotAuthenticated):
            await people.door.sign_in("asha@example.org", "wrong", home)
    with pytest.raises(TooMany):
        await people.door.sign_in("asha@example.org", PASSWORD, home)
