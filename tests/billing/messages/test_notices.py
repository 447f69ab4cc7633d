"""Customers are told once of each event, and only they are."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from billing.gst.credit_notes import CreditLine
from billing.gst.e_invoice import CRORE
from billing.gst.irp import StandInPortal
from billing.gst.parties import Party
from billing.ledger.invoices import TicketInvoice
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import PaymentMethod
from billing.ledger.registrations import RegistrationStore
from billing.ledger.sellers import Seller
from billing.messages.consents import ConsentStore
from billing.messages.correspondence import MessageStore
from billing.messages.mail import MailSecurity, MailServer, SmtpMessenger
from billing.messages.messengers import Channel, ManualMessenger, MessageState, Messenger
from billing.messages.notices import NoticeSender
from billing.messages.texts import Occasion
from domain.errors import UnsafeSetting
from domain.events import Event, EventType
from domain.ids import EventId, InvoiceId, TicketId
from records.change_log import ChangeLog
from records.database import LISTENERS, Connection, Records
from records.inbox import InboxStore, RetryPolicy
from records.migrations import shipped_migrations
from records.outbox import RecordsOutbox
from sync.inbox import EventHandler, EventListener
from sync.stream import Logged
from tests.billing.messages.smtp_server import Postbox, postbox
from tests.billing.sample_books import (
    DELHI,
    NOW,
    PROFILE,
    PUNE,
    VAULT,
    Desk,
    customer,
    deed,
    desk,
    invoice,
    synthetic_gstin,
)
from tests.waits import sure_to_end
from web.listeners import ListenerName, listeners_of

ADDRESS, PHONE = "meera@joshi.example", "98000 00000"
MEERA = replace(customer(), email=ADDRESS, phone=PHONE)
LISTENED = frozenset(t for t in EventType if ListenerName.TELLING in listeners_of(t))


@dataclass
class Post:
    """The books, a mail server, and whoever tells customers by it."""

    books: Desk
    box: Postbox
    telling: NoticeSender
    handler: EventHandler
    dead: list[str]

    async def issued(self, ticket: str = "tkt_one", buyer: Party = MEERA) -> IssuedDocument:
        seller = await self.books.garages.get(PUNE)
        wanted = TicketInvoice(ticket=TicketId(ticket), invoice=invoice(seller, buyer=buyer))
        return await self.books.ledger.issue_invoice(deed(), seller, wanted)

    async def hear(self, *events: Event) -> None:
        """Have these events come from the log, one after another."""
        for event in events:
            await self.handler.handle([await self.logged(event)])

    async def logged(self, event: Event) -> Logged:
        [seq] = await ChangeLog(self.books.records).append([event])
        return seq, event

    async def told_by_the_books(self) -> list[Event]:
        return await RecordsOutbox(self.books.records).pending(100)

    async def messages(self, paper: IssuedDocument) -> list[tuple[Occasion, Channel, MessageState]]:
        kept = (await self.telling.messages.messages_of_invoices([paper.id]))[paper.id]
        return [(m.occasion, m.channel, m.state) for m in kept]


@pytest.fixture
async def post(records: Records) -> AsyncGenerator[Post]:
    async with postbox() as box:
        yield await _posted(records, box, {Channel.EMAIL: _mailer(box)})


async def _posted(
    records: Records,
    box: Postbox,
    drivers: Mapping[Channel, Messenger],
    waited: timedelta = timedelta(0),
) -> Post:
    books, dead = desk(records), list[str]()
    telling = NoticeSender(
        ledger=books.ledger,
        payments=books.payments,
        registrations=RegistrationStore(records, books.books, VAULT, StandInPortal()),
        sellers=books.garages,
        messages=MessageStore(records, VAULT),
        consents=ConsentStore(records, VAULT),
        messengers={
            Channel.EMAIL: ManualMessenger(),
            Channel.WHATSAPP: ManualMessenger(),
            **drivers,
        },
        link=lambda of: f"https://os.example/{of}.pdf",
        now=lambda: NOW + waited,
    )

    async def buried(consumer: str, entry: Logged, error: str) -> None:
        dead.append(f"{consumer} {entry[0]} {error}")

    listener = EventListener(name="telling", types=LISTENED, handle=telling.send_notice)
    inbox = InboxStore(records, listener.name, listener.types, RetryPolicy(base=0.0, limit=2))
    await books.settled()
    shared = asyncio.Semaphore(LISTENERS)
    return Post(
        books, box, telling, EventHandler(listener, inbox, lambda: 1.0, buried, shared), dead
    )


def _mailer(
    box: Postbox, secure: MailSecurity = MailSecurity.LOCAL, patience_s: float = 5.0
) -> SmtpMessenger:
    server = MailServer(host="127.0.0.1", port=box.port, secure=secure)
    return SmtpMessenger(server, "bills@garage.example", patience_s)


def _event(paper: IssuedDocument, type: EventType = EventType.NOTIFICATION_SEND) -> Event:
    return Event(
        id=EventId(f"{type}-{paper.id}"),
        type=type,
        entity=paper.id,
        version=1,
        at=NOW,
        actor="asha",
        garage=PUNE,
    )


@pytest.mark.row("IP-14")
async def test_issued_invoice_is_told_once_however_often_the_event_comes(post: Post) -> None:
    paper = await post.issued()
    entry = await post.logged(_event(paper))
    await asyncio.gather(*(post.handler.handle([entry]) for _ in range(5)))
    await post.handler.handle([entry])
    [mail] = post.box.taken
    assert mail["To"] == ADDRESS
    assert mail["From"] == "Synthetic Motors <bills@garage.example>"
    assert mail["Subject"] == f"Invoice {paper.invoice.number} issued: Synthetic Motors"
    assert mail["Message-ID"] == f"<notification.send-{paper.id}.email@garage.example>"
    assert f"https://os.example/{paper.id}.pdf" in mail.get_content()
    assert await post.messages(paper) == [
        (Occasion.ISSUED, Channel.EMAIL, MessageState.SENT),
        (Occasion.ISSUED, Channel.WHATSAPP, MessageState.KEPT),
    ]


@pytest.mark.row("IN-8")
async def test_nobody_is_told_of_an_e_invoice_before_its_irn(post: Post) -> None:
    """Nor of what happens to it; once registered it is told of, and so is its credit note."""
    books, registrations = post.books, post.telling.registrations
    seller = await books.garages.set(deed(), replace(PROFILE, turnover=6 * CRORE, hsn_digits=6), 1)
    fleet = replace(customer(synthetic_gstin("27", "BBBPK5678D")), email=ADDRESS)
    paper = await post.issued(buyer=fleet)
    came = ReceivedMoney(paise=100_00, method=PaymentMethod.CASH, day=paper.invoice.date)
    await books.payments.record_payment(deed(), paper.id, came)
    await post.hear(_event(paper), *await post.told_by_the_books())
    assert await post.messages(paper) == []
    await registrations.register_document(deed(), seller, paper)
    told = await post.told_by_the_books()
    await post.hear(told[-1])
    assert told[-1].type is EventType.NOTIFICATION_SEND
    assert {one[0] for one in await post.messages(paper)} == {Occasion.ISSUED}
    note = await books.ledger.issue_credit_note(deed(), seller, paper.id, None, "All of it")
    await post.hear((await post.told_by_the_books())[-1])
    assert {one[0] for one in await post.messages(paper)} == {Occasion.ISSUED}
    await registrations.register_document(deed(), seller, note)
    await post.hear((await post.told_by_the_books())[-1])
    assert {one[0] for one in await post.messages(paper)} == {Occasion.ISSUED, Occasion.CREDITED}


@pytest.mark.row("IN-8")
async def test_document_is_told_once_by_whichever_event_comes(post: Post) -> None:
    """That it was made and that it has its IRN are both news; who comes second has none left."""
    seller, paper = await _sold_to_a_fleet(post)
    ledger, register = post.books.ledger, post.telling.registrations.register_document
    await register(deed(), seller, paper)
    part = [CreditLine(line=1)]
    notes = [
        await ledger.issue_credit_note(deed(), seller, paper.id, lines, "Came back")
        for lines in (part, None)
    ]
    for note in notes:
        await register(deed(), seller, note)
    await post.hear(_event(paper), *await post.told_by_the_books())
    credited = [(Occasion.CREDITED, note.id) for note in notes]
    assert await _mailed(post, paper) == sorted([(Occasion.ISSUED, paper.id), *credited])
    assert len(post.box.taken) == 1 + len(notes)


@pytest.mark.row("IN-8")
async def test_note_registered_before_its_invoice_is_told_after_it(post: Post) -> None:
    seller, paper = await _sold_to_a_fleet(post)
    register = post.telling.registrations.register_document
    note = await post.books.ledger.issue_credit_note(deed(), seller, paper.id, None, "Came back")
    await register(deed(), seller, note)
    await post.hear(_event(paper), *(early := await post.told_by_the_books()))
    before = await _mailed(post, paper)
    await register(deed(), seller, paper)
    await post.hear(*(await post.told_by_the_books())[len(early) :])
    assert before == []
    assert await _mailed(post, paper) == [
        (Occasion.CREDITED, note.id),
        (Occasion.ISSUED, paper.id),
    ]


async def _sold_to_a_fleet(post: Post) -> tuple[Seller, IssuedDocument]:
    """Give an invoice that owes an IRN, of a garage that grew."""
    large = replace(PROFILE, turnover=6 * CRORE, hsn_digits=6)
    seller = await post.books.garages.set(deed(), large, 1)
    fleet = replace(customer(synthetic_gstin("27", "BBBPK5678D")), email=ADDRESS)
    return seller, await post.issued(buyer=fleet)


async def _mailed(post: Post, paper: IssuedDocument) -> list[tuple[Occasion, InvoiceId]]:
    """Give what was mailed of an invoice, with the document that each letter brings."""
    kept = (await post.telling.messages.messages_of_invoices([paper.id]))[paper.id]
    return sorted((one.occasion, one.shown) for one in kept if one.channel is Channel.EMAIL)


async def test_whatever_happens_to_an_invoice_is_told(post: Post) -> None:
    seller, paper = await post.books.garages.get(PUNE), await post.issued()
    came = ReceivedMoney(paise=100_00, method=PaymentMethod.CASH, day=paper.invoice.date)
    paid = await post.books.payments.record_payment(deed(), paper.id, came)
    held = replace(came, paise=50_00, method=PaymentMethod.TDS)
    await post.books.payments.record_payment(deed(), paper.id, held)
    await post.books.payments.refund_payment(deed(), seller, paid.id, 40_00)
    await post.books.ledger.issue_credit_note(deed(), seller, paper.id, None, "All of it")
    void = await post.issued("tkt_two")
    await post.hear(_event(void))
    await post.books.ledger.void_invoice(deed(), void.id, "Wrong customer")
    await post.hear(*await post.told_by_the_books())
    said = [m.get_content().splitlines()[2] for m in post.box.taken]
    number, other = paper.invoice.number, void.invoice.number
    total = "4,013.00"
    assert [one.split(" Balance due")[0] for one in said] == [
        f"Your invoice {other} of Rs {total} is ready.",
        f"We received Rs 100.00 for invoice {number}. Thank you.",
        f"We noted Rs 50.00 of tax that you withheld (TDS) from invoice {number}.",
        f"We gave back Rs 40.00 that was paid for invoice {number}.",
        f"We credited Rs {total} against invoice {number}.",
        f"Invoice {other} was cancelled; nothing is to be paid for it.",
    ]


async def test_what_came_at_once_is_told_as_one_sum(post: Post) -> None:
    paper = await post.issued()
    cash = ReceivedMoney(paise=100_00, method=PaymentMethod.CASH, day=paper.invoice.date)
    also = [
        replace(cash, method=PaymentMethod.TDS),
        replace(cash, paise=50_00, method=PaymentMethod.UPI),
    ]
    await post.books.payments.record_payment(deed(), paper.id, cash, also)
    await post.hear(*await post.told_by_the_books())
    said = [m.get_content().splitlines()[2] for m in post.box.taken]
    assert sorted(one.split(" Balance due")[0] for one in said) == [
        f"We noted Rs 100.00 of tax that you withheld (TDS) from invoice {paper.invoice.number}.",
        f"We received Rs 150.00 for invoice {paper.invoice.number}. Thank you.",
    ]


async def test_nobody_hears_of_an_invoice_that_was_taken_back_before(post: Post) -> None:
    paper = await post.issued()
    await post.books.ledger.void_invoice(deed(), paper.id, "Wrong customer")
    await post.hear(_event(paper, EventType.INVOICE_VOIDED), _event(paper))
    assert (post.box.taken, await post.messages(paper)) == ([], [])


async def test_what_is_about_no_invoice_is_passed_over(post: Post) -> None:
    seller = await post.books.garages.get(PUNE)
    came = ReceivedMoney(paise=100_00, method=PaymentMethod.CASH, day=NOW.date())
    ahead = await post.books.payments.record_advance(deed(), seller, TicketId("tkt_one"), came)
    await post.books.payments.refund_payment(deed(), seller, ahead.id, 100_00)
    digest = replace(_event(await post.issued()), entity="hour_20261126T06")
    await post.hear(digest, *await post.told_by_the_books())
    assert (post.box.taken, post.dead) == ([], [])


async def test_customer_without_an_address_is_told_nothing(post: Post) -> None:
    paper = await post.issued(buyer=Party(name="Cash customer", phone="020 254312"))
    await post.hear(_event(paper))
    assert (post.box.taken, await post.messages(paper)) == ([], [])


async def test_without_a_server_messages_are_kept(records: Records) -> None:
    post = await _posted(records, Postbox(), {})
    paper = await post.issued()
    await post.hear(_event(paper))
    assert await post.messages(paper) == [
        (Occasion.ISSUED, Channel.EMAIL, MessageState.KEPT),
        (Occasion.ISSUED, Channel.WHATSAPP, MessageState.KEPT),
    ]


@pytest.mark.parametrize(
    "codes", [{"EHLO": 421, "HELO": 421}, {"MAIL": 451}, {"RCPT": 450}, {"DATA": 452}]
)
async def test_server_that_takes_nothing_now_is_asked_again(
    post: Post, codes: dict[str, int]
) -> None:
    """More often than an event may fail, and others are told meanwhile."""
    post.box.codes = codes
    paper = await post.issued()
    await post.hear(_event(paper))
    for _ in range(4):
        await post.handler.handle(await post.handler.inbox.waiting_entries(60, 10))
    during = await post.messages(paper)
    post.box.codes = {}
    other = await post.issued("tkt_other")
    await post.hear(_event(other))
    assert (during, post.dead, len(post.box.taken)) == ([], [], 1)
    assert await _tries(post) == (0, 1)


@pytest.mark.parametrize(
    ("waited", "state"),
    [(timedelta(days=5, seconds=-1), None), (timedelta(days=5), MessageState.KEPT)],
)
async def test_letter_that_nobody_takes_for_days_is_left_to_a_person(
    records: Records, waited: timedelta, state: MessageState | None
) -> None:
    async with postbox() as box:
        box.codes = {"RCPT": 452}
        post = await _posted(records, box, {Channel.EMAIL: _mailer(box)}, waited)
        paper = await post.issued()
        await post.hear(_event(paper))
        found = [state for _, channel, state in await post.messages(paper) if channel == "email"]
    assert found == ([] if state is None else [state])


async def _tries(post: Post) -> tuple[int, int]:
    """Give how many tries counted against events, and how many events still wait."""
    [row] = await post.books.records.rows(
        "select coalesce(sum(tries), 0) as tries, count(*) as waiting from handling"
        " where state = 'waiting'"
    )
    return row["tries"], row["waiting"]


async def test_silent_server_holds_up_nobody(records: Records) -> None:
    async with postbox() as box:
        box.silent = True
        post = await _posted(records, box, {Channel.EMAIL: _mailer(box, patience_s=0.3)})
        papers = [await post.issued(f"tkt_{n}") for n in range(3)]
        async with sure_to_end("the messages"):
            await asyncio.gather(*(post.hear(_event(paper)) for paper in papers))
        assert await _tries(post) == (0, 3)


@pytest.mark.parametrize("codes", [{"RCPT": 550}, {"DATA": 554}])
async def test_address_that_is_refused_for_good_is_not_tried_again(
    post: Post, codes: dict[str, int]
) -> None:
    post.box.codes = codes
    paper = await post.issued()
    await post.hear(_event(paper))
    assert (await post.messages(paper))[0] == (Occasion.ISSUED, Channel.EMAIL, MessageState.REFUSED)
    assert await _tries(post) == (0, 0)


async def test_letters_go_through_tls_or_not_at_all(post: Post) -> None:
    """A server that offers no STARTTLS is given neither a password nor a name."""
    strict = SmtpMessenger(
        MailServer(
            host="127.0.0.1",
            port=post.box.port,
            secure=MailSecurity.STARTTLS,
            user="bills",
            password="secret",  # noqa: S106 - of nobody
        ),
        "bills@garage.example",
    )
    paper = await post.issued()
    event = _event(paper)
    telling = replace(
        post.telling, messengers={Channel.EMAIL: strict, Channel.WHATSAPP: ManualMessenger()}
    )
    listener = EventListener(name="telling", types=LISTENED, handle=telling.send_notice)
    handler = EventHandler(listener, post.handler.inbox, lambda: 1.0, _nobody, asyncio.Semaphore(1))
    await handler.handle([await post.logged(event)])
    assert post.box.taken == []
    assert set(post.box.heard) <= {"EHLO", "STARTTLS", "QUIT"}
    assert await _tries(post) == (0, 1)


async def _nobody(consumer: str, entry: Logged, error: str) -> None:
    del consumer, entry, error


async def test_nobody_is_told_of_what_was_before_there_was_anybody_to_tell(post: Post) -> None:
    """The migration that brings the listener puts it at the end of the log."""
    old, new = await post.issued("tkt_old"), await post.issued("tkt_new")
    await post.logged(_event(old))
    [migration] = [m for m in shipped_migrations() if m.name == "036_billing_messages"]
    [start] = re.findall(r"insert into cursor_of .*?;", migration.text, re.DOTALL)
    async with post.books.records.transaction() as connection:
        await connection.execute(start)
    await post.logged(_event(new))
    await post.handler.handle(await post.handler.inbox.waiting_entries(0, 10))
    told = await post.messages(old), len(await post.messages(new))
    assert told == ([], 2)


@pytest.mark.row("IP-14")
async def test_contact_lies_nowhere_but_sealed(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    """Sent, refused and put off: neither the bus, nor a log, nor a table knows the address."""
    caplog.set_level(logging.DEBUG)
    for n, codes in enumerate(({}, {"RCPT": 550}, {"RCPT": 450}, {"DATA": 421})):
        post.box.codes = codes
        await post.hear(_event(await post.issued(f"tkt_{n}")))
    await post.hear(*await post.told_by_the_books())
    told = [str(event) for event in await post.told_by_the_books()]
    logs = [f"{r.getMessage()} {r.__dict__}" for r in caplog.records]
    async with post.books.records.transaction() as connection:
        rows = await _everything(connection)
    secrets = (ADDRESS, "joshi.example", PHONE, "9800000000", "Meera")
    assert len(post.box.taken) == 1
    assert [s for s in secrets for text in (*told, *logs, *rows) if s in text] == []


async def _everything(connection: Connection) -> list[str]:
    """Give every row of the tables that this could have reached, as text."""
    found: list[str] = []
    for table in (
        "select m::text as row from message m",
        "select h::text as row from handling h",
        "select o::text as row from outbox o",
        "select i::text as row from invoice i",
        "select e::text as row from money_event e",
    ):
        rows = await (await connection.execute(table)).fetchall()  # pyright: ignore[reportArgumentType]
        found += [row["row"] for row in rows]
    return found


async def test_message_opens_in_its_own_row_alone(post: Post) -> None:
    paper = await post.issued()
    await post.hear(_event(paper))
    [mail, text] = (await post.telling.messages.messages_of_invoices([paper.id]))[paper.id]
    assert (mail.letter.to, text.letter.to) == (ADDRESS, "919800000000")
    assert (await post.telling.messages.messages_of_invoices([paper.id], PUNE))[paper.id] == [
        mail,
        text,
    ]
    assert (await post.telling.messages.messages_of_invoices([paper.id], DELHI))[paper.id] == []
    async with post.books.records.transaction() as connection:
        await connection.execute("update message set sealed = (select sealed from message limit 1)")
    with pytest.raises(UnsafeSetting, match="does not open"):
        await post.telling.messages.messages_of_invoices([paper.id])
