"""A failure is reported, repaired, closed, invoiced, paid in two parts and partly credited."""

from collections.abc import AsyncGenerator
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from billing.ledger import reports
from billing.ledger.verification import verify_books
from domain.access import SYSTEM, Role
from domain.events import EventType
from domain.ids import InvoiceId, ticket_id
from domain.tickets import TicketStatus
from sync.stream import STREAM
from tests.billing.sample_books import synthetic_gstin
from tests.journeys.billing_garage import (
    CREDIT,
    PAY,
    READ,
    REGISTER,
    STOCK,
    Shop,
    furnished,
    op,
    registered,
)
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, Person
from tests.waits import eventually
from web.server import run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
VEHICLE = {"make": "Ather", "model": "450X", "year": 2024}
STEP = """mutation ($op: UUID!, $id: ID!, $n: Int!%s) {
  %s(operationId: $op, id: $id, expectedVersion: $n%s) {
    __typename ... on %s { ticket { version status } } ... on Refusal { message } } }"""
START = STEP % ("", "startRepair", "", "RepairStarted")
RESOLVE = STEP % (", $o: OutcomeInput!", "resolveTicket", ", outcome: $o", "TicketResolved")
CLOSE = STEP % (", $rating: Int", "closeTicket", ", rating: $rating", "TicketClosed")
SHOWN = """ticketKey version labourDiscount { paise } customer { name gstin masked }
  ticket { status }"""
DRAFTS = f"{{ drafts(first: 10) {{ edges {{ node {{ {SHOWN} }} }} }} }}"
EDIT = f"""mutation ($op: UUID!, $ticket: ID!, $n: Int!, $invoice: InvoiceInput!) {{
  editDraft(operationId: $op, ticket: $ticket, expectedVersion: $n, invoice: $invoice) {{
    __typename ... on DraftEdited {{ draft {{ {SHOWN} }} }}
    ... on StaleVersion {{ expected actual }} ... on Refusal {{ message }} }} }}"""
ESTIMATE = """query ($ticket: ID!) { estimate(ticket: $ticket) {
  __typename ... on Estimate { estimated totals { payable { paise } } } } }"""
ISSUE = """mutation ($op: UUID!, $ticket: ID!) { issueInvoice(operationId: $op, ticket: $ticket) {
  __typename ... on InvoiceIssued { short { part quantity }
    invoice { id key number status due { paise } customer { name gstin } ticket { status }
      totals { taxable { paise } cgst { paise } igst { paise } payable { paise text } } } }
  ... on InvalidInput { field reason } ... on Refusal { message } } }"""

TOLD = """query ($id: ID!) { invoice(id: $id) { messages {
  occasion channel state to text link } } }"""


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> AsyncGenerator[Shop]:
    """The garage, with the relay and the listeners at work beside it."""
    async with run_background(house):
        yield await furnished(house, somebody)


async def _repaired(asha: Person, ticket: str) -> None:
    """Start, resolve with one controller and 50 minutes, and close."""
    used = {"worked": True, "minutes": 50, "cause": "Phase lost", "parts": [{"part": "controller"}]}
    begun = await asha.ask(START, op=op(), id=ticket, n=1)
    ended = await asha.ask(RESOLVE, op=op(), id=ticket, n=2, o=used)
    closed = await asha.ask(CLOSE, op=op(), id=ticket, n=3, rating=5)
    assert [said["ticket"]["status"] for said in (begun, ended, closed)] == [
        "IN_PROGRESS",
        "RESOLVED",
        "CLOSED",
    ]


async def _draft(shop: Shop, ticket: str) -> dict[str, Any]:
    """Give the draft that waits for a ticket, once the listener has heard of it."""

    async def waiting() -> list[dict[str, Any]]:
        found = (await shop.accountant.ask(DRAFTS))["edges"]
        return [edge["node"] for edge in found if edge["node"]["ticketKey"] == ticket]

    [draft] = await eventually(waiting, lambda found: found != [])
    return draft


async def _bought(shop: Shop) -> None:
    """Put the one controller on the shelf that a repair takes."""
    stock = {"part": "controller", "quantity": 1, "reason": "Bought"}
    await shop.admin.ask(STOCK, op=op(), stock=stock)


async def test_a_failure_is_repaired_and_becomes_money(
    shop: Shop, somebody: Somebody, door: httpx.AsyncClient
) -> None:
    asha, boss = somebody(Role.TECHNICIAN, name="asha"), shop.accountant
    await _bought(shop)
    ticket = (await asha.report("Jerks at low speed since the rain", vehicle=VEHICLE))["key"]
    await _repaired(asha, ticket)

    drafted = await _draft(shop, ticket)
    nameless = await boss.ask(ISSUE, op=op(), ticket=ticket)
    gstin = synthetic_gstin("27", "BBBPK5678D")
    invoice = {"customer": {"name": "Meera Joshi", **registered(gstin)}}
    named = await boss.ask(EDIT, op=op(), ticket=ticket, n=1, invoice=invoice)
    stale = await boss.ask(EDIT, op=op(), ticket=ticket, n=1, invoice=invoice)
    cheaper = invoice | {"labourDiscount": 4_000}
    changed = await boss.ask(EDIT, op=op(), ticket=ticket, n=2, invoice=cheaper)
    estimate = await boss.ask(ESTIMATE, ticket=ticket)
    assert drafted == {
        "ticketKey": ticket,
        "version": 1,
        "labourDiscount": {"paise": 0},
        "customer": None,
        "ticket": {"status": "CLOSED"},
    }
    assert (nameless["__typename"], nameless["field"]) == ("InvalidInput", "invoice.customer")
    assert named["draft"]["customer"] == {"name": "Meera Joshi", "gstin": gstin, "masked": False}
    assert (stale["__typename"], stale["expected"], stale["actual"]) == ("StaleVersion", 1, 2)
    assert changed["draft"]["labourDiscount"] == {"paise": 4_000}

    key = op()
    said, again = [await boss.ask(ISSUE, op=key, ticket=ticket) for _ in range(2)]
    issued = said["invoice"]
    assert said == again
    assert (said["short"], issued["ticket"]["status"]) == ([], "INVOICED")
    assert issued["totals"] == {
        "taxable": {"paise": 1_300_000},
        "cgst": {"paise": 117_000},
        "igst": {"paise": 0},
        "payable": {"paise": 1_534_000, "text": "15,340.00"},
    }
    assert estimate["totals"]["payable"]["paise"] == 1_534_000
    late = await boss.ask(EDIT, op=op(), ticket=ticket, n=3, invoice=invoice)
    assert late["__typename"] == "IllegalTransition"
    left = (await boss.ask(DRAFTS))["edges"]
    assert ticket not in [edge["node"]["ticketKey"] for edge in left]

    due = []
    for amount, method in ((500_000, "UPI"), (1_034_000, "CASH")):
        came = {"amount": amount, "method": method}
        paid = await boss.ask(PAY, op=op(), invoice=issued["id"], payment=came)
        due.append((paid["invoice"]["status"], paid["invoice"]["due"]["paise"]))
    credited = await boss.ask(CREDIT, op=op(), invoice=issued["id"], lines=[{"line": 2}])
    read = await boss.ask(READ, id=issued["id"])
    assert due == [("PARTLY_PAID", 1_034_000), ("PAID", 0)]
    assert credited["creditNote"]["original"] == {"number": issued["number"]}
    assert credited["invoice"]["due"] == {"paise": -59_000}
    assert [note["number"] for note in read["creditNotes"]] == [credited["creditNote"]["number"]]

    # Before the portal knows it, nobody is handed the paper.
    assert (await door.get(read["pdf"])).status_code == 409
    known = await boss.ask(REGISTER, op=op(), invoice=issued["id"])
    assert known["__typename"] == "InvoiceRegistered", known
    answer = await door.get((await boss.ask(READ, id=issued["id"]))["pdf"])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert issued["number"] in text
    assert "Meera Joshi" in text
    await _both_stores_agree(shop, ticket, issued["key"])


async def _both_stores_agree(shop: Shop, ticket: str, invoice: str) -> None:
    house = shop.house
    kept = await house.tickets.get(ticket_id(ticket), SYSTEM)
    level = (await house.billing.billing.stock.stock_levels(PUNE, ["controller"]))["controller"]

    paid = (await house.billing.billing.payments.of_invoices([InvoiceId(invoice)])).values()
    about = {ticket, invoice, *(payment.id for found in paid for payment in found)}

    async def told() -> list[EventType]:
        log = await house.change_log.after(0, 500)
        return [e.type for _, e in log if e.entity in about]

    wanted = [
        EventType.TICKET_CLOSED,
        EventType.INVOICE_ISSUED,
        EventType.NOTIFICATION_SEND,
        EventType.PAYMENT_RECORDED,
    ]
    events = await eventually(told, lambda found: set(wanted) <= set(found))
    assert (kept.status, kept.invoice) == (TicketStatus.INVOICED, invoice)
    assert level.quantity == 0
    # Word for the customer at its issue, when none may go yet, and when the portal knows it.
    assert [events.count(one) for one in wanted] == [1, 1, 2, 2]
    assert sum((await reports.trial_balance(house.records)).values()) == 0
    assert (await verify_books(house.records)).touched is None


@pytest.mark.row("IP-14")
async def test_customer_is_told_and_the_bus_does_not_know_whom(shop: Shop) -> None:
    """Without a mail server the messages wait, for who may bill to send."""
    email, phone = "meera@joshi.example", "9812345678"
    await _bought(shop)
    issued = (await shop.issued(await shop.closed("told"), email=email, phone=phone))["invoice"]
    came = {"amount": 500_000, "method": "UPI"}
    await shop.accountant.ask(PAY, op=op(), invoice=issued["id"], payment=came)

    async def told() -> list[dict[str, Any]]:
        return (await shop.accountant.ask(TOLD, id=issued["id"]))["messages"]

    messages = await eventually(told, lambda found: len(found) == 4)
    masked = (await shop.support.ask(TOLD, id=issued["id"]))["messages"]
    bus = [repr(entry) for entry in await shop.house.redis.xrange(STREAM) or ()]
    assert {(m["occasion"], m["channel"], m["state"], m["to"]) for m in messages} == {
        (occasion, channel, "KEPT", to)
        for occasion in ("ISSUED", "PAID")
        for channel, to in (("EMAIL", email), ("WHATSAPP", f"91{phone}"))
    }
    assert all(f"Invoice {issued['number']}".casefold() in m["text"].casefold() for m in messages)
    links = {m["link"].partition("?")[0] for m in messages if m["link"]}
    assert links == {f"https://wa.me/91{phone}"}
    assert {(m["to"], m["text"], m["link"]) for m in masked} == {(None, None, None)}
    assert any(issued["key"] in entry for entry in bus)
    assert [e for e in bus if "joshi" in e or phone in e or "Meera" in e] == []


async def test_a_ticket_closed_again_keeps_its_draft(shop: Shop, somebody: Somebody) -> None:
    """What somebody wrote is not lost, and nothing is issued while the ticket is open again."""
    asha, boss = somebody(Role.TECHNICIAN, name="asha"), shop.accountant
    ticket = (await asha.report("Jerks uphill", vehicle=VEHICLE))["key"]
    await _repaired(asha, ticket)
    await _draft(shop, ticket)
    invoice = {"customer": {"name": "Nandini Rao"}}
    await boss.ask(EDIT, op=op(), ticket=ticket, n=1, invoice=invoice)
    reopen = STEP % ("", "reopenTicket", "", "TicketReopened")
    await shop.admin.ask(reopen, op=op(), id=ticket, n=4)
    early = await boss.ask(ISSUE, op=op(), ticket=ticket)
    assert early["__typename"] == "IllegalTransition"
    assert (await _draft(shop, ticket))["customer"]["name"] == "Nandini Rao"
