"""Statements: what happened to a customer's debt, line by line, with the balance behind each."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from access.vault import Vault
from billing.ledger.dues import QUERIES
from billing.ledger.issued_documents import IssuedDocument
from domain.errors import InvalidInput
from domain.ids import InvoiceId
from records.database import Records, Row


class StatementKind(StrEnum):
    """What changed a debt, by the kind of posting."""

    INVOICE = "sale"
    CREDIT_NOTE = "credit"
    VOID = "void"
    PAYMENT = "payment"
    TAX_WITHHELD = "tds"
    REFUND = "refund"
    ADVANCE_TAKEN = "settlement"
    ADVANCE_RELEASED = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One change of a debt.

    Attributes:
        n: its place in all that ever happened.
        number: of the credit note, else of the invoice that it is about.
        paise: below zero what lowers the debt.
        balance: what was owed behind it, in paise.
    """

    n: int
    day: date
    at: datetime
    kind: StatementKind
    number: str
    invoice: InvoiceId
    paise: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A customer's statement from one day to another: of who has no GSTIN, of that one invoice.

    `opening` is what was owed before the first day, `closing` behind the last, in paise.
    """

    invoice: IssuedDocument
    since: date
    until: date
    opening: int
    closing: int


class StatementStore:
    def __init__(self, records: Records, vault: Vault) -> None:
        self._records = records
        self._vault = vault

    async def statement(self, invoice: IssuedDocument, since: date, until: date) -> Statement:
        """Give the statement of an invoice's customer, in the garage that issued it.

        Raises:
            InvalidInput: the span ends before it begins.
        """
        if until < since:
            raise InvalidInput("until", f"{until} is before {since}")
        given = self._customer_of(invoice)
        [found] = await self._records.rows(QUERIES["balances"], **given, since=since, until=until)
        return Statement(
            invoice=invoice,
            since=since,
            until=until,
            opening=found["opening"],
            closing=found["closing"],
        )

    async def lines(self, statement: Statement, *, first: int, after: int) -> list[StatementLine]:
        """Give up to `first` lines behind the place `after`, in the order of their days."""
        found = await self._records.rows(
            QUERIES["statement"],
            **self._customer_of(statement.invoice),
            since=statement.since,
            until=statement.until,
            behind=after,
            first=first,
        )
        return [_line_of(row) for row in found]

    def _customer_of(self, invoice: IssuedDocument) -> dict[str, object]:
        """Give whose debt is meant: of all invoices of a GSTIN's mark, else of this one alone."""
        gstin = invoice.invoice.recipient.gstin
        return {
            "garage": invoice.garage,
            "mark": None if gstin is None else self._vault.mark("gstin", gstin.value),
            "invoice": invoice.id,
            "issued": invoice.invoice.date,
        }


def _line_of(row: Row) -> StatementLine:
    return StatementLine(
        n=row["n"],
        day=row["day"],
        at=row["at"],
        kind=StatementKind(row["kind"]),
        number=row["number"],
        invoice=InvoiceId(row["about"]),
        paise=row["paise"],
        balance=row["balance"],
    )
