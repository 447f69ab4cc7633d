"""The return of a month, out of the books of all garages that share a GSTIN, or of one of them.

A month may hold a hundred thousand papers: each batch of them is read, opened and summed on a
thread, and only its part of the return is kept, so that the service answers others meanwhile and
memory stays small.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

from access.personal_fields import VOUCHER_BUYER
from access.vault import Vault
from billing.gst import vouchers
from billing.gst.advances import HeldAdvance, amounts_left
from billing.gst.document_numbers import InvoiceNumber
from billing.gst.gstr1 import ReturnInputs, build_gstr1
from billing.gst.gstr1_rows import MonthlyReturn, merge_returns
from billing.gst.invoices import Document, Invoice
from billing.gst.law_dates import financial_year_of
from billing.gst.money import ZERO
from billing.gst.series import DocumentKind
from billing.ledger import issued_documents
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.sellers import Scheme, Seller
from domain.errors import InvalidInput, Unavailable
from domain.ids import GarageId
from records.database import Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("returns.sql", "billing")
# Papers that are read at once: while their rows are made of bytes, the event loop is held.
BATCH = 500
# What a part says of its papers, and how; parts of another form are made anew.
FORM = b"1"
# A month in which somebody bills just now is read again.
TRIES = 3
# Before every number.
FIRST = ""
VOUCHERS: Final = {
    DocumentKind.RECEIPT: Document.RECEIPT_VOUCHER,
    DocumentKind.REFUND: Document.REFUND_VOUCHER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnScope:
    """Whose return of which month: of a GSTIN, from these garages, for the month from `month`."""

    gstin: str
    sellers: Sequence[Seller]
    month: date

    @classmethod
    def of(cls, sellers: Sequence[Seller], gstin: str | None, month: date) -> Self:
        """Raises InvalidInput: there is no GSTIN, and who is not registered makes no return."""
        if gstin is None:
            raise InvalidInput("gstin", "is missing; who is not registered makes no return")
        return cls(gstin=gstin, sellers=sellers, month=month)

    @property
    def has_composition(self) -> bool:
        return any(seller.profile.scheme is Scheme.COMPOSITION for seller in self.sellers)

    @property
    def given(self) -> dict[str, object]:
        """What queries are told of it."""
        return {
            "seller": self.gstin,
            "garages": [seller.garage for seller in self.sellers],
            "year": financial_year_of(self.month).short,
            "month": self.month,
            "next": _next_month(self.month),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPapers:
    """How many papers a month has, and a digest of them and of which were taken back."""

    count: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPart:
    """What some papers add to a return: their count, the last one's number, their rows."""

    papers: int
    last: str
    rows: MonthlyReturn


class ReturnBuilder:
    def __init__(self, records: Records, vault: Vault) -> None:
        self._records = records
        self._vault = vault

    async def sales_return(
        self, sellers: Sequence[Seller], gstin: str | None, month: date
    ) -> MonthlyReturn:
        """Make the GSTR-1 of a GSTIN for the month that begins on `month`, from these garages.

        Raises:
            InvalidInput: as `ReturnScope.of` and `whole` say.
            Unavailable: papers were issued or taken back each time that it was made.
        """
        scope = ReturnScope.of(sellers, gstin, month)
        for _ in range(TRIES):
            papers, parts = await self.papers(scope), list[ReturnPart]()
            while part := await self.next_part(scope, parts[-1].last if parts else FIRST):
                parts.append(part)
            made = await self.whole(scope, [part.rows for part in parts])
            if await self.papers(scope) == papers:
                return made
        raise Unavailable("postgres", "the papers of the month change all the time")

    async def papers(self, scope: ReturnScope) -> MonthPapers:
        """Count what the return is made of: the month's invoices, bills and notes."""
        [row] = await self._records.rows(QUERIES["of_month"], **scope.given)
        return MonthPapers(count=row["papers"], digest=FORM + bytes(row["digest"]))

    async def next_part(self, scope: ReturnScope, after: str) -> ReturnPart | None:
        """Give what the papers behind a number add to the return, some `BATCH` of them."""
        given = {**scope.given, "after": after, "most": BATCH}
        async with self._records.transaction() as connection:
            # Planned for this number each time: a plan for any would sort the month for each part.
            rows = await connection.execute(QUERIES["next_papers"], given, prepare=False)
            found = await rows.fetchall()
        if not found:
            return None
        notes = {row["original"] for row in found} - {row["id"] for row in found} - {None}
        earlier = await self._records.rows(QUERIES["originals"], ids=sorted(notes)) if notes else []
        made = await asyncio.to_thread(self._part_of, scope, found, earlier)
        return ReturnPart(papers=len(found), last=found[-1]["number"], rows=made)

    def _part_of(
        self, scope: ReturnScope, found: Sequence[Row], earlier: Sequence[Row]
    ) -> MonthlyReturn:
        issued = [issued_documents.document_of(row, self._vault) for row in found]
        known = [issued_documents.document_of(row, self._vault) for row in earlier]
        read = {paper.id: paper for paper in (*issued, *known)}
        sold = [paper for paper in issued if not _is_bill(read[paper.original or paper.id])]
        beside = ReturnInputs(
            void=[p.invoice.number for p in sold if _is_void(p) and p.invoice.number is not None],
            earlier=[read[p.original].invoice for p in issued if p.original is not None],
        )
        return build_gstr1([p.invoice for p in sold], scope.gstin, scope.month, beside)

    async def whole(self, scope: ReturnScope, parts: Sequence[MonthlyReturn]) -> MonthlyReturn:
        """Make the return of the parts of all of its papers.

        Raises:
            InvalidInput: all that was sold was sold under composition, of which another return
                tells.
        """
        if not any(part.docs for part in parts) and scope.has_composition:
            raise InvalidInput(
                "scheme", "a garage under composition files CMP-08 and GSTR-4, not GSTR-1"
            )
        given = scope.given
        beside = ReturnInputs(
            held=await self._held({seller.garage: seller for seller in scope.sellers}, given),
            vouchers=await self._vouchers(given),
        )

        def merged() -> MonthlyReturn:
            rest = build_gstr1([], scope.gstin, scope.month, beside)
            return merge_returns([*parts, rest])

        return await asyncio.to_thread(merged)

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

        def opened() -> list[HeldAdvance]:
            return [
                held
                for left in tickets
                for held in self._of_ticket(left, advances.get(left["ticket"], []), sellers, given)
            ]

        return await asyncio.to_thread(opened)

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
