"""Alarms through the doors that people use: the sixth wrong password, the eleventh export."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from domain.access import Role
from domain.alarms import AlarmKind
from domain.hours import DAYS, INDIA
from domain.ids import GarageId
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person
from tests.journeys.planted_people import employed
from tests.journeys.sign_in_door import GARAGE, Door, invited, op
from tests.journeys.test_employees import CREATE, DETAILS, EXPORT, ONE
from web.metrics import Metrics
from web.wiring import Runtime

pytestmark = pytest.mark.journey
ALARMS = "select subject, garage, count from alarm where kind = %(kind)s order by at, id"
ALWAYS = "Mon-Sun 00:00-12:00, Mon-Sun 12:00-00:00"


Raised = tuple[str, str | None, int]


async def raised(house: Runtime, kind: AlarmKind, before: Collection[Raised] = ()) -> list[Raised]:
    """Give the alarms of a kind that are not `before`, once all that was done has been looked at.

    The stores are shared with other tests, whose deeds raise alarms too.
    """
    await house.audit.refused.write_noted()
    while await house.audit.chain.seal():
        continue
    await house.alarms.raise_alarms(Metrics())
    rows = await house.records.rows(ALARMS, kind=kind)
    found = [(row["subject"], row["garage"], row["count"]) for row in rows]
    return [alarm for alarm in found if alarm not in before]


@pytest.mark.row("AD-17")
async def test_the_sixth_wrong_password_raises_an_alarm(
    house: Runtime, door: httpx.AsyncClient, root: Person
) -> None:
    before = await raised(house, AlarmKind.FAILED_SIGN_INS)
    entry = Door(door)
    email, came = await invited(root, entry)
    for _ in range(5):
        await entry.sign_in(email, "not the password of theirs")
    assert await raised(house, AlarmKind.FAILED_SIGN_INS, before) == []
    await entry.sign_in(email, "not the password of theirs")
    [(subject, _, count)] = await raised(house, AlarmKind.FAILED_SIGN_INS, before)
    assert (subject, count) == (came["person"], 6)


@pytest.mark.row("AD-18")
async def test_the_eleventh_export_raises_an_alarm(house: Runtime, somebody: Somebody) -> None:
    before = await raised(house, AlarmKind.BULK_EXPORT)
    boss = somebody(name="exporter")
    key = await recorded(house, somebody(Role.ADMIN), PUNE, "exported")
    for _ in range(10):
        await boss.ask(EXPORT, employee=key)
    assert await raised(house, AlarmKind.BULK_EXPORT, before) == []
    await boss.ask(EXPORT, employee=key)
    assert await raised(house, AlarmKind.BULK_EXPORT, before) == [("exporter", PUNE, 11)]


@pytest.mark.row("AD-19")
async def test_a_clear_reading_while_its_garage_is_closed_raises_an_alarm(
    house: Runtime, somebody: Somebody, root: Person
) -> None:
    before = await raised(house, AlarmKind.OFF_HOURS_ACCESS)
    admin = somebody(Role.ADMIN, name="employer")
    another_day = DAYS[(datetime.now(UTC) + timedelta(days=2)).astimezone(INDIA).weekday()]
    for garage, hours in ((PUNE, f"{another_day} 11:00-12:00"), (DELHI, ALWAYS)):
        profile = {"id": garage, "name": "Its own hours", "place": "Here", "hours": hours}
        await root.ask(GARAGE, op=op(), profile=profile)
        await house.records.rows(
            "update garage set hours = %(hours)s where id = %(id)s returning id",
            hours=hours,
            id=garage,
        )
        key = await recorded(house, admin, garage, f"at_{garage}")
        await somebody(Role.ACCOUNTANT, garage, f"reader_of_{garage}").ask(ONE, id=key)
    # Who enters a record reads it in the answer.
    assert await raised(house, AlarmKind.OFF_HOURS_ACCESS, before) == [
        (admin.actor.id, PUNE, 1),
        (f"reader_of_{PUNE}", PUNE, 1),
    ]


async def recorded(house: Runtime, admin: Person, garage: GarageId, key: str) -> str:
    await employed(house, key, garage)
    made = await admin.ask(CREATE, op=op(), id=key, garage=garage, employee=DETAILS)
    assert made["__typename"] == "EmployeeCreated", made
    return key
