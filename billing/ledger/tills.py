"""The till of a garage: counted at the end of a day against what the payments say of its cash.

A closing covers the days since the one before it, the first its own day alone. What was counted
more or less than the payments say is kept with a reason, and posted. What was taken out, and what
lay there before the first closing, stands in the closings alone. No money is dated into a closed
day; tax that a customer withheld is no money, and may be.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from billing.gst import money
from billing.gst.law_dates import law_day
from billing.ledger import postings
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books, BooksChange, BooksTransaction
from billing.ledger.entries import post_entries
from billing.ledger.postings import PaymentMethod
from domain import limits
from domain.errors import InvalidInput
from domain.ids import GarageId, PersonId
from records.database import Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("tills.sql", "billing")
REASON_LIMIT, REASON_LEAST = 500, 10
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TillCount:
    """What somebody counted at the end of a day, in paise.

    Attributes:
        left: what stays for the next day, the rest is taken out; None: all of it stays.
        opening: what lay in the till before its first closing; later ones know what was left.
        reason: why it is not what the payments say; None: it is.
    """

    day: date
    counted: int
    left: int | None = None
    opening: int | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        for field in ("counted", "left", "opening"):
            paise = getattr(self, field)
            if paise is not None:
                money.whole_paise(field, paise, least=0)
        if self.left is not None and self.left > self.counted:
            raise InvalidInput("left", "is more than was counted")
        if self.reason is not None:
            said = limits.clean_prose("reason", self.reason, REASON_LIMIT, least=REASON_LEAST)
            object.__setattr__(self, "reason", said)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSum:
    """What came in and what went back by one method, in paise."""

    method: PaymentMethod
    came: int
    went: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TillClosing:
    """What was counted and kept, in paise."""

    counted: int
    left: int
    reason: str | None
    at: datetime
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class TillDay:
    """A till from one day to another: what the payments say, and its closing; None: it is open."""

    garage: GarageId
    since: date
    day: date
    opening: int
    methods: tuple[MethodSum, ...]
    closing: TillClosing | None = None

    @property
    def cash(self) -> MethodSum:
        found = [one for one in self.methods if one.method is PaymentMethod.CASH]
        return found[0] if found else MethodSum(method=PaymentMethod.CASH, came=0, went=0)

    @property
    def expected(self) -> int:
        """What should lie in it, in paise; below zero more went than was there."""
        return self.opening + self.cash.came - self.cash.went

    @property
    def difference(self) -> int | None:
        """What was counted more (or, below zero, less) than expected."""
        return None if self.closing is None else self.closing.counted - self.expected


class TillStore:
    def __init__(self, records: Records, books: Books) -> None:
        self._records = records
        self._books = books

    async def close_till(self, change: BooksChange, count: TillCount) -> TillDay:
        """Close a garage's till at the end of a day, with what was counted.

        Raises:
            InvalidInput: the day is closed or has not come, a difference has no reason, or what the
                till began with is not what the last closing left.
            MonthClosed: a difference would be posted into a closed month.
            OperationConflict: the operation said something else.
        """
        async with self._books.open_transaction(change) as transaction:
            made = await transaction.recall_made(count.day.isoformat())
            if made is None:
                till = await _open_till(transaction, count)
                reason = _reason_of(till, count)
                await transaction.keep_row(
                    "till_closing",
                    f"{change.garage}@{count.day}",
                    _row(change, till, count, reason),
                )
                difference = count.counted - till.expected
                if difference:
                    await transaction.demand_open(count.day)
                    legs = postings.difference_legs(difference, change.garage)
                    await post_entries(transaction, "till", legs, count.day)
                await transaction.chain_event(MoneyEvent.TILL_CLOSED, count.day.isoformat())
        # Sent again a day later, who named no day meant the day of then.
        day = count.day if made is None else date.fromisoformat(made)
        return await self.till(change.garage, day)

    async def till(self, garage: GarageId, day: date) -> TillDay:
        """Give the closing that a day belongs to, or the till as it stands since the last one.

        A day from before the first closing stands alone.
        """
        closed = await self._records.rows(QUERIES["covering"], garage=garage, day=day)
        if closed:
            [row] = closed
            return _closed_till(row, await self._moved(garage, row["since"], row["day"]))
        last = await self._records.rows(QUERIES["last"], garage=garage)
        open_since = last[0]["day"] + A_DAY if last else day
        since = min(open_since, day)
        return TillDay(
            garage=garage,
            since=since,
            day=day,
            opening=last[0]["left_paise"] if last and since == open_since else 0,
            methods=await self._moved(garage, since, day),
        )

    async def closings(
        self, garage: GarageId, *, first: int, before: date | None = None
    ) -> list[TillDay]:
        """Give up to `first` closed tills before a day, the latest first."""
        found = await self._records.rows(
            QUERIES["closings"], garage=garage, before=before or date.max, first=first
        )
        moved = defaultdict[date, list[Row]](list)
        days = [row["day"] for row in found]
        for row in await self._records.rows(QUERIES["moved_by"], garage=garage, days=days):
            moved[row["till"]].append(row)
        return [_closed_till(row, _sums_of(moved[row["day"]])) for row in found]

    async def _moved(self, garage: GarageId, since: date, day: date) -> tuple[MethodSum, ...]:
        return _sums_of(
            await self._records.rows(QUERIES["moved"], garage=garage, since=since, day=day)
        )


async def is_till_closed(transaction: BooksTransaction, day: date) -> bool:
    """Say whether the garage's till of a day is closed: it, or a later one, was counted."""
    return await transaction.first_row(QUERIES["closed"], day=day) is not None


async def _open_till(transaction: BooksTransaction, count: TillCount) -> TillDay:
    """Give the till that a count closes, if that day may be closed."""
    if count.day > law_day(transaction.change.at):
        raise InvalidInput("day", f"{count.day} has not come yet")
    last = await transaction.first_row(QUERIES["last"])
    if last is not None and count.day <= last["day"]:
        raise InvalidInput("day", f"the till is closed up to {last['day']}: count a later day")
    if last is not None and count.opening not in {None, last["left_paise"]}:
        left = money.grouped_amount(money.Paise(last["left_paise"]))
        raise InvalidInput("opening", f"the last closing left Rs {left}; leave it out")
    since = count.day if last is None else last["day"] + A_DAY
    return TillDay(
        garage=transaction.change.garage,
        since=since,
        day=count.day,
        opening=(count.opening or 0) if last is None else last["left_paise"],
        methods=_sums_of(await transaction.rows(QUERIES["moved"], since=since, day=count.day)),
    )


def _reason_of(till: TillDay, count: TillCount) -> str | None:
    """Give why a count differs; where it does not there is nothing to explain."""
    if count.counted == till.expected:
        return None
    if count.reason is None:
        said = money.grouped_amount(money.Paise(till.expected))
        raise InvalidInput("reason", f"is needed: the payments say Rs {said}")
    return count.reason


def _row(
    change: BooksChange, till: TillDay, count: TillCount, reason: str | None
) -> dict[str, object]:
    return {
        "garage": change.garage,
        "day": count.day,
        "since": till.since,
        "opening_paise": till.opening,
        "came_paise": till.cash.came,
        "went_paise": till.cash.went,
        "counted_paise": count.counted,
        "left_paise": count.counted if count.left is None else count.left,
        "reason": reason,
        "at": change.at,
        "by_whom": change.actor,
    }


def _closed_till(row: Row, methods: tuple[MethodSum, ...]) -> TillDay:
    return TillDay(
        garage=GarageId(row["garage"]),
        since=row["since"],
        day=row["day"],
        opening=row["opening_paise"],
        methods=methods,
        closing=TillClosing(
            counted=row["counted_paise"],
            left=row["left_paise"],
            reason=row["reason"],
            at=row["at"],
            by=PersonId(row["by_whom"]),
        ),
    )


def _sums_of(found: list[Row]) -> tuple[MethodSum, ...]:
    return tuple(
        MethodSum(method=PaymentMethod(row["method"]), came=row["came"], went=row["went"])
        for row in found
    )
