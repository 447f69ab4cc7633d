"""Closings of tills as the database keeps them, read and written."""

from collections.abc import Sequence

from billing.ledger.postings import PaymentMethod
from billing.ledger.till_closings import (
    CashTaker,
    MethodSum,
    TillClosing,
    TillDay,
    TillReopening,
)
from domain.ids import GarageId, PersonId
from records.database import Row


def closing_row(till: TillDay, closing: TillClosing) -> dict[str, object]:
    """Give the row of a closing."""
    return {
        "garage": till.garage,
        "day": till.day,
        "since": till.since,
        "opening_paise": till.opening,
        "came_paise": till.cash.came,
        "went_paise": till.cash.went,
        "counted_paise": closing.counted,
        "left_paise": closing.left,
        "reason": closing.reason,
        "at": closing.at,
        "by_whom": closing.by,
        "turn": closing.turn,
        "brought_paise": closing.brought,
        "taken_to": closing.taken_to,
    }


def closed_till(row: Row, methods: Sequence[MethodSum]) -> TillDay:
    """Give a closing: its cash as it was counted against, other methods as they are now."""
    cash = MethodSum(method=PaymentMethod.CASH, came=row["came_paise"], went=row["went_paise"])
    moved = (cash,) if cash.came or cash.went else ()
    return TillDay(
        garage=GarageId(row["garage"]),
        since=row["since"],
        day=row["day"],
        opening=row["opening_paise"],
        methods=(*moved, *(one for one in methods if one.method is not PaymentMethod.CASH)),
        closing=TillClosing(
            turn=row["turn"],
            counted=row["counted_paise"],
            left=row["left_paise"],
            brought=row["brought_paise"],
            taken_to=row["taken_to"] and CashTaker(row["taken_to"]),
            reason=row["reason"],
            at=row["at"],
            by=PersonId(row["by_whom"]),
            reopening=_reopening_of(row),
        ),
    )


def _reopening_of(row: Row) -> TillReopening | None:
    if row["reopened_at"] is None:
        return None
    return TillReopening(
        reason=row["reopened_for"], at=row["reopened_at"], by=PersonId(row["reopened_by"])
    )


def sums_of(found: Sequence[Row]) -> tuple[MethodSum, ...]:
    """Give what came and went by each method."""
    return tuple(
        MethodSum(method=PaymentMethod(row["method"]), came=row["came"], went=row["went"])
        for row in found
    )
