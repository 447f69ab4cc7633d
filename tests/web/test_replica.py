"""The garage's own database: what was asked for is there after any end of the process."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import InvalidInput
from web.cli.garage import init
from web.garage.replica import Replica

TOKEN = "t"  # noqa: S105 - a test's own


def record(id: str, priority: int) -> dict[str, Any]:
    return {"operationId": id, "type": "report_failure", "data": {}, "priority": priority}


def test_the_queue_is_given_by_priority_then_by_time(tmp_path: Path) -> None:
    replica = Replica.open(tmp_path / "garage.db")
    for key, priority in (("late", 5), ("urgent", 1), ("later", 5)):
        replica.enqueue(record(key, priority), 1_000)
    assert [r["operationId"] for r in replica.waiting(9)] == ["urgent", "late", "later"]
    assert [r["timestamp"] for r in replica.waiting(9)] == [
        "1000.1.garage",
        "1000.0.garage",
        "1000.2.garage",
    ]


def test_only_what_was_answered_for_good_leaves_the_queue(tmp_path: Path) -> None:
    replica = Replica.open(tmp_path / "garage.db")
    for key in ("done", "wait"):
        replica.enqueue(record(key, 5), 1_000)
    replica.answered(
        [
            {"operationId": "done", "state": "APPLIED"},
            {"operationId": "wait", "state": "DEFERRED"},
        ]
    )
    again = Replica.open(tmp_path / "garage.db")
    assert [r["operationId"] for r in again.waiting(9)] == ["wait"]
    assert again.answers("APPLIED") == [{"operationId": "done", "state": "APPLIED"}]


def test_a_tombstone_takes_away_what_was_kept(tmp_path: Path) -> None:
    replica = Replica.open(tmp_path / "garage.db")
    card = {"key": "fc_1", "kind": "failure_card", "card": {"version": 1}, "ticket": None}
    replica.apply([card], "c1")
    replica.apply([card | {"card": None}], "c2")
    stands = replica.status()
    assert (stands.cards, stands.cursor) == (0, "c2")


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds a token; SQLite gives its other files the mode of the first."""
    path = tmp_path / "garage" / "garage.db"
    path.parent.mkdir()
    path.touch(mode=0o644)
    replica = Replica.open(path)
    replica.set(token=TOKEN)
    modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    assert modes == dict.fromkeys(("garage.db", "garage.db-shm", "garage.db-wal"), 0o600)
    replica.close()


@pytest.mark.parametrize("url", ["http://os.example.org", "http://10.0.0.7:8000", "ftp://x", "x"])
def test_a_token_is_sent_by_tls_alone(tmp_path: Path, url: str) -> None:
    path = tmp_path / "garage.db"
    with pytest.raises(InvalidInput, match="use https") as refused:
        init("garage_pune", TOKEN, url, path)
    assert (refused.value.field, path.exists()) == ("url", False)
    for good in ("https://os.example.org", "http://127.0.0.1:8000", "http://localhost"):
        init("garage_pune", TOKEN, good, path)
        assert Replica.open(path).setting("url") == good
