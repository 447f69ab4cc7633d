"""Money that came in for an invoice or ahead of one, and money that went back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from access.vault import Vault
from billing import money, papers, postings, vouchers
from billing.audit import MoneyEvent
from billing.books import Books, Deed, Page
from billing.entries import post
from billing.garages import Seller
from billing.invoices import Invoice
from billing.law_time import law_date
from billing.ledger import event
from billing.money import Paise
from billing.numbering import DocumentKind
from billing.numbers import InvoiceNumber
from billing.parties import WALK_IN, Party
from billing.postings import Leg, PaymentMethod
from domain import limits
from domain.errors import IllegalTransition, InvalidInput, NotFound, OverLimit
from domain.events import EventType
from domain.ids import GarageId, InvoiceId, PaymentId, PersonId, TicketId, derived
from records.database import Records, Row
from records.queries import named

QUERIES: Final = named("payments.sql", "billing")
LEDGER: Final = named("ledger.sql", "billing")
REFERENCE_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came in: `paise` by a method, on a day; `reference` as the bank or the customer says."""

    paise: int
    method: PaymentMethod
    day: date
    reference: str | None = None

    def __post_init__(self) -> None:
        money.whole("amount", self.paise, least=1)
        if self.reference is not None:
            limits.text("reference", self.reference, REFERENCE_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A movement of money; `number` is its receipt's or refund voucher's (Rules 50 and 51)."""

    id: PaymentId
    garage: GarageId
    kind: str
    paise: int
    method: PaymentMethod
    day: date
    at: datetime
    by: PersonId
    number: str | None = None
    ticket: TicketId | None = None
    invoice: InvoiceId | None = None
    refund_of: PaymentId | None = None


class Payments:
    def __init__(self, records: Records, books: Books, vault: Vault) -> None:
        self._records = records
        self._books = books
        self._vault = vault

    async def record(self, deed: Deed, invoice: InvoiceId, received: Received) -> Payment:
        """Record money, or tax withheld, that came in for an invoice.

        Raises:
            OverLimit: more than is due.
            NotFound, IllegalTransition, MonthClosed, InvalidInput, OperationConflict.
        """
        made = _made_id(deed)
        async with self._books.page(deed) as page:
            if await page.made_before(made) is None:
                await _demand_day(page, received.day)
                due = await _due(page, invoice)
                if received.paise > due:
                    raise OverLimit("amount", received.paise, max(0, due))
                kind = "tds" if received.method is PaymentMethod.TDS else "payment"
                row = self._row(deed, made, kind, received) | {"invoice": invoice}
                legs = postings.receipt(received.method, received.paise, invoice)
                await post(page, kind, legs, received.day)
                await page.keep("payment", made, row)
                await page.run(LEDGER["paid"], invoice=invoice, paise=received.paise)
                await page.note(MoneyEvent.PAYMENT_RECORDED, made)
                await page.tell([event(deed, EventType.PAYMENT_RECORDED, made)])
        return await self.get(made)

    async def advance(
        self,
        deed: Deed,
        seller: Seller,
        ticket: TicketId,
        received: Received,
        buyer: Party = WALK_IN,
    ) -> Payment:
        """Record money that came before there is an invoice, under a receipt voucher's number.

        The voucher's place and tax are fixed by who `buyer` is today.

        Raises:
            IllegalTransition: the ticket has an invoice; pay that.
            MonthClosed, InvalidInput, OperationConflict: as they say.
        """
        made = _made_id(deed)
        async with self._books.page(deed) as page:
            if await page.made_before(made) is None:
                if received.method is PaymentMethod.TDS:
                    raise InvalidInput("method", "tax is withheld of an invoice, not of an advance")
                if await page.first(QUERIES["invoiced"], ticket=ticket) is not None:
                    raise IllegalTransition(ticket, "invoiced", "paid ahead")
                await _demand_day(page, received.day)
                number = await self._voucher(page, seller, DocumentKind.RECEIPT, received.day)
                row = self._row(deed, made, "advance", received)
                row |= {"ticket": ticket, "number": number}
                legs = postings.advance(received.method, received.paise, ticket)
                await post(page, "advance", legs, received.day)
                await page.keep("payment", made, row)
                if seller.profile.collects_tax:
                    party, paise = seller.profile.party, Paise(received.paise)
                    ahead = vouchers.advance(party, buyer, received.day, paise, ticket)
                    voucher = replace(vouchers.receipt(ahead), number=number)
                    await page.keep("receipt_voucher", made, self._said(deed, made, voucher))
                await page.note(MoneyEvent.PAYMENT_RECORDED, made)
        return await self.get(made)

    async def refund(self, deed: Deed, seller: Seller, of: PaymentId, paise: int) -> Payment:
        """Give a payment back, whole or in part, the way it came; what was owed is owed again.

        Raises:
            OverLimit: more than is left of the payment.
            NotFound, MonthClosed, OperationConflict: as they say.
        """
        made = _made_id(deed)
        money.whole("amount", paise, least=1)
        async with self._books.page(deed) as page:
            if await page.made_before(made) is None:
                paid, left = await _left(page, of)
                if paise > left:
                    raise OverLimit("amount", paise, left)
                day = law_date(deed.at)
                back = Received(paise=paise, method=paid.method, day=day)
                await _demand_day(page, day)
                invoice, ahead = await _holder(page, paid)
                number = (
                    await self._voucher(page, seller, DocumentKind.REFUND, day)
                    if paid.ticket
                    else None
                )
                row = self._row(deed, made, "refund", back)
                row |= {
                    "ticket": paid.ticket,
                    "invoice": paid.invoice,
                    "refund_of": of,
                    "number": number,
                }
                held = min(paise, ahead)
                await post(page, "refund", _back(paid, held, paise - held, invoice), day)
                await page.keep("payment", made, row)
                if paise > held:
                    await page.run(LEDGER["paid"], invoice=invoice, paise=held - paise)
                await page.note(MoneyEvent.PAYMENT_REFUNDED, made)
                await page.tell([event(deed, EventType.PAYMENT_RECORDED, made)])
        return await self.get(made)

    async def get(self, id: PaymentId, garage: GarageId | None = None) -> Payment:
        """Give a payment.

        Raises:
            NotFound: there is none there.
        """
        found = await self._records.rows(QUERIES["get"], id=id, garage=garage)
        if not found:
            raise NotFound("payment", id)
        return _payment(found[0])

    async def of_invoices(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> dict[InvoiceId, list[Payment]]:
        """Give what came in and went back for each invoice, the oldest first."""
        made: dict[InvoiceId, list[Payment]] = {InvoiceId(key): [] for key in ids}
        found = await self._records.rows(QUERIES["of_invoices"], ids=list(ids), garage=garage)
        for row in found:
            made[InvoiceId(row["of"])].append(_payment(row))
        return made

    def _row(self, deed: Deed, made: PaymentId, kind: str, what: Received) -> dict[str, object]:
        said = what.reference
        sealed = None if said is None else self._vault.seal(said.encode(), made)
        return {
            "id": made,
            "garage": deed.garage,
            "kind": kind,
            "method": what.method,
            "paise": what.paise,
            "day": what.day,
            "at": deed.at,
            "by_whom": deed.actor,
            "number": None,
            "ticket": None,
            "invoice": None,
            "refund_of": None,
            "reference": sealed,
        }

    def _said(self, deed: Deed, made: PaymentId, voucher: Invoice) -> dict[str, object]:
        return {
            "payment": made,
            "garage": deed.garage,
            "body": Jsonb(papers.body(voucher)),
            "buyer": papers.seal(voucher.recipient, self._vault, vouchers.place(made)),
        }

    async def _voucher(
        self, page: Page, seller: Seller, kind: DocumentKind, day: date
    ) -> InvoiceNumber:
        """Take the next number of receipts or refunds, and keep it."""
        number = await page.number(kind, seller.profile.series, day)
        made = _made_id(page.deed)
        row = {
            "id": made,
            "garage": page.deed.garage,
            "kind": kind,
            "seller": seller.taxpayer,
            "series": number.series,
            "financial_year": number.year.short,
            "serial": number.serial,
            "number": number.text,
            "issue_date": day,
        }
        await page.keep("document", made, row)
        return number.text


def _made_id(deed: Deed) -> PaymentId:
    return PaymentId(f"pay_{derived(UUID(deed.operation), f'{deed.garage}:payment')}")


async def _demand_day(page: Page, day: date) -> None:
    if day > law_date(page.deed.at):
        raise InvalidInput("day", f"{day} has not come yet")
    await page.demand_open(day)


async def _due(page: Page, invoice: InvoiceId) -> int:
    held = await page.first(QUERIES["due"], invoice=invoice)
    if held is None:
        raise NotFound("invoice", invoice)
    if held["voided"]:
        raise IllegalTransition(invoice, "void", "paid")
    return held["due"]


async def _left(page: Page, of: PaymentId) -> tuple[Payment, int]:
    """Give a payment of this garage's, and how much of it has not gone back yet."""
    held = await page.first(QUERIES["left"], id=of)
    if held is None:
        raise NotFound("payment", of)
    return _payment(held), held["left"]


async def _holder(page: Page, paid: Payment) -> tuple[InvoiceId | None, int]:
    """Give the invoice that a payment counts for, and what is held of it for none.

    An advance is held for its ticket, until the ticket's invoice takes it.
    """
    if paid.ticket is None:
        return paid.invoice, 0
    invoiced = await page.first(QUERIES["invoiced"], ticket=paid.ticket)
    held = await page.first(LEDGER["advances"], ticket=paid.ticket)
    invoice = None if invoiced is None else InvoiceId(invoiced["invoice"])
    return invoice, held["paise"] if held else 0


def _back(paid: Payment, held: int, taken: int, invoice: InvoiceId | None) -> tuple[Leg, ...]:
    """Give the legs of a refund: first of what no invoice has taken, then of what one has."""
    legs: list[Leg] = []
    if held:
        legs += postings.advance(paid.method, held, paid.ticket or "")
    if taken and invoice is not None:
        legs += postings.receipt(paid.method, taken, invoice)
    return postings.reversal(legs)


def _payment(row: Row) -> Payment:
    return Payment(
        id=PaymentId(row["id"]),
        garage=GarageId(row["garage"]),
        kind=row["kind"],
        paise=row["paise"],
        method=PaymentMethod(row["method"]),
        day=row["day"],
        at=row["at"],
        by=PersonId(row["by_whom"]),
        number=row["number"],
        ticket=row["ticket"] and TicketId(row["ticket"]),
        invoice=row["invoice"] and InvoiceId(row["invoice"]),
        refund_of=row["refund_of"] and PaymentId(row["refund_of"]),
    )
