"""How often the stores are asked: N cards cost as many calls as one."""

from dataclasses import replace
from typing import Any

import pytest

from domain.cards import PartUse
from domain.codes import CodeKey
from domain.ids import CardId
from domain.tickets import Matching, SeenSymptom, ShownCard
from tests.domain.samples import CARD, NOW, TICKET
from tests.resolvers.fakes import World
from tests.web.clients import ask

EVERYTHING = """
query ($first: Int!) {
  cards(first: $first) {
    edges {
      node {
        title keywords symptomHash effectiveness { score }
        signature {
          symptoms { text component { name suppliers { name } } }
          errorCodes { description component { name partOf { name } } }
          component { name }
        }
        resolution { parts { quantity part { name fits(first: 1) { edges { node { model } } } } } }
        cites { title }
        ticket { text }
      }
    }
  }
}
"""
TICKETS = """
{
  tickets(first: 50) {
    edges {
      node {
        text
        symptoms { confidence symptom { text } }
        errorCodes { description }
        suggestions { state cards { rank card { title signature { symptoms { text } } } } }
        draft { title }
      }
    }
  }
}
"""


def full(n: int) -> World:
    world = World()
    for i in range(n):
        signature = replace(
            CARD.signature,
            symptoms=(f"SYM_BATT_00{i % 3 + 1}",),
            error_codes=(CodeKey("ather:E401"), CodeKey("sae:P0A1F")),
            component="bms",
        )
        card = replace(
            CARD,
            id=CardId(f"fc_card_{i:03}"),
            signature=signature,
            resolution=replace(CARD.resolution, parts=(PartUse(part="bms-a"),)),
            cause=replace(CARD.cause, cites=(CardId("fc_card_000"),)),
            provenance=replace(CARD.provenance, ticket=TICKET.id),
        )
        world.hold(card)
    world.tickets.held[TICKET.id] = TICKET
    return world


@pytest.mark.parametrize("n", [1, 10, 100])
async def test_cards_cost_a_constant_number_of_calls(n: int) -> None:
    world = full(n)
    answer = await ask(world, EVERYTHING, {"first": 20})
    assert "errors" not in answer
    assert len(answer["data"]["cards"]["edges"]) == min(n, 20)
    assert world.asked == {
        "cards.page": 1,
        "cards.many": 1,
        "tickets.many": 1,
        "symptoms": 1,
        "error_codes": 1,
        "components": 2,
        "suppliers": 1,
        "parts": 1,
        "models": 1,
    }


async def test_tickets_cost_a_constant_number_of_calls() -> None:
    world = full(5)
    for i in range(20):
        ticket = replace(
            TICKET,
            id=type(TICKET.id)(f"tkt_{i:04}"),
            matching=Matching.FOUND,
            symptoms=(SeenSymptom(code="SYM_BATT_001", confidence=0.8),),
            codes=(CodeKey("ather:E401"),),
        )
        world.tickets.held[ticket.id] = ticket
        world.tickets.suggested[ticket.id] = tuple(
            ShownCard(card=CardId(f"fc_card_00{k}"), rank=k + 1, score=1.0, ranker="fake", at=NOW)
            for k in range(5)
        )
    answer = await ask(world, TICKETS)
    assert "errors" not in answer
    assert world.asked["tickets.page"] == 1
    assert world.asked["tickets.shown_cards"] == 1
    assert world.asked["cards.many"] == 2
    assert world.asked["symptoms"] <= 2
    assert world.asked["error_codes"] == 1


async def test_pages_lead_from_one_to_the_next() -> None:
    world, seen, page = full(25), list[str](), dict[str, Any]()
    after: str | None = None
    query = """query ($after: String) { cards(first: 10, after: $after) {
        edges { node { key } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    for _ in range(3):
        page = (await ask(world, query, {"after": after}))["data"]["cards"]
        seen += [edge["node"]["key"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [f"fc_card_{i:03}" for i in range(25)]
    assert page["pageInfo"]["hasNextPage"] is False
    assert page["pageInfo"]["hasPreviousPage"] is True
