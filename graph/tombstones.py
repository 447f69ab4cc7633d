"""Tombstones as rows: what a node of a deleted ticket or card holds."""

from domain.ids import GarageId, PersonId
from domain.tombstones import Tombstone
from graph.database import Row


def tombstone_row(stone: Tombstone) -> Row:
    return {
        "id": stone.id,
        "version": stone.version,
        "garage_id": stone.garage,
        "assignee_id": stone.assignee,
        "deleted_at": stone.deleted_at,
        "deleted_by": stone.deleted_by,
        "mark": stone.mark,
    }


def read_tombstone(row: Row) -> Tombstone:
    garage, assignee = row.get("garage_id"), row.get("assignee_id")
    return Tombstone(
        id=row["id"],
        version=row["version"],
        deleted_at=row["deleted_at"].to_native(),
        deleted_by=PersonId(row["deleted_by"]),
        mark=row["mark"],
        garage=None if garage is None else GarageId(garage),
        assignee=None if assignee is None else PersonId(assignee),
    )
