"""The return of a month, out of the books of all garages that share a GSTIN, or of one of them.

A month may hold a hundred thousand papers: they are read in batches, and opened and summed on a
thread, for on the event loop nobody else would be answered meanwhile. It is still held, by rows
that are made of bytes and by the one interpreter: docs/benchmarks.md says for how long.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from access.personal_fields import VOUCHER_BUYER
from access.vault import Vault
from billing.gst import vouchers
from billing.gst.advances import HeldAdvance, amounts_left
from billing.gst.document_numbers import InvoiceNumber
from billing.gst.gstr1 import ReturnInputs, build_gstr1
from billing.gst.gstr1_rows import MonthlyReturn
from billing.gst.invoices import Document, Invoice
from billing.gst.money import ZERO
from billing.gst.series import DocumentKind
from billing.ledger import issued_documents
from billing.ledger.invoices import InvoiceLedger
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.sellers import Scheme, Seller
from domain.errors import InvalidInput
from domain.ids import GarageId, InvoiceId
from records.database import Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("returns.sql", "billing")
# Papers that are read at once: while their rows are made of bytes, the event loop is held.
BATCH = 250
VOUCHERS: Final = {
    DocumentKind.RECEIPT: Document.RECEIPT_VOUCHER,
    DocumentKind.REFUND: Document.REFUND_VOUCHER,
}


class ReturnBuilder:
    def __init__(self, records: Records, ledger: InvoiceLedger, vault: Vault) -> None:
        self._records = records
        self._ledger = ledger
        self._vault = vault

    async def sales_return(
        self, sellers: Sequence[Seller], gstin: str | None, month: date
    ) -> MonthlyReturn:
        """Make the GSTR-1 of a GSTIN for the month that begins on `month`, from these garages.

        Raises:
            InvalidInput: there is no GSTIN, and who is not registered makes no return; or all that
                was sold was sold under composition, of which another return tells.
        """
        if gstin is None:
            raise InvalidInput("gstin", "is missing; who is not registered makes no return")
        given = {
            "seller": gstin,
            "garages": [seller.garage for seller in sellers],
            "month": month,
            "next": _next_month(month),
        }
        found = await self._records.rows(QUERIES["of_month"], **given)
        issued = await self._documents([InvoiceId(row["id"]) for row in found])
        originals = await self._original_invoices(issued)
        sold = [
            document for document in issued if not _is_bill(originals.get(document.id, document))
        ]
        if not sold and any(seller.profile.scheme is Scheme.COMPOSITION for seller in sellers):
            raise InvalidInput(
                "scheme", "a garage under composition files CMP-08 and GSTR-4, not GSTR-1"
            )
        beside = ReturnInputs(
            void=[p.invoice.number for p in sold if _is_void(p) and p.invoice.number is not None],
            earlier=[original.invoice for original in originals.values()],
            held=await self._held({seller.garage: seller for seller in sellers}, given),
            vouchers=await self._vouchers(given),
        )
        return await asyncio.to_thread(
            build_gstr1, [document.invoice for document in sold], gstin, month, beside
        )

    async def _documents(self, ids: Sequence[InvoiceId]) -> list[IssuedDocument]:
        """Read papers a batch at a time, and open them beside the event loop."""
        read: dict[InvoiceId, IssuedDocument] = {}
        for start in range(0, len(ids), BATCH):
            read |= await self._ledger.many_beside(ids[start : start + BATCH])
        return [read[key] for key in ids]

    async def _original_invoices(
        self, issued: Sequence[IssuedDocument]
    ) -> dict[InvoiceId, IssuedDocument]:
        """Give the document that each note of the month refers to, by the note."""
        of = {
            document.id: document.original for document in issued if document.original is not None
        }
        found = {document.id: document for document in issued}
        earlier = await self._documents(sorted(set(of.values()) - found.keys()))
        found |= {document.id: document for document in earlier}
        return {note: found[original] for note, original in of.items()}

    async def _vouchers(self, given: Mapping[str, object]) -> list[tuple[Document, InvoiceNumber]]:
        found = await self._records.rows(QUERIES["vouchers_of_month"], **given)
        return [(VOUCHERS[DocumentKind(row["kind"])], row["number"]) for row in found]

    async def _held(
        self, sellers: Mapping[GarageId, Seller], given: Mapping[str, object]
    ) -> list[HeldAdvance]:
        """Give the advances of which something came or went in the month.

        What is held for a ticket is known by its entries; the oldest advance is taken first.
        """
        tickets = await self._records.rows(QUERIES["left_ahead"], **given)
        asked = {**given, "tickets": [row["ticket"] for row in tickets]}
        advances: dict[str, list[Row]] = {}
        for row in await self._records.rows(QUERIES["advances"], **asked):
            advances.setdefault(row["ticket"], []).append(row)
        return [
            held
            for ticket in tickets
            for held in self._of_ticket(ticket, advances.get(ticket["ticket"], []), sellers, given)
        ]

    def _of_ticket(
        self,
        left: Row,
        advances: Sequence[Row],
        sellers: Mapping[GarageId, Seller],
        given: Mapping[str, object],
    ) -> list[HeldAdvance]:
        old = [row for row in advances if row["day"] < given["month"]]
        before = amounts_left([row["paise"] for row in old], left["before"])
        after = amounts_left([row["paise"] for row in advances], left["after"])
        was = [*before, *[ZERO] * (len(advances) - len(old))]
        return [
            HeldAdvance(voucher=self._voucher(row, sellers), before=one, after=other)
            for row, one, other in zip(advances, was, after, strict=True)
        ]

    def _voucher(self, row: Row, sellers: Mapping[GarageId, Seller]) -> Invoice:
        """Give a voucher as it was kept; older books kept its number alone."""
        if row["body"] is None:
            profile = sellers[GarageId(row["garage"])].profile
            made = vouchers.receipt_voucher(
                vouchers.of_walk_in(profile.party, row["day"], row["paise"])
            )
            return replace(made, number=row["number"])
        buyer = issued_documents.open_party(
            bytes(row["buyer"]), self._vault, VOUCHER_BUYER.at(row["id"])
        )
        return issued_documents.read_invoice(row["body"], buyer)


def _is_bill(document: IssuedDocument) -> bool:
    """Say whether a document is one of composition, which another return tells of."""
    return document.invoice.kind is Document.BILL_OF_SUPPLY


def _is_void(document: IssuedDocument) -> bool:
    return document.balance is not None and document.balance.voided


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
