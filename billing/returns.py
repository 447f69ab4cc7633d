"""The return of a month, out of the books of all garages that share a GSTIN, or of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from access.vault import Vault
from billing import papers, vouchers
from billing.advances import Held, left_of
from billing.garages import Scheme, Seller
from billing.gstr1 import Beside, gstr1
from billing.gstr1_rows import Return
from billing.invoices import Document, Invoice
from billing.ledger import Ledger
from billing.money import ZERO
from billing.numbering import DocumentKind
from billing.numbers import InvoiceNumber
from billing.papers import Paper
from domain.errors import InvalidInput
from domain.ids import GarageId, InvoiceId
from records.database import Records, Row
from records.queries import named

QUERIES: Final = named("returns.sql", "billing")
VOUCHERS: Final = {
    DocumentKind.RECEIPT: Document.RECEIPT_VOUCHER,
    DocumentKind.REFUND: Document.REFUND_VOUCHER,
}


class Returns:
    def __init__(self, records: Records, ledger: Ledger, vault: Vault) -> None:
        self._records = records
        self._ledger = ledger
        self._vault = vault

    async def sales(self, sellers: Sequence[Seller], gstin: str | None, month: date) -> Return:
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
            "next": _next(month),
        }
        found = await self._records.rows(QUERIES["of_month"], **given)
        issued = [papers.paper_of(row, self._vault) for row in found]
        originals = await self._originals(issued)
        sold = [paper for paper in issued if not _bill(originals.get(paper.id, paper))]
        if not sold and any(seller.profile.scheme is Scheme.COMPOSITION for seller in sellers):
            raise InvalidInput("scheme", "of composition files CMP-08 and GSTR-4, not GSTR-1")
        beside = Beside(
            void=[p.invoice.number for p in sold if _void(p) and p.invoice.number is not None],
            earlier=[original.invoice for original in originals.values()],
            held=await self._held({seller.garage: seller for seller in sellers}, given),
            vouchers=await self._vouchers(given),
        )
        return gstr1([paper.invoice for paper in sold], gstin, month, beside)

    async def _originals(self, issued: Sequence[Paper]) -> dict[InvoiceId, Paper]:
        """Give the document that each note of the month refers to, by the note."""
        of = {paper.id: paper.original for paper in issued if paper.original is not None}
        found = await self._ledger.many(sorted(set(of.values())))
        return {note: found[original] for note, original in of.items()}

    async def _vouchers(self, given: Mapping[str, object]) -> list[tuple[Document, InvoiceNumber]]:
        found = await self._records.rows(QUERIES["vouchers_of_month"], **given)
        return [(VOUCHERS[DocumentKind(row["kind"])], row["number"]) for row in found]

    async def _held(
        self, sellers: Mapping[GarageId, Seller], given: Mapping[str, object]
    ) -> list[Held]:
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
    ) -> list[Held]:
        old = [row for row in advances if row["day"] < given["month"]]
        before = left_of([row["paise"] for row in old], left["before"])
        after = left_of([row["paise"] for row in advances], left["after"])
        was = [*before, *[ZERO] * (len(advances) - len(old))]
        return [
            Held(voucher=self._voucher(row, sellers), before=one, after=other)
            for row, one, other in zip(advances, was, after, strict=True)
        ]

    def _voucher(self, row: Row, sellers: Mapping[GarageId, Seller]) -> Invoice:
        """Give a voucher as it was kept; older books kept its number alone."""
        if row["body"] is None:
            profile = sellers[GarageId(row["garage"])].profile
            made = vouchers.receipt(vouchers.of_walk_in(profile.party, row["day"], row["paise"]))
            return replace(made, number=row["number"])
        buyer = papers.opened(bytes(row["buyer"]), self._vault, vouchers.place(row["id"]))
        return papers.read(row["body"], buyer)


def _bill(paper: Paper) -> bool:
    """Say whether a document is one of composition, which another return tells of."""
    return paper.invoice.kind is Document.BILL_OF_SUPPLY


def _void(paper: Paper) -> bool:
    return paper.balance is not None and paper.balance.voided


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
