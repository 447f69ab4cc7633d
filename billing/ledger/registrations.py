"""What the invoice portal answered, kept as it came, and what its two clocks allow.

A document is reported within 30 days (large sellers), and taken off the portal within 24 hours of
the portal's own acknowledgement. The answers are written once, so both clocks can be proved later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import orjson

from access.personal_fields import PORTAL_ANSWER
from access.vault import Vault
from billing.gst import e_invoice
from billing.gst.e_invoice import CancelReason
from billing.gst.irp import (
    InvoicePortal,
    PortalRegistration,
    live_registration,
    verify_registration,
)
from billing.gst.law_dates import law_day
from billing.gst.money import Paise
from billing.ledger import voids
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books, BooksChange, BooksTransaction
from billing.ledger.invoices import InvoiceLedger, invoice_event
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.sellers import Seller, SellerStore
from domain.errors import AlreadyExists, IllegalTransition, InvalidInput
from domain.events import Event, EventType
from domain.ids import EventId, GarageId, InvoiceId, OperationId, derive_uuid
from records.database import Records, Row
from records.queries import named_queries

QUERIES = named_queries("registrations.sql", "billing")
AWAITS_IRN = "without an IRN"
OFF_PORTAL = "cancelled at the portal"


class RegistrationStore:
    def __init__(self, records: Records, books: Books, vault: Vault, portal: InvoicePortal) -> None:
        self._records = records
        self._books = books
        self._vault = vault
        self._portal = portal

    async def register_document(
        self, change: BooksChange, seller: Seller, document: IssuedDocument
    ) -> PortalRegistration:
        """Report a document to the portal once, and keep its answer if the portal signed it.

        A document that the portal knows already, because we died before we kept the answer, is
        asked for again.

        Raises:
            InvalidInput: it owes no e-invoice, is reported too late, or the answer is not about it.
            IllegalTransition: it is void.
            Unavailable: the portal does not answer; report it again later.
        """
        known = (await self.registrations_of([document.id])).get(document.id)
        if known is not None:
            return known
        _demand_reportable(change, seller, document)
        answer = verify_registration(
            await self._ask_portal(change, document), document.invoice, self._portal.public_key
        )
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(answer.irn) is None and not await _is_known(
                transaction, document.id
            ):
                row = self._row(change, document.id, answer)
                await transaction.keep_row("e_invoice", document.id, row)
                await transaction.chain_event(MoneyEvent.E_INVOICE_REGISTERED, document.id)
                await transaction.leave_events(await _untold_events(transaction, document.id))
        return (await self.registrations_of([document.id]))[document.id]

    async def void_invoice(
        self, ledger: InvoiceLedger, change: BooksChange, of: InvoiceId, reason: str
    ) -> IssuedDocument:
        """Take an invoice back whole: off the portal, if it is known there, then in the books.

        Whoever dies between the two has it done again: until then it may not leave.

        Raises:
            InvalidInput: the portal's 24 hours are over; make a credit note instead.
            IllegalTransition, NotFound, MonthClosed, OperationConflict: as for `void_invoice`.
        """
        voids.parse_reason(reason)
        found = await self.registrations_of([of], change.garage)
        known = live_registration(found.get(of))
        if known is not None:
            await ledger.demand_voidable(change, of)
            await self._cancel(change, of, known)
        return await ledger.void_invoice(change, of, reason)

    async def registrations_of(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> Mapping[InvoiceId, PortalRegistration]:
        """Give what the portal said of each document that it knows."""
        found = await self._records.rows(QUERIES["of"], ids=list(ids), owner=garage)
        return {InvoiceId(row["invoice"]): self._registered(row) for row in found}

    async def awaits_irn(self, documents: Sequence[IssuedDocument], sellers: SellerStore) -> bool:
        """Say whether one of these may not leave yet: it owes an IRN, and has none that stands."""
        owing = [paper.id for paper in documents if await self.owes_irn(paper, sellers)]
        if not owing:
            return False
        known = await self.registrations_of(owing)
        return any(live_registration(known.get(paper)) is None for paper in owing)

    async def owes_irn(self, document: IssuedDocument, sellers: SellerStore) -> bool:
        """Say whether a document leaves with an IRN alone.

        Of documents from before that was kept, today's turnover decides. A void one goes nowhere
        as an invoice; it is printed as void.
        """
        if document.balance is not None and document.balance.voided:
            return False
        owed = document.invoice.owes_irn
        if owed is None:
            seller = await sellers.get(document.garage)
            owed = e_invoice.is_owed(document.invoice, Paise(seller.profile.turnover))
        return owed

    async def demand_may_leave(
        self, document: IssuedDocument, sellers: SellerStore
    ) -> PortalRegistration | None:
        """Give the registration that a document leaves with; None where it owes none.

        Raises:
            IllegalTransition: it may not leave yet.
        """
        known = (await self.registrations_of([document.id])).get(document.id)
        live = live_registration(known)
        if live is None and await self.owes_irn(document, sellers):
            stands = AWAITS_IRN if known is None else OFF_PORTAL
            raise IllegalTransition(document.id, stands, "given out")
        return live

    async def _ask_portal(
        self, change: BooksChange, document: IssuedDocument
    ) -> PortalRegistration:
        try:
            return await self._portal.register(document.invoice, change.at)
        except AlreadyExists:
            return await self._portal.find(e_invoice.irn_of(document.invoice))

    async def _cancel(self, change: BooksChange, of: InvoiceId, known: PortalRegistration) -> None:
        e_invoice.demand_cancellable(known.ack_at, change.at)
        gone = await self._portal.cancel(known.irn, CancelReason.DATA_ENTRY, change.at)
        key = derive_uuid(UUID(change.operation), f"{change.garage}:irn")
        own = replace(change, operation=OperationId(str(key)))
        async with self._books.open_transaction(own) as transaction:
            if await transaction.recall_made(known.irn) is None:
                row = {
                    "invoice": of,
                    "garage": change.garage,
                    "cancelled_at": gone.cancelled_at,
                    "reason": gone.cancelled_for,
                    "at": change.at,
                    "by_whom": change.actor,
                }
                await transaction.keep_row("e_invoice_cancel", of, row)
                await transaction.chain_event(MoneyEvent.E_INVOICE_CANCELLED, of)

    def _row(
        self, change: BooksChange, of: InvoiceId, answer: PortalRegistration
    ) -> dict[str, object]:
        signed = orjson.dumps([answer.signed_invoice, answer.signed_qr])
        return {
            "invoice": of,
            "garage": change.garage,
            "irn": answer.irn,
            "ack_number": answer.ack_number,
            "ack_at": answer.ack_at,
            "signed": self._vault.seal(signed, PORTAL_ANSWER.at(of)),
            "at": change.at,
            "by_whom": change.actor,
        }

    def _registered(self, row: Row) -> PortalRegistration:
        signed = self._vault.open(bytes(row["signed"]), PORTAL_ANSWER.at(row["invoice"]))
        signed_invoice, signed_qr = orjson.loads(signed)
        reason = row["reason"]
        return PortalRegistration(
            irn=row["irn"],
            ack_number=row["ack_number"],
            ack_at=row["ack_at"],
            signed_invoice=signed_invoice,
            signed_qr=signed_qr,
            cancelled_at=row["cancelled_at"],
            cancelled_for=None if reason is None else CancelReason(reason),
        )


def _demand_reportable(change: BooksChange, seller: Seller, document: IssuedDocument) -> None:
    turnover = Paise(seller.profile.turnover)
    if document.balance is not None and document.balance.voided:
        raise IllegalTransition(document.id, "void", "reported")
    if not (document.invoice.owes_irn or e_invoice.is_owed(document.invoice, turnover)):
        reason = "owes no e-invoice: its buyer is not registered, or the turnover is too small"
        raise InvalidInput("invoice", reason)
    e_invoice.demand_reportable(document.invoice.date, law_day(change.at), turnover)


async def _untold_events(transaction: BooksTransaction, of: InvoiceId) -> list[Event]:
    """Give the events of what may be told now, and could not be before: a document, and the notes
    of an invoice, which may have had their IRN before it.
    """
    change = transaction.change
    told = invoice_event(change, EventType.NOTIFICATION_SEND, of)
    notes = [str(row["id"]) for row in await transaction.rows(QUERIES["notes"], invoice=of)]
    return [told, *(replace(told, id=_event_id(change, note), entity=note) for note in notes)]


def _event_id(change: BooksChange, note: str) -> EventId:
    return EventId(str(derive_uuid(UUID(change.operation), f"{change.garage}:{note}")))


async def _is_known(transaction: BooksTransaction, of: InvoiceId) -> bool:
    return await transaction.first_row(QUERIES["of"], ids=[of], owner=None) is not None
