"""Invoices, credit notes and payments in the API."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from billing.gst import invoices, lines, parties
from billing.gst.invoices import Document
from billing.gst.irp import PortalRegistration, live_registration
from billing.gst.lines import LineKind
from billing.gst.price_sources import PriceSource
from billing.gst.series import DocumentKind
from billing.gst.supplies import SupplyKind
from billing.ledger import payments
from billing.ledger.issued_documents import BASIS_POINTS, InvoiceStatus, IssuedDocument
from billing.ledger.postings import PaymentKind, PaymentMethod
from billing.paper.copies import DocumentCopy, PaperView, demand_copy
from domain.ids import InvoiceId
from domain.personal_data import MASKED
from schema.context import SchemaInfo
from schema.messages import Message
from schema.money import Money
from schema.nodes import (
    GOES,
    USUAL,
    Connection,
    Node,
    after_position,
    global_id,
    make_connection,
    page_size,
)
from schema.people import Garage
from schema.tickets import Ticket
from schema.vocabulary import After, First, Part, load_edge


@strawberry.type(description="Who sells or buys; masked for those who may only read invoices.")
class Party:
    name: str = field(description="By law, or as the customer calls themselves.")
    gstin: str | None = field(description="Fifteen characters; null when not registered.")
    address: str | None = field(description="Street and town.")
    pincode: str | None = field(description="Six digits.")
    state: str | None = field(description="The State's name.")
    phone: str | None = field(description="Telephone.")
    email: str | None = field(description="E-mail address.")
    masked: bool = field(description="Whether it is hidden from you who this is.")

    @classmethod
    def from_domain(cls, value: parties.Party, *, plain: bool = True) -> Self:
        where, number = value.address, value.gstin
        return cls(
            name=value.name if plain else MASKED,
            gstin=None if number is None else number.value if plain else MASKED,
            address=None if where is None else where.text if plain else MASKED,
            pincode=None if where is None else where.pincode if plain else MASKED,
            state=None if value.state is None else value.state.name,
            phone=None if value.phone is None else value.phone if plain else MASKED,
            email=None if value.email is None else value.email if plain else MASKED,
            masked=not plain,
        )


@strawberry.type(description="The sums of a document; lines always add up to them.")
class Totals:
    discount: Money = field(description="What was taken off.")
    taxable: Money = field(description="After discount, before tax.")
    cgst: Money = field(description="Central tax.")
    sgst: Money = field(description="State or Union Territory tax.")
    igst: Money = field(description="Integrated tax, between States.")
    round_off: Money = field(description="What brings it to whole rupees.")
    payable: Money = field(description="What the customer owes.")

    @classmethod
    def from_domain(cls, value: invoices.Totals) -> Self:
        return cls(
            discount=Money.from_domain(value.discount),
            taxable=Money.from_domain(value.taxable),
            cgst=Money.from_domain(value.cgst),
            sgst=Money.from_domain(value.sgst),
            igst=Money.from_domain(value.igst),
            round_off=Money.from_domain(value.round_off),
            payable=Money.from_domain(value.payable),
        )


@strawberry.type(description="One thing that is charged: a part or the labour, never both.")
class InvoiceLine:
    number: int = field(description="Its place, from 1.")
    kind: LineKind = field(description="What kind of line it is.")
    description: str = field(description="What it is.")
    hsn: str = field(description="HSN of goods, SAC of services.")
    quantity: str = field(description="How much, as an exact decimal.")
    unit: str = field(description="Unit of quantity: NOS, HRS ….")
    unit_price: Money = field(description="For one, before tax.")
    discount: Money = field(description="What was taken off.")
    taxable: Money = field(description="After discount, before tax.")
    rate: str = field(description="GST in percent, as an exact decimal.")
    cgst: Money = field(description="Central tax.")
    sgst: Money = field(description="State or Union Territory tax.")
    igst: Money = field(description="Integrated tax.")
    total: Money = field(description="With tax.")
    price_source: PriceSource | None = field(description="Whose price it is.")
    estimated: bool = field(description="Whether the quantity is the card's guess.")
    of_line: int | None = field(description="Of a credit note: the invoice's line.")
    part_key: str | None = field(description="The part's key.")

    @strawberry.field(description="The part; null for labour.")
    async def part(self, info: SchemaInfo) -> Part | None:
        return await load_edge(info.context.loaders.parts, self.part_key, Part.from_domain)

    @classmethod
    def from_domain(cls, value: lines.TaxedLine) -> Self:
        return cls(
            number=value.n,
            kind=value.kind,
            description=value.description,
            hsn=value.hsn,
            quantity=f"{value.quantity:f}",
            unit=value.unit,
            unit_price=Money.from_domain(value.unit_price),
            discount=Money.from_domain(value.discount),
            taxable=Money.from_domain(value.taxable),
            rate=f"{value.rate:f}",
            cgst=Money.from_domain(value.tax.cgst),
            sgst=Money.from_domain(value.tax.sgst),
            igst=Money.from_domain(value.tax.igst),
            total=Money.from_domain(value.total),
            price_source=value.priced_from,
            estimated=value.estimated,
            of_line=value.of_line,
            part_key=value.part,
        )


@strawberry.type(description="Money that came in, or went back.")
class Payment(Node):
    kind: str = field(
        description="payment, advance, tds or refund.",
        deprecation_reason=f"Read `paymentKind`. {GOES}",
    )
    payment_kind: PaymentKind = field(description="What kind of movement of money it is.")
    amount: Money = field(description="How much.")
    method: PaymentMethod = field(description="How it came.")
    day: date = field(description="On which day, in India.")
    at: datetime = field(description="When it was written down.")
    by: strawberry.ID = field(description="By whom.")
    number: str | None = field(
        description="Number of its receipt or refund voucher.",
        deprecation_reason=f"Read `voucherNumber`. {GOES}",
    )
    voucher_number: str | None = field(description="Number of its receipt or refund voucher.")
    refund_of: strawberry.ID | None = field(description="The payment that went back.")
    receipt: strawberry.ID = field(
        description="One for all that came at once by several methods: the first payment's id."
    )

    @classmethod
    def from_domain(cls, value: payments.Payment) -> Self:
        back = value.refund_of
        return cls(
            id=global_id("Payment", value.id),
            key=value.id,
            kind=value.kind,
            payment_kind=PaymentKind(value.kind),
            amount=Money.from_domain(value.paise),
            method=value.method,
            day=value.day,
            at=value.at,
            by=strawberry.ID(value.by),
            number=value.number,
            voucher_number=value.number,
            refund_of=None if back is None else global_id("Payment", back),
            receipt=global_id("Payment", value.receipt or value.id),
        )


@strawberry.type(description="A document as the government's invoice portal (IRP) knows it.")
class EInvoice:
    irn: str = field(description="Its number there, which is printed.")
    ack_number: str = field(description="The number of the portal's acknowledgement.")
    ack_at: datetime = field(description="From then on it may be voided for 24 hours.")
    cancelled_at: datetime | None = field(description="When it was taken off; null: it stands.")

    @classmethod
    def from_domain(cls, value: PortalRegistration) -> Self:
        return cls(
            irn=value.irn,
            ack_number=value.ack_number,
            ack_at=value.ack_at,
            cancelled_at=value.cancelled_at,
        )


@strawberry.type(description="An issued invoice or credit note; it never changes.")
class Invoice(Node):
    number: str = field(description="Consecutive in its series and financial year.")
    kind: DocumentKind = field(description="An invoice, or a credit note.")
    document: Document = field(description="What it is by law: a bill bears no tax.")
    day: date = field(description="The day of law, in India.")
    issued_at: datetime = field(description="The moment of issue.")
    issued_by: strawberry.ID = field(description="Who issued it.")
    reverse_charge: bool = field(description="Whether the buyer pays the tax to the treasury.")
    supply: SupplyKind = field(description="Whether it was sold with tax or without.")
    undertaking: str | None = field(description="The letter of undertaking, without tax.")
    place_of_supply: str = field(description="The State that the law puts the supply in.")
    place_rule: str = field(description="The rule that put it there, or why it was overruled.")
    reason: str | None = field(description="Of a credit note: why.")
    value: strawberry.Private[IssuedDocument]

    @strawberry.field(description="Who sells.")
    def supplier(self) -> Party:
        return Party.from_domain(self.value.invoice.supplier)

    @strawberry.field(description="Who buys; masked for those who may only read invoices.")
    def customer(self, info: SchemaInfo) -> Party:
        plain = info.context.sees_customers(self.value.garage)
        return Party.from_domain(self.value.invoice.recipient, plain=plain)

    @strawberry.field(description="Its sums.")
    def totals(self) -> Totals:
        return Totals.from_domain(self.value.invoice.totals)

    @strawberry.field(description="What is charged, line by line.")
    def lines(self, first: First = USUAL, after: After = None) -> Connection[InvoiceLine]:
        start = int(after_position(after) or 0)
        rest = self.value.invoice.lines[start:][: page_size(first) + 1]
        return make_connection(
            rest, first, after, lambda line: str(line.n), InvoiceLine.from_domain
        )

    @strawberry.field(
        description="Where it stands; null for a credit note.",
        deprecation_reason=f"Read `invoiceStatus`. {GOES}",
    )
    def status(self) -> InvoiceStatus | None:
        balance = self.value.balance
        return None if balance is None else balance.status

    @strawberry.field(description="Where it stands; null for a credit note.")
    def invoice_status(self) -> InvoiceStatus | None:
        balance = self.value.balance
        return None if balance is None else balance.status

    @strawberry.field(description="What was paid, less what went back.")
    def paid(self) -> Money | None:
        balance = self.value.balance
        return None if balance is None else Money.from_domain(balance.paid)

    @strawberry.field(description="What credit notes took back.")
    def credited(self) -> Money | None:
        balance = self.value.balance
        return None if balance is None else Money.from_domain(balance.credited)

    @strawberry.field(description="What is still owed; below zero the customer is owed.")
    def due(self) -> Money | None:
        balance = self.value.balance
        return None if balance is None else Money.from_domain(balance.due)

    @strawberry.field(description="The garage that issued it.")
    def garage(self) -> Garage:
        return Garage.from_domain(self.value.garage)

    @strawberry.field(description="The repair; null when it is not yours to see.")
    async def ticket(self, info: SchemaInfo) -> Ticket | None:
        return await load_edge(info.context.loaders.tickets, self.value.ticket, Ticket.from_domain)

    @strawberry.field(description="Of a credit note: the invoice that it corrects.")
    async def original(
        self, info: SchemaInfo
    ) -> Annotated["Invoice", strawberry.lazy(__name__)] | None:
        return await load_edge(
            info.context.loaders.invoices, self.value.original, Invoice.from_domain
        )

    @strawberry.field(description="Its credit notes, the oldest first, at most 100.")
    async def credit_notes(
        self, info: SchemaInfo
    ) -> list[Annotated["Invoice", strawberry.lazy(__name__)]]:
        notes = await info.context.loaders.credit_notes.load(InvoiceId(self.key))
        return [Invoice.from_domain(note) for note in notes[:100]]

    @strawberry.field(description="What the invoice portal knows of it; null: nothing.")
    async def e_invoice(self, info: SchemaInfo) -> EInvoice | None:
        return await load_edge(
            info.context.loaders.registrations, InvoiceId(self.key), EInvoice.from_domain
        )

    @strawberry.field(description="What came in and went back, the oldest first, at most 100.")
    async def payments(self, info: SchemaInfo) -> list[Payment]:
        found = await info.context.loaders.payments.load(InvoiceId(self.key))
        return [Payment.from_domain(payment) for payment in found[:100]]

    @strawberry.field(description="What its customer was told, the oldest first, at most 100.")
    async def messages(self, info: SchemaInfo) -> list[Message]:
        plain = info.context.sees_customers(self.value.garage)
        found = await info.context.loaders.messages.load(InvoiceId(self.key))
        return [Message.from_domain(message, plain=plain) for message in found[:100]]

    @strawberry.field(
        description="Whether it may not leave yet: it owes an IRN, and `registerInvoice` gets it. "
        "Until then its PDF is not to be had, and its customer is told nothing."
    )
    async def awaits_irn(self, info: SchemaInfo) -> bool:
        return await info.context.awaits_irn(self.value)

    @strawberry.field(
        description="Where its PDF may be fetched for some minutes, without a token; it hides the "
        "customer from you as `customer` does, and opens nothing while `awaitsIrn`."
    )
    async def pdf(
        self,
        info: SchemaInfo,
        copy: Annotated[
            DocumentCopy | None,
            strawberry.argument(description="Which copy; null: the customer's."),
        ] = None,
    ) -> str:
        of, plain = InvoiceId(self.key), info.context.sees_customers(self.value.garage)
        if copy is not None:
            known = await info.context.loaders.registrations.load(of)
            demand_copy(self.value.invoice, copy, on_portal=live_registration(known) is not None)
        return info.context.pdf_link(of, PaperView(masked=not plain, copy=copy))

    @classmethod
    def from_domain(cls, value: IssuedDocument) -> Self:
        invoice = value.invoice
        return cls(
            id=global_id("Invoice", value.id),
            key=value.id,
            number=invoice.number or "",
            kind=value.kind,
            document=invoice.kind,
            day=invoice.date,
            issued_at=value.issued_at,
            issued_by=strawberry.ID(value.issued_by),
            reverse_charge=invoice.reverse_charge,
            supply=invoice.supply.kind,
            undertaking=invoice.supply.undertaking or None,
            place_of_supply=invoice.place.state.name,
            place_rule=invoice.place.explained,
            reason=invoice.reason or None,
            value=value,
        )


@strawberry.type(description="What a ticket's invoice would say now.")
class Estimate:
    lines: list[InvoiceLine] = field(description="What would be charged; none while unpriced.")
    totals: Totals | None = field(description="The sums; null while a part has no price.")
    estimated: bool = field(description="Whether a card guessed what was used.")
    unpriced: list[str] = field(description="Parts without a price: nothing is issued until then.")


@strawberry.type(description="One code at one rate in one month, less what was taken back.")
class MonthTotal:
    hsn: str = field(description="HSN or SAC.")
    rate: str = field(description="GST in percent, as an exact decimal.")
    lines: int = field(description="How many lines.")
    taxable: Money = field(description="Before tax.")
    cgst: Money = field(description="Central tax.")
    sgst: Money = field(description="State or Union Territory tax.")
    igst: Money = field(description="Integrated tax.")


def rate_text(basis_points: int) -> str:
    """Write a rate in percent: 1800 → 18, 25 → 0.25."""
    whole, rest = divmod(basis_points, BASIS_POINTS)
    return str(whole) if rest == 0 else f"{whole}.{rest:02d}".rstrip("0")
