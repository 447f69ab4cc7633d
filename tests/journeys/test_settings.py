"""What a garage and the network go by: read as it was kept, changed for everybody at once."""

from typing import Any

import pytest
from redis.asyncio import Redis

from domain.access import Role
from domain.deeds import DeedResult, DeedType
from domain.ids import GarageId
from domain.people import parse_garage
from records import people
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, Person, fresh_word
from tests.journeys.sign_in_door import HOLD, op
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_deeds import deeds
from web.settings_cache import SECONDS, SettingsCache
from web.wiring import Runtime

pytestmark = pytest.mark.journey
FIELDS = "version name place hours region offShiftRefused"
REFUSED = "... on InvalidInput { field } ... on StaleVersion { actual } ... on Refusal { message }"
GARAGE = f"query ($garage: ID!) {{ garageSettings(garage: $garage) {{ {FIELDS} }} }}"
NETWORK = "{ networkSettings { version usualHours messageDays } }"
CHANGE_GARAGE = f"""mutation (
  $op: UUID!, $garage: ID!, $n: Int!, $settings: GarageSettingsInput!
) {{ changeGarageSettings(
    operationId: $op, garage: $garage, expectedVersion: $n, settings: $settings
  ) {{ __typename ... on GarageSettingsChanged {{ settings {{ {FIELDS} }} }} {REFUSED} }} }}"""
CHANGE_NETWORK = f"""mutation ($op: UUID!, $n: Int!, $settings: NetworkSettingsInput!) {{
  changeNetworkSettings(operationId: $op, expectedVersion: $n, settings: $settings) {{ __typename
    ... on NetworkSettingsChanged {{ settings {{ version usualHours messageDays }} }}
    {REFUSED} }} }}"""
NETWORK_INPUT = {"usualHours": "Mon-Fri 08:00-19:00", "messageDays": 180}
BY_HAND = "update garage set place = 'By hand' where id = %(id)s"


def garage_input(**said: object) -> dict[str, object]:
    return {"name": "Pune", "place": "Pune", "hours": "Mon-Sat 09:00-18:00", **said}


def told(version: int, **said: object) -> dict[str, Any]:
    return {"region": None, "offShiftRefused": False, "version": version, **garage_input(**said)}


@pytest.fixture
async def place(house: Runtime) -> GarageId:
    """A garage that nobody has read yet."""
    made = parse_garage(
        GarageId(f"garage_{fresh_word()}"),
        name="Pune",
        place="Pune",
        hours="Mon-Sat 09:00-18:00",
    )
    async with house.records.transaction() as connection:
        await people.add_garage(connection, made)
    return made.id


async def by_hand(house: Runtime, place: GarageId) -> None:
    """Change a garage's place past us, as nobody should."""
    async with house.records.transaction() as connection:
        await connection.execute(BY_HAND, {"id": place})


@pytest.fixture
def boss(somebody: Somebody, place: GarageId) -> Person:
    return somebody(Role.MANAGER, place)


@pytest.mark.row("CC-9", figure="visible ≤ 1 s: by the very next read")
async def test_a_change_is_seen_at_once(
    house: Runtime, place: GarageId, boss: Person, somebody: Somebody
) -> None:
    assert await boss.ask(GARAGE, garage=place) == told(1)
    # What is read again was kept: a hand in the database is not seen, a change of ours is.
    await by_hand(house, place)
    assert await boss.ask(GARAGE, garage=place) == told(1)
    admin = somebody(Role.ADMIN)
    new = garage_input(place="By the river", region="west")
    done = await admin.ask(CHANGE_GARAGE, op=op(), garage=place, n=1, settings=new)
    assert done["settings"] == told(2, place="By the river", region="west")
    assert await boss.ask(GARAGE, garage=place) == done["settings"]
    await boss.ask(HOLD, op=op(), garage=place, refused=True)
    assert (await boss.ask(GARAGE, garage=place))["offShiftRefused"] is True


@pytest.mark.row("CC-9", figure="TTL ≤ 900 s")
async def test_what_is_kept_runs_out(
    house: Runtime, place: GarageId, boss: Person, somebody: Somebody
) -> None:
    """Redis was silent while somebody changed it: the old one is told for 900 seconds at most."""
    await boss.ask(GARAGE, garage=place)
    key = f"settings:{place}"
    assert 0 < await house.redis.ttl(key) <= SECONDS == 900
    silent = SettingsCache(Redis(port=1, socket_connect_timeout=0.1))
    async with silent.changing(place):
        await by_hand(house, place)
    assert (await boss.ask(GARAGE, garage=place))["place"] == "Pune"
    assert await house.redis.delete(key) == 1
    assert (await boss.ask(GARAGE, garage=place))["place"] == "By hand"
    # Without Redis at all the records are read.
    origin = {"place": "read"}

    async def read() -> dict[str, Any]:
        return origin

    assert await silent.read(place, read) == origin


@pytest.mark.row("CC-9")
async def test_what_is_read_while_it_changes_is_not_kept(house: Runtime, place: GarageId) -> None:
    cache = SettingsCache(house.redis)

    async def old() -> dict[str, Any]:
        return {"old": True}

    async def new() -> dict[str, Any]:
        return {"old": False}

    async def changed_meanwhile() -> dict[str, Any]:
        async with cache.changing(place):
            return await cache.read(place, old)

    assert await cache.read(place, changed_meanwhile) == {"old": True}
    assert await cache.read(place, new) == {"old": False}
    assert await cache.read(place, old) == {"old": False}


@pytest.mark.row("AZ-1", "AZ-2", "AD-14")
async def test_administrators_alone_change_settings(
    house: Runtime, place: GarageId, boss: Person, somebody: Somebody
) -> None:
    admin, before = somebody(Role.ADMIN), await stored_counts(house)
    new = {"op": op(), "garage": place, "n": 1, "settings": garage_input(place="Elsewhere")}
    network = {"op": op(), "n": 0, "settings": NETWORK_INPUT}
    refused = [
        await boss.ask(CHANGE_GARAGE, **new),
        await boss.ask(CHANGE_NETWORK, **network),
        await somebody(Role.ACCOUNTANT, place).ask(CHANGE_GARAGE, **new),
        await admin.ask(CHANGE_GARAGE, **(new | {"n": 7})),
        await admin.ask(CHANGE_GARAGE, **(new | {"garage": "garage_nowhere"})),
        await admin.ask(CHANGE_GARAGE, **(new | {"settings": garage_input(hours="always")})),
        await admin.ask(CHANGE_NETWORK, **(network | {"n": 99})),
        await admin.ask(
            CHANGE_NETWORK, **(network | {"settings": NETWORK_INPUT | {"messageDays": 7}})
        ),
    ]
    assert [one["__typename"] for one in refused] == [
        *("NotAllowed",) * 3,
        *("StaleVersion", "NotFound", "InvalidInput", "StaleVersion", "InvalidInput"),
    ]
    assert await stored_counts(house) == before
    for role in (Role.TECHNICIAN, Role.ACCOUNTANT, Role.CUSTOMER_SUPPORT):
        for query, asked in ((GARAGE, {"garage": place}), (NETWORK, {})):
            [error] = (await somebody(role, place).answer(query, **asked))["errors"]
            assert error["extensions"]["code"] == "NOT_ALLOWED"
    stranger = somebody(Role.MANAGER, DELHI)
    assert [await stranger.ask(GARAGE, garage=one) for one in (place, "garage_x")] == [None] * 2
    tried = [(d.user_id, d.result) for d in await deeds(house, resource=place)]
    assert (boss.actor.id, DeedResult.REFUSED) in tried


@pytest.mark.row("AD-14")
async def test_a_change_of_settings_is_a_deed(
    house: Runtime, place: GarageId, somebody: Somebody
) -> None:
    admin, asked = somebody(Role.ADMIN), op()
    new = {"garage": place, "n": 1, "settings": garage_input(hours="Mon 09:00-18:00")}
    first = await admin.ask(CHANGE_GARAGE, op=asked, **new)
    assert await admin.ask(CHANGE_GARAGE, op=asked, **new) == first
    said = await admin.ask(NETWORK)
    wanted = NETWORK_INPUT | {"messageDays": 181}
    done = await admin.ask(CHANGE_NETWORK, op=op(), n=said["version"], settings=wanted)
    assert done["settings"] == {"version": said["version"] + 1, **wanted}
    assert await admin.ask(NETWORK) == done["settings"]
    [garage] = await deeds(house, resource=place, type=DeedType.SETTINGS_CHANGE)
    assert (garage.old_value, garage.new_value) == (
        {"hours": "Mon-Sat 09:00-18:00"},
        {"verb": "changeGarageSettings", "hours": "Mon 09:00-18:00"},
    )
    network = await deeds(house, resource="network", user=admin.actor.id)
    assert {"verb": "changeNetworkSettings"}.items() <= (network[0].new_value or {}).items()
    assert network[0].new_value is not None
    assert network[0].new_value["message_days"] == 181
