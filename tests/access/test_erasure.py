"""An older copy of the database brings somebody back; whoever restores it erases them again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from access.people import PeopleDeed
from domain.access import Role
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
from tests.access.test_people_records import NOW, admin, deed
from tests.records.test_api_keys import key
from tests.records.test_audit_trail import WRITER
from web.cli.personal import OPERATOR_ACTOR, _erased_again  # pyright: ignore[reportPrivateUsage]
from web.people import PeopleRuntime

# As a copy from before the erasure has it.
BACK = """update person set who = %(who)s, email_mark = %(email_mark)s, key = %(key)s,
    state = 'active', erased_at = null where id = %(id)s"""


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
    place = GarageId("garage_pune")
    profile = parse_garage(place, name="Pune", place="Pune", hours="Mon-Sat 09:00-18:00")
    await people.settings.create_garage(profile, deed(boss))
    duty = Duty(role=Role.TECHNICIAN, garage=place)
    invited = [
        (await people.administration.invite(parse_name(name, f"{name}@example.org"), duty, asked))
        for name, asked in (("late", deed(boss)), ("soon", deed(boss)))
    ]
    late, soon = (one.invited.person.id for one in invited)
    over = NOW + timedelta(days=38)
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
