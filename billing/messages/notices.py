"""Tells customers what happened to their invoices, once for each event (IP-14).

Events carry ids alone. What an invoice says and who its customer is are read here, at the edge, and
handed to a messenger; what was said is kept, sealed, in the transaction that marks the event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from billing.gst.money import Paise
from billing.ledger.invoices import InvoiceLedger
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import PaymentStore
from billing.ledger.registrations import RegistrationStore
from billing.ledger.sellers import SellerStore
from billing.messages import texts
from billing.messages.channels import CHANNELS
from billing.messages.consents import ConsentStore
from billing.messages.correspondence import Message, MessageStore
from billing.messages.messengers import Channel, MessageState, Messenger, OutgoingMessage
from billing.messages.texts import MessageFacts, Occasion
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
# Two events may tell of these: that the document was made, and that it has its IRN.
TOLD_ONCE = (Occasion.ISSUED, Occasion.CREDITED)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceNews:
    """What happened to an invoice; `shown` is the document that the customer may fetch."""

    occasion: Occasion
    invoice: IssuedDocument
    amount: int
    shown: IssuedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSender:
    """What telling needs; `link` gives the signed address of a document's PDF."""

    ledger: InvoiceLedger
    payments: PaymentStore
    registrations: RegistrationStore
    sellers: SellerStore
    messages: MessageStore
    consents: ConsentStore
    messengers: Mapping[Channel, Messenger]
    link: Callable[[InvoiceId], str]
    now: Callable[[], datetime]

    async def send_notice(self, event: Event, connection: Connection) -> None:
        """Tell the customer of an event, on each channel that reaches them, unless they said no.

        Raises:
            Unavailable: a messenger or the records do not answer; nothing was kept.
        """
        news = await self._news_of_event(event)
        if news is None:
            return
        await self.messages.hold_message(connection, news.invoice.id)
        if await self._worth_telling(connection, news):
            for channel, letter in self._outgoing_messages(event, news).items():
                garage = news.invoice.garage
                if not await self.consents.is_withdrawn(connection, garage, channel, letter.to):
                    await self._send_message(connection, news, channel, letter)

    async def _news_of_event(self, event: Event) -> InvoiceNews | None:
        """Read what an event is about; None where it is about no invoice."""
        match event.type:
            case EventType.NOTIFICATION_SEND if event.entity.startswith(INVOICE):
                return await self._news_of_document(InvoiceId(event.entity))
            case EventType.CREDIT_NOTE_ISSUED:
                return await self._news_of_document(InvoiceId(event.entity))
            case EventType.INVOICE_VOIDED:
                void = await self.ledger.get(InvoiceId(event.entity))
                return _news_of_invoice(Occasion.VOIDED, void)
            case EventType.PAYMENT_RECORDED:
                return await self._news_of_payment(PaymentId(event.entity))
            case _:
                return None

    async def _news_of_document(self, id: InvoiceId) -> InvoiceNews:
        """Read a document that may be told of now: a note was made, an invoice's saga ended, or
        it has its IRN.
        """
        document = await self.ledger.get(id)
        if document.original is None:
            return _news_of_invoice(Occasion.ISSUED, document)
        told = _news_of_invoice(Occasion.CREDITED, await self.ledger.get(document.original))
        return replace(told, amount=document.invoice.totals.payable, shown=document)

    async def _news_of_payment(self, id: PaymentId) -> InvoiceNews | None:
        payment = await self.payments.get(id)
        if payment.invoice is None:
            return None
        told = _news_of_invoice(PAID_AS[payment.kind], await self.ledger.get(payment.invoice))
        at_once = await self.payments.of_receipt(payment)
        return replace(told, amount=sum(p.paise for p in at_once if p.kind == payment.kind))

    async def _worth_telling(self, connection: Connection, news: InvoiceNews) -> bool:
        """Nobody is told of an invoice that is void by now, nor that one they never saw is void,
        nor of a document twice, nor of one before it (and its invoice) has the IRN that it owes: it
        is told of once it is registered.
        """
        invoice, shown, balance = news.invoice, news.shown, news.invoice.balance
        papers = {paper.id: paper for paper in (invoice, shown)}
        if await self.registrations.awaits_irn(list(papers.values()), self.sellers):
            return False
        if news.occasion is Occasion.VOIDED:
            return await self._was_told(connection, Occasion.ISSUED, invoice, invoice)
        if news.occasion is Occasion.ISSUED and (balance is None or balance.voided):
            return False
        once = news.occasion in TOLD_ONCE
        return not (once and await self._was_told(connection, news.occasion, invoice, shown))

    async def _was_told(
        self,
        connection: Connection,
        occasion: Occasion,
        invoice: IssuedDocument,
        shown: IssuedDocument,
    ) -> bool:
        return await self.messages.messages_told(connection, invoice.id, occasion, shown.id)

    def _outgoing_messages(self, event: Event, news: InvoiceNews) -> dict[Channel, OutgoingMessage]:
        """Write to each address that the customer left and that can be one."""
        customer, told = news.invoice.invoice.recipient, self._message_facts(news)
        written = {
            channel: (form.address(customer), form.write(news.occasion, told))
            for channel, form in CHANNELS.items()
        }
        return {
            channel: OutgoingMessage(
                id=f"{event.id}.{channel}",
                at=event.at,
                to=to,
                sender=texts.single_line(told.garage),
                subject=text.subject,
                body=text.body,
            )
            for channel, (to, text) in written.items()
            if to
        }

    def _message_facts(self, news: InvoiceNews) -> MessageFacts:
        invoice, balance = news.invoice.invoice, news.invoice.balance
        if invoice.number is None:
            raise InvalidInput("number", "is missing; only what is issued is told of")
        return MessageFacts(
            customer=invoice.recipient.name,
            garage=invoice.supplier.name,
            number=invoice.number,
            amount=Paise(news.amount),
            balance=Paise(0 if balance is None else max(0, balance.due)),
            url=self.link(news.shown.id),
        )

    async def _send_message(
        self, connection: Connection, news: InvoiceNews, channel: Channel, letter: OutgoingMessage
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
            shown=news.shown.id,
            occasion=news.occasion,
            channel=channel,
            state=state,
            letter=letter,
        )
        await self.messages.keep_state(connection, message)


def _news_of_invoice(occasion: Occasion, invoice: IssuedDocument) -> InvoiceNews:
    amount = invoice.invoice.totals.payable
    return InvoiceNews(occasion=occasion, invoice=invoice, amount=amount, shown=invoice)
