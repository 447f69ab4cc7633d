"""Money that came in for an invoice or ahead of one, and money that went back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from access.personal_fields import PAYMENT_REFERENCE, VOUCHER_BUYER
from access.vault import Vault
from billing.gst import money, vouchers
from billing.gst.document_numbers import InvoiceNumber
from billing.gst.invoices import Invoice
from billing.gst.law_dates import law_day
from billing.gst.money import Paise
from billing.gst.parties import WALK_IN, Party
from billing.gst.series import DocumentKind
from billing.ledger import issued_documents, postings
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books, BooksChange, BooksTransaction
from billing.ledger.entries import post_entries
from billing.ledger.invoices import invoice_event
from billing.ledger.postings import PaymentKind, PaymentMethod, PostingLeg
from billing.ledger.sellers import Seller
from billing.ledger.settlements import Settlement, settlement_of
from billing.ledger.tills import is_till_closed
from domain import limits
from domain.errors import IllegalTransition, InvalidInput, NotFound, OverLimit
from domain.events import EventType
from domain.ids import GarageId, InvoiceId, PaymentId, PersonId, TicketId, derive_uuid
from records.database import Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("payments.sql", "billing")
LEDGER: Final = named_queries("ledger.sql", "billing")
REFERENCE_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMoney:
    """What came in: `paise` by a method, on a day; `reference` as the bank or the customer says."""

    paise: int
    method: PaymentMethod
    day: date
    reference: str | None = None

    def __post_init__(self) -> None:
        money.whole_paise("amount", self.paise, least=1)
        if self.reference is not None:
            limits.clean_text("reference", self.reference, REFERENCE_LIMIT)

    @property
    def is_cash(self) -> bool:
        return self.method is PaymentMethod.CASH


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A movement of money; `number` is its receipt's or refund voucher's (Rules 50 and 51).

    `receipt` is the first of the payments that came at once with it; None: it came alone.
    """

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
    receipt: PaymentId | None = None


class PaymentStore:
    def __init__(self, records: Records, books: Books, vault: Vault) -> None:
        self._records = records
        self._books = books
        self._vault = vault

    async def record_payment(
        self,
        change: BooksChange,
        invoice: InvoiceId,
        received: ReceivedMoney,
        also: Sequence[ReceivedMoney] = (),
    ) -> Payment:
        """Record money, or tax withheld, that came in for an invoice; give the first payment.

        `also` came at the same time by other methods: all is recorded under one receipt, or none.

        Raises:
            OverLimit: more than is due.
            NotFound, IllegalTransition, MonthClosed, InvalidInput, OperationConflict.
        """
        made = _payment_id_of(change)
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(made) is None:
                parts = (received, *also)
                for part in parts:
                    await _demand_open_day(transaction, part)
                _demand_within(await _amount_due(transaction, invoice), parts)
                rows = self._receipt_rows(change, invoice, parts)
                for kind in dict.fromkeys(row["kind"] for row in rows):
                    await _write_kind(
                        transaction, invoice, [row for row in rows if row["kind"] == kind]
                    )
                await transaction.execute(
                    LEDGER["paid"], invoice=invoice, paise=sum(part.paise for part in parts)
                )
                await transaction.chain_event(MoneyEvent.PAYMENT_RECORDED, made)
        return await self.get(made)

    async def record_advance(
        self,
        change: BooksChange,
        seller: Seller,
        ticket: TicketId,
        received: ReceivedMoney,
        buyer: Party = WALK_IN,
    ) -> Payment:
        """Record money that came before there is an invoice, under a receipt voucher's number.

        The voucher's place and tax are fixed by who `buyer` is today.

        Raises:
            IllegalTransition: the ticket has an invoice; pay that.
            MonthClosed, InvalidInput, OperationConflict: as they say.
        """
        made = _payment_id_of(change)
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(made) is None:
                if received.method is PaymentMethod.TDS:
                    raise InvalidInput("method", "tax is withheld of an invoice, not of an advance")
                if await transaction.first_row(QUERIES["invoiced"], ticket=ticket) is not None:
                    raise IllegalTransition(ticket, "invoiced", "paid ahead")
                await _demand_open_day(transaction, received)
                number = await self._voucher_document(
                    transaction, seller, DocumentKind.RECEIPT, received.day
                )
                row = self._row(change, made, "advance", received)
                row |= {"ticket": ticket, "number": number}
                legs = postings.advance_legs(received.method, received.paise, ticket)
                await post_entries(transaction, "advance", legs, received.day, made)
                await transaction.keep_row("payment", made, row)
                if seller.profile.collects_tax:
                    party, paise = seller.profile.party, Paise(received.paise)
                    ahead = vouchers.receive_advance(party, buyer, received.day, paise, ticket)
                    voucher = replace(vouchers.receipt_voucher(ahead), number=number)
                    await transaction.keep_row(
                        "receipt_voucher", made, self._payment_body(change, made, voucher)
                    )
                await transaction.chain_event(MoneyEvent.PAYMENT_RECORDED, made)
                await transaction.leave_events(
                    [invoice_event(change, EventType.PAYMENT_RECORDED, made)]
                )
        return await self.get(made)

    async def refund_payment(
        self, change: BooksChange, seller: Seller, of: PaymentId, paise: int
    ) -> Payment:
        """Give a payment back, whole or in part, the way it came; what was owed is owed again.

        Raises:
            OverLimit: more than is left of the payment.
            NotFound, MonthClosed, OperationConflict: as they say.
        """
        made = _payment_id_of(change)
        money.whole_paise("amount", paise, least=1)
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(made) is None:
                paid, left = await _refundable(transaction, of)
                if paise > left:
                    raise OverLimit("amount", paise, left)
                day = law_day(change.at)
                back = ReceivedMoney(paise=paise, method=paid.method, day=day)
                if back.is_cash and await is_till_closed(transaction, day):
                    raise IllegalTransition(of, "of a day whose till is closed", "refunded")
                await transaction.demand_open(day)
                invoice, ahead = await _money_holder(transaction, paid)
                number = (
                    await self._voucher_document(transaction, seller, DocumentKind.REFUND, day)
                    if paid.ticket
                    else None
                )
                row = self._row(change, made, "refund", back)
                row |= {
                    "ticket": paid.ticket,
                    "invoice": paid.invoice,
                    "refund_of": of,
                    "number": number,
                }
                held = min(paise, ahead)
                legs = _refund_legs(paid, held, paise - held, invoice)
                await post_entries(transaction, "refund", legs, day, made)
                await transaction.keep_row("payment", made, row)
                if paise > held:
                    await transaction.execute(LEDGER["paid"], invoice=invoice, paise=held - paise)
                await transaction.chain_event(MoneyEvent.PAYMENT_REFUNDED, made)
                await transaction.leave_events(
                    [invoice_event(change, EventType.PAYMENT_RECORDED, made)]
                )
        return await self.get(made)

    async def get(self, id: PaymentId, garage: GarageId | None = None) -> Payment:
        """Give a payment.

        Raises:
            NotFound: there is none there.
        """
        found = await self._records.rows(QUERIES["get"], id=id, garage=garage)
        if not found:
            raise NotFound("payment", id)
        return _payment_of(found[0])

    async def of_receipt(self, payment: Payment) -> list[Payment]:
        """Give what came at once with a payment, that payment first."""
        if payment.receipt is None:
            return [payment]
        found = await self._records.rows(QUERIES["of_receipt"], receipt=payment.receipt)
        return [payment, *(_payment_of(row) for row in found if row["id"] != payment.id)]

    async def of_invoices(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> dict[InvoiceId, list[Payment]]:
        """Give what came in and went back for each invoice, the oldest first."""
        made: dict[InvoiceId, list[Payment]] = {InvoiceId(key): [] for key in ids}
        found = await self._records.rows(QUERIES["of_invoices"], ids=list(ids), garage=garage)
        for row in found:
            made[InvoiceId(row["of"])].append(_payment_of(row))
        return made

    async def settlement(self, invoice: InvoiceId) -> Settlement:
        """Give what settled an invoice since its issue, as its page tells it apart."""
        return settlement_of(await self._records.rows(QUERIES["settled"], invoice=invoice))

    async def references(self, ids: Sequence[PaymentId], garage: GarageId) -> dict[PaymentId, str]:
        """Give by what each payment can be found at the bank, of those that say so."""
        found = await self._records.rows(QUERIES["references"], ids=list(ids), garage=garage)
        return {
            PaymentId(row["id"]): self._vault.open(
                bytes(row["reference"]), PAYMENT_REFERENCE.at(row["id"])
            ).decode()
            for row in found
        }

    def _receipt_rows(
        self, change: BooksChange, invoice: InvoiceId, parts: Sequence[ReceivedMoney]
    ) -> list[dict[str, Any]]:
        """Give a row for each part; several name the first as their receipt."""
        receipt = _payment_id_of(change) if len(parts) > 1 else None
        return [
            self._row(change, _payment_id_of(change, n), _kind_of(part), part)
            | {"invoice": invoice, "receipt": receipt}
            for n, part in enumerate(parts)
        ]

    def _row(
        self, change: BooksChange, made: PaymentId, kind: str, what: ReceivedMoney
    ) -> dict[str, object]:
        said = what.reference
        sealed = (
            None if said is None else self._vault.seal(said.encode(), PAYMENT_REFERENCE.at(made))
        )
        return {
            "id": made,
            "garage": change.garage,
            "kind": kind,
            "method": what.method,
            "paise": what.paise,
            "day": what.day,
            "at": change.at,
            "by_whom": change.actor,
            "number": None,
            "ticket": None,
            "invoice": None,
            "refund_of": None,
            "reference": sealed,
            "receipt": None,
        }

    def _payment_body(
        self, change: BooksChange, made: PaymentId, voucher: Invoice
    ) -> dict[str, object]:
        return {
            "payment": made,
            "garage": change.garage,
            "body": Jsonb(issued_documents.document_body(voucher)),
            "buyer": issued_documents.seal_party(
                voucher.recipient, self._vault, VOUCHER_BUYER.at(made)
            ),
        }

    async def _voucher_document(
        self, transaction: BooksTransaction, seller: Seller, kind: DocumentKind, day: date
    ) -> InvoiceNumber:
        """Take the next number of receipts or refunds, and keep it."""
        number = await transaction.next_number(kind, seller.profile.series, day)
        made = _payment_id_of(transaction.change)
        row = {
            "id": made,
            "garage": transaction.change.garage,
            "kind": kind,
            "seller": seller.taxpayer,
            "series": number.series,
            "financial_year": number.year.short,
            "serial": number.serial,
            "number": number.text,
            "issue_date": day,
        }
        await transaction.keep_row("document", made, row)
        return number.text


def _payment_id_of(change: BooksChange, n: int = 0) -> PaymentId:
    """Give the id of what a change makes, or of the n-th payment behind it on the same receipt."""
    place = f"{change.garage}:payment" + (f":{n}" if n else "")
    return PaymentId(f"pay_{derive_uuid(UUID(change.operation), place)}")


def _kind_of(received: ReceivedMoney) -> PaymentKind:
    tds = received.method is PaymentMethod.TDS
    return PaymentKind.TDS if tds else PaymentKind.PAYMENT


async def _write_kind(
    transaction: BooksTransaction, invoice: InvoiceId, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write the payments of one kind: money and withheld tax are posted and told of apart."""
    first = rows[0]
    legs = [
        leg for row in rows for leg in postings.receipt_legs(row["method"], row["paise"], invoice)
    ]
    await post_entries(transaction, first["kind"], legs, first["day"], first["id"])
    for row in rows:
        await transaction.keep_row("payment", row["id"], row)
    told = invoice_event(
        transaction.change,
        EventType.PAYMENT_RECORDED,
        first["id"],
        "" if first["id"] == _payment_id_of(transaction.change) else f":{first['kind']}",
    )
    await transaction.leave_events([told])


async def _demand_open_day(transaction: BooksTransaction, received: ReceivedMoney) -> None:
    """Refuse a day that has not come or is closed; what is no cash does not lie in the till."""
    day = received.day
    if day > law_day(transaction.change.at):
        raise InvalidInput("day", f"{day} has not come yet")
    await transaction.demand_open(day)
    if received.is_cash and await is_till_closed(transaction, day):
        raise InvalidInput("day", f"the till of {day} is closed: choose a day after it")


def _demand_within(due: int, parts: Sequence[ReceivedMoney]) -> None:
    """Refuse the first part that is more than those before it have left of the debt."""
    left = max(0, due)
    for place, part in enumerate(parts):
        if part.paise > left:
            field = "payment.amount" if place == 0 else f"also.{place - 1}.amount"
            raise OverLimit(field, part.paise, left)
        left -= part.paise


async def _amount_due(transaction: BooksTransaction, invoice: InvoiceId) -> int:
    held = await transaction.first_row(QUERIES["due"], invoice=invoice)
    if held is None:
        raise NotFound("invoice", invoice)
    if held["voided"]:
        raise IllegalTransition(invoice, "void", "paid")
    return held["due"]


async def _refundable(transaction: BooksTransaction, of: PaymentId) -> tuple[Payment, int]:
    """Give a payment of this garage's, and how much of it has not gone back yet."""
    held = await transaction.first_row(QUERIES["left"], id=of)
    if held is None:
        raise NotFound("payment", of)
    return _payment_of(held), held["left"]


async def _money_holder(
    transaction: BooksTransaction, paid: Payment
) -> tuple[InvoiceId | None, int]:
    """Give the invoice that a payment counts for, and what is held of it for none.

    An advance is held for its ticket, until the ticket's invoice takes it.
    """
    if paid.ticket is None:
        return paid.invoice, 0
    invoiced = await transaction.first_row(QUERIES["invoiced"], ticket=paid.ticket)
    held = await transaction.first_row(LEDGER["advances"], ticket=paid.ticket)
    invoice = None if invoiced is None else InvoiceId(invoiced["invoice"])
    return invoice, held["paise"] if held else 0


def _refund_legs(
    paid: Payment, held: int, taken: int, invoice: InvoiceId | None
) -> tuple[PostingLeg, ...]:
    """Give the legs of a refund: first of what no invoice has taken, then of what one has."""
    legs: list[PostingLeg] = []
    if held:
        legs += postings.advance_legs(paid.method, held, paid.ticket or "")
    if taken and invoice is not None:
        legs += postings.receipt_legs(paid.method, taken, invoice)
    return postings.reversal_legs(legs)


def _payment_of(row: Row) -> Payment:
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
        receipt=row["receipt"] and PaymentId(row["receipt"]),
    )
