"""A chain's garages and people out of a CSV file: all of it in the records, or nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from access.people import INVITED_FOR
from access.people_import import PeopleImported, import_people, read_people
from domain.errors import ImportRefused
from records.database import Records
from tests.access.people_files import BAD, GOOD
from web.people import PeopleRuntime, open_people_alone
from web.settings import Settings
from web.tokens import build_tokens

NOW = datetime.now(UTC)
KEPT = "select role, garage, state from person order by role"
COUNTS = """select (select count(*) from garage) as garages,
  (select count(*) from person) as people,
  (select count(*) from invitation) as invitations, (select count(*) from deed) as deeds"""
NOTHING: Mapping[str, int] = {"garages": 0, "people": 0, "invitations": 0, "deeds": 0}


@pytest.fixture
async def people(records: Records, tmp_path: Path) -> PeopleRuntime:
    settings = Settings(home=tmp_path)
    return await open_people_alone(settings, records, build_tokens(settings))


async def brought_in(people: PeopleRuntime, text: str) -> PeopleImported:
    return await import_people(people.admins, read_people("chain.csv", text), "chain.csv", NOW)


async def test_a_chain_is_in_the_records_once(records: Records, people: PeopleRuntime) -> None:
    first = await brought_in(people, GOOD)
    assert (first.garages, first.people, first.known) == (2, 3, 0)
    assert sorted(first.words) == ["asha@example.org", "meera@example.org", "ravi@example.org"]
    assert await records.rows(KEPT) == [
        {"role": "admin", "garage": None, "state": "invited"},
        {"role": "manager", "garage": "garage_delhi", "state": "invited"},
        {"role": "technician", "garage": "garage_pune", "state": "invited"},
    ]
    again = await brought_in(people, GOOD)
    assert (again.garages, again.people, again.known, again.words) == (0, 0, 3, {})
    [counted] = await records.rows(COUNTS)
    assert counted == {"garages": 2, "people": 3, "invitations": 3, "deeds": 5}
    text, later = read_people("chain.csv", GOOD), NOW + INVITED_FOR
    late = await import_people(people.admins, text, "chain.csv", later)
    assert (late.people, late.known, sorted(late.words)) == (3, 0, sorted(first.words))
    [counted] = await records.rows(COUNTS)
    assert counted == {"garages": 2, "people": 3, "invitations": 6, "deeds": 5}


async def test_an_unknown_garage_leaves_nothing_behind(
    records: Records, people: PeopleRuntime
) -> None:
    lost = GOOD.replace("person,garage_delhi", "person,garage_nowhere")
    with pytest.raises(ImportRefused, match="Line 5: garage: is not known"):
        await brought_in(people, lost)
    assert await records.rows(COUNTS) == [NOTHING]


def test_every_wrong_line_is_told() -> None:
    with pytest.raises(ImportRefused) as refused:
        read_people("chain.csv", BAD)
    lines = [part.partition(":")[0] for part in str(refused.value).split("Line ")[1:]]
    assert lines == ["2", "3", "4", "5", "6", "7", "8", "10"]
    assert str(refused.value).endswith("Nothing was written.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no column garage, kind, name"),
        ("kind,garage,name,salary\n", "'salary'"),
        ('kind,garage,name\ngarage,"garage_x\n', "no CSV"),
        ("kind,garage,name\n" + "\n" * 3 + "garage\n", "Line 5"),
    ],
)
def test_what_is_no_such_file_is_refused(text: str, why: str) -> None:
    with pytest.raises(ImportRefused, match=why):
        read_people("chain.csv", text)
