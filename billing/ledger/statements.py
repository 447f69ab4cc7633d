"""Statements: what happened to a customer's debt, line by line, with the balance behind each."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from access.vault import Vault
from billing.ledger.dues import QUERIES
from billing.ledger.invoices import QUERIES as LEDGER
from billing.ledger.issued_documents import IssuedDocument
from domain.errors import InvalidInput
from domain.ids import CustomerId, InvoiceId
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
        posting: what moved it, which with the invoice tells where a statement goes on.
        number: of the credit note, else of the invoice that it is about.
        paise: below zero what lowers the debt.
        balance: what was owed behind it, in paise.
    """

    posting: str
    day: date
    at: datetime
    kind: StatementKind
    number: str
    invoice: InvoiceId
    paise: int
    balance: int

    @property
    def place(self) -> str:
        """Where it stands, whatever is dated before it later."""
        return f"{self.posting} {self.invoice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A customer's statement from one day to another.

    Attributes:
        customer: the record that the invoice was made from. Who has neither a GSTIN nor a record
            has a statement of that one invoice.
        opening: what was owed before the first day, in paise.
        closing: what was owed behind the last.
    """

    invoice: IssuedDocument
    customer: CustomerId | None
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
        made_from = await self._records.rows(LEDGER["customer_of"], invoice=invoice.id)
        customer = CustomerId(made_from[0]["customer"]) if made_from else None
        given = self._customer_of(invoice, customer)
        [found] = await self._records.rows(QUERIES["balances"], **given, since=since, until=until)
        return Statement(
            invoice=invoice,
            customer=customer,
            since=since,
            until=until,
            opening=found["opening"],
            closing=found["closing"],
        )

    async def lines(
        self, statement: Statement, *, first: int, after: str | None = None
    ) -> list[StatementLine]:
        """Give up to `first` lines behind the place `after`, in the order of their days."""
        posting, _, about = (after or "").partition(" ")
        found = await self._records.rows(
            QUERIES["statement"],
            **self._customer_of(statement.invoice, statement.customer),
            since=statement.since,
            until=statement.until,
            posting=posting or None,
            about=about,
            first=first,
        )
        return [_line_of(row) for row in found]

    def _customer_of(
        self, invoice: IssuedDocument, customer: CustomerId | None
    ) -> dict[str, object]:
        """Give whose debt is meant: of all invoices of a GSTIN's mark, else of a record's, else of
        this one alone.
        """
        gstin = invoice.invoice.recipient.gstin
        return {
            "garage": invoice.garage,
            "mark": None if gstin is None else self._vault.mark("gstin", gstin.value),
            "customer": customer,
            "invoice": invoice.id,
        }


def _line_of(row: Row) -> StatementLine:
    return StatementLine(
        posting=str(row["id"]),
        day=row["day"],
        at=row["at"],
        kind=StatementKind(row["kind"]),
        number=row["number"],
        invoice=InvoiceId(row["about"]),
        paise=row["paise"],
        balance=row["balance"],
    )
