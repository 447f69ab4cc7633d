"""The garage's own database: what was asked for is there after any end of the process."""

from pathlib import Path
from typing import Any

from web.garage.replica import Replica


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
