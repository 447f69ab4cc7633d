"""`battwheels admin`: a bare machine gets its administrator, a chain its garages and people."""

from pathlib import Path

from records.database import Records
from tests.access.people_files import GOOD
from tests.commands import called, place
from web.local.stores import StoreUrls

PASSWORD = "monsoon tyre ladder 42"  # noqa: S105 - a test's own
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
