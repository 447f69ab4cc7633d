"""A closed repair becomes an invoice, is paid in two parts and partly credited, over GraphQL."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader

from billing.verification import verify
from domain.access import Role
from domain.cards import PartUse
from domain.ids import PersonId, TicketId
from domain.outcomes import Outcome
from domain.tickets import Ticket, TicketStatus
from domain.vehicles import VehicleContext, VehicleModel
from domain.vocabulary import Part
from tests.billing.booked import synthetic_gstin
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person, eventually
from web.wiring import Opened

MODEL = VehicleModel(make="Ather", model="450X", year=2024)
SETTINGS = """mutation ($op: UUID!, $settings: BillingSettingsInput!, $garage: ID) {
  setBillingSettings(operationId: $op, expectedVersion: 0, settings: $settings, garage: $garage) {
    __typename ... on BillingSettingsChanged { settings { version series labourRate { paise } } }
    ... on Refusal { message } } }"""
PRICE = """mutation ($op: UUID!, $price: PriceInput!) {
  setPrice(operationId: $op, price: $price) {
    __typename ... on PriceSet { price { source amount { paise } } }
    ... on Refusal { message } } }"""
ESTIMATE = """query ($ticket: ID!, $invoice: InvoiceInput!) {
  estimate(ticket: $ticket, invoice: $invoice) { __typename
  ... on Estimate { estimated unpriced totals { payable { paise } } lines { description } }
  ... on Refusal { message } } }"""
ISSUE = """mutation ($op: UUID!, $ticket: ID!, $invoice: InvoiceInput!) {
  issueInvoice(operationId: $op, ticket: $ticket, invoice: $invoice) {
    __typename
    ... on InvoiceIssued { invoice { id key number status due { paise } customer { name masked }
      totals { taxable { paise } cgst { paise } sgst { paise } igst { paise }
        payable { paise text } }
      ticket { status } } }
    ... on InvalidInput { field reason } ... on Refusal { message } } }"""
PAY = """mutation ($op: UUID!, $invoice: ID!, $payment: PaymentInput!) {
  recordPayment(operationId: $op, invoice: $invoice, payment: $payment) {
    __typename ... on PaymentRecorded { payment { key } invoice { status due { paise } } }
    ... on OverLimit { field asked most } ... on Refusal { message } } }"""
CREDIT = """mutation ($op: UUID!, $invoice: ID!, $lines: [CreditLineInput!]) {
  issueCreditNote(operationId: $op, invoice: $invoice, reason: "Part came back", lines: $lines) {
    __typename ... on CreditNoteIssued { creditNote { number kind original { number } }
      invoice { status due { paise } credited { paise } } }
    ... on Refusal { message } } }"""
REFUND = """mutation ($op: UUID!, $payment: ID!, $amount: Paise!) {
  refundPayment(operationId: $op, payment: $payment, amount: $amount) {
    __typename ... on PaymentRecorded { payment { kind } invoice { due { paise } } }
    ... on Refusal { message } } }"""
VOID = """mutation ($op: UUID!, $invoice: ID!) {
  voidInvoice(operationId: $op, invoice: $invoice, reason: "Wrong customer") {
    __typename ... on InvoiceVoided { invoice { status } } ... on Refusal { message } } }"""
READ = """query ($id: ID!) { invoice(id: $id) {
  number status pdf customer { name gstin phone masked } due { paise }
  lines(first: 10) { edges { node { description hsn quantity unit rate total { paise } } } }
  creditNotes { number } payments { kind method amount { paise } } } }"""
LIST = """query ($gstin: String) {
  invoices(first: 10, gstin: $gstin) { edges { node { number kind } } } }"""
MONTH = """query ($month: String!) { monthReport(month: $month) { hsn rate lines } }"""
CLOSE = """mutation ($op: UUID!, $month: String!) { closeMonth(operationId: $op, month: $month) {
  __typename ... on Refusal { message } } }"""
OFFERS = """query ($part: ID!, $ticket: ID!) { offers(part: $part, ticket: $ticket) {
  __typename ... on PartOffers { price { source amount { paise } } stock { quantity } }
  ... on InvalidInput { field reason } } }"""
STOCK = """mutation ($op: UUID!, $stock: StockInput!) {
  adjustStock(operationId: $op, stock: $stock) {
    __typename ... on StockAdjusted { stock { quantity negative } }
    ... on Refusal { message } } }"""


def op() -> str:
    return str(uuid4())


@dataclass
class Shop:
    """A garage that may bill, and those who work there."""

    house: Opened
    admin: Person
    accountant: Person
    support: Person

    async def closed(self, name: str, **changes: object) -> str:
        """Give a ticket that was closed with one controller and 50 minutes."""
        given: dict[str, Any] = {
            "id": TicketId(f"tkt_{name}"),
            "version": 1,
            "status": TicketStatus.CLOSED,
            "text": "Jerks at low speed",
            "garage": PUNE,
            "reporter": PersonId("ravi"),
            "opened_at": datetime.now(UTC),
            "vehicle": VehicleContext(make="Ather", model="450X", year=2024),
            "outcome": Outcome(worked=True, minutes=50, parts=(PartUse(part="controller"),)),
        }
        ticket = Ticket(**{**given, **changes})  # pyright: ignore[reportArgumentType]
        await self.house.tickets.add(ticket, [])
        return ticket.id

    async def issued(self, ticket: str, key: str | None = None, **customer: object) -> Any:  # noqa: ANN401 - JSON
        invoice = {"customer": {"name": "Meera Joshi", "phone": "9800000000", **customer}}
        return await self.accountant.ask(ISSUE, op=key or op(), ticket=ticket, invoice=invoice)


def settings(series: str = "PN1", **changes: object) -> dict[str, object]:
    return {
        "legalName": "Synthetic Motors",
        "address": "12 Karve Road, Pune",
        "state": "27",
        "pincode": "411004",
        "labourRate": 60_000,
        "series": series,
        "gstin": synthetic_gstin("27"),
        "upi": "synthetic@bank",
        **changes,
    }


@pytest.fixture(scope="module")
async def shop(house: Opened, somebody: Somebody) -> Shop:
    await house.vocabulary.load_vehicles([MODEL])
    await house.vocabulary.load_parts(
        [
            Part(id="controller", name="Motor controller", hsn="85371000", fits=(MODEL.id,)),
            Part(id="other", name="Bus door", hsn="87089900", fits=("tata-bus",)),
            Part(id="unpriced", name="Gold plate", hsn="85371000", fits=(MODEL.id,)),
            Part(id="untaxed", name="Live horse", hsn="0101", fits=(MODEL.id,)),
        ]
    )
    admin = somebody(Role.ADMIN, PUNE)
    made = Shop(
        house, admin, somebody(Role.ACCOUNTANT, PUNE), somebody(Role.CUSTOMER_SUPPORT, PUNE)
    )
    said = await admin.ask(SETTINGS, op=op(), settings=settings(), garage=PUNE)
    assert said["settings"] == {"version": 1, "series": "PN1", "labourRate": {"paise": 60_000}}
    for part in ("controller", "untaxed"):
        price = {"part": part, "amount": 1_250_000}
        priced = await made.accountant.ask(PRICE, op=op(), price=price)
        assert priced["price"] == {"source": "LIST", "amount": {"paise": 1_250_000}}
    return made


@pytest.mark.journey
async def test_closed_repair_is_invoiced_paid_and_credited(
    shop: Shop, door: httpx.AsyncClient
) -> None:
    ticket = await shop.closed("whole")
    invoice = {"customer": {"name": "Meera Joshi"}}
    estimate = await shop.accountant.ask(ESTIMATE, ticket=ticket, invoice=invoice)
    issued = (await shop.issued(ticket))["invoice"]
    assert estimate["totals"]["payable"]["paise"] == issued["totals"]["payable"]["paise"]
    assert issued["totals"] == {
        "taxable": {"paise": 1_304_000},
        "cgst": {"paise": 117_360},
        "sgst": {"paise": 117_360},
        "igst": {"paise": 0},
        "payable": {"paise": 1_538_700, "text": "15,387.00"},
    }
    assert (issued["status"], issued["ticket"]["status"]) == ("ISSUED", "INVOICED")

    first = {"amount": 500_000, "method": "UPI"}
    paid = await shop.accountant.ask(PAY, op=op(), invoice=issued["id"], payment=first)
    assert paid["invoice"] == {"status": "PARTLY_PAID", "due": {"paise": 1_038_700}}
    rest = {"amount": 1_038_700, "method": "CASH"}
    paid = await shop.accountant.ask(PAY, op=op(), invoice=issued["id"], payment=rest)
    assert paid["invoice"] == {"status": "PAID", "due": {"paise": 0}}

    lines = [{"line": 2}]
    credited = await shop.accountant.ask(CREDIT, op=op(), invoice=issued["id"], lines=lines)
    assert credited["creditNote"]["original"] == {"number": issued["number"]}
    assert credited["invoice"]["credited"] == {"paise": 63_720}
    back = {"payment": paid["payment"]["key"], "amount": 63_720}
    refunded = await shop.accountant.ask(REFUND, op=op(), **back)
    assert refunded == {
        "__typename": "PaymentRecorded",
        "payment": {"kind": "refund"},
        "invoice": {"due": {"paise": 0}},
    }

    read = await shop.accountant.ask(READ, id=issued["id"])
    assert [p["amount"]["paise"] for p in read["payments"]] == [500_000, 1_038_700, 63_720]
    answer = await door.get(read["pdf"])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert issued["number"] in text
    assert "Meera Joshi" in text


@pytest.mark.journey
async def test_pdf_needs_the_signature(shop: Shop, door: httpx.AsyncClient) -> None:
    issued = (await shop.issued(await shop.closed("signed")))["invoice"]
    link = (await shop.accountant.ask(READ, id=issued["id"]))["pdf"]
    wrong = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert [(await door.get(at)).status_code for at in (wrong, link.split("?")[0], link)] == [
        403,
        403,
        200,
    ]


@pytest.mark.journey
async def test_support_reads_invoices_masked(shop: Shop) -> None:
    number = synthetic_gstin("27", "BBBPK5678D")
    issued = (await shop.issued(await shop.closed("masked"), gstin=number))["invoice"]
    read = await shop.support.ask(READ, id=issued["id"])
    refused = await shop.support.ask(
        ISSUE, op=op(), ticket="tkt_masked", invoice={"customer": {"name": "x"}}
    )
    found = await shop.accountant.ask(LIST, gstin=number.lower())
    assert read["customer"] == {
        "name": "M••••",
        "gstin": f"27XXXXXXXXX{number[-4:]}",
        "phone": "••••",
        "masked": True,
    }
    assert refused["__typename"] == "NotAllowed"
    assert [edge["node"]["number"] for edge in found["edges"]] == [issued["number"]]


@pytest.mark.journey
async def test_other_garages_see_nothing(shop: Shop, somebody: Somebody) -> None:
    issued = (await shop.issued(await shop.closed("ours")))["invoice"]
    other = somebody(Role.ACCOUNTANT, DELHI)
    theirs = {"ticket": "tkt_ours", "invoice": {"customer": {"name": "x"}}}
    assert await other.ask(READ, id=issued["id"]) is None
    assert (await other.ask(LIST))["edges"] == []
    assert (await other.ask(ISSUE, op=op(), **theirs))["__typename"] == "NotFound"


@pytest.mark.journey
async def test_void_is_for_administrators(shop: Shop) -> None:
    issued = (await shop.issued(await shop.closed("void")))["invoice"]
    refused = await shop.accountant.ask(VOID, op=op(), invoice=issued["id"])
    void = await shop.admin.ask(VOID, op=op(), invoice=issued["id"])
    again = await shop.issued("tkt_void")
    assert refused["__typename"] == "NotAllowed"
    assert void["invoice"] == {"status": "VOID"}
    assert again["__typename"] == "InvoiceIssued"


@pytest.mark.journey
@pytest.mark.row("MK-1")
async def test_part_of_another_model_is_not_offered(shop: Shop) -> None:
    ticket = await shop.closed("offers")
    stocked = await shop.admin.ask(
        STOCK, op=op(), stock={"part": "controller", "quantity": -1, "reason": "Counted"}
    )
    fitting = await shop.accountant.ask(OFFERS, part="controller", ticket=ticket)
    other = await shop.accountant.ask(OFFERS, part="other", ticket=ticket)
    assert stocked["stock"] == {"quantity": -1, "negative": True}
    assert fitting["price"] == {"source": "LIST", "amount": {"paise": 1_250_000}}
    assert other == {
        "__typename": "InvalidInput",
        "field": "part",
        "reason": "other does not fit this vehicle",
    }


@pytest.mark.journey
async def test_bad_input_names_its_field_and_writes_nothing(shop: Shop) -> None:
    before = await _written(shop)
    wrong = synthetic_gstin("27")[:-1] + "0"
    ticket = await shop.closed("bad")
    unpriced = Outcome(worked=True, minutes=5, parts=(PartUse(part="unpriced"),))
    tbd = await shop.closed("tbd", outcome=unpriced)
    horse = Outcome(worked=True, minutes=5, parts=(PartUse(part="untaxed"),))
    unknown = await shop.closed("horse", outcome=horse)
    still = await shop.closed("still", status=TicketStatus.IN_PROGRESS)

    async def field(ticket: str, **more: object) -> tuple[str, str | None]:
        invoice = {"customer": {"name": "Meera"}, **more}
        said = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=invoice)
        return said["__typename"], said.get("field")

    found = [
        await field(ticket, customer={"name": "Meera", "gstin": wrong}),
        await field(ticket, currency="USD"),
        await field(ticket, day="2099-01-01"),
        await field(ticket, day="2010-01-01"),
        await field(ticket, discounts=[{"part": "other", "amount": 1}]),
        await field(ticket, labourDiscount=10_000_000),
        await field(tbd),
        await field(unknown),
        await field(still),
    ]
    assert found == [
        ("InvalidInput", "customer.gstin"),
        ("InvalidInput", "currency"),
        ("InvalidInput", "date"),
        ("InvalidInput", "date"),
        ("InvalidInput", "discounts"),
        ("InvalidInput", "discount"),
        ("InvalidInput", "parts"),
        ("InvalidInput", "lines.1.hsn"),
        ("IllegalTransition", None),
    ]
    assert await _written(shop) == before


@pytest.mark.journey
async def test_absurd_amounts_name_their_field_and_write_nothing(shop: Shop) -> None:
    issued = (await shop.issued(await shop.closed("absurd")))["invoice"]
    before = await _written(shop)
    paid = [
        await shop.accountant.ask(
            PAY, op=op(), invoice=issued["id"], payment={"amount": amount, "method": "CASH"}
        )
        for amount in (0, -1, 999_999_999_999)
    ]
    credited = [
        await shop.accountant.ask(CREDIT, op=op(), invoice=issued["id"], lines=[{"line": 1, **how}])
        for how in ({"quantity": "-1"}, {"quantity": "NaN"}, {"quantity": "2"}, {"amount": 0})
    ]
    beyond = await shop.accountant.answer(
        PAY, op=op(), invoice=issued["id"], payment={"amount": 10**15, "method": "CASH"}
    )
    broken = await shop.accountant.answer(
        PAY, op=op(), invoice=issued["id"], payment={"amount": 0.5, "method": "CASH"}
    )
    assert [said["__typename"] for said in paid] == ["InvalidInput", "InvalidInput", "OverLimit"]
    assert {said["__typename"] for said in credited} == {"InvalidInput"}
    assert "at .amount" in beyond["errors"][0]["message"]
    assert "at .amount" in broken["errors"][0]["message"]
    assert await _written(shop) == before


@pytest.mark.journey
async def test_month_is_closed_and_reported(shop: Shop) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    await shop.issued(await shop.closed("month"))
    found = await shop.accountant.ask(MONTH, month=month)
    running = await shop.accountant.ask(CLOSE, op=op(), month=month)
    closed = await shop.accountant.ask(CLOSE, op=op(), month="2020-01")
    backdated = await shop.accountant.ask(
        ISSUE,
        op=op(),
        ticket=await shop.closed("old"),
        invoice={"customer": {"name": "x"}, "day": "2020-01-31"},
    )
    assert [(total["hsn"], total["rate"]) for total in found] == [
        ("85371000", "18"),
        ("998714", "18"),
    ]
    assert (running["__typename"], closed["__typename"]) == ("InvalidInput", "MonthWasClosed")
    assert backdated["__typename"] == "MonthClosed"


async def _written(shop: Shop) -> dict[str, int]:
    return (
        await shop.house.records.rows(
            "select (select count(*) from document) as papers,"
            " (select count(*) from entry) as legs,"
            " (select count(*) from money_event) as events, (select count(*) from outbox) as told"
        )
    )[0]


@pytest.mark.journey
async def test_books_are_kept_beside_the_service(shop: Shop) -> None:
    """What `serve` and `work` run: partitions ahead, heads anchored, abandoned sagas ended."""
    books = shop.house.books
    await shop.issued(await shop.closed("beside"))
    loops = [asyncio.create_task(run()) for run in (books.prepare, books.anchor, books.recover)]

    async def kept() -> int:
        return len(books.anchors.read())

    anchored = await eventually(kept, lambda n: n > 0)
    for task in loops:
        task.cancel()
    ended = await asyncio.gather(*loops, return_exceptions=True)
    verdict = await verify(shop.house.records, books.anchors.read())
    assert anchored > 0
    assert [type(end) for end in ended] == [asyncio.CancelledError] * 3
    assert verdict.touched is None
