"""What a card's fix would cost in a garage: asked over the API, of real prices and shelves."""

from datetime import datetime
from typing import Any

import pytest

from domain.access import Role
from domain.cards import PartUse, Resolution, SolutionType
from domain.ids import GarageId
from tests.journeys.billing_garage import PRICE, STOCK, Shop, furnished, op
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE
from tests.journeys.planted_cards import plant
from web.wiring import Runtime

OF_CARD = """query ($id: ID!, $garage: ID) { card(id: $id) { estimate(garage: $garage) {
  asOf hours unpriced hourlyRate { paise } labour { paise } total { paise text }
  parts { key quantity total { paise } stock { quantity } part { name }
    price { source at amount { paise } } } } } }"""


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


async def planted(house: Runtime, name: str, *parts: PartUse, minutes: int = 50) -> str:
    fix = Resolution(type=SolutionType.REPAIR, parts=parts, labour_minutes=minutes)
    return (await plant(house, name, "Jerks at low speed", resolution=fix)).id


@pytest.mark.row("CA-22", "CA-23")
@pytest.mark.journey
async def test_a_card_tells_what_it_costs_here(house: Runtime, shop: Shop) -> None:
    card = await planted(house, "costs", PartUse(part="controller", quantity=2))
    shelf = {"part": "controller", "quantity": 3, "reason": "Delivered"}
    await shop.admin.ask(STOCK, op=op(), stock=shelf)
    before = await shop.support.ask(OF_CARD, id=card)
    changed = await shop.accountant.ask(
        PRICE, op=op(), price={"part": "controller", "amount": 1_249_999}
    )
    assert changed["price"]["amount"] == {"paise": 1_249_999}
    found = (await shop.support.ask(OF_CARD, id=card))["estimate"]
    assert before["estimate"]["total"]["paise"] == 2 * 1_250_000 + 54_000
    [part] = found["parts"]
    holds_from = datetime.fromisoformat(part["price"].pop("at"))
    assert datetime.fromisoformat(before["estimate"]["asOf"]) <= holds_from
    assert holds_from <= datetime.fromisoformat(found.pop("asOf"))
    assert found == {
        "hours": "0.9",
        "unpriced": [],
        "hourlyRate": {"paise": 60_000},
        "labour": {"paise": 54_000},
        "total": {"paise": 2_553_998, "text": "25,539.98"},
        "parts": [
            {
                "key": "controller",
                "quantity": 2,
                "total": {"paise": 2_499_998},
                "stock": {"quantity": 3},
                "part": {"name": "Motor controller"},
                "price": {"source": "LIST", "amount": {"paise": 1_249_999}},
            }
        ],
    }


@pytest.mark.row("CA-22", "CA-23")
@pytest.mark.journey
async def test_what_has_no_price_is_said(house: Runtime, shop: Shop) -> None:
    card = await planted(house, "dear", PartUse(part="controller"), PartUse(part="unpriced"))
    found = (await shop.support.ask(OF_CARD, id=card))["estimate"]
    assert (found["unpriced"], found["total"]) == (["unpriced"], None)
    assert found["parts"][1]["price"] == {"source": "TO_BE_DETERMINED", "at": None, "amount": None}


@pytest.mark.journey
async def test_another_garage_is_told_nothing(
    house: Runtime, shop: Shop, somebody: Somebody
) -> None:
    card = await planted(house, "theirs", PartUse(part="controller"))
    for garage in (PUNE, GarageId("garage_nowhere")):
        asked: Any = await somebody(Role.TECHNICIAN, DELHI).ask(OF_CARD, id=card, garage=garage)
        assert asked == {"estimate": None}
    own = await somebody(Role.TECHNICIAN, DELHI).ask(OF_CARD, id=card)
    assert (own["estimate"]["hourlyRate"], own["estimate"]["total"]) == (None, None)
    theirs = await shop.admin.ask(OF_CARD, id=card, garage=PUNE)
    assert theirs["estimate"]["hourlyRate"] == {"paise": 60_000}
