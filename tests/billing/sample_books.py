"""A garage's opened books, and synthetic invoices to write in them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from access.deeds import DeedVault
from access.vault import DataKey, KeyRing, Vault
from billing.gst import gstin as gstin_module
from billing.gst import invoices, lines
from billing.gst.gstin import check_character
from billing.gst.invoices import Invoice, InvoiceContent
from billing.gst.law_dates import law_day
from billing.gst.lines import LineKind, PricedLine
from billing.gst.money import Paise
from billing.gst.parties import Address, Party
from billing.gst.pincodes import DISTRICTS
from billing.gst.place_of_supply import find_place_of_supply
from billing.ledger.books import Books, BooksChange
from billing.ledger.invoices import InvoiceLedger, TicketInvoice
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import PaymentStore
from billing.ledger.prices import NoMarketplace, PriceStore
from billing.ledger.sellers import Seller, SellerProfile, SellerStore
from billing.ledger.stock import StockStore
from domain.ids import GarageId, OperationId, PersonId, TicketId
from records.audit_trail import DeedWriter
from records.database import Records
from web.settings import Settings
from web.vault import read_master_keys

PUNE, DELHI = GarageId("garage_pune"), GarageId("garage_delhi")
NOW = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
# The same in every process of a test.
DEEDS = DeedWriter(DeedVault(b"d" * 32).sign)
VAULT = Vault(ring=KeyRing.of_one(DataKey(name="one", secret=b"v" * 32)), index_key=b"i" * 32)


def older_vault(settings: Settings) -> Vault:
    """Give a vault that seals with the setting's own key, as before there were data keys."""
    keys = read_master_keys(settings)
    return Vault(ring=KeyRing.of_one(*keys.older_keys), index_key=keys.index_key)


def synthetic_gstin(state: str, letters: str = "AAAPL1234C") -> str:
    """Give a number that passes every check and belongs to nobody we know of."""
    first = f"{state}{letters}1Z"
    return first + check_character(first)


PROFILE = SellerProfile(
    legal_name="Synthetic Motors",
    address="12 Karve Road, Pune",
    state="27",
    pincode="411004",
    labour_rate=60_000,
    series="PN1",
    gstin=synthetic_gstin("27"),
    upi="synthetic@bank",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that writes in the books."""

    records: Records
    books: Books
    ledger: InvoiceLedger
    payments: PaymentStore
    garages: SellerStore
    prices: PriceStore
    stock: StockStore

    async def settled(self, garage: GarageId = PUNE, profile: SellerProfile = PROFILE) -> Seller:
        """Give the garage after it has said who it is."""
        return await self.garages.set(deed(garage), profile, 0)

    async def issue(self, seller: Seller, ticket: str, **how: Any) -> IssuedDocument:  # noqa: ANN401 - passed on
        wanted = TicketInvoice(ticket=TicketId(ticket), invoice=invoice(seller, **how))
        return await self.ledger.issue_invoice(deed(seller.garage), seller, wanted)


def desk(records: Records) -> Desk:
    books = Books(records, DEEDS)
    return Desk(
        records,
        books,
        InvoiceLedger(records, books, VAULT),
        PaymentStore(records, books, VAULT),
        SellerStore(records, books),
        PriceStore(records, books, NoMarketplace()),
        StockStore(records, books),
    )


def deed(garage: GarageId = PUNE, at: datetime = NOW, **changes: object) -> BooksChange:
    made = BooksChange(
        garage=garage,
        operation=OperationId(str(uuid4())),
        body_hash="body",
        actor=PersonId("asha"),
        at=at,
    )
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


def customer(gstin: str | None = None, name: str = "Meera Joshi") -> Party:
    """Give a buyer: a walk-in, or with a GSTIN a registered one, who has an address."""
    if gstin is None:
        return Party(name=name, phone="9800000000")
    number = gstin_module.parse_gstin(gstin)
    pincode = "411001" if number.state.code == "27" else f"{DISTRICTS[gstin[:2]][0][0]}001"
    address = Address(text="4 Camp Road", pincode=pincode, state=number.state)
    return Party(name=name, phone="9800000000", gstin=number, address=address)


def invoice(
    seller: Seller,
    *,
    buyer: Party | None = None,
    day: date | None = None,
    part_paise: int = 125_050,
    quantity: str = "2",
) -> Invoice:
    """Give an invoice of a part and an hour's labour, without its number."""
    part = PricedLine(
        kind=LineKind.PART,
        hsn="85371000",
        description="Motor controller",
        quantity=Decimal(quantity),
        unit="NOS",
        unit_price=Paise(part_paise),
        part="controller",
    )
    work = lines.labour_line(
        "Controller replaced", Decimal("1.5"), Paise(seller.profile.labour_rate)
    )
    supplier, recipient = seller.profile.party, buyer or customer()
    place = find_place_of_supply(supplier, recipient, [part.nature, work.nature])
    draft = InvoiceContent(
        date=day or law_day(NOW),
        supplier=supplier,
        recipient=recipient,
        place=place,
        lines=(part, work),
    )
    return invoices.compute_invoice(draft)
