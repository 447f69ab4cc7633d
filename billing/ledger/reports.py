"""What the books add up to: the month by code and rate, and the trial balance."""

from dataclasses import dataclass
from datetime import date

from billing.gst.series import first_of_month
from billing.ledger.postings import Account
from domain.ids import GarageId
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("reports.sql", "billing")
RECOUNT_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotal:
    """Of one code and rate in one month: invoices less credit notes and voids, in paise."""

    code: str
    rate_bp: int
    lines: int
    taxable: int
    cgst: int
    sgst: int
    igst: int


async def month_totals(records: Records, garage: GarageId | None, day: date) -> list[MonthTotal]:
    """Give the totals of a day's month, of one garage or of all, by code and rate.

    Read from totals that grow with every line: as quick for a million lines as for ten.
    """
    found = await records.rows(QUERIES["month"], garage=garage, month=first_of_month(day))
    return [_total_of(row) for row in found]


async def recount_month(records: Records, garage: GarageId | None, day: date) -> list[MonthTotal]:
    """Give the same by counting every line again: slow, and independent of what was kept."""
    async with records.transaction(RECOUNT_SECONDS) as connection:
        given = {"garage": garage, "month": first_of_month(day)}
        found = await (await connection.execute(QUERIES["recount"], given)).fetchall()
    return [_total_of(row) for row in found]


async def trial_balance(records: Records, garage: GarageId | None = None) -> dict[Account, int]:
    """Give the sum of each account, debits +, credits −; together they are zero."""
    found = await records.rows(QUERIES["trial_balance"], garage=garage)
    return {Account(row["account"]): int(row["paise"]) for row in found}


async def make_partitions(connection: Connection, today: date, ahead: int = 3) -> None:
    """Make the partitions of this month and of the months ahead that are missing (DB-5)."""
    await connection.execute(QUERIES["make_partitions"], {"first": today, "ahead": ahead})


def _total_of(row: Row) -> MonthTotal:
    return MonthTotal(
        code=row["code"],
        rate_bp=row["rate_bp"],
        lines=int(row["lines"]),
        taxable=int(row["taxable"]),
        cgst=int(row["cgst"]),
        sgst=int(row["sgst"]),
        igst=int(row["igst"]),
    )
