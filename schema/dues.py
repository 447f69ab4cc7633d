"""Dues and statements in the API: what customers owe, by age, and how it came to that."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

import strawberry
from strawberry import field

from billing.ledger import dues, statements
from billing.ledger.dues import DueAge
from billing.ledger.statements import StatementKind
from domain.ids import InvoiceId
from schema.context import SchemaInfo
from schema.invoices import Invoice, Party
from schema.money import Money
from schema.nodes import Connection, make_connection
from schema.vocabulary import load_edge


@strawberry.type(description="What is owed on invoices of one age.")
class DueSum:
    age: DueAge = field(description="Their age.")
    invoices: int = field(description="How many are unpaid.")
    amount: Money = field(description="What is owed on them.")

    @classmethod
    def from_domain(cls, value: dues.DueSum) -> Self:
        return cls(age=value.age, invoices=value.invoices, amount=Money.from_domain(value.paise))


@strawberry.type(description="What customers owe a garage at the end of a day.")
class Dues:
    as_of: date = field(description="The day of law.")
    ages: list[DueSum] = field(description="One sum for each age, the youngest first.")
    owed: Money = field(description="What customers owe: the sum of all ages.")
    owed_back: Money = field(description="What the garage owes customers who paid too much by now.")
    receivable: Money = field(description="The account of receivables: `owed` less `owedBack`.")

    @classmethod
    def from_domain(cls, value: dues.Dues) -> Self:
        return cls(
            as_of=value.as_of,
            ages=[DueSum.from_domain(one) for one in value.sums],
            owed=Money.from_domain(value.owed),
            owed_back=Money.from_domain(value.owed_back),
            receivable=Money.from_domain(value.receivable),
        )


@strawberry.type(description="An unpaid invoice, as it stood at the end of a day.")
class DueInvoice:
    days: int = field(description="How many days before that day it was issued.")
    age: DueAge = field(description="Its age.")
    amount: Money = field(description="What was owed on it.")
    invoice_key: strawberry.Private[InvoiceId]

    @strawberry.field(description="The invoice as it stands now.")
    async def invoice(self, info: SchemaInfo) -> Invoice | None:
        return await load_edge(info.context.loaders.invoices, self.invoice_key, Invoice.from_domain)

    @classmethod
    def from_domain(cls, value: dues.DueInvoice) -> Self:
        return cls(
            days=value.days,
            age=value.age,
            amount=Money.from_domain(value.paise),
            invoice_key=value.invoice,
        )


@strawberry.type(
    description="Who owes: a registered customer with all their invoices, or a customer of the "
    "customer book with those that were made from their record; of others each invoice by itself, "
    "for nothing tells that two are of one."
)
class DueCustomer:
    invoices: int = field(description="How many of their invoices are unpaid.")
    oldest: date = field(description="The day of the oldest of them.")
    amount: Money = field(description="What they owe.")
    ages: list[Money] = field(
        description="The same by age: 0 to 30 days, 31 to 60, 61 to 90, more."
    )
    invoice_key: strawberry.Private[InvoiceId]

    @strawberry.field(
        description="One of these invoices, which says who they are; `statement` takes it."
    )
    async def invoice(self, info: SchemaInfo) -> Invoice | None:
        return await load_edge(info.context.loaders.invoices, self.invoice_key, Invoice.from_domain)

    @classmethod
    def from_domain(cls, value: dues.DueCustomer) -> Self:
        return cls(
            invoices=value.invoices,
            oldest=value.oldest,
            amount=Money.from_domain(value.paise),
            ages=[Money.from_domain(paise) for _, paise in value.sums],
            invoice_key=value.invoice,
        )


@strawberry.type(description="One change of what a customer owes.")
class StatementLine:
    day: date = field(description="The day of law.")
    at: datetime = field(description="When it was written down.")
    kind: StatementKind = field(description="What changed the debt.")
    number: str = field(description="Of the credit note, else of the invoice that it is about.")
    amount: Money = field(description="Above zero they owe more, below zero less.")
    balance: Money = field(description="What they owed behind it.")
    invoice_key: strawberry.Private[InvoiceId]

    @strawberry.field(description="The invoice that it is about.")
    async def invoice(self, info: SchemaInfo) -> Invoice | None:
        return await load_edge(info.context.loaders.invoices, self.invoice_key, Invoice.from_domain)

    @classmethod
    def from_domain(cls, value: statements.StatementLine) -> Self:
        return cls(
            day=value.day,
            at=value.at,
            kind=value.kind,
            number=value.number,
            amount=Money.from_domain(value.paise),
            balance=Money.from_domain(value.balance),
            invoice_key=value.invoice,
        )


@strawberry.type(
    description="What happened to the debt of an invoice's customer in one garage: of all their "
    "invoices where they have a GSTIN, or a record in the customer book, else of that one."
)
class Statement:
    since: date = field(description="The first day of it.")
    until: date = field(description="Its last day.")
    opening: Money = field(description="What they owed before the first day.")
    closing: Money = field(description="What they owed at the end of the last day.")
    lines: Connection[StatementLine] = field(description="What happened, the oldest first.")
    value: strawberry.Private[statements.Statement]

    @strawberry.field(description="Who it is for; masked for those who may only read invoices.")
    def customer(self, info: SchemaInfo) -> Party:
        paper = self.value.invoice
        plain = info.context.sees_customers(paper.garage)
        return Party.from_domain(paper.invoice.recipient, plain=plain)

    @classmethod
    def from_domain(
        cls,
        value: statements.Statement,
        found: Sequence[statements.StatementLine],
        first: int,
        after: str | None,
    ) -> Self:
        return cls(
            since=value.since,
            until=value.until,
            opening=Money.from_domain(value.opening),
            closing=Money.from_domain(value.closing),
            lines=make_connection(
                found, first, after, lambda line: line.place, StatementLine.from_domain
            ),
            value=value,
        )
