"""Money that comes in over GraphQL: who may write it down, and what a refusal leaves as it was."""

import pytest

from billing.ledger.verification import verify_books
from domain.access import Role
from tests.journeys.billing_garage import PAY, REFUND, Shop, furnished, op, written
from tests.journeys.conftest import Somebody
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


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


@pytest.mark.row("AZ-2")
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
    many = await shop.accountant.ask(
        PARTS, op=op(), invoice=issued["id"], payment=cash, also=[card] * 10
    )
    assert await written(shop) == before
    assert [said.get("field") for said in (*refused, many)] == [
        "amount",
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
