"""An older copy of the database brings somebody back; whoever restores it erases them again."""

from datetime import UTC, datetime

import pytest

from access.people import PeopleDeed
from domain.errors import IllegalTransition, NotAllowed
from domain.ids import PersonId
from records.database import Records
from records.erasure import every_erased
from tests.access.test_people_records import NOW, admin, deed
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
