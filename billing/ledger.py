"""The ledger: invoices are issued, credited and taken back here, and nowhere is one changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from access.vault import Vault
from billing import bills, credit_notes, e_invoice, papers, postings, rule46, stock, voiding
from billing.audit import MoneyEvent
from billing.books import Books, Deed, Page
from billing.credit_notes import Credit
from billing.entries import post
from billing.garages import Seller
from billing.invoices import Document, Invoice
from billing.law_time import law_date
from billing.money import Paise
from billing.numbering import DocumentKind, Number
from billing.paper import letters
from billing.papers import Balance, Paper
from domain import limits
from domain.errors import IllegalTransition, InvalidInput, NotFound, OverLimit
from domain.events import Event, EventType
from domain.ids import EventId, GarageId, InvoiceId, SagaId, TicketId, derived
from records.database import Records
from records.queries import named

QUERIES = named("ledger.sql", "billing")
REASON_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticketed:
    """An invoice without its number, for a ticket; `saga` is who brings it, if a saga does."""

    ticket: TicketId
    invoice: Invoice
    saga: SagaId | None = None


class Ledger:
    def __init__(self, records: Records, books: Books, vault: Vault) -> None:
        self._records = records
        self._books = books
        self._vault = vault

    async def issue(self, deed: Deed, seller: Seller, wanted: Ticketed) -> Paper:
        """Issue an invoice: its number, its entries, its audit and its event, or none of them.

        Raises:
            OperationConflict: the key was used for something else.
            IllegalTransition: the ticket has an invoice.
            MonthClosed, InvalidInput: its date may not be used.
            InvalidInput: a field is missing that the law wants; it is named.
        """
        made = made_id(deed, "invoice")
        async with self._books.page(deed) as page:
            if await page.made_before(made) is None:
                await _demand_running(page, wanted.saga)
                await _claim(page, wanted.ticket, made)
                ahead = await page.first(QUERIES["advances"], ticket=wanted.ticket)
                draft = _unnumbered(made, deed, wanted, ahead["paise"] if ahead else 0)
                number = await _number(page, seller, draft)
                _demand_lawful(seller, replace(draft.invoice, number=number.text))
                # Nothing of the rest is waited for one by one: the garage's books are held.
                async with page.connection.pipeline():
                    return await self._written(page, seller, draft, number)
        return await self.get(made)

    async def _written(self, page: Page, seller: Seller, draft: Paper, number: Number) -> Paper:
        """Write an invoice under its number, with its entries, balance, audit and event."""
        paper = await self._kept(page, seller, draft, number)
        day, legs = paper.invoice.date, postings.sale(paper.invoice, paper.id)
        await post(page, "sale", legs, day)
        taken = 0 if paper.balance is None else paper.balance.paid
        if taken:
            await post(page, "settlement", postings.settlement(taken, paper.ticket, paper.id), day)
        total = paper.invoice.totals.payable
        await page.run(QUERIES["open_balance"], invoice=paper.id, day=day, total=total, paid=taken)
        await stock.take(page, paper.invoice)
        await page.note(MoneyEvent.INVOICE_ISSUED, paper.id)
        await page.tell([event(page.deed, EventType.INVOICE_ISSUED, paper.id)])
        return paper

    async def credit(
        self,
        deed: Deed,
        seller: Seller,
        of: InvoiceId,
        wanted: Sequence[Credit] | None,
        reason: str,
    ) -> Paper:
        """Take back some lines of an invoice, or (None) all that is left, by a credit note.

        Raises:
            InvalidInput: a line asks for more than is left of it.
            IllegalTransition: the invoice is void.
            NotFound, OverLimit, OperationConflict, MonthClosed: as they say.
        """
        made = made_id(deed, "credit_note")
        async with self._books.page(deed) as page:
            if await page.made_before(made) is None:
                original = await self._standing(page, of)
                before = [note.invoice for note in await self._notes(page, of)]
                today = law_date(deed.at)
                note = credit_notes.credit(original.invoice, wanted, before, today, reason)
                _bound(original, note)
                draft = _note(made, deed, original, note)
                await self._kept(page, seller, draft, await _number(page, seller, draft))
                await post(page, "credit", postings.reversal(postings.sale(note, of)), today)
                await page.run(QUERIES["credited"], invoice=of, paise=note.totals.payable)
                if note.totals.payable == _creditable(original):
                    await voiding.release(page, original)
                await stock.give_back(page, note, f"Credit note for {original.invoice.number}")
                await page.note(MoneyEvent.CREDIT_NOTE_ISSUED, made)
                await page.tell([event(deed, EventType.CREDIT_NOTE_ISSUED, made)])
        return await self.get(made)

    async def void(self, deed: Deed, of: InvoiceId, reason: str) -> Paper:
        """Take an invoice back whole; its number stays used, and its ticket may have another.

        Only while its month is open, nothing of it is credited or paid but in advance (which the
        ticket holds again), and, where the buyer is registered and will have claimed it, within a
        day. After that a credit note is the way.

        Raises:
            IllegalTransition: it is void, credited, paid or too old to be taken back.
            NotFound, MonthClosed, InvalidInput, OperationConflict: as they say.
        """
        said = limits.text("reason", reason, REASON_LIMIT, least=3)
        async with self._books.page(deed) as page:
            if await page.made_before(of) is None:
                paper = await self._standing(page, of)
                await voiding.demand_voidable(page, paper)
                await voiding.demand_in_time(page, paper)
                await page.keep("void_invoice", of, voiding.row(paper, deed, said))
                legs = postings.reversal(postings.sale(paper.invoice, of))
                await post(page, "void", legs, law_date(deed.at))
                await voiding.release(page, paper)
                await stock.give_back(page, paper.invoice, f"Void of {paper.invoice.number}")
                await page.run(QUERIES["voided"], invoice=of)
                await page.run(QUERIES["free_ticket"], invoice=of)
                await page.note(MoneyEvent.INVOICE_VOIDED, of)
                await page.tell([event(deed, EventType.INVOICE_VOIDED, of)])
        return await self.get(of)

    async def demand_voidable(self, deed: Deed, of: InvoiceId) -> None:
        """Raise what `void` would, but for the time that the law gives it."""
        async with self._books.page(deed) as page:
            await voiding.demand_voidable(page, await self._standing(page, of))

    async def get(self, id: InvoiceId, garage: GarageId | None = None) -> Paper:
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
    ) -> dict[InvoiceId, Paper]:
        found = await self._records.rows(QUERIES["many"], ids=list(ids), garage=garage)
        read = [papers.paper_of(row, self._vault) for row in found]
        return {paper.id: paper for paper in read}

    async def of_tickets(
        self, tickets: Sequence[TicketId], garage: GarageId | None = None
    ) -> dict[TicketId, Paper]:
        """Give the live invoice of each ticket that has one."""
        found = await self._records.rows(
            QUERIES["of_tickets"], tickets=list(tickets), garage=garage
        )
        live = await self.many([InvoiceId(row["invoice"]) for row in found], garage)
        return {paper.ticket: paper for paper in live.values()}

    async def page(
        self,
        garage: GarageId | None,
        *,
        first: int,
        after: str | None = None,
        kind: DocumentKind | None = None,
        gstin: str | None = None,
    ) -> list[Paper]:
        """Give up to `first` papers, the newest first, those behind the paper `after`."""
        found = await self._records.rows(
            QUERIES["page"],
            garage=garage,
            first=first,
            before=after,
            kind=kind,
            mark=None if gstin is None else self._vault.mark("gstin", gstin),
        )
        return [papers.paper_of(row, self._vault) for row in found]

    async def credit_notes(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> dict[InvoiceId, list[Paper]]:
        """Give the credit notes of each invoice, the oldest first."""
        found = await self._records.rows(QUERIES["notes"], ids=list(ids), garage=garage)
        notes: dict[InvoiceId, list[Paper]] = {InvoiceId(key): [] for key in ids}
        for row in found:
            notes[InvoiceId(row["original"])].append(papers.paper_of(row, self._vault))
        return notes

    async def issued_by(self, deed: Deed) -> InvoiceId | None:
        """Give the invoice that a deed issued, if it did."""
        found = await self._records.rows(QUERIES["issued"], id=made_id(deed, "invoice"))
        return InvoiceId(found[0]["id"]) if found else None

    async def close_month(self, deed: Deed, month: date) -> None:
        """Close the books of a month that is over: nothing is dated into it any more.

        Raises:
            InvalidInput: `month` is no first day, or not over.
        """
        if month.day != 1 or month >= law_date(deed.at).replace(day=1):
            raise InvalidInput("month", f"{month} is not the first day of a month that is over")
        row = {"garage": deed.garage, "month": month, "at": deed.at, "by_whom": deed.actor}
        async with self._books.page(deed) as page:
            if await page.made_before(month.isoformat()) is not None:
                return
            if not await page.closed(month):
                await page.keep("closed_month", f"{deed.garage}@{month}", row)
                await page.note(MoneyEvent.MONTH_CLOSED, month.isoformat())

    async def _kept(self, page: Page, seller: Seller, draft: Paper, number: Number) -> Paper:
        """Give the paper with its number, and write both."""
        paper = replace(draft, invoice=replace(draft.invoice, number=number.text))
        await page.keep("document", paper.id, _document(paper, seller, number))
        await page.keep("invoice", paper.id, papers.row(paper, self._vault), papers.lines(paper))
        return paper

    async def _standing(self, page: Page, of: InvoiceId) -> Paper:
        """Give an invoice of this garage's that is not void."""
        found = await page.rows(QUERIES["many"], ids=[of])
        read = [papers.paper_of(row, self._vault) for row in found]
        if not read or read[0].kind is not DocumentKind.INVOICE:
            raise NotFound("invoice", of)
        if read[0].balance is None or read[0].balance.voided:
            raise IllegalTransition(of, "void", "changed")
        return read[0]

    async def _notes(self, page: Page, of: InvoiceId) -> list[Paper]:
        found = await page.rows(QUERIES["notes"], ids=[of])
        return [papers.paper_of(row, self._vault) for row in found]


def made_id(deed: Deed, purpose: str) -> InvoiceId:
    """Give the id of what a deed makes, the same each time it is done."""
    return InvoiceId(f"inv_{derived(UUID(deed.operation), f'{deed.garage}:{purpose}')}")


def event(deed: Deed, type: EventType, entity: str) -> Event:
    """Give the event that a deed leaves behind, the same each time it is done."""
    return Event(
        id=EventId(str(derived(UUID(deed.operation), f"{deed.garage}:{type}"))),
        type=type,
        entity=entity,
        version=1,
        at=deed.at,
        actor=deed.actor,
        garage=deed.garage,
    )


def _unnumbered(made: InvoiceId, deed: Deed, wanted: Ticketed, ahead: int) -> Paper:
    """Give the paper before its number; it takes what was paid ahead, as far as it reaches."""
    total = wanted.invoice.totals.payable
    return Paper(
        id=made,
        garage=deed.garage,
        kind=DocumentKind.INVOICE,
        ticket=wanted.ticket,
        invoice=wanted.invoice,
        issued_at=deed.at,
        issued_by=deed.actor,
        balance=Balance(total=total, paid=min(ahead, total)),
    )


def _note(made: InvoiceId, deed: Deed, original: Paper, note: Invoice) -> Paper:
    return Paper(
        id=made,
        garage=deed.garage,
        kind=DocumentKind.CREDIT_NOTE,
        ticket=original.ticket,
        invoice=note,
        issued_at=deed.at,
        issued_by=deed.actor,
        original=original.id,
    )


async def _demand_running(page: Page, saga: SagaId | None) -> None:
    """Refuse a saga that was turned back meanwhile: its worker was slow, not dead."""
    if saga is not None and await page.first(QUERIES["running"], saga=saga) is None:
        raise IllegalTransition(saga, "undone", "invoiced")


async def _claim(page: Page, ticket: TicketId, made: InvoiceId) -> None:
    if await page.first(QUERIES["claim_ticket"], ticket=ticket, invoice=made) is None:
        raise IllegalTransition(ticket, "invoiced", "invoiced")


async def _number(page: Page, seller: Seller, draft: Paper) -> Number:
    """Take the next number of the paper's series, if its day may be used and a page can show it."""
    letters.demand_printable(draft.invoice)
    day = draft.invoice.date
    if day > law_date(page.deed.at):
        raise InvalidInput("date", f"{day} has not come yet")
    await page.demand_open(day)
    bill = draft.invoice.kind is Document.BILL_OF_SUPPLY
    return await page.number(draft.kind, seller.profile.series, day, bill=bill)


def _bound(original: Paper, note: Invoice) -> None:
    """Lines are bounded one by one; their sum may still pass an invoice that was rounded down."""
    most = _creditable(original)
    if note.totals.payable > most:
        raise OverLimit("lines", note.totals.payable, most)


def _creditable(original: Paper) -> int:
    balance = original.balance
    return 0 if balance is None else balance.total - balance.credited


def _demand_lawful(seller: Seller, invoice: Invoice) -> None:
    """Refuse an invoice that lacks a field of the law, is not for this garage, or that the portal
    would not take.
    """
    rule46.issuable(invoice, seller.profile.hsn_digits)
    bills.demand_own(seller.profile, invoice)
    if e_invoice.owed(invoice, Paise(seller.profile.turnover)):
        e_invoice.inv01(invoice)


def _document(paper: Paper, seller: Seller, number: Number) -> dict[str, object]:
    return {
        "id": paper.id,
        "garage": paper.garage,
        "kind": paper.kind,
        "seller": seller.taxpayer,
        "series": number.series,
        "financial_year": number.year.short,
        "serial": number.serial,
        "number": number.text,
        "issue_date": paper.invoice.date,
    }
