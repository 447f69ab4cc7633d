"""People who were here before each had a key get theirs, and lose nothing."""

from uuid import uuid4

import pytest

from access.person_keys import OWN_FIELDS, PersonKey, PersonKeys
from access.personal_fields import EMPLOYEE_FIELDS, PERSON
from domain.employees import EmployeeField
from domain.ids import PersonId
from records.database import Records
from tests.access.test_people_records import admin
from web.people import PeopleRuntime

PAN = EMPLOYEE_FIELDS[EmployeeField.PAN]
TAKE = "update person set key = null, who = %(who)s where id = %(id)s"
RECORD = """insert into employee (person, garage, version, pan, mark, changed_at, changed_by)
values (%(id)s, 'garage_pune', 1, %(pan)s, 'm', now(), 'x')"""


@pytest.mark.row("EN-7")
async def test_people_of_before_get_a_key(people: PeopleRuntime, records: Records) -> None:
    own, vault = people.administration.seal.own, people.administration.seal.vault
    id = (await admin(people, "asha")).id  # noqa: A001
    old = {
        "id": id,
        "who": vault.seal(b'["Asha","asha@example.org"]', PERSON.at(id)),
        "pan": vault.seal(b"AAPPV8261K", PAN.at(id)),
    }
    async with records.transaction() as connection:
        await connection.execute(TAKE, old)
        await connection.execute(RECORD, old)
    keys = PersonKeys(records=records, own=own)
    assert [count async for count in keys.give()] == [1]
    assert [count async for count in keys.give()] == []
    [row] = await records.rows(
        "select who, key, pan from person join employee on person = id where id = %(id)s", id=id
    )
    key = PersonKey(id, bytes(row["key"]))
    for field, value in ((PERSON, row["who"]), (PAN, row["pan"])):
        sealed = bytes(value)
        assert vault.open(sealed, field.at(id)).startswith(b"\0")
        assert own.open(sealed, field.at(id), key) in {
            b'["Asha","asha@example.org"]',
            b"AAPPV8261K",
        }


def test_every_sealed_value_of_people_has_their_key(people: PeopleRuntime) -> None:
    assert {(one.table, one.column) for one in OWN_FIELDS} == {
        *(("employee", field.value) for field in EmployeeField),
        *(("person", "who"), ("second_factor", "secret"), ("passkey", "name"), ("nominee", "who")),
    }
    other = PersonId(f"per_{uuid4().hex}")
    own = people.administration.seal.own
    key, place = own.new_key(other), PAN.at(other)
    assert own.open(own.seal(b"AAPPV8261K", place, key), place, key) == b"AAPPV8261K"
