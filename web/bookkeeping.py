"""The books as this house opens them: keys, the press, and what runs beside the service."""

import asyncio
import logging
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from access.vault import KEY_BYTES, Vault
from billing import contacts, reports
from billing.anchors import Anchors
from billing.books import Books
from billing.correspondence import Correspondence
from billing.drafts import Drafts
from billing.garages import Garages
from billing.irp import LocalPortal, NoPortal, Portal
from billing.law_time import law_date
from billing.ledger import Ledger
from billing.mail import MailServer, Smtp
from billing.messengers import ByHand, Channel, Messenger
from billing.money import Paise
from billing.numbering import DocumentKind
from billing.paper.press import Press
from billing.paper.sheet import OnPortal, Printing, Stamp
from billing.papers import Paper
from billing.payments import Payments
from billing.prices import Marketplace, NoMarketplace, Prices
from billing.registrations import Registrations
from billing.returns import Returns
from billing.sagas import Sagas
from billing.stock import Stock
from billing.telling import Telling
from billing.vendors import Vendor, Vendors
from domain.errors import Tampered, UnsafeSetting
from domain.ids import InvoiceId
from graph.cards import Cards
from graph.tickets import Tickets
from graph.vocabulary import Vocabulary
from records.database import Records
from repair.invoicing import Invoicing, recover
from resolvers.services import Billing
from web.health import Parts
from web.local import files
from web.local.home import Home
from web.metrics import Metrics
from web.papers import MESSAGE_LIFETIME, Links
from web.settings import Settings

KEYS = "BATTWHEELS_VAULT_KEYS"
INDEX = "index"
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

    anchors: Anchors
    records: Records

    async def keep(self, parts: Parts, metrics: Metrics) -> None:
        """Anchor what has moved; tell of a broken file once, and of its way out."""
        broken = await self._broken()
        metrics.broken("anchors", broken=broken is not None)
        if parts.note("anchors", broken) and broken is not None:
            log.error("anchoring stopped", extra={"reason": broken, "do": ANCHORS_OUT})

    async def _broken(self) -> str | None:
        try:
            await self.anchors.drop(self.records, _now())
        except (Tampered, OSError) as error:
            return str(error)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookkeeping:
    """The books of this house."""

    billing: Billing
    telling: Telling
    anchors: Anchors
    links: Links
    press: Press

    async def print(self, id: InvoiceId, *, masked: bool = False) -> bytes:
        """Give an invoice's PDF as it stands, set beside the event loop.

        `masked` hides who the customer is, as from whoever may only read invoices.

        Raises:
            NotFound: there is no such invoice.
        """
        paper = await self.billing.invoicing.ledger.get(id)
        printing = replace(await self._printing(paper), masked=masked)
        return await self.press.print(paper.invoice, printing)

    async def prepare(self) -> None:
        """Make the partitions of the coming months, now and four times a day (DB-5)."""
        while True:
            async with self.billing.records.transaction() as connection:
                await reports.make_partitions(connection, law_date(_now()), AHEAD_MONTHS)
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
            await recover(self.billing.invoicing, _now())
            await asyncio.sleep(RECOVERY_SECONDS)

    async def _printing(self, paper: Paper) -> Printing:
        balance = paper.balance
        on_portal = await self._on_portal(paper.id)
        if paper.kind is not DocumentKind.INVOICE or balance is None:
            return Printing(portal=on_portal)
        if balance.voided:
            return Printing(stamp=Stamp.VOID)
        seller = await self.billing.invoicing.garages.get(paper.garage)
        paid = Paise(balance.paid + balance.credited)
        return Printing(paid=paid, payee=seller.profile.payee, portal=on_portal)

    async def _on_portal(self, id: InvoiceId) -> OnPortal | None:
        known = (await self.billing.registrations.of([id])).get(id)
        if known is None or known.cancelled_at is not None:
            return None
        return OnPortal(
            irn=known.irn,
            ack_number=known.ack_number,
            ack_at=known.ack_at,
            signed_qr=known.signed_qr,
        )


def bookkeeping(
    settings: Settings, records: Records, graph: tuple[Tickets, Cards, Vocabulary]
) -> Bookkeeping:
    """Join the books to the graph."""
    tickets, cards, vocabulary = graph
    keys = vault(settings)
    books, links = Books(records), Links(_own(keys, "links"), base=_address(settings))
    invoicing = Invoicing(
        tickets=tickets,
        cards=cards,
        vocabulary=vocabulary,
        garages=Garages(records, books),
        prices=Prices(records, books, marketplace(settings)),
        ledger=Ledger(records, books, keys),
        sagas=Sagas(records, keys),
    )
    billing = Billing(
        invoicing=invoicing,
        drafts=Drafts(records, books, keys),
        registrations=Registrations(records, books, keys, portal(settings)),
        payments=Payments(records, books, keys),
        stock=Stock(records, books),
        correspondence=Correspondence(records, keys),
        returns=Returns(records, invoicing.ledger, keys),
        records=records,
        links=links,
    )
    return Bookkeeping(
        billing=billing,
        telling=telling(settings, billing, links),
        anchors=anchors(settings, keys),
        links=links,
        press=Press(),
    )


def _address(settings: Settings) -> str:
    return settings.public_url or f"http://{settings.host}:{settings.port}"


def telling(settings: Settings, billing: Billing, links: Links) -> Telling:
    """Join what tells customers. WhatsApp needs a provider's account: its messages are kept."""
    return Telling(
        ledger=billing.invoicing.ledger,
        payments=billing.payments,
        kept=billing.correspondence,
        messengers={Channel.EMAIL: mailer(settings), Channel.WHATSAPP: ByHand()},
        now=_now,
        link=lambda of: links.sign(of, _now(), MESSAGE_LIFETIME),
    )


def mailer(settings: Settings) -> Messenger:
    """Give the mail server that the settings name, else nobody: messages are kept.

    Raises:
        InvalidInput: the settings do not read as a server and a sender.
    """
    if settings.smtp_url is None or settings.mail_from is None:
        return ByHand()
    server = MailServer.read(settings.smtp_url, "BATTWHEELS_SMTP_URL")
    return Smtp(server, contacts.email(settings.mail_from, "BATTWHEELS_MAIL_FROM"))


def marketplace(settings: Settings) -> Marketplace:
    """Give the vendors that the settings name.

    Raises:
        InvalidInput: one of them does not read as NAME=URL.
    """
    named = [Vendor.read(text) for text in (settings.vendors or "").split()]
    return Vendors(named) if named else NoMarketplace()


def portal(settings: Settings) -> Portal:
    """Give the invoice portal: no driver is connected yet, and development has a stand-in."""
    return NoPortal() if settings.production else LocalPortal()


def anchors(settings: Settings, keys: Vault, file: Path | None = None) -> Anchors:
    return Anchors(file or anchors_file(settings), _own(keys, "anchors"))


def anchors_file(settings: Settings) -> Path:
    return settings.home / "audit" / "anchors.jsonl"


def vault(settings: Settings) -> Vault:
    """Give the vault; development makes keys of its own and keeps them in the home.

    Raises:
        UnsafeSetting: production without keys, or keys that are none.
    """
    return read(settings.vault_keys or _kept(settings))


def read(text: str) -> Vault:
    """Read `NAME:BASE64 NAME:BASE64 … index:BASE64`; the first key seals what is new."""
    named = [part.partition(":") for part in text.split()]
    try:
        keys = {name: b64decode(key, validate=True) for name, _, key in named}
    except Base64Error as error:
        raise UnsafeSetting(KEYS, "does not read as NAME:BASE64 NAME:BASE64") from error
    index = keys.pop(INDEX, None)
    if index is None or not keys:
        raise UnsafeSetting(KEYS, "needs a key to seal with, and one named `index`")
    return Vault(current=next(iter(keys)), keys=keys, index_key=index)


def _kept(settings: Settings) -> str:
    if settings.production:
        raise UnsafeSetting(KEYS, "is needed in production")
    path = Home.at(settings.home).secret("vault")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write(path, f"development:{_key()} {INDEX}:{_key()}\n", mode=0o600)
    return path.read_text().strip()


def _key() -> str:
    return b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _own(keys: Vault, purpose: str) -> bytes:
    """Give a key for another purpose, that follows from the index key and tells nothing of it."""
    return sha256(keys.mark("purpose", purpose)).digest()


def _now() -> datetime:
    return datetime.now(UTC)
