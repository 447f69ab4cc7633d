"""A garage that may bill, who works there, and the documents that its books are asked with."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from billing.gst.e_invoice import CRORE
from billing.gst.law_dates import law_day
from billing.gst.pincodes import DISTRICTS
from domain.access import Role
from domain.cards import PartUse
from domain.ids import PersonId, TicketId
from domain.outcomes import Outcome
from domain.tickets import Ticket, TicketStatus
from domain.vehicles import VehicleContext, VehicleModel
from domain.vocabulary import Part
from tests.billing.sample_books import synthetic_gstin
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, Person
from web.wiring import Runtime

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
    ... on InvalidInput { field reason } ... on NotFound { kind } ... on Refusal { message } } }"""
EDIT = """mutation ($op: UUID!, $ticket: ID!, $n: Int!, $invoice: InvoiceInput!) {
  editDraft(operationId: $op, ticket: $ticket, expectedVersion: $n, invoice: $invoice) {
    __typename ... on InvalidInput { field reason } ... on Refusal { message } } }"""
RESOLVE = """mutation ($op: UUID!, $id: ID!, $n: Int!, $outcome: OutcomeInput!) {
  resolveTicket(operationId: $op, id: $id, expectedVersion: $n, outcome: $outcome) {
    __typename ... on InvalidInput { field reason } ... on Refusal { message } } }"""
PAY = """mutation ($op: UUID!, $invoice: ID!, $payment: PaymentInput!) {
  recordPayment(operationId: $op, invoice: $invoice, payment: $payment) {
    __typename ... on PaymentRecorded { payment { key } invoice { status due { paise } } }
    ... on OverLimit { field asked most } ... on Refusal { message } } }"""
REGISTER = """mutation ($op: UUID!, $invoice: ID!) {
  registerInvoice(operationId: $op, invoice: $invoice) {
    __typename ... on InvoiceRegistered { invoice { eInvoice { irn ackAt cancelledAt } } }
    ... on InvalidInput { field reason } ... on Refusal { message } } }"""
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
    __typename ... on InvoiceVoided { invoice { status eInvoice { cancelledAt } } }
    ... on Refusal { message } } }"""
READ = """query ($id: ID!) { invoice(id: $id) {
  number status pdf customer { name gstin phone masked } due { paise }
  lines(first: 10) { edges { node { description hsn quantity unit rate total { paise } } } }
  creditNotes { number } payments { kind method amount { paise } } } }"""
PAPER = """query ($id: ID!, $copy: DocumentCopy) { invoice(id: $id) {
  awaitsIrn pdf(copy: $copy) messages { occasion } eInvoice { irn cancelledAt } } }"""
LIST = """query ($gstin: String) {
  invoices(first: 10, gstin: $gstin) { edges { node { number kind } } } }"""
MONTH = """query ($month: String!) {
  monthReport(month: $month) { hsn rate lines taxable { paise } } }"""
RETURN = """query ($month: String!, $gstin: String) {
  salesReturn(month: $month, gstin: $gstin) { period json tables { name csv } } }"""
EXPORT = """mutation ($op: UUID!, $month: String!, $garage: ID, $gstin: String) {
  exportSalesReturn(operationId: $op, month: $month, garage: $garage, gstin: $gstin) {
    __typename ... on SalesReturnAsked { export { id papers done finishedAt refused link } }
    ... on InvalidInput { field reason } ... on Refusal { message } } }"""
EXPORT_STANDS = """query ($id: ID!) { salesReturnExport(id: $id) {
  month papers done finishedAt refused link } }"""
CLOSE = """mutation ($op: UUID!, $month: String!) { closeMonth(operationId: $op, month: $month) {
  __typename ... on Refusal { message } } }"""
OFFERS = """query ($part: ID!, $ticket: ID!) { offers(part: $part, ticket: $ticket) {
  __typename ... on PartOffers { price { source amount { paise } } stock { quantity } }
  ... on InvalidInput { field reason } } }"""
TARIFF = """query ($search: String!) { tariffCodes(search: $search, first: 50) {
  edges { node { code goods percent source confirmed } } } }"""
STOCK = """mutation ($op: UUID!, $stock: StockInput!) {
  adjustStock(operationId: $op, stock: $stock) {
    __typename ... on StockAdjusted { stock { quantity negative } }
    ... on InvalidInput { field reason } ... on Refusal { message } } }"""


def op() -> str:
    return str(uuid4())


def running_month() -> str:
    """Give the month that runs by law: India's, which begins hours before that of UTC."""
    return f"{law_day(datetime.now(UTC)):%Y-%m}"


@dataclass
class Shop:
    """A garage that may bill, and those who work there."""

    house: Runtime
    admin: Person
    accountant: Person
    support: Person

    async def closed(self, name: str, **changes: object) -> str:
        return await closed_ticket(self.house, name, **changes)

    async def issued(self, ticket: str, key: str | None = None, **customer: object) -> Any:  # noqa: ANN401 - JSON
        invoice = {"customer": {"name": "Meera Joshi", "phone": "9800000000", **customer}}
        return await self.accountant.ask(ISSUE, op=key or op(), ticket=ticket, invoice=invoice)


async def closed_ticket(house: Runtime, name: str, **changes: object) -> str:
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
    await house.tickets.add(ticket, [])
    return ticket.id


def registered(gstin: str) -> dict[str, str]:
    """Give what the law wants to know of a registered customer."""
    state = gstin[:2]
    pincode = "411001" if state == "27" else f"{DISTRICTS.get(state, ((411, 411),))[0][0]}001"
    return {"gstin": gstin, "address": "4 Camp Road", "pincode": pincode, "state": state}


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
        "turnover": 6 * CRORE,
        **changes,
    }


async def stocked(house: Runtime) -> None:
    """Name the parts that a garage may use."""
    await house.vocabulary.load_vehicles([MODEL])
    await house.vocabulary.load_parts(
        [
            Part(id="controller", name="Motor controller", hsn="85371000", fits=(MODEL.id,)),
            Part(id="other", name="Bus door", hsn="87089900", fits=("tata-bus",)),
            Part(id="unpriced", name="Gold plate", hsn="85371000", fits=(MODEL.id,)),
            Part(id="untaxed", name="Live horse", hsn="0101", fits=(MODEL.id,)),
        ]
    )


async def furnished(house: Runtime, somebody: Somebody) -> Shop:
    """Give the garage after it has said who it is, with parts and their prices."""
    await stocked(house)
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


async def written(shop: Shop) -> dict[str, int]:
    return (
        await shop.house.records.rows(
            "select (select count(*) from document) as papers,"
            " (select count(*) from entry) as legs,"
            " (select count(*) from money_event) as events, (select count(*) from outbox) as told,"
            " (select count(*) from stock_delta) as moved, (select count(*) from price) as priced,"
            " (select coalesce(sum(version), 0) from invoice_draft) as drafted,"
            " (select count(*) from saga where state <> 'undone') as going"
        )
    )[0]
