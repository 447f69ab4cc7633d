"""The books as this house opens them: keys, the press, and what runs beside the service."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from billing.gst.irp import InvoicePortal, MissingPortal, PortalRegistration, StandInPortal
from billing.gst.law_dates import law_day
from billing.gst.series import DocumentKind
from billing.ledger import reports
from billing.ledger.anchors import AnchorFile
from billing.ledger.books import Books
from billing.ledger.drafts import DraftStore
from billing.ledger.invoices import InvoiceLedger
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import PaymentStore
from billing.ledger.prices import Marketplace, NoMarketplace, PriceStore
from billing.ledger.registrations import RegistrationStore
from billing.ledger.return_exports import ReturnExporter, ReturnExportStore
from billing.ledger.returns import ReturnBuilder
from billing.ledger.sagas import SagaStore
from billing.ledger.sellers import SellerStore
from billing.ledger.statements import StatementStore
from billing.ledger.stock import StockStore
from billing.ledger.tills import TillStore
from billing.ledger.vendors import Vendor, VendorClient
from billing.messages.consents import ConsentStore
from billing.messages.correspondence import MessageStore
from billing.messages.messengers import Channel, ManualMessenger, Messenger
from billing.messages.notices import NoticeSender
from billing.paper import copies
from billing.paper.copies import WHOLE, DocumentCopy, PaperView
from billing.paper.press import PdfPrinter
from billing.paper.sheet import DocumentStamp, PortalMarks, PrintOptions
from domain.errors import Tampered
from domain.ids import InvoiceId
from graph.cards import CardStore
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from records.audit_trail import DeedWriter
from records.customer_vehicles import CustomerVehicleStore
from records.customers import CustomerStore
from records.database import Records
from records.people import PeopleStore
from repair.customer_book import CustomerBook
from repair.customers import CustomerRecords
from repair.invoices import InvoicePorts, recover_sagas
from repair.vehicle_book import VehicleBook
from resolvers.services import BillingServices
from web.anchors import build_anchors
from web.breakers import Breakers
from web.health import Parts
from web.invoice_pdfs import MESSAGE_LIFETIME, PdfLinks
from web.mail import build_mailer
from web.metrics import Metrics
from web.return_exports import ReturnLinks
from web.settings import Settings
from web.vault import VaultRuntime

AHEAD_MONTHS = 3
PARTITION_SECONDS = 6 * 3600.0
ANCHOR_SECONDS = 60.0
RECOVERY_SECONDS = 10.0
ANCHORS_OUT = (
    "Was `index:` in BATTWHEELS_VAULT_KEYS changed? Then set the old one again: it never rotates. "
    "If it was not, the file was altered: keep it for the audit, run `battwheels audit verify` "
    "with a copy kept elsewhere, and move the file away; new anchors begin within a minute."
)

log = logging.getLogger("battwheels.bookkeeping")


@dataclass(frozen=True, slots=True)
class AnchorKeeper:
    """Writes anchors, and says so when that cannot go on."""

    anchors: AnchorFile
    records: Records

    async def keep(self, parts: Parts, metrics: Metrics) -> None:
        """Anchor what has moved; tell of a broken file once, and of its way out."""
        broken = await self._broken()
        metrics.broken("anchors", broken=broken is not None)
        if parts.note("anchors", broken) and broken is not None:
            log.error("anchoring stopped", extra={"reason": broken, "do": ANCHORS_OUT})

    async def _broken(self) -> str | None:
        try:
            await self.anchors.add_anchor(self.records, _now_utc())
        except (Tampered, OSError) as error:
            return str(error)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingRuntime:
    """The books of this house."""

    billing: BillingServices
    notices: NoticeSender
    exporter: ReturnExporter
    anchors: AnchorFile
    links: PdfLinks
    return_links: ReturnLinks
    press: PdfPrinter

    async def print_pdf(self, id: InvoiceId, view: PaperView = WHOLE) -> bytes:
        """Give an invoice's PDF as it stands, set beside the event loop.

        It is marked as the law wants, `view` says as which copy, and whether it hides who the
        customer is, as from whoever may only read invoices.

        Raises:
            NotFound: there is no such invoice.
            IllegalTransition: it owes the portal's number and has none; it may not leave.
        """
        document = await self.billing.invoicing.ledger.get(id)
        sellers = self.billing.invoicing.garages
        known = await self.billing.registrations.demand_may_leave(document, sellers)
        printing = await self._print_options(document, view.copy, _portal_marks(known))
        return await self.press.print(document.invoice, replace(printing, masked=view.masked))

    async def prepare(self) -> None:
        """Make the partitions of the coming months, now and four times a day (DB-5)."""
        while True:
            async with self.billing.records.transaction() as connection:
                await reports.make_partitions(connection, law_day(_now_utc()), AHEAD_MONTHS)
            await asyncio.sleep(PARTITION_SECONDS)

    async def anchor(self, parts: Parts, metrics: Metrics) -> None:
        """Keep the heads of the audit outside the database."""
        keeper = AnchorKeeper(self.anchors, self.billing.records)
        while True:
            await keeper.keep(parts, metrics)
            await asyncio.sleep(ANCHOR_SECONDS)

    async def recover(self) -> None:
        """End the invoices whose worker went away."""
        while True:
            await recover_sagas(self.billing.invoicing, _now_utc())
            await asyncio.sleep(RECOVERY_SECONDS)

    async def _print_options(
        self, document: IssuedDocument, copy: DocumentCopy | None, on_portal: PortalMarks | None
    ) -> PrintOptions:
        balance = document.balance
        if document.kind is not DocumentKind.INVOICE or balance is None:
            return PrintOptions(portal=on_portal)
        if balance.voided:
            return PrintOptions(stamp=DocumentStamp.VOID)
        seller = await self.billing.invoicing.garages.get(document.garage)
        return PrintOptions(
            copy=copies.marked_copy(document.invoice, copy, on_portal=on_portal is not None),
            settled=await self.billing.payments.settlement(document.id),
            payee=seller.profile.payee,
            portal=on_portal,
        )


def open_billing(
    settings: Settings,
    kept: tuple[Records, DeedWriter],
    graph: tuple[TicketStore, CardStore, VocabularyStore],
    sealing: VaultRuntime,
    breakers: Breakers,
) -> BillingRuntime:
    """Join the books to the graph and to the audit trail; `breakers` keep from what is silent."""
    records, deeds = kept
    tickets, cards, vocabulary = graph
    master, vault = sealing.master, sealing.vault
    books = Books(records, deeds)
    links = PdfLinks(master.key_for("links"), base=settings.public_address)
    return_links = ReturnLinks(master.key_for("links"), base=settings.public_address)
    invoicing = InvoicePorts(
        tickets=tickets,
        cards=cards,
        vocabulary=vocabulary,
        garages=SellerStore(records, books),
        prices=PriceStore(records, books, build_marketplace(settings, breakers)),
        ledger=InvoiceLedger(records, books, vault),
        sagas=SagaStore(records, vault),
    )
    returns = ReturnBuilder(records, vault)
    exports = ReturnExportStore(records, vault, deeds)
    messages, consents = MessageStore(records, vault), ConsentStore(records, vault)
    billing = BillingServices(
        invoicing=invoicing,
        drafts=DraftStore(records, books, vault),
        registrations=RegistrationStore(records, books, vault, build_portal(settings)),
        payments=PaymentStore(records, books, vault),
        stock=StockStore(records, books),
        correspondence=messages,
        consents=consents,
        customers=CustomerRecords(
            store=PeopleStore(records), consents=consents, messages=messages, deeds=deeds
        ),
        customer_book=CustomerBook(
            store=PeopleStore(records),
            customers=CustomerStore(records),
            vault=vault,
            deeds=deeds,
            consents=consents,
        ),
        vehicle_book=VehicleBook(
            store=PeopleStore(records),
            vehicles=CustomerVehicleStore(records),
            vault=vault,
            deeds=deeds,
        ),
        returns=returns,
        statements=StatementStore(records, vault),
        tills=TillStore(records, books),
        return_exports=exports,
        records=records,
        links=links,
        return_links=return_links,
    )
    return BillingRuntime(
        billing=billing,
        notices=build_notices(build_mailer(settings, breakers), billing, links),
        exporter=ReturnExporter(
            store=exports, returns=returns, sellers=invoicing.garages, now=_now_utc
        ),
        anchors=build_anchors(settings, master),
        links=links,
        return_links=return_links,
        press=PdfPrinter(),
    )


def build_notices(mailer: Messenger, billing: BillingServices, links: PdfLinks) -> NoticeSender:
    """Join what tells customers."""
    return NoticeSender(
        ledger=billing.invoicing.ledger,
        payments=billing.payments,
        registrations=billing.registrations,
        sellers=billing.invoicing.garages,
        messages=billing.correspondence,
        consents=billing.consents,
        messengers=build_messengers(mailer),
        now=_now_utc,
        link=lambda of: links.sign(of, _now_utc(), MESSAGE_LIFETIME),
    )


def build_messengers(mailer: Messenger) -> dict[Channel, Messenger]:
    """Give a driver for each channel: where none is connected, a person sends what is kept.

    WhatsApp needs a provider's account, so nothing drives it yet.
    """
    connected: dict[Channel, Messenger] = {Channel.EMAIL: mailer}
    return {channel: connected.get(channel, ManualMessenger()) for channel in Channel}


def build_marketplace(settings: Settings, breakers: Breakers) -> Marketplace:
    """Give the vendors that the settings name.

    Raises:
        InvalidInput: one of them does not read as NAME=URL.
    """
    named = [Vendor.read(text) for text in (settings.vendors or "").split()]
    if not named:
        return NoMarketplace()
    return VendorClient(named, breaker=lambda name: breakers.of(f"vendor {name}"))


def build_portal(settings: Settings) -> InvoicePortal:
    """Give the invoice portal: no driver is connected yet, and development has a stand-in."""
    return MissingPortal() if settings.production else StandInPortal()


def _portal_marks(live: PortalRegistration | None) -> PortalMarks | None:
    if live is None:
        return None
    return PortalMarks(
        irn=live.irn, ack_number=live.ack_number, ack_at=live.ack_at, signed_qr=live.signed_qr
    )


def _now_utc() -> datetime:
    return datetime.now(UTC)
