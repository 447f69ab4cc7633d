"""Tells customers what happened to their invoices, once for each event (IP-14).

Events carry ids alone. What an invoice says and who its customer is are read here, at the edge, and
handed to a messenger; what was said is kept, sealed, in the transaction that marks the event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from billing import contacts, messages
from billing.correspondence import Correspondence, Message
from billing.ledger import Ledger
from billing.messages import Occasion, Told
from billing.messengers import Channel, Letter, MessageState, Messenger
from billing.money import Paise
from billing.papers import Paper
from billing.parties import Party
from billing.payments import Payments
from domain.errors import InvalidInput, Unavailable
from domain.events import Event, EventType
from domain.ids import InvoiceId, PaymentId
from records.database import Connection

INVOICE = "inv_"
# As long as mail servers try among themselves (RFC 5321, 4.5.4.1); then a person sends it.
PATIENCE = timedelta(days=5)
PAID_AS = {
    "payment": Occasion.PAID,
    "tds": Occasion.WITHHELD,
    "refund": Occasion.REFUNDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened to an invoice; `shown` is the document that the customer may fetch."""

    occasion: Occasion
    invoice: Paper
    amount: int
    shown: InvoiceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What telling needs; `link` gives the signed address of a document's PDF."""

    ledger: Ledger
    payments: Payments
    kept: Correspondence
    messengers: Mapping[Channel, Messenger]
    link: Callable[[InvoiceId], str]
    now: Callable[[], datetime]

    async def tell(self, event: Event, connection: Connection) -> None:
        """Tell the customer of an event, on each channel that reaches them.

        Raises:
            Unavailable: a messenger or the records do not answer; nothing was kept.
        """
        news = await self._news(event)
        if news is None:
            return
        await self.kept.hold(connection, news.invoice.id)
        if await self._worth_telling(connection, news):
            for channel, letter in self._letters(event, news).items():
                await self._send(connection, news, channel, letter)

    async def _news(self, event: Event) -> News | None:
        """Read what an event is about; None where it is about no invoice."""
        match event.type:
            case EventType.NOTIFICATION_SEND if event.entity.startswith(INVOICE):
                return await self._of_invoice(Occasion.ISSUED, InvoiceId(event.entity))
            case EventType.INVOICE_VOIDED:
                return await self._of_invoice(Occasion.VOIDED, InvoiceId(event.entity))
            case EventType.CREDIT_NOTE_ISSUED:
                return await self._of_note(InvoiceId(event.entity))
            case EventType.PAYMENT_RECORDED:
                return await self._of_payment(PaymentId(event.entity))
            case _:
                return None

    async def _of_invoice(self, occasion: Occasion, id: InvoiceId) -> News:
        paper = await self.ledger.get(id)
        amount = paper.invoice.totals.payable
        return News(occasion=occasion, invoice=paper, amount=amount, shown=id)

    async def _of_note(self, id: InvoiceId) -> News:
        note = await self.ledger.get(id)
        told = await self._of_invoice(Occasion.CREDITED, note.original or id)
        return replace(told, amount=note.invoice.totals.payable, shown=id)

    async def _of_payment(self, id: PaymentId) -> News | None:
        payment = await self.payments.get(id)
        if payment.invoice is None:
            return None
        told = await self._of_invoice(PAID_AS[payment.kind], payment.invoice)
        return replace(told, amount=payment.paise)

    async def _worth_telling(self, connection: Connection, news: News) -> bool:
        """Nobody is told of an invoice that is void by now, nor that one they never saw is void."""
        balance = news.invoice.balance
        if news.occasion is Occasion.ISSUED:
            return balance is not None and not balance.voided
        if news.occasion is Occasion.VOIDED:
            return await self.kept.told(connection, news.invoice.id, Occasion.ISSUED)
        return True

    def _letters(self, event: Event, news: News) -> dict[Channel, Letter]:
        """Write to each address that the customer left and that can be one."""
        customer, told = news.invoice.invoice.recipient, self._told(news)
        email, text = messages.email(news.occasion, told), messages.whatsapp(news.occasion, told)
        written = {
            Channel.EMAIL: (_email(customer), email.subject, email.body),
            Channel.WHATSAPP: (customer.phone and contacts.mobile(customer.phone), "", text),
        }
        return {
            channel: Letter(
                id=f"{event.id}.{channel}",
                at=event.at,
                to=to,
                sender=messages.one_line(told.garage),
                subject=subject,
                body=body,
            )
            for channel, (to, subject, body) in written.items()
            if to
        }

    def _told(self, news: News) -> Told:
        invoice, balance = news.invoice.invoice, news.invoice.balance
        if invoice.number is None:
            raise InvalidInput("number", "is missing; only what is issued is told of")
        return Told(
            customer=invoice.recipient.name,
            garage=invoice.supplier.name,
            number=invoice.number,
            amount=Paise(news.amount),
            balance=Paise(0 if balance is None else max(0, balance.due)),
            url=self.link(news.shown),
        )

    async def _send(
        self, connection: Connection, news: News, channel: Channel, letter: Letter
    ) -> None:
        try:
            state = await self.messengers[channel].send(letter)
        except Unavailable:
            if self.now() - letter.at < PATIENCE:
                raise
            state = MessageState.KEPT
        message = Message(
            garage=news.invoice.garage,
            invoice=news.invoice.id,
            occasion=news.occasion,
            channel=channel,
            state=state,
            letter=letter,
        )
        await self.kept.keep(connection, message)


def _email(customer: Party) -> str | None:
    """Give the address, if it can be one: older books took any text."""
    try:
        return customer.email and contacts.email(customer.email)
    except InvalidInput:
        return None
