"""What is kept sealed of employees: read by whom the matrix names, masked for others, removed."""

import json
from typing import Any
from uuid import uuid4

import pytest

from access.personal_fields import EMPLOYEE_FIELDS
from domain.access import Role
from domain.deeds import DeedResult, DeedType
from domain.employees import EmployeeField
from domain.personal_data import MASKED
from tests.journeys import billing_garage
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person, fresh_word
from tests.journeys.planted_people import employed
from tests.journeys.sign_in_door import CHANGE, duty
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_deeds import deeds
from web.wiring import Runtime

pytestmark = pytest.mark.journey
FIELDS = "key version salary bankAccount { number ifsc } pan aadhaarLast4 garage { key }"
REFUSED = "... on InvalidInput { field } ... on Refusal { message }"
CREATE = f"""mutation ($op: UUID!, $id: ID!, $garage: ID!, $employee: EmployeeInput!) {{
  createEmployee(operationId: $op, id: $id, garage: $garage, employee: $employee) {{ __typename
    ... on EmployeeCreated {{ employee {{ {FIELDS} }} }} {REFUSED} }} }}"""
UPDATE = f"""mutation ($op: UUID!, $id: ID!, $n: Int!, $employee: EmployeeInput!) {{
  updateEmployee(operationId: $op, id: $id, expectedVersion: $n, employee: $employee) {{ __typename
    ... on EmployeeUpdated {{ employee {{ {FIELDS} }} }} {REFUSED} }} }}"""
REMOVE = f"""mutation ($op: UUID!, $id: ID!, $n: Int!) {{
  removeEmployee(operationId: $op, id: $id, expectedVersion: $n) {{ __typename
    ... on EmployeeRemoved {{ key version }} {REFUSED} }} }}"""
ONE = f"query ($id: ID!) {{ employee(id: $id) {{ {FIELDS} }} }}"
LISTED = f"{{ employees(first: 50) {{ edges {{ node {{ {FIELDS} }} }} }} }}"
PII, VIEW = DeedType.EMPLOYEE_PII_ACCESS, DeedType.EMPLOYEE_SALARY_VIEW
DETAILS = {
    "salary": 4_550_000,
    "bankAccount": {"number": "5010 0123 4567", "ifsc": "hdfc0001234"},
    "pan": "aappv8261k",
    "aadhaarLast4": "4417",
}
CLEAR = {
    "salary": "45,500.00",
    "bankAccount": {"number": "501001234567", "ifsc": "HDFC0001234"},
    "pan": "AAPPV8261K",
    "aadhaarLast4": "4417",
}
SALARY_ALONE = {
    "salary": "45,500.00",
    "bankAccount": {"number": MASKED, "ifsc": MASKED},
    "pan": MASKED,
    "aadhaarLast4": MASKED,
}


def op() -> str:
    return str(uuid4())


async def opened(house: Runtime, admin: Person, **said: object) -> str:
    key = await employed(house, f"kiran_{fresh_word()}", PUNE)
    made = await admin.ask(CREATE, op=op(), id=key, garage=PUNE, employee={**DETAILS, **said})
    assert made["__typename"] == "EmployeeCreated", made
    return key


def whole(key: str, version: int, said: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "version": version, "garage": {"key": PUNE}, **said}


@pytest.mark.row("AZ-1", "AZ-2", "AZ-4", "EN-9")
async def test_each_role_reads_its_fields(house: Runtime, somebody: Somebody) -> None:
    key = await opened(house, somebody(Role.ADMIN))
    said = {Role.ADMIN: CLEAR, Role.MANAGER: CLEAR, Role.ACCOUNTANT: SALARY_ALONE}
    for role, fields in said.items():
        reader = somebody(role)
        assert await reader.ask(ONE, id=key) == whole(key, 1, fields)
        listed = [edge["node"] for edge in (await reader.ask(LISTED))["edges"]]
        assert whole(key, 1, fields) in listed
    for role in (Role.TECHNICIAN, Role.CUSTOMER_SUPPORT):
        [error] = (await somebody(role).answer(ONE, id=key))["errors"]
        assert error["extensions"]["code"] == "NOT_ALLOWED"
    # What is not theirs and what nobody has answer alike.
    for role in (Role.MANAGER, Role.ACCOUNTANT):
        stranger = somebody(role, DELHI)
        assert await stranger.ask(ONE, id=key) is None
        assert await stranger.ask(ONE, id="nobody") is None
        listed = [edge["node"]["key"] for edge in (await stranger.ask(LISTED))["edges"]]
        assert key not in listed
    [row] = await house.records.rows("select * from employee where person = %(id)s", id=key)
    words = b"|".join(bytes(row[name]) for name in EMPLOYEE_FIELDS)
    assert [
        one for one in (b"4550000", b"501001234567", b"AAPPV8261K", b"4417") if one in words
    ] == []


@pytest.mark.row("AZ-1", "AZ-2")
async def test_a_record_is_changed_and_removed(house: Runtime, somebody: Somebody) -> None:
    admin, boss = somebody(Role.ADMIN), somebody()
    key = await opened(house, admin)
    done = await boss.ask(UPDATE, op=op(), id=key, n=1, employee={"salary": 5_000_000})
    nothing = {"bankAccount": None, "pan": None, "aadhaarLast4": None}
    assert done["employee"] == whole(key, 2, {"salary": "50,000.00", **nothing})
    gone = await admin.ask(REMOVE, op=op(), id=key, n=2)
    assert gone == {"__typename": "EmployeeRemoved", "key": key, "version": 3}
    assert await admin.ask(ONE, id=key) is None
    [row] = await house.records.rows("select * from employee where person = %(id)s", id=key)
    assert [row[name] for name in EmployeeField] == [None] * 4
    again = await admin.ask(CREATE, op=op(), id=key, garage=PUNE, employee={"pan": "AAPPV8261K"})
    assert again["employee"]["version"] == 4


@pytest.mark.row("AZ-1", "AZ-2", "AZ-4")
async def test_what_is_not_theirs_is_refused(house: Runtime, somebody: Somebody) -> None:
    admin, boss, stranger = somebody(Role.ADMIN), somebody(), somebody(garage=DELHI)
    accountant = somebody(Role.ACCOUNTANT)
    key = await opened(house, admin)
    before = await stored_counts(house)
    new = {"op": op(), "id": "somebody_new", "garage": PUNE, "employee": DETAILS}
    change = {"op": op(), "n": 1, "employee": DETAILS}
    refused = [
        await boss.ask(CREATE, **new),
        await accountant.ask(UPDATE, id=key, **change),
        await boss.ask(REMOVE, op=op(), id=key, n=1),
        await stranger.ask(UPDATE, id=key, **change),
        await stranger.ask(UPDATE, id="nobody", **change),
        await admin.ask(CREATE, **(new | {"id": key})),
        await admin.ask(UPDATE, id=key, **(change | {"n": 7})),
        await admin.ask(REMOVE, op=op(), id=key, n=7),
    ]
    assert [one["__typename"] for one in refused] == [
        *("NotAllowed", "NotAllowed", "NotAllowed", "NotFound", "NotFound", "AlreadyExists"),
        *("StaleVersion", "StaleVersion"),
    ]
    assert refused[3]["message"].replace(key, "nobody") == refused[4]["message"]
    assert await stored_counts(house) == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"salary": 0}, "employee.salary"),
        ({"salary": 1_000_000_001}, "employee.salary"),
        (
            {"bankAccount": {"number": "1" * 19, "ifsc": "HDFC0001234"}},
            "employee.bankAccount.number",
        ),
        ({"bankAccount": {"number": "1" * 12, "ifsc": "HDFC1001234"}}, "employee.bankAccount.ifsc"),
        ({"pan": "AAPPV8261"}, "employee.pan"),
        ({"aadhaarLast4": "234567890124"}, "employee.aadhaarLast4"),
    ],
)
async def test_what_reads_as_nothing_is_named(
    house: Runtime, somebody: Somebody, said: dict[str, Any], field: str
) -> None:
    before = await stored_counts(house)
    wanted = {"op": op(), "id": "misread", "garage": PUNE, "employee": said}
    refused = await somebody(Role.ADMIN).ask(CREATE, **wanted)
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", field)
    assert await stored_counts(house) == before


async def test_a_record_is_of_somebody_who_works_there(house: Runtime, somebody: Somebody) -> None:
    admin = somebody(Role.ADMIN)
    here, there = [await employed(house, f"asha_{fresh_word()}", g) for g in (PUNE, DELHI)]
    gone = await employed(house, f"gone_{fresh_word()}", PUNE)
    async with house.records.transaction() as connection:
        await connection.execute("update person set state = 'gone' where id = %s", [gone])
    before = await stored_counts(house)
    asked = [(here, "garage_nowhere"), ("nobody", PUNE), (gone, PUNE), (there, PUNE)]
    told = [
        await admin.ask(CREATE, op=op(), id=key, garage=place, employee=DETAILS)
        for key, place in asked
    ]
    assert [(one["__typename"], one.get("field")) for one in told] == [
        *[("NotFound", None)] * 3,
        ("InvalidInput", "garage"),
    ]
    assert await stored_counts(house) == before


async def test_a_record_goes_where_its_person_goes(house: Runtime, somebody: Somebody) -> None:
    """A manager of the garage that somebody left reads nothing of them any more."""
    admin, managers = somebody(Role.ADMIN), [somebody(), somebody(garage=DELHI)]
    await employed(house, f"host_{fresh_word()}", DELHI)
    key = await opened(house, admin)
    moved = {"op": op(), "person": key, "expected": 1, "duty": duty(garage=DELHI)}
    answers = [await admin.ask(CHANGE, **moved) for _ in range(2)]
    assert [one["__typename"] for one in answers] == ["RoleChanged"] * 2
    seen = [await boss.ask(ONE, id=key) for boss in managers]
    assert seen == [None, {"key": key, "version": 2, "garage": {"key": DELHI}, **CLEAR}]
    said = {"op": op(), "id": key, "n": 2, "employee": {"salary": 100}}
    told = [(await boss.ask(UPDATE, **said))["__typename"] for boss in managers]
    assert told == ["NotFound", "EmployeeUpdated"]


async def test_an_operation_keeps_nothing_to_guess_by(house: Runtime, somebody: Somebody) -> None:
    """What an operation asked is remembered by a keyed hash, and of its answer the id alone."""
    key = await employed(house, f"kiran_{fresh_word()}", PUNE)
    admin, used = somebody(Role.ADMIN), op()
    wanted = {"id": key, "garage": PUNE, "employee": {"pan": "AAPPV8261K"}}
    first = await admin.ask(CREATE, op=used, **wanted)
    assert await admin.ask(CREATE, op=used, **wanted) == first
    [row] = await house.records.rows("select * from operation where id = %(id)s", id=used)
    assert row["answer"] == {"id": key}
    other = await admin.ask(CREATE, op=used, **(wanted | {"employee": {"pan": "AAPPV8262K"}}))
    assert other["__typename"] == "OperationConflict"
    async with house.records.transaction() as connection:
        await connection.execute("delete from operation where id = %(id)s", {"id": used})
    other = await admin.ask(CREATE, op=used, **(wanted | {"employee": {"pan": "AAPPV8262K"}}))
    assert other["__typename"] == "AlreadyExists"


EXPORT = """query ($employee: ID, $invoice: ID) {
  personalData(employee: $employee, invoice: $invoice) { takenAt json } }"""


@pytest.mark.row("AZ-4", "AZ-5")
async def test_what_is_kept_of_somebody_is_exported(house: Runtime, somebody: Somebody) -> None:
    shop = await billing_garage.furnished(house, somebody)
    key, ticket = await opened(house, shop.admin), await shop.closed("exported")
    paper = (await shop.issued(ticket, email="meera@example.org"))["invoice"]["key"]
    paid = {"amount": 100, "method": "UPI", "reference": "UPI 4417"}
    await shop.accountant.ask(billing_garage.PAY, op=op(), invoice=paper, payment=paid)
    boss = somebody()
    employee = json.loads((await boss.ask(EXPORT, employee=key))["json"])
    assert {name: employee[name] for name in EmployeeField} == {
        "salary": "4550000",
        "bank_account": CLEAR["bankAccount"],
        "pan": "AAPPV8261K",
        "aadhaar": "4417",
    }
    customer = json.loads((await shop.accountant.ask(EXPORT, invoice=paper))["json"])
    [whose], [of] = customer["customer"], customer["papers"]
    assert (whose["name"], whose["email"]) == ("Meera Joshi", "meera@example.org")
    assert (of["id"], of["payments"][0]["reference"]) == (paper, "UPI 4417")
    stranger = somebody(garage=DELHI)
    hidden = [{"employee": key}, {"employee": "nobody"}, {"invoice": paper}]
    assert [await stranger.ask(EXPORT, **one) for one in hidden] == [None] * 3
    refused = [(shop.accountant, {"employee": key}), (shop.support, {"invoice": paper})]
    for person, named in refused:
        [error] = (await person.answer(EXPORT, **named))["errors"]
        assert error["extensions"]["code"] == "NOT_ALLOWED"


@pytest.mark.row("AD-11", "AD-12", "EN-8")
async def test_each_clear_reading_is_a_deed(house: Runtime, somebody: Somebody) -> None:
    key, boss = await opened(house, somebody(Role.ADMIN)), somebody()
    # Of one person's refused readings of a minute ten are told: this one's are.
    accountant = somebody(Role.ACCOUNTANT, name="reader_of_salaries")
    await accountant.ask(ONE, id=key)
    await boss.ask(f"query ($id: ID!) {{ employee(id: $id) {{ {FIELDS} again: pan }} }}", id=key)
    told = [
        (one.user_id, one.user_role, one.event_type, one.new_value, one.garage_id, one.result)
        for person in (accountant, boss)
        for one in await deeds(house, resource=key, user=person.actor.id)
    ]
    done, refused = DeedResult.DONE, DeedResult.REFUSED
    # A salary is personal too: one row of each type, and one alone of what is no salary.
    read = [
        (accountant, PII, "salary", done),
        (accountant, VIEW, "salary", done),
        *((accountant, PII, name, refused) for name in ("bank_account", "pan", "aadhaar")),
        *((boss, PII, name, done) for name in EmployeeField),
        (boss, VIEW, "salary", done),
    ]
    assert sorted(told, key=str) == sorted(
        (
            (who.actor.id, who.actor.role, kind, {"field": name}, PUNE, result)
            for who, kind, name, result in read
        ),
        key=str,
    )


@pytest.mark.row("AD-11", "AD-12")
async def test_each_refused_reading_is_a_deed(house: Runtime, somebody: Somebody) -> None:
    key = await employed(house, f"per_{uuid4().hex}", PUNE)
    made = {"op": op(), "id": key, "garage": PUNE, "employee": DETAILS}
    assert (await somebody(Role.ADMIN).ask(CREATE, **made))["__typename"] == "EmployeeCreated"
    asha, stranger = somebody(Role.TECHNICIAN, name="prying"), somebody(garage=DELHI, name="far")
    spread = (
        "query ($id: ID!) { employee(id: $id) { ...Paid } } fragment Paid on Employee { salary }"
    )
    pan = "query ($id: ID!) { employee(id: $id) { pan } }"
    told: list[tuple[DeedType, str | None, object, DeedResult]] = []
    for person, asked in ((asha, spread), (asha, pan), (stranger, spread), (stranger, pan)):
        answer = await person.answer(asked, id=key)
        assert (answer.get("data") or {}).get("employee") is None
    for person in (asha, stranger):
        found = await deeds(house, resource=key, user=person.actor.id)
        told += [(one.event_type, one.resource_id, one.new_value, one.result) for one in found]
    assert told == [
        (kind, key, {"error": error}, DeedResult.REFUSED)
        for error in ("NotAllowed", "NotFound")
        for kind in (PII, VIEW, PII)
    ]


@pytest.mark.row("AD-13")
async def test_an_export_is_a_deed(house: Runtime, somebody: Somebody) -> None:
    key, boss = await opened(house, somebody(Role.ADMIN)), somebody()
    await boss.ask(EXPORT, employee=key)
    told = await deeds(house, resource=key, type=DeedType.REPORT_EXPORT)
    assert [(one.user_id, one.new_value) for one in told] == [(boss.actor.id, {"of": "employee"})]
