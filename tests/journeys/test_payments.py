"""Money that comes in over GraphQL: who may write it down, and what a refusal leaves as it was."""

import pytest

from billing.ledger.verification import verify_books
from domain.access import Role
from domain.personal_data import MASKED
from tests.journeys.billing_garage import PAY, REFUND, Shop, furnished, op, written
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE
from web.wiring import Runtime

pytestmark = pytest.mark.journey
ADVANCE = """mutation ($op: UUID!, $ticket: ID!, $payment: PaymentInput!) {
  recordAdvance(operationId: $op, ticket: $ticket, payment: $payment) {
    __typename ... on PaymentRecorded { payment { paymentKind amount { paise } } }
    ... on Refusal { message } } }"""

PARTS = """mutation ($op: UUID!, $invoice: ID!, $payment: PaymentInput!,
  $also: [PaymentPartInput!]) {
  recordPayment(operationId: $op, invoice: $invoice, payment: $payment, also: $also) {
    __typename
    ... on PaymentRecorded {
      payment { id receipt } invoice { due { paise } }
      payments { receipt method paymentKind amount { paise } } }
    ... on OverLimit { field asked most } ... on InvalidInput { field }
    ... on Refusal { message } } }"""

FIND = """query ($filter: InvoiceFilterInput) { invoices(first: 9, filter: $filter) {
  edges { node { number } } } }"""

DUES = """query ($garage: ID, $asOf: Date) {
  dues(garage: $garage, asOf: $asOf) {
    ages { age invoices amount { paise } } owed { paise } receivable { paise } } }"""
WHO_OWES = """query ($garage: ID, $age: DueAge) {
  dueInvoices(garage: $garage, age: $age, first: 99) {
    edges { node { days amount { paise } invoice { number } } } }
  dueCustomers(garage: $garage, first: 99) {
    edges { node { invoices amount { paise } ages { paise } invoice { number } } } } }"""
STATEMENT = """query ($invoice: ID!, $until: Date) { statement(invoice: $invoice, until: $until) {
  opening { paise } closing { paise } customer { name }
  lines { edges { node { kind number amount { paise } balance { paise } } } } } }"""

TILL = """query ($day: Date, $garage: ID) { till(day: $day, garage: $garage) {
  day opening { paise } expected { paise } closing { counted { paise } }
  methods { method came { paise } went { paise } } } }"""
CLOSINGS = """query { tillClosings(first: 9) { edges { node { day } } } }"""
REOPEN_TILL = """mutation ($op: UUID!, $day: Date!, $reason: String!, $garage: ID) {
  reopenTill(operationId: $op, day: $day, reason: $reason, garage: $garage) {
  __typename
  ... on TillReopened { till { closing { counted { paise } reopening { reason by } } } }
  ... on InvalidInput { field } ... on Refusal { message } } }"""
CLOSE_TILL = """mutation ($op: UUID!, $till: TillInput!) {
  closeTill(operationId: $op, till: $till) {
  __typename
  ... on TillClosed { till { expected { paise }
    closing { difference { paise } left { paise } taken { paise } takenTo reason by } } }
  ... on InvalidInput { field } ... on Refusal { message } } }"""


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


async def test_a_manager_receives_and_gives_nothing_back(shop: Shop, somebody: Somebody) -> None:
    manager = somebody(Role.MANAGER)
    issued = (await shop.issued(await shop.closed("counter")))["invoice"]
    cash = {"amount": 10_000, "method": "CASH"}
    paid = await manager.ask(PAY, op=op(), invoice=issued["id"], payment=cash)
    ahead = await manager.ask(ADVANCE, op=op(), ticket=await shop.closed("ahead"), payment=cash)
    assert (paid["invoice"]["due"], ahead["payment"]) == (
        {"paise": 1_528_700},
        {"paymentKind": "ADVANCE", "amount": {"paise": 10_000}},
    )
    before = await written(shop)
    back = {"payment": paid["payment"]["key"], "amount": 100}
    tds = {"amount": 100, "method": "TDS"}
    refused = [
        await manager.ask(REFUND, op=op(), **back),
        await manager.ask(PAY, op=op(), invoice=issued["id"], payment=tds),
        await shop.support.ask(PAY, op=op(), invoice=issued["id"], payment=cash),
    ]
    assert [said["__typename"] for said in refused] == ["NotAllowed"] * 3
    assert await written(shop) == before


async def test_several_methods_are_one_receipt_or_nothing(shop: Shop) -> None:
    issued = (await shop.issued(await shop.closed("several")))["invoice"]
    key, cash = op(), {"amount": 1_000_000, "method": "CASH"}
    card = {"amount": 500_000, "method": "CARD", "reference": "4411"}
    tds = {"amount": 38_700, "method": "TDS"}
    before = await written(shop)
    refused = [
        await shop.accountant.ask(
            PARTS, op=op(), invoice=issued["id"], payment=cash, also=[card, other]
        )
        for other in (
            {"amount": 38_701, "method": "UPI"},
            {"amount": 0, "method": "UPI"},
            {"amount": 1, "method": "UPI", "reference": "x" * 101},
        )
    ]
    assert (refused[0]["asked"], refused[0]["most"]) == (38_701, 38_700)
    whole = {"amount": 1_538_701, "method": "CASH"}
    first = await shop.accountant.ask(PARTS, op=op(), invoice=issued["id"], payment=whole)
    assert first["field"] == "payment.amount"
    many = await shop.accountant.ask(
        PARTS, op=op(), invoice=issued["id"], payment=cash, also=[card] * 10
    )
    assert await written(shop) == before
    assert [said.get("field") for said in (*refused, many)] == [
        "also.1.amount",
        "also.1.amount",
        "also.1.reference",
        "also",
    ]
    given = {"op": key, "invoice": issued["id"], "payment": cash, "also": [card, tds]}
    paid = await shop.accountant.ask(PARTS, **given)
    again = await shop.accountant.ask(PARTS, **given)
    assert (again["payment"], again["invoice"]) == (paid["payment"], {"due": {"paise": 0}})
    assert {one["receipt"] for one in paid["payments"]} == {paid["payment"]["id"]}
    assert sorted(
        (one["method"], one["paymentKind"], one["amount"]["paise"]) for one in paid["payments"]
    ) == [
        ("CARD", "PAYMENT", 500_000),
        ("CASH", "PAYMENT", 1_000_000),
        ("TDS", "TDS", 38_700),
    ]
    assert (await written(shop))["events"] == before["events"] + 1
    assert (await verify_books(shop.house.records)).touched is None


async def test_a_bill_is_found_again_in_its_garage_alone(shop: Shop, somebody: Somebody) -> None:
    number = (await shop.issued(await shop.closed("sought")))["invoice"]["number"]
    found = [{"node": {"number": number}}]
    asked = {"number": f" {number.lower()}", "status": "ISSUED", "least": 1_538_700}
    own = await shop.accountant.ask(FIND, filter=asked)
    named = await shop.admin.ask(FIND, filter={**asked, "garage": PUNE})
    theirs = await somebody(Role.ACCOUNTANT, DELHI).ask(FIND, filter=asked)
    assert (own["edges"], named["edges"], theirs["edges"]) == (found, found, [])


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"number": "PN1%"}, "filter.number"),
        ({"number": "9" * 17}, "filter.number"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "filter.until"),
        ({"least": -1}, "filter.least"),
        ({"least": 2, "most": 1}, "filter.most"),
        ({"gstin": "27AAAPL12X4C1Z0"}, "filter.gstin"),
    ],
)
async def test_a_filter_that_means_nothing_is_named(
    shop: Shop, asked: dict[str, object], field: str
) -> None:
    answer = await shop.accountant.answer(FIND, filter=asked)
    assert answer["errors"][0]["extensions"]["field"] == field


async def test_of_all_garages_a_list_by_number_names_one(shop: Shop, somebody: Somebody) -> None:
    answer = await shop.admin.answer(FIND, filter={"number": "PN1"})
    theirs = await somebody(Role.ACCOUNTANT, DELHI).answer(FIND, filter={"garage": PUNE})
    assert [said["errors"][0]["extensions"]["code"] for said in (answer, theirs)] == [
        "INVALID_INPUT",
        "NOT_ALLOWED",
    ]


async def test_dues_and_a_statement_say_what_is_owed(shop: Shop, somebody: Somebody) -> None:
    issued = (await shop.issued(await shop.closed("owing")))["invoice"]
    cash = {"amount": 38_700, "method": "CASH"}
    before = await shop.accountant.ask(DUES)
    await shop.accountant.ask(PAY, op=op(), invoice=issued["id"], payment=cash)
    said = await shop.accountant.ask(DUES, garage=PUNE)
    assert before["receivable"]["paise"] - said["receivable"]["paise"] == 38_700
    assert said["ages"][0]["amount"] == said["owed"]
    assert [one["invoices"] for one in said["ages"][1:]] == [0, 0, 0]
    node = {"amount": {"paise": 1_500_000}, "invoice": {"number": issued["number"]}}
    due = (await shop.accountant.answer(WHO_OWES, age="DAYS_0_TO_30"))["data"]
    assert node | {"days": 0} in [edge["node"] for edge in due["dueInvoices"]["edges"]]
    ages = [{"paise": 1_500_000}, *[{"paise": 0}] * 3]
    assert node | {"invoices": 1, "ages": ages} in [
        edge["node"] for edge in due["dueCustomers"]["edges"]
    ]
    told = {
        who: await who.ask(STATEMENT, invoice=issued["id"])
        for who in (shop.accountant, shop.support)
    }
    assert [one["customer"]["name"] for one in told.values()] == ["Meera Joshi", MASKED]
    assert told[shop.support]["closing"] == {"paise": 1_500_000}
    assert [
        (edge["node"]["kind"], edge["node"]["number"], edge["node"]["balance"]["paise"])
        for edge in told[shop.support]["lines"]["edges"]
    ] == [
        ("INVOICE", issued["number"], 1_538_700),
        ("PAYMENT", issued["number"], 1_500_000),
    ]
    theirs = somebody(Role.ACCOUNTANT, DELHI)
    refused = [
        await theirs.answer(DUES, garage=PUNE),
        await theirs.answer(WHO_OWES, garage=PUNE),
        await theirs.answer(STATEMENT, invoice=issued["id"]),
        await shop.accountant.answer(STATEMENT, invoice="inv_nowhere"),
        await shop.support.answer(DUES),
        await shop.accountant.answer(DUES, asOf="2999-01-01"),
    ]
    assert [answer["errors"][0]["extensions"]["code"] for answer in refused] == [
        *("NOT_ALLOWED", "NOT_ALLOWED", "NOT_FOUND", "NOT_FOUND", "NOT_ALLOWED", "INVALID_INPUT")
    ]


@pytest.mark.parametrize(
    ("till", "field"),
    [
        ({"counted": -1}, "till.counted"),
        ({"counted": 1, "left": 2}, "till.left"),
        ({"counted": 1, "day": "2199-01-01"}, "till.day"),
        ({"counted": 1, "day": "2020-01-01"}, "till.reason"),
        ({"counted": 1, "day": "2020-01-01", "reason": "x" * 501}, "till.reason"),
    ],
)
async def test_a_count_is_refused_by_its_field(
    shop: Shop, till: dict[str, object], field: str
) -> None:
    before = await written(shop)
    said = await shop.accountant.ask(CLOSE_TILL, op=op(), till=till)
    assert (said["__typename"], said["field"]) == ("InvalidInput", field)
    assert await written(shop) == before


async def test_a_manager_closes_the_till_of_the_own_garage(
    house: Runtime, shop: Shop, somebody: Somebody
) -> None:
    """In a garage of its own: whatever is paid in the shop later today would be refused."""
    manager, theirs = somebody(Role.MANAGER, DELHI), somebody(Role.ACCOUNTANT, PUNE)
    key, count = (
        op(),
        {"counted": 50_000, "opening": 49_000, "left": 10_000, "reason": "A gift, kept"},
    )
    refused = [
        await shop.support.ask(CLOSE_TILL, op=op(), till=count),
        await theirs.ask(CLOSE_TILL, op=op(), till={**count, "garage": DELHI}),
    ]
    closed = await manager.ask(CLOSE_TILL, op=key, till=count)
    again = await manager.ask(CLOSE_TILL, op=key, till=count)
    assert [said["__typename"] for said in refused] == ["NotAllowed"] * 2
    assert again == closed
    assert closed["till"] == {
        "expected": {"paise": 49_000},
        "closing": {
            "difference": {"paise": 1_000},
            "left": {"paise": 10_000},
            "taken": {"paise": 40_000},
            "takenTo": "BANK",
            "reason": "A gift, kept",
            "by": manager.actor.id,
        },
    }
    seen = await manager.ask(TILL)
    assert (seen["closing"], seen["methods"]) == ({"counted": {"paise": 50_000}}, [])
    assert len((await manager.ask(CLOSINGS))["edges"]) == 1
    assert (await shop.accountant.ask(CLOSINGS))["edges"] == []
    day, why, accountant = seen["day"], "A gift was none", somebody(Role.ACCOUNTANT, DELHI)
    told = [
        await manager.ask(REOPEN_TILL, op=op(), day=day, reason=why),
        await theirs.ask(REOPEN_TILL, op=op(), day=day, reason=why, garage=DELHI),
        await accountant.ask(REOPEN_TILL, op=op(), day=day, reason="None"),
    ]
    assert [said["__typename"] for said in told] == ["NotAllowed", "NotAllowed", "InvalidInput"]
    undone = await accountant.ask(REOPEN_TILL, op=op(), day=day, reason=why)
    assert undone["till"]["closing"] == {
        "counted": {"paise": 50_000},
        "reopening": {"reason": why, "by": accountant.actor.id},
    }
    assert (await manager.ask(TILL))["closing"] is None
    hidden = await theirs.answer(TILL, garage=DELHI)
    assert hidden["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    assert (await verify_books(house.records)).touched is None
