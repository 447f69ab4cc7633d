"""Dues: what customers owe a garage at the end of a day, by the age of its invoices.

An invoice's age is the days from its date of law: no term of credit is agreed. What is told equals
the receivables of the books to the paisa: what is owed, less what the garage owes its customers.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.ids import GarageId, InvoiceId
from records.database import Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("dues.sql", "billing")
OWED_TO_CUSTOMERS: Final = -1
OLDEST: Final = 36_525


class DueAge(StrEnum):
    """How many days ago an invoice was issued."""

    DAYS_0_TO_30 = "0_to_30"
    DAYS_31_TO_60 = "31_to_60"
    DAYS_61_TO_90 = "61_to_90"
    OVER_90_DAYS = "over_90"

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last day of it."""
        return {
            DueAge.DAYS_0_TO_30: (0, 30),
            DueAge.DAYS_31_TO_60: (31, 60),
            DueAge.DAYS_61_TO_90: (61, 90),
            DueAge.OVER_90_DAYS: (91, OLDEST),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSum:
    """What is owed on invoices of an age, in paise, and how many they are."""

    age: DueAge
    invoices: int
    paise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """What customers owe a garage at the end of `as_of`, in paise.

    Attributes:
        sums: one for each age.
        owed_back: what the garage owes customers who paid more than is asked by now.
    """

    garage: GarageId
    as_of: date
    sums: tuple[DueSum, ...]
    owed_back: int

    @property
    def owed(self) -> int:
        return sum(one.paise for one in self.sums)

    @property
    def receivable(self) -> int:
        """What the account of receivables says."""
        return self.owed - self.owed_back


@dataclass(frozen=True, slots=True, kw_only=True)
class DueInvoice:
    """An unpaid invoice, with its age in days and what is owed on it in paise."""

    invoice: InvoiceId
    days: int
    paise: int

    @property
    def age(self) -> DueAge:
        return next(age for age in DueAge if age.days[0] <= self.days <= age.days[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCustomer:
    """Who owes: all invoices of a GSTIN or of a record of the customer book, or one of another.

    Attributes:
        invoice: one of theirs, which says who they are and tells them apart in this list.
        oldest: the day of their oldest unpaid invoice.
    """

    invoice: InvoiceId
    invoices: int
    oldest: date
    paise: int
    sums: tuple[tuple[DueAge, int], ...]


async def dues_of_garage(records: Records, garage: GarageId, as_of: date) -> Dues:
    found = {
        row["age"]: row for row in await records.rows(QUERIES["sums"], garage=garage, as_of=as_of)
    }
    sums = [(age, found.get(age.days[0])) for age in DueAge]
    back = found.get(OWED_TO_CUSTOMERS)
    return Dues(
        garage=garage,
        as_of=as_of,
        sums=tuple(
            DueSum(age=age, invoices=row["invoices"] if row else 0, paise=row["due"] if row else 0)
            for age, row in sums
        ),
        owed_back=-back["due"] if back else 0,
    )


async def due_invoices(  # noqa: PLR0913 - a page of a day of an age
    records: Records,
    garage: GarageId,
    as_of: date,
    *,
    first: int,
    after: str | None = None,
    age: DueAge | None = None,
) -> list[DueInvoice]:
    """Give up to `first` unpaid invoices behind `after`, the oldest first."""
    place = date.min if after is None else await _day_of(records, garage, after)
    youngest, oldest = (0, OLDEST) if age is None else age.days
    found = await records.rows(
        QUERIES["invoices"],
        garage=garage,
        as_of=as_of,
        youngest=youngest,
        oldest=oldest,
        on=place,
        behind=after or "",
        first=first,
    )
    return [
        DueInvoice(
            invoice=InvoiceId(row["invoice"]),
            days=(as_of - row["issue_date"]).days,
            paise=row["due"],
        )
        for row in found
    ]


async def due_customers(
    records: Records,
    garage: GarageId,
    as_of: date,
    *,
    first: int,
    after: tuple[int, str] | None = None,
) -> list[DueCustomer]:
    """Give up to `first` who owe behind a sum and an invoice, who owes most first."""
    below, behind = after or (0, None)
    found = await records.rows(
        QUERIES["customers"],
        garage=garage,
        as_of=as_of,
        below=below,
        behind=behind,
        first=first,
    )
    return [_customer_of(row) for row in found]


async def _day_of(records: Records, garage: GarageId, invoice: str) -> date:
    """Give where a list goes on; behind what is not there nothing follows."""
    found = await records.rows(QUERIES["due_day"], invoice=invoice, garage=garage)
    return found[0]["issue_date"] if found else date.max


def _customer_of(row: Row) -> DueCustomer:
    return DueCustomer(
        invoice=InvoiceId(row["invoice"]),
        invoices=row["invoices"],
        oldest=row["oldest"],
        paise=row["due"],
        sums=tuple((age, row[f"age_{age.days[0]}"]) for age in DueAge),
    )
