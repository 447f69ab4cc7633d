"""Vehicles of customers: sealed, found by plate or VIN, with what was repaired on them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from access.people import PeopleDeed
from domain.access import Role
from domain.ids import OperationId, VehicleId
from domain.personal_data import MASKED
from domain.technicians import Technician
from records.erasure import every_erased
from repair.customers import erase_again
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_customers import kept, op
from tests.journeys.test_repairs import ASSIGN
from web.wiring import Runtime

pytestmark = pytest.mark.journey
FIELDS = "key version make model year plate vin notes garage { key } owner { key }"
REFUSED = "... on InvalidInput { field } ... on Refusal { message }"
CREATE = f"""mutation ($op: UUID!, $vehicle: CustomerVehicleInput!, $garage: ID) {{
  createVehicle(operationId: $op, vehicle: $vehicle, garage: $garage) {{ __typename
    ... on VehicleCreated {{ vehicle {{ {FIELDS} }} }} {REFUSED} }} }}"""
CHANGE = f"""mutation ($op: UUID!, $id: ID!, $n: Int!, $vehicle: CustomerVehicleInput!) {{
  changeVehicle(operationId: $op, id: $id, expectedVersion: $n, vehicle: $vehicle) {{ __typename
    ... on VehicleChanged {{ vehicle {{ {FIELDS} }} }} {REFUSED} }} }}"""
ERASE = f"""mutation ($op: UUID!, $vehicle: ID) {{
  eraseCustomer(operationId: $op, vehicle: $vehicle) {{ __typename
    ... on CustomerErased {{ erased {{ kind count }} }} {REFUSED} }} }}"""
ONE = f"query ($id: ID!) {{ vehicle(id: $id) {{ {FIELDS} }} }}"
REPAIRS = "query ($id: ID!) { vehicle(id: $id) { pastRepairs { key text } } }"
OWNED = "query ($id: ID!) { customer(id: $id) { vehicles { key plate } } }"
FIND = """query ($search: String, $garage: ID) {
  vehicles(search: $search, garage: $garage) { edges { node { key } } } }"""
BUILT = {"make": "Ather", "model": "450X", "year": 2024}
VIN = "MA1TA2XYZC3D45678"


async def made(asker: Person, **said: object) -> str:
    """Keep a vehicle and give its key."""
    done = await asker.ask(CREATE, op=op(), vehicle={**BUILT, **said})
    assert done["__typename"] == "VehicleCreated", done
    return done["vehicle"]["key"]


async def found(asker: Person, search: str, **how: object) -> list[str]:
    page = await asker.ask(FIND, search=search, **how)
    return [edge["node"]["key"] for edge in page["edges"]]


def whole(key: str, version: int, owner: str | None, **said: object) -> dict[str, Any]:
    nothing = {"plate": None, "vin": None, "notes": None}
    of = None if owner is None else {"key": owner}
    place = {"garage": {"key": PUNE}, "owner": of}
    return {"key": key, "version": version, **BUILT, **nothing, **said, **place}


@pytest.mark.row("EN-9")
async def test_a_vehicle_is_found_and_masked(house: Runtime, somebody: Somebody) -> None:
    boss = somebody()
    owner = await kept(boss, "Owner of the scooter")
    identity = {"plate": "MH12ZQ4417", "vin": VIN, "notes": "Dented on the left"}
    key = await made(boss, owner=owner, **(identity | {"plate": "mh 12 zq-4417"}))
    assert await boss.ask(ONE, id=key) == whole(key, 1, owner, **identity)
    assert await boss.ask(OWNED, id=owner) == {"vehicles": [{"key": key, "plate": "MH12ZQ4417"}]}
    for typed in ("MH12 ZQ 4417", "4417", VIN.lower()):
        assert await found(boss, typed) == [key]
    asha = somebody(Role.TECHNICIAN)
    assert await asha.ask(ONE, id=key) == whole(key, 1, owner, **dict.fromkeys(identity, MASKED))
    assert await found(asha, "MH12ZQ4417") == [key]
    [error] = (await asha.answer(FIND, search="4417"))["errors"]
    assert error["extensions"]["code"] == "NOT_ALLOWED"
    stranger = somebody(garage=DELHI)
    assert await stranger.ask(ONE, id=key) is None
    assert await found(stranger, "MH12ZQ4417") == []
    assert await found(stranger, "MH12ZQ4417", garage=PUNE) == []
    [row] = await house.records.rows("select * from customer_vehicle where id = %(id)s", id=key)
    sealed = b"|".join(bytes(value) for value in row.values() if isinstance(value, bytes))
    assert [word for word in (b"ZQ4417", VIN.encode(), b"Dented") if word in sealed] == []


async def test_past_repairs_are_those_of_the_garage(house: Runtime, somebody: Somebody) -> None:
    boss, stranger, asha = somebody(), somebody(garage=DELHI), somebody(Role.TECHNICIAN)
    key = await made(boss, plate="MH12ZQ4418")
    first = await boss.report("The scooter does not charge", vehicleId=key)
    second = await boss.report("The brake squeals", vehicleId=key)
    await stranger.report("Somebody else's words of it", vehicleId=key)
    told = [{"key": second["key"], "text": "The brake squeals"}]
    told += [{"key": first["key"], "text": "The scooter does not charge"}]
    assert await boss.ask(REPAIRS, id=key) == {"pastRepairs": told}
    assert await somebody(Role.ADMIN).ask(REPAIRS, id=key) == {"pastRepairs": told}
    # A technician sees what is on their bench.
    assert await asha.ask(REPAIRS, id=key) == {"pastRepairs": []}
    await house.technicians.register(Technician(id=asha.actor.id, garage=PUNE))
    done = await boss.ask(ASSIGN, id=first["key"], to=asha.actor.id, n=1, op=op())
    assert done["__typename"] == "TicketAssigned", done
    assert await asha.ask(REPAIRS, id=key) == {"pastRepairs": told[1:]}


async def test_a_vehicle_is_said_anew(house: Runtime, somebody: Somebody) -> None:
    del house
    boss = somebody()
    before, after = await kept(boss, "Who sold it"), await kept(boss, "Who bought it")
    key = await made(boss, plate="MH12ZQ4419", owner=before)
    asked = {"op": op(), "id": key, "n": 1}
    said = {"vehicle": {**BUILT, "plate": "MH14ZQ4420", "owner": after}}
    changed = whole(key, 2, after, plate="MH14ZQ4420")
    for _ in range(2):
        done = await boss.ask(CHANGE, **asked, **said)
        assert done == {"__typename": "VehicleChanged", "vehicle": changed}
    assert await found(boss, "MH12ZQ4419") == []
    assert await found(boss, "MH14ZQ4420") == [key]


async def test_what_is_not_theirs_is_refused(house: Runtime, somebody: Somebody) -> None:
    boss, stranger = somebody(), somebody(garage=DELHI)
    foreign, key = await kept(stranger, "Of Delhi"), await made(boss, plate="MH12ZQ4421")
    before = await stored_counts(house)
    change = {"op": op(), "n": 1, "vehicle": BUILT}
    refused = [
        await somebody(Role.TECHNICIAN).ask(CREATE, op=op(), vehicle=BUILT),
        await boss.ask(CREATE, op=op(), vehicle={**BUILT, "owner": foreign}),
        await boss.ask(CREATE, op=op(), vehicle={**BUILT, "owner": f"cus_{'0' * 32}"}),
        await stranger.ask(CHANGE, id=key, **change),
        await boss.ask(CHANGE, id=key, **(change | {"n": 7})),
    ]
    assert [one["__typename"] for one in refused] == [
        *("NotAllowed", "NotFound", "NotFound", "NotFound", "StaleVersion")
    ]
    assert refused[1]["message"].replace(foreign, "ID") == refused[2]["message"].replace(
        f"cus_{'0' * 32}", "ID"
    )
    assert await stored_counts(house) == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"make": ""}, "vehicle.make"),
        ({"model": "m" * 81}, "vehicle.model"),
        ({"year": 1900}, "vehicle.year"),
        ({"plate": "Meera"}, "vehicle.plate"),
        ({"vin": "123"}, "vehicle.vin"),
        ({"notes": "n" * 2_001}, "vehicle.notes"),
        ({"owner": "Meera"}, "vehicle.owner"),
    ],
)
async def test_a_wrong_field_is_named(
    house: Runtime, somebody: Somebody, said: dict[str, object], field: str
) -> None:
    before = await stored_counts(house)
    refused = await somebody().ask(CREATE, op=op(), vehicle={**BUILT, **said})
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", field)
    assert await stored_counts(house) == before


async def test_a_vehicle_without_owner_is_erased(house: Runtime, somebody: Somebody) -> None:
    boss = somebody()
    key = await made(boss, plate="MH12ZQ4419", vin=VIN)
    owned = await made(boss, plate="MH12ZQ4420", owner=await kept(boss, "Owns one"))
    before = await stored_counts(house)
    refused = [
        await somebody(Role.CUSTOMER_SUPPORT).ask(ERASE, op=op(), vehicle=key),
        await somebody(garage=DELHI).ask(ERASE, op=op(), vehicle=key),
        await boss.ask(ERASE, op=op(), vehicle=owned),
        await boss.ask(ERASE, op=op(), vehicle="a scooter"),
    ]
    assert [one["__typename"] for one in refused] == [
        *("NotAllowed", "NotFound", "InvalidInput", "InvalidInput"),
    ]
    assert [one["field"] for one in refused[2:]] == ["vehicle", "vehicle"]
    assert await stored_counts(house) == before
    asked = {"op": op(), "vehicle": key}
    gone = await boss.ask(ERASE, **asked)
    assert gone["erased"] == [{"kind": "VEHICLE", "count": 1}]
    assert await boss.ask(ERASE, **asked) == gone
    assert (await boss.ask(ERASE, op=op(), vehicle=key))["__typename"] == "NotFound"
    assert await boss.ask(ONE, id=key) == whole(key, 2, None)
    assert await found(boss, "MH12ZQ4419") == []
    assert key in {erased for erased, _ in await every_erased(house.records)}

    # A copy from before brings it back; said anew it is another vehicle, which nobody erased.
    back = {"op": op(), "id": key, "n": 2, "vehicle": {**BUILT, "plate": "MH12ZQ4419"}}
    assert (await boss.ask(CHANGE, **back))["__typename"] == "VehicleChanged"
    assert key not in {erased for erased, _ in await every_erased(house.records)}
    own, now = house.people.administration, datetime.now(UTC)
    admin = somebody(Role.ADMIN).actor
    again = PeopleDeed(id=OperationId(op()), actor=admin, at=now, body_hash="replay")
    assert await erase_again(own.store, own.deeds, VehicleId(key), again) == 1
    assert await found(boss, "MH12ZQ4419") == []
