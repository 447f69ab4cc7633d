"""`battwheels admin`: a bare machine gets its administrator, a chain its garages and people."""

from pathlib import Path

import pytest

from access.people_import import read_people
from domain.errors import ImportRefused
from records.database import Records
from tests.commands import called, place
from web.local.stores import StoreUrls

PASSWORD = "monsoon tyre ladder 42"  # noqa: S105 - a test's own
GOOD = """kind,garage,name,email,role,place,hours,region,department,shift,certification
garage,garage_pune,Pune,,,Karve Road,Mon-Sat 09:00-18:00,west,,,
garage,garage_delhi,Delhi,,,Okhla,Mon-Sun 00:00-23:59,,,,
person,garage_pune,Asha K,asha@example.org,technician,,,,Bay 2,Mon-Fri 09:00-18:00,high_voltage
person,garage_delhi,"Singh, Ravi",RAVI@example.org,manager,,,,,,
person,,Meera,meera@example.org,admin,,,,,,
"""
BAD = """kind,garage,name,email,role,place,hours,shift
garage,pune,Pune,,,Karve Road,Mon 09:00-18:00,
garage,garage_x,X,,,Somewhere,always,
person,garage_x,Asha,asha@example.org,boss,,,
person,garage_x,Asha,nobody,technician,,,
person,,Asha,asha@example.org,technician,,,
boat,garage_x,Asha,,,,,
person,garage_x,Ravi,ravi@example.org,technician,,,now and then
person,garage_x,Ravi,ravi@example.org,technician,,,
person,garage_x,Ravi,ravi@example.org,technician,,,
"""
COUNTS = "select (select count(*) from garage) as garages, (select count(*) from person) as people"


CREATE = ("admin", "create", "--email", "root@example.org", "--name", "Root")


async def test_a_bare_machine_gets_one_administrator(
    stores: StoreUrls, records: Records, tmp_path: Path
) -> None:
    given = place(stores, tmp_path)
    weak = called(*CREATE, typed="passwordpassword\n", **given)
    made = called(*CREATE, typed=f"{PASSWORD}\n", **given)
    again = called(*CREATE, typed=f"{PASSWORD}\n", **given)
    assert (weak[0], weak[2].partition(":")[0]) == (1, "password")
    assert (made[0], made[1].partition(" (")[0], made[2]) == (
        0,
        "root@example.org is an administrator",
        "",
    )
    assert again[0] == 1
    assert "--another" in again[2]
    rows = await records.rows("select role, state from person join password on person = id")
    assert rows == [{"role": "admin", "state": "active"}]


async def test_a_chain_is_brought_in_once(
    stores: StoreUrls, records: Records, tmp_path: Path
) -> None:
    given, file = place(stores, tmp_path), tmp_path / "chain.csv"
    file.write_text(GOOD)
    words = tmp_path / "chain.invitations.csv"
    dry = called("admin", "import", str(file), "--dry-run", **given)
    assert dry == (0, "2 garages and 3 people read well.\n", "")
    assert await records.rows(COUNTS) == [{"garages": 0, "people": 0}]
    first = called("admin", "import", str(file), **given)
    kept = words.read_text()
    again = called("admin", "import", str(file), **given)
    assert first[1].startswith("2 new garages, 3 people invited, 0 known already.")
    assert again[1] == "0 new garages, 0 people invited, 3 known already.\n"
    assert await records.rows(COUNTS) == [{"garages": 2, "people": 3}]
    assert [line.partition(",")[0] for line in kept.splitlines()] == [
        *("email", "asha@example.org", "ravi@example.org", "meera@example.org"),
    ]
    assert (words.read_text(), words.stat().st_mode & 0o777) == (kept, 0o600)


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
