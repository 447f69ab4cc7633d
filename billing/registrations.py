"""What the invoice portal answered, kept as it came, and what its two clocks allow.

A document is reported within 30 days (large sellers), and taken off the portal within 24 hours of
the portal's own acknowledgement. The answers are written once, so both clocks can be proved later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import orjson

from access.vault import Vault
from billing import e_invoice
from billing.audit import MoneyEvent
from billing.books import Books, Deed, Page
from billing.e_invoice import CancelReason
from billing.garages import Seller
from billing.irp import Portal, Registered, verified
from billing.law_time import law_date
from billing.ledger import Ledger
from billing.money import Paise
from billing.papers import Paper
from domain.errors import AlreadyExists, IllegalTransition, InvalidInput
from domain.ids import GarageId, InvoiceId, OperationId, derived
from records.database import Records, Row
from records.queries import named

QUERIES = named("registrations.sql", "billing")


class Registrations:
    def __init__(self, records: Records, books: Books, vault: Vault, portal: Portal) -> None:
        self._records = records
        self._books = books
        self._vault = vault
        self._portal = portal

    async def register(self, deed: Deed, seller: Seller, paper: Paper) -> Registered:
        """Report a document to the portal once, and keep its answer if the portal signed it.

        A document that the portal knows already, because we died before we kept the answer, is
        asked for again.

        Raises:
            InvalidInput: it owes no e-invoice, is reported too late, or the answer is not about it.
            IllegalTransition: it is void.
            Unavailable: the portal does not answer; report it again later.
        """
        known = (await self.of([paper.id])).get(paper.id)
        if known is not None:
            return known
        _demand_reportable(deed, seller, paper)
        answer = verified(await self._answer(deed, paper), paper.invoice, self._portal.public_key)
        async with self._books.page(deed) as page:
            if await page.made_before(answer.irn) is None and not await _known(page, paper.id):
                row = self._row(deed, paper.id, answer)
                await page.keep("e_invoice", paper.id, row)
                await page.note(MoneyEvent.E_INVOICE_REGISTERED, paper.id)
        return (await self.of([paper.id]))[paper.id]

    async def void(self, ledger: Ledger, deed: Deed, of: InvoiceId, reason: str) -> Paper:
        """Take an invoice back whole: off the portal, if it is known there, then in the books.

        Raises:
            InvalidInput: the portal's 24 hours are over; make a credit note instead.
            IllegalTransition, NotFound, MonthClosed, OperationConflict: as for `Ledger.void`.
        """
        known = (await self.of([of], deed.garage)).get(of)
        if known is not None and known.cancelled_at is None:
            await ledger.demand_voidable(deed, of)
            await self._cancel(deed, of, known)
        return await ledger.void(deed, of, reason)

    async def of(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> Mapping[InvoiceId, Registered]:
        """Give what the portal said of each document that it knows."""
        found = await self._records.rows(QUERIES["of"], ids=list(ids), owner=garage)
        return {InvoiceId(row["invoice"]): self._registered(row) for row in found}

    async def _answer(self, deed: Deed, paper: Paper) -> Registered:
        try:
            return await self._portal.register(paper.invoice, deed.at)
        except AlreadyExists:
            return await self._portal.find(e_invoice.irn_of(paper.invoice))

    async def _cancel(self, deed: Deed, of: InvoiceId, known: Registered) -> None:
        e_invoice.cancellable(known.ack_at, deed.at)
        gone = await self._portal.cancel(known.irn, CancelReason.DATA_ENTRY, deed.at)
        key = derived(UUID(deed.operation), f"{deed.garage}:irn")
        own = replace(deed, operation=OperationId(str(key)))
        async with self._books.page(own) as page:
            if await page.made_before(known.irn) is None:
                row = {
                    "invoice": of,
                    "garage": deed.garage,
                    "cancelled_at": gone.cancelled_at,
                    "reason": gone.cancelled_for,
                    "at": deed.at,
                    "by_whom": deed.actor,
                }
                await page.keep("e_invoice_cancel", of, row)
                await page.note(MoneyEvent.E_INVOICE_CANCELLED, of)

    def _row(self, deed: Deed, of: InvoiceId, answer: Registered) -> dict[str, object]:
        signed = orjson.dumps([answer.signed_invoice, answer.signed_qr])
        return {
            "invoice": of,
            "garage": deed.garage,
            "irn": answer.irn,
            "ack_number": answer.ack_number,
            "ack_at": answer.ack_at,
            "signed": self._vault.seal(signed, _place(of)),
            "at": deed.at,
            "by_whom": deed.actor,
        }

    def _registered(self, row: Row) -> Registered:
        signed = self._vault.open(bytes(row["signed"]), _place(InvoiceId(row["invoice"])))
        signed_invoice, signed_qr = orjson.loads(signed)
        reason = row["reason"]
        return Registered(
            irn=row["irn"],
            ack_number=row["ack_number"],
            ack_at=row["ack_at"],
            signed_invoice=signed_invoice,
            signed_qr=signed_qr,
            cancelled_at=row["cancelled_at"],
            cancelled_for=None if reason is None else CancelReason(reason),
        )


def _demand_reportable(deed: Deed, seller: Seller, paper: Paper) -> None:
    turnover = Paise(seller.profile.turnover)
    if paper.balance is not None and paper.balance.voided:
        raise IllegalTransition(paper.id, "void", "reported")
    if not e_invoice.owed(paper.invoice, turnover):
        reason = "owes no e-invoice: its buyer is not registered, or the turnover is too small"
        raise InvalidInput("invoice", reason)
    e_invoice.reportable(paper.invoice.date, law_date(deed.at), turnover)


async def _known(page: Page, of: InvoiceId) -> bool:
    return await page.first(QUERIES["of"], ids=[of], owner=None) is not None


def _place(of: InvoiceId) -> str:
    """Where an answer is sealed to: it does not open on another document."""
    return f"e_invoice:{of}"
