"""The till of a garage: counted at the end of a day against what the payments say of its cash.

A closing covers the days since the one before it, the first its own day alone. It posts what was
counted more or less than the payments say, with its reason, what was taken out, and, the first
time, what lay there before: then the account of cash is what was left. No cash is dated into a
closed day. The last closing may be undone while its month is open; its postings go the other way.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from billing.gst import money
from billing.gst.law_dates import law_day
from billing.ledger import postings, till_closings, till_rows
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books, BooksChange, BooksTransaction
from billing.ledger.entries import post_entries
from billing.ledger.postings import PostingLeg
from billing.ledger.till_closings import MethodSum, TillClosing, TillCount, TillDay
from domain.errors import InvalidInput
from domain.ids import GarageId
from records.database import Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("tills.sql", "billing")
A_DAY: Final = timedelta(days=1)
# Where the list of closings begins: a day and its turn, the latest first.
NEWEST: Final = (date.max, 1)


class TillStore:
    def __init__(self, records: Records, books: Books) -> None:
        self._records = records
        self._books = books

    async def close_till(self, change: BooksChange, count: TillCount) -> TillDay:
        """Close a garage's till at the end of a day, with what was counted.

        Raises:
            InvalidInput: the day is closed or has not come, a difference has no reason, or what the
                till began with is not what the last closing left.
            MonthClosed: something would be posted into a closed month.
            OperationConflict: the operation said something else.
        """
        async with self._books.open_transaction(change) as transaction:
            turn = await _next_turn(transaction, count.day)
            place = till_closings.turn_place(count.day, turn)
            made = await transaction.recall_made(place)
            if made is None:
                opened, brought = await _open_till(transaction, count)
                closing = _closing_of(change, opened, count, turn=turn, brought=brought)
                till = replace(opened, closing=closing)
                row = till_rows.closing_row(till, closing)
                await transaction.keep_row("till_closing", f"{change.garage}@{place}", row)
                await _post(transaction, "till", till_closings.closing_legs(till), till.day)
                await transaction.chain_event(MoneyEvent.TILL_CLOSED, place)
        # Sent again a day later, who named no day meant the day of then.
        return await self._closing(change.garage, made or place)

    async def reopen_till(self, change: BooksChange, day: date, reason: str) -> TillDay:
        """Undo the last closing, which was of `day`; its days are counted again by the next one.

        Raises:
            InvalidInput: it is not the day of the last closing, or the reason says too little.
            MonthClosed: its month is closed.
            OperationConflict: the operation said something else.
        """
        said = till_closings.till_reason(reason)
        async with self._books.open_transaction(change) as transaction:
            last = await transaction.first_row(QUERIES["last"])
            place = _place_of(last) if last else day.isoformat()
            made = await transaction.recall_made(place)
            if made is None:
                if last is None or last["day"] != day:
                    raise InvalidInput("day", _not_the_last(last))
                await transaction.demand_open(day)
                await _undo(transaction, last, said)
                await transaction.chain_event(MoneyEvent.TILL_REOPENED, place)
        return await self._closing(change.garage, made or place)

    async def till(self, garage: GarageId, day: date) -> TillDay:
        """Give the closing that a day belongs to, or the till as it stands since the last one.

        A day from before the first closing stands alone.
        """
        closed = await self._records.rows(QUERIES["covering"], garage=garage, day=day)
        if closed:
            [row] = closed
            return till_rows.closed_till(row, await self._moved(garage, row["since"], row["day"]))
        last = await self._records.rows(QUERIES["last"], garage=garage)
        open_since = last[0]["day"] + A_DAY if last else day
        since = min(open_since, day)
        if not last:
            opening = await self._first_opening(garage, since)
        else:
            opening = last[0]["left_paise"] if since == open_since else 0
        return TillDay(
            garage=garage,
            since=since,
            day=day,
            opening=opening,
            methods=await self._moved(garage, since, day),
        )

    async def closings(
        self, garage: GarageId, *, first: int, before: tuple[date, int] = NEWEST
    ) -> list[TillDay]:
        """Give up to `first` closings, undone ones too, before a day's turn, the latest first."""
        day, turn = before
        found = await self._records.rows(
            QUERIES["closings"], garage=garage, day=day, turn=turn, first=first
        )
        spans = [(row["since"], row["day"]) for row in found]
        moved: dict[tuple[date, date], list[Row]] = {span: [] for span in spans}
        since, until = [span[0] for span in spans], [span[1] for span in spans]
        for row in await self._records.rows(
            QUERIES["moved_by"], garage=garage, since=since, until=until
        ):
            moved[row["since"], row["until"]].append(row)
        return [
            till_rows.closed_till(row, till_rows.sums_of(moved[span]))
            for row, span in zip(found, spans, strict=True)
        ]

    async def _closing(self, garage: GarageId, place: str) -> TillDay:
        day, turn = till_closings.read_place(place)
        [row] = await self._records.rows(QUERIES["closing"], garage=garage, day=day, turn=turn)
        return till_rows.closed_till(row, await self._moved(garage, row["since"], row["day"]))

    async def _first_opening(self, garage: GarageId, since: date) -> int:
        """Give what the books say lay in a till that was never counted."""
        [held] = await self._records.rows(QUERIES["cash"], garage=garage, day=since)
        return max(0, held["paise"])

    async def _moved(self, garage: GarageId, since: date, day: date) -> tuple[MethodSum, ...]:
        return till_rows.sums_of(
            await self._records.rows(QUERIES["moved"], garage=garage, since=since, day=day)
        )


async def is_till_closed(transaction: BooksTransaction, day: date) -> bool:
    """Say whether the garage's till of a day is closed: it, or a later one, was counted."""
    return await transaction.first_row(QUERIES["closed"], day=day) is not None


def _place_of(closing: Row) -> str:
    return till_closings.turn_place(closing["day"], closing["turn"])


async def _post(
    transaction: BooksTransaction, kind: str, legs: Sequence[PostingLeg], day: date
) -> None:
    """Post what a closing moves, if it moves anything."""
    if legs:
        await transaction.demand_open(day)
        await post_entries(transaction, kind, legs, day)


async def _undo(transaction: BooksTransaction, closing: Row, reason: str) -> None:
    """Write that a closing does not stand any more; what it posted goes the other way."""
    change, day = transaction.change, closing["day"]
    row = {
        "garage": change.garage,
        "day": day,
        "turn": closing["turn"],
        "reason": reason,
        "at": change.at,
        "by_whom": change.actor,
    }
    await transaction.keep_row("till_reopening", f"{change.garage}@{_place_of(closing)}", row)
    legs = till_closings.closing_legs(till_rows.closed_till(closing, ()))
    await _post(transaction, "till_reopening", postings.reversal_legs(legs), day)


async def _next_turn(transaction: BooksTransaction, day: date) -> int:
    known = await transaction.first_row(QUERIES["turn"], day=day)
    return 1 + (known["closed"] if known else 0)


async def _cash_before(transaction: BooksTransaction, day: date) -> int:
    held = await transaction.first_row(QUERIES["cash"], day=day)
    return held["paise"] if held else 0


async def _open_till(transaction: BooksTransaction, count: TillCount) -> tuple[TillDay, int]:
    """Give the till that a count closes, if that day may be closed, and what the owner put there.

    That is what lay in it beyond what the books say of cash: at the first closing, and at the first
    behind one from before closings posted what was taken out.
    """
    if count.day > law_day(transaction.change.at):
        raise InvalidInput("day", f"{count.day} has not come yet")
    last = await transaction.first_row(QUERIES["last"])
    if last is not None and count.day <= last["day"]:
        raise InvalidInput("day", f"the till is closed up to {last['day']}: count a later day")
    if last is not None and count.opening not in {None, last["left_paise"]}:
        left = money.grouped_amount(money.Paise(last["left_paise"]))
        raise InvalidInput("opening", f"the last closing left Rs {left}; leave it out")
    since = count.day if last is None else last["day"] + A_DAY
    known = last is not None and last["taken_to"] is not None
    booked = last["left_paise"] if last and known else await _cash_before(transaction, since)
    opening = _opening_of(last, count.opening, booked)
    till = TillDay(
        garage=transaction.change.garage,
        since=since,
        day=count.day,
        opening=opening,
        methods=till_rows.sums_of(
            await transaction.rows(QUERIES["moved"], since=since, day=count.day)
        ),
    )
    return till, opening - booked


def _opening_of(last: Row | None, said: int | None, booked: int) -> int:
    """Give what lay in a till: what was left, else what somebody says, else what the books say."""
    if last is not None:
        return last["left_paise"]
    return max(0, booked) if said is None else said


def _closing_of(
    change: BooksChange, till: TillDay, count: TillCount, *, turn: int, brought: int
) -> TillClosing:
    """Give the closing of a till; where the count is as expected there is nothing to explain."""
    differs = count.counted != till.expected
    if differs and count.reason is None:
        said = money.grouped_amount(money.Paise(till.expected))
        raise InvalidInput("reason", f"is needed: the payments say Rs {said}")
    return TillClosing(
        turn=turn,
        counted=count.counted,
        left=count.kept,
        brought=brought,
        taken_to=count.taken_to,
        reason=count.reason if differs else None,
        at=change.at,
        by=change.actor,
    )


def _not_the_last(last: Row | None) -> str:
    if last is None:
        return "no till is closed"
    return f"the last closing is that of {last['day']}: it is reopened first"
