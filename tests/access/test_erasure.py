"""An older copy of the database brings somebody back; whoever restores it erases them again."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from access.people import PeopleDeed
from domain.access import Actor, Role
from domain.api_keys import KeysLeft
from domain.deeds import DeedType
from domain.errors import IllegalTransition, NotAllowed
from domain.ids import GarageId, PersonId
from domain.people import Duty, parse_garage, parse_name
from domain.personal_records import RecordKind
from records.api_keys import ApiKeyStore
from records.audit_trail import AuditTrail, DeedFilter
from records.database import Records
from records.erasure import every_erased
from records.people import invite
from tests.access.test_people_records import NOW, admin, deed
from tests.records.test_api_keys import key
from tests.records.test_audit_trail import WRITER
from tests.waits import eventually
from web.cli.personal import OPERATOR_ACTOR, _erased_again  # pyright: ignore[reportPrivateUsage]
from web.people import PeopleRuntime

# As a copy from before the erasure has it.
BACK = """update person set who = %(who)s, email_mark = %(email_mark)s, key = %(key)s,
    state = 'active', erased_at = null where id = %(id)s"""


# Somebody waits for a row that another transaction holds.
WAITING = "select pid from pg_locks where not granted"
OVER = timedelta(days=38)


async def invited(people: PeopleRuntime, boss: Actor, *names: str) -> list[PersonId]:
    place = GarageId("garage_pune")
    profile = parse_garage(place, name="Pune", place="Pune", hours="Mon-Sat 09:00-18:00")
    await people.settings.create_garage(profile, deed(boss))
    duty = Duty(role=Role.TECHNICIAN, garage=place)
    made = [
        await people.administration.invite(
            parse_name(name, f"{name}@example.org"), duty, deed(boss)
        )
        for name in names
    ]
    return [one.invited.person.id for one in made]


async def test_erasures_are_replayed_after_a_restore(
    people: PeopleRuntime, records: Records
) -> None:
    boss, other = await admin(people, "asha"), await admin(people, "ravi")
    [before] = await records.rows("select * from person where id = %(id)s", id=other.id)
    await people.erasures.erase(other.id, deed(boss))
    assert [person for person, _ in await every_erased(records)] == [other.id]
    async with records.transaction() as connection:
        await connection.execute(BACK, before)
    known = await people.administration.store.person(other.id)
    assert people.administration.seal.open(known).who.name == "ravi"
    now = datetime.now(UTC)
    said = [
        await _erased_again(people, one, now)
        for one in (other.id, other.id, PersonId("per_nobody"))
    ]
    assert said == ["is erased again", "was erased already", "is not there"]
    [after] = await records.rows("select who, key from person where id = %(id)s", id=other.id)
    assert after == {"who": None, "key": None}


async def test_the_last_administrator_is_not_erased(people: PeopleRuntime) -> None:
    boss = await admin(people, "asha")
    with pytest.raises(NotAllowed, match="own rights"):
        await people.erasures.erase(boss.id, deed(boss))
    machine = PeopleDeed(id=deed(boss).id, actor=OPERATOR_ACTOR, at=NOW, body_hash="x")
    with pytest.raises(IllegalTransition, match="another administrator"):
        await people.erasures.erase(boss.id, machine)
    assert (await people.administration.store.person(boss.id)).who


async def test_who_was_invited_and_never_came_is_forgotten(
    people: PeopleRuntime, records: Records
) -> None:
    """Thirty days after their last word ran out, as a deed of the service; nobody else goes."""
    boss = await admin(people, "asha")
    late, soon = await invited(people, boss, "late", "soon")
    over = NOW + OVER
    async with records.transaction() as connection:
        await connection.execute(
            "update invitation set expires_at = %(at)s where person = %(person)s",
            {"at": over - timedelta(days=29), "person": soon},
        )
    assert await people.erasures.erase_never_came(over, 0) == 1
    assert await people.erasures.erase_never_came(over, 0) == 0
    assert [person for person, _ in await every_erased(records)] == [late]
    states = await records.rows("select id, state from person order by id")
    assert {row["id"]: row["state"] for row in states} == {
        boss.id: "active",
        late: "gone",
        soon: "invited",
    }
    [told] = await AuditTrail(records).page(9, DeedFilter(type=DeedType.USER_ERASE))
    assert (told.user_id, told.resource_id) == ("system", late)


async def test_who_is_restored_is_waited_for_anew(people: PeopleRuntime, records: Records) -> None:
    boss = await admin(people, "asha")
    [late] = await invited(people, boss, "late")
    await people.administration.suspend(late, 1, deed(boss))
    back = replace(deed(boss), at=NOW + OVER)
    await people.administration.restore(late, 2, back)
    assert await people.erasures.erase_never_came(NOW + OVER + timedelta(days=29), 0) == 0
    assert await every_erased(records) == []
    assert await people.erasures.erase_never_came(NOW + OVER + timedelta(days=31), 0) == 1


async def test_who_is_invited_again_meanwhile_is_not_erased(
    people: PeopleRuntime, records: Records
) -> None:
    """They were found already; whoever erases them waits for the word that is being written."""
    [late] = await invited(people, await admin(people, "asha"), "late")
    over = NOW + OVER
    async with records.transaction() as connection:
        await invite(connection, b"another word", late, over + timedelta(days=7))
        erasing = asyncio.create_task(people.erasures.erase_never_came(over, 0))

        async def waits() -> bool:
            return bool(await records.rows(WAITING))

        await eventually(waits)
    assert await erasing == 0
    assert await every_erased(records) == []
    [row] = await records.rows("select state from person where id = %(id)s", id=late)
    assert row == {"state": "invited"}


async def test_keys_are_handed_over_where_that_is_said(
    people: PeopleRuntime, records: Records
) -> None:
    boss, other = await admin(people, "asha"), await admin(people, "ravi")
    keys = ApiKeyStore(records, WRITER)
    made = replace(key(1), made_by=other.id, made_at=NOW, expires_at=NOW + timedelta(days=9))
    await keys.add(made, b"", deed(other).settings_change())
    gone = await people.erasures.erase(other.id, deed(boss), KeysLeft.HAND_OVER)
    assert RecordKind.API_KEY not in gone.erased
    kept = await keys.get(made.id)
    assert (kept.made_by, kept.revoked_at) == (boss.id, None)
    told = await AuditTrail(records).page(9, DeedFilter(resource=made.id))
    # Both deeds are of one moment: neither is the newer.
    assert [one.new_value for one in told if one.old_value == {"made_by": other.id}] == [
        {"verb": "handOverApiKey", "made_by": boss.id}
    ]
