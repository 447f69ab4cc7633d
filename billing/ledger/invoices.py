"""The ledger: invoices are issued, credited and taken back here, and nowhere is one changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from access.vault import Vault
from billing.gst import credit_notes, e_invoice, letters, rule46
from billing.gst.credit_notes import CreditLine
from billing.gst.invoices import Document, Invoice
from billing.gst.law_dates import law_day
from billing.gst.money import Paise
from billing.gst.series import DocumentKind, SeriesNumber
from billing.ledger import bills_of_supply, issued_documents, postings, stock, voids
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books, BooksChange, BooksTransaction
from billing.ledger.entries import post_entries
from billing.ledger.invoice_pages import EVERY_INVOICE, FIRST_PLACE, InvoiceFilter
from billing.ledger.invoice_pages import QUERIES as PAGES
from billing.ledger.issued_documents import DocumentBalance, IssuedDocument
from billing.ledger.sellers import Seller
from domain.errors import IllegalTransition, InvalidInput, NotFound, OverLimit
from domain.events import Event, EventType
from domain.ids import CustomerId, EventId, GarageId, InvoiceId, SagaId, TicketId, derive_uuid
from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("ledger.sql", "billing")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketInvoice:
    """An invoice without its number, for a ticket.

    `saga` is who brings it, if a saga does; `customer` the record that named its buyer, if one did.
    """

    ticket: TicketId
    invoice: Invoice
    saga: SagaId | None = None
    customer: CustomerId | None = None


class InvoiceLedger:
    def __init__(self, records: Records, books: Books, vault: Vault) -> None:
        self._records = records
        self._books = books
        self._vault = vault

    async def issue_invoice(
        self, change: BooksChange, seller: Seller, wanted: TicketInvoice
    ) -> IssuedDocument:
        """Issue an invoice: its number, its entries, its audit and its event, or none of them.

        Raises:
            OperationConflict: the key was used for something else.
            IllegalTransition: the ticket has an invoice.
            MonthClosed, InvalidInput: its date may not be used.
            InvalidInput: a field is missing that the law wants; it is named.
        """
        made = document_id(change, "invoice")
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(made) is None:
                await _demand_saga_running(transaction, wanted.saga)
                await _claim_ticket(transaction, wanted.ticket, made)
                ahead = await transaction.first_row(QUERIES["advances"], ticket=wanted.ticket)
                draft = _unnumbered_document(made, change, wanted, ahead["paise"] if ahead else 0)
                _demand_lawful_invoice(seller, draft.invoice)
                number = await _take_number(transaction, seller, draft)
                # Nothing of the rest is waited for one by one: the garage's books are held.
                async with transaction.connection.pipeline():
                    if wanted.customer is not None:
                        await transaction.execute(
                            QUERIES["made_from"], invoice=made, customer=wanted.customer
                        )
                    return await self._write_document(transaction, seller, draft, number)
        return await self.get(made)

    async def _write_document(
        self,
        transaction: BooksTransaction,
        seller: Seller,
        draft: IssuedDocument,
        number: SeriesNumber,
    ) -> IssuedDocument:
        """Write an invoice under its number, with its entries, balance, audit and event."""
        document = await self._keep_document(transaction, seller, draft, number)
        day, legs = document.invoice.date, postings.sale_legs(document.invoice, document.id)
        await post_entries(transaction, "sale", legs, day, document.id)
        taken = 0 if document.balance is None else document.balance.paid
        if taken:
            await post_entries(
                transaction,
                "settlement",
                postings.settlement_legs(taken, document.ticket, document.id),
                day,
            )
        total = document.invoice.totals.payable
        await transaction.execute(
            QUERIES["open_balance"], invoice=document.id, day=day, total=total, paid=taken
        )
        await stock.take_parts(transaction, document.invoice)
        await transaction.chain_event(MoneyEvent.INVOICE_ISSUED, document.id)
        await transaction.leave_events(
            [invoice_event(transaction.change, EventType.INVOICE_ISSUED, document.id)]
        )
        return document

    async def issue_credit_note(
        self,
        change: BooksChange,
        seller: Seller,
        of: InvoiceId,
        wanted: Sequence[CreditLine] | None,
        reason: str,
    ) -> IssuedDocument:
        """Take back some lines of an invoice, or (None) all that is left, by a credit note.

        Raises:
            InvalidInput: a line asks for more than is left of it, or the portal would not take it.
            IllegalTransition: the invoice is void.
            NotFound, OverLimit, OperationConflict, MonthClosed: as they say.
        """
        made = document_id(change, "credit_note")
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(made) is None:
                original = await self._stands_as(transaction, of)
                before = [note.invoice for note in await self._notes_of(transaction, of)]
                today = law_day(change.at)
                note = credit_notes.credit_invoice(original.invoice, wanted, before, today, reason)
                _bound_credit(original, note)
                _demand_portal_takes(seller, note)
                draft = _credit_document(made, change, original, note)
                await self._keep_document(
                    transaction, seller, draft, await _take_number(transaction, seller, draft)
                )
                await post_entries(
                    transaction,
                    "credit",
                    postings.reversal_legs(postings.sale_legs(note, of)),
                    today,
                    made,
                )
                await transaction.execute(
                    QUERIES["credited"], invoice=of, paise=note.totals.payable
                )
                if note.totals.payable == _creditable_paise(original):
                    await voids.release_document(transaction, original)
                await stock.give_parts_back(
                    transaction, note, f"Credit note for {original.invoice.number}"
                )
                await transaction.chain_event(MoneyEvent.CREDIT_NOTE_ISSUED, made)
                await transaction.leave_events(
                    [invoice_event(change, EventType.CREDIT_NOTE_ISSUED, made)]
                )
        return await self.get(made)

    async def void_invoice(self, change: BooksChange, of: InvoiceId, reason: str) -> IssuedDocument:
        """Take an invoice back whole; its number stays used, and its ticket may have another.

        Only while its month is open, nothing of it is credited or paid but in advance (which the
        ticket holds again), and, where the buyer is registered and will have claimed it, within a
        day. After that a credit note is the way.

        Raises:
            IllegalTransition: it is void, credited, paid or too old to be taken back.
            NotFound, MonthClosed, InvalidInput, OperationConflict: as they say.
        """
        said = voids.parse_reason(reason)
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(of) is None:
                document = await self._stands_as(transaction, of)
                await voids.demand_voidable(transaction, document)
                await voids.demand_in_time(transaction, document)
                await transaction.keep_row(
                    "void_invoice", of, voids.void_row(document, change, said)
                )
                legs = postings.reversal_legs(postings.sale_legs(document.invoice, of))
                await post_entries(transaction, "void", legs, law_day(change.at), of)
                await voids.release_document(transaction, document)
                await stock.give_parts_back(
                    transaction, document.invoice, f"Void of {document.invoice.number}"
                )
                await transaction.execute(QUERIES["voided"], invoice=of)
                await transaction.execute(QUERIES["free_ticket"], invoice=of)
                await transaction.chain_event(MoneyEvent.INVOICE_VOIDED, of)
                await transaction.leave_events(
                    [invoice_event(change, EventType.INVOICE_VOIDED, of)]
                )
        return await self.get(of)

    async def demand_voidable(self, change: BooksChange, of: InvoiceId) -> None:
        """Raise what `void_invoice` would, but for the time that the law gives it."""
        async with self._books.open_transaction(change) as transaction:
            await voids.demand_voidable(transaction, await self._stands_as(transaction, of))

    async def get(self, id: InvoiceId, garage: GarageId | None = None) -> IssuedDocument:
        """Give a paper, of any garage or of that one alone.

        Raises:
            NotFound: there is none there.
        """
        found = await self.many([id], garage)
        if id not in found:
            raise NotFound("invoice", id)
        return found[id]

    async def many(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> dict[InvoiceId, IssuedDocument]:
        found = await self._records.rows(QUERIES["many"], ids=list(ids), garage=garage)
        read = [issued_documents.document_of(row, self._vault) for row in found]
        return {document.id: document for document in read}

    async def of_tickets(
        self, tickets: Sequence[TicketId], garage: GarageId | None = None
    ) -> dict[TicketId, IssuedDocument]:
        """Give the live invoice of each ticket that has one."""
        found = await self._records.rows(
            QUERIES["of_tickets"], tickets=list(tickets), garage=garage
        )
        live = await self.many([InvoiceId(row["invoice"]) for row in found], garage)
        return {document.ticket: document for document in live.values()}

    async def customer_of(self, invoice: InvoiceId) -> CustomerId | None:
        """Give the record that an invoice was made from, if it was made from one."""
        found = await self._records.rows(QUERIES["customer_of"], invoice=invoice)
        return CustomerId(found[0]["customer"]) if found else None

    async def of_customer(
        self, customer: CustomerId, *, first: int, after: InvoiceId | None = None
    ) -> list[IssuedDocument]:
        """Give up to `first` invoices that were made from a record, the newest first."""
        found = await self._records.rows(
            QUERIES["of_customer"], customer=customer, first=first, after=after
        )
        ids = [InvoiceId(row["invoice"]) for row in found]
        read = await self.many(ids)
        return [read[one] for one in ids]

    async def page(
        self,
        garage: GarageId | None,
        *,
        first: int,
        after: str | None = None,
        wanted: InvoiceFilter = EVERY_INVOICE,
    ) -> list[IssuedDocument]:
        """Give up to `first` papers behind the paper `after`, in the order that the filter gives.

        Raises:
            InvalidInput: a filter by number, day, standing or sum needs a garage.
        """
        if garage is None and wanted.of_one_garage:
            raise InvalidInput("garage", "name the garage: such a list is one garage's")
        place = await self._place_of(after)
        if place is None:
            return []
        mark = None if wanted.gstin is None else self._vault.mark("gstin", wanted.gstin)
        given = {"garage": garage, "first": first, **wanted.values(mark, place)}
        found = await self._records.rows(wanted.query(garage), **given)
        return [issued_documents.document_of(row, self._vault) for row in found]

    async def _place_of(self, after: str | None) -> Mapping[str, Any] | None:
        """Give where a page begins: before everything, or behind a paper that is there."""
        if after is None:
            return FIRST_PLACE
        found = await self._records.rows(PAGES["place"], before=after)
        return found[0] if found else None

    async def credit_notes(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> dict[InvoiceId, list[IssuedDocument]]:
        """Give the credit notes of each invoice, the oldest first."""
        found = await self._records.rows(QUERIES["notes"], ids=list(ids), garage=garage)
        notes: dict[InvoiceId, list[IssuedDocument]] = {InvoiceId(key): [] for key in ids}
        for row in found:
            notes[InvoiceId(row["original"])].append(issued_documents.document_of(row, self._vault))
        return notes

    async def issued_by(self, change: BooksChange) -> InvoiceId | None:
        """Give the invoice that a change issued, if it did."""
        found = await self._records.rows(QUERIES["issued"], id=document_id(change, "invoice"))
        return InvoiceId(found[0]["id"]) if found else None

    async def close_month(self, change: BooksChange, month: date) -> None:
        """Close the books of a month that is over: nothing is dated into it any more.

        Raises:
            InvalidInput: `month` is no first day, or not over.
        """
        if month.day != 1 or month >= law_day(change.at).replace(day=1):
            raise InvalidInput("month", f"{month} is not the first day of a month that is over")
        row = {"garage": change.garage, "month": month, "at": change.at, "by_whom": change.actor}
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(month.isoformat()) is not None:
                return
            if not await transaction.is_closed(month):
                await transaction.keep_row("closed_month", f"{change.garage}@{month}", row)
                await transaction.chain_event(MoneyEvent.MONTH_CLOSED, month.isoformat())

    async def _keep_document(
        self,
        transaction: BooksTransaction,
        seller: Seller,
        draft: IssuedDocument,
        number: SeriesNumber,
    ) -> IssuedDocument:
        """Give the paper with its number, and write both.

        What it owes the portal is fixed now: a turnover that grows later does not change it.
        """
        owed = e_invoice.is_owed(draft.invoice, Paise(seller.profile.turnover))
        issued = replace(draft.invoice, number=number.text, owes_irn=owed)
        document = replace(draft, invoice=issued)
        await transaction.keep_row("document", document.id, _document_row(document, seller, number))
        await transaction.keep_row(
            "invoice",
            document.id,
            issued_documents.document_row(document, self._vault),
            issued_documents.line_rows(document),
        )
        return document

    async def _stands_as(self, transaction: BooksTransaction, of: InvoiceId) -> IssuedDocument:
        """Give an invoice of this garage's that is not void."""
        found = await transaction.rows(QUERIES["many"], ids=[of])
        read = [issued_documents.document_of(row, self._vault) for row in found]
        if not read or read[0].kind is not DocumentKind.INVOICE:
            raise NotFound("invoice", of)
        if read[0].balance is None or read[0].balance.voided:
            raise IllegalTransition(of, "void", "changed")
        return read[0]

    async def _notes_of(self, transaction: BooksTransaction, of: InvoiceId) -> list[IssuedDocument]:
        found = await transaction.rows(QUERIES["notes"], ids=[of])
        return [issued_documents.document_of(row, self._vault) for row in found]


def document_id(change: BooksChange, purpose: str) -> InvoiceId:
    """Give the id of what a change makes, the same each time it is done."""
    return InvoiceId(f"inv_{derive_uuid(UUID(change.operation), f'{change.garage}:{purpose}')}")


def invoice_event(change: BooksChange, type: EventType, entity: str, part: str = "") -> Event:
    """Give the event that a change leaves behind, the same each time it is done.

    `part` tells it from another of its type that the same change leaves.
    """
    return Event(
        id=EventId(str(derive_uuid(UUID(change.operation), f"{change.garage}:{type}{part}"))),
        type=type,
        entity=entity,
        version=1,
        at=change.at,
        actor=change.actor,
        garage=change.garage,
    )


def _unnumbered_document(
    made: InvoiceId, change: BooksChange, wanted: TicketInvoice, ahead: int
) -> IssuedDocument:
    """Give the paper before its number; it takes what was paid ahead, as far as it reaches."""
    total = wanted.invoice.totals.payable
    return IssuedDocument(
        id=made,
        garage=change.garage,
        kind=DocumentKind.INVOICE,
        ticket=wanted.ticket,
        invoice=wanted.invoice,
        issued_at=change.at,
        issued_by=change.actor,
        balance=DocumentBalance(total=total, paid=min(ahead, total)),
    )


def _credit_document(
    made: InvoiceId, change: BooksChange, original: IssuedDocument, note: Invoice
) -> IssuedDocument:
    return IssuedDocument(
        id=made,
        garage=change.garage,
        kind=DocumentKind.CREDIT_NOTE,
        ticket=original.ticket,
        invoice=note,
        issued_at=change.at,
        issued_by=change.actor,
        original=original.id,
    )


async def _demand_saga_running(transaction: BooksTransaction, saga: SagaId | None) -> None:
    """Refuse a saga that was turned back meanwhile: its worker was slow, not dead."""
    if saga is not None and await transaction.first_row(QUERIES["running"], saga=saga) is None:
        raise IllegalTransition(saga, "undone", "invoiced")


async def _claim_ticket(transaction: BooksTransaction, ticket: TicketId, made: InvoiceId) -> None:
    if await transaction.first_row(QUERIES["claim_ticket"], ticket=ticket, invoice=made) is None:
        raise IllegalTransition(ticket, "invoiced", "invoiced")


async def _take_number(
    transaction: BooksTransaction, seller: Seller, draft: IssuedDocument
) -> SeriesNumber:
    """Take the next number of the paper's series, if its day may be used and a page can show it."""
    letters.demand_printable(draft.invoice)
    day = draft.invoice.date
    if day > law_day(transaction.change.at):
        raise InvalidInput("date", f"{day} has not come yet")
    await transaction.demand_open(day)
    bill = draft.invoice.kind is Document.BILL_OF_SUPPLY
    return await transaction.next_number(draft.kind, seller.profile.series, day, bill=bill)


def _bound_credit(original: IssuedDocument, note: Invoice) -> None:
    """Lines are bounded one by one; their sum may still pass an invoice that was rounded down."""
    most = _creditable_paise(original)
    if note.totals.payable > most:
        raise OverLimit("lines", note.totals.payable, most)


def _creditable_paise(original: IssuedDocument) -> int:
    balance = original.balance
    return 0 if balance is None else balance.total - balance.credited


def _demand_lawful_invoice(seller: Seller, invoice: Invoice) -> None:
    """Refuse an invoice that lacks a field of the law, is not for this garage, or that the portal
    would not take: before it takes a number.
    """
    numbered = replace(invoice, number=e_invoice.ANY_NUMBER)
    rule46.demand_issuable(numbered, seller.profile.hsn_digits)
    bills_of_supply.demand_own_series(seller.profile, invoice)
    own = invoice.supplier.gstin
    if own is not None and invoice.recipient.gstin == own:
        raise InvalidInput("customer.gstin", "is the garage's own: nobody sells to themselves")
    _demand_portal_takes(seller, invoice)


def _demand_portal_takes(seller: Seller, invoice: Invoice) -> None:
    """Refuse a document that owes an IRN and would never get it: before it takes a number."""
    if e_invoice.is_owed(invoice, Paise(seller.profile.turnover)):
        e_invoice.demand_acceptable(invoice)


def _document_row(
    document: IssuedDocument, seller: Seller, number: SeriesNumber
) -> dict[str, object]:
    return {
        "id": document.id,
        "garage": document.garage,
        "kind": document.kind,
        "seller": seller.taxpayer,
        "series": number.series,
        "financial_year": number.year.short,
        "serial": number.serial,
        "number": number.text,
        "issue_date": document.invoice.date,
    }
