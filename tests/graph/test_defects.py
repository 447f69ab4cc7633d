"""The cards of emerging defects: those of a page of alarms are one question to the graph."""

from dataclasses import replace
from typing import Any

import pytest
from neo4j import AsyncDriver

from domain.cards import Signature
from domain.defect_alarms import DefectCard
from domain.defects import Cohort, EmergingDefect
from domain.ids import TicketId
from graph.cards import CardStore
from graph.database import Graph
from graph.defects import CAP, QUERIES, DefectCards
from graph.tickets import TicketStore
from tests.graph.examples import ADMIN, FULL, NOW, card, event
from tests.graph.test_indexes import EYES, assert_no_scan, driver, plan
from tests.graph.test_repair_history import REPAIRED

__all__ = ["driver"]

COHORT = Cohort(make="Ather", supplier=None, battery_batch=None, firmware=None, climate=None)
SICK = EmergingDefect(
    cohort=COHORT,
    component="bms",
    since=NOW,
    at=NOW,
    tickets=(REPAIRED.id,),
    failures=9,
    visits=20,
    expected=0.1,
    evidence=9.5,
)


@pytest.fixture
async def cards(graph: Graph) -> DefectCards:
    """One card was tried on the repair, another names the motor and fits every make."""
    store = CardStore(graph)
    await store.add(FULL, [event("c", FULL.id)])
    said = Signature(text="It hums", component="motor")
    await store.add(card("motor", signature=said, vehicles=()), [])
    await TicketStore(graph).add(REPAIRED, [])
    return DefectCards(graph)


async def test_alarms_of_a_page_are_one_question(
    cards: DefectCards, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, entries = list[str](), graph.entries

    async def counted(query: Any, /, **parameters: object) -> Any:  # noqa: ANN401 - as it is
        asked.append(query)
        return await entries(query, **parameters)

    monkeypatch.setattr(graph, "entries", counted)
    hums = replace(SICK, component="motor", tickets=(TicketId("tkt_none"),))
    nothing = replace(hums, component="horn")
    found = await cards.many([SICK, hums, nothing], ADMIN, 20)
    assert found == {
        SICK.id: [DefectCard(card=FULL.id, uses=1, worked=1)],
        hums.id: [DefectCard(card=card("motor").id, uses=0, worked=0)],
        nothing.id: [],
    }
    assert len(asked) == 1


async def test_cards_are_sought_by_ticket_and_component(
    cards: DefectCards, driver: AsyncDriver
) -> None:
    asked = {"id": "dfa", "tickets": [REPAIRED.id], "component": "bms", "make": "ather"}
    sought = {"defects": [asked], "cap": CAP, "limit": 20, **EYES}
    assert_no_scan(await plan(driver, QUERIES["cards_of_defects"], **sought))
