"""Money that comes in over GraphQL: who may write it down, and what a refusal leaves as it was."""

import pytest

from domain.access import Role
from tests.journeys.billing_garage import PAY, REFUND, Shop, furnished, op, written
from tests.journeys.conftest import Somebody
from web.wiring import Runtime

pytestmark = pytest.mark.journey
ADVANCE = """mutation ($op: UUID!, $ticket: ID!, $payment: PaymentInput!) {
  recordAdvance(operationId: $op, ticket: $ticket, payment: $payment) {
    __typename ... on PaymentRecorded { payment { paymentKind amount { paise } } }
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
