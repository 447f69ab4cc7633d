"""What a technician's portal asks over HTTP: one's own bench, cards for a failure, a report."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.ids import PersonId
from domain.technicians import Certification, Technician
from schema.nodes import global_id
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person, content
from tests.journeys.schema_walk import API, filled, members, roots
from tests.resolvers.test_guards import allowed
from web.wiring import Runtime

pytestmark = pytest.mark.journey
BENCH = """query ($after: String) { tickets(first: 2, after: $after) {
  edges { node { key assignee } } pageInfo { hasNextPage endCursor } } }"""
ASSIGN = """mutation ($op: UUID!, $id: ID!, $to: ID!, $n: Int!) {
  assignTicket(operationId: $op, id: $id, to: $to, expectedVersion: $n) { __typename } }"""
CREATE = """mutation ($op: UUID!, $card: CardInput!, $ticket: ID) {
  createCard(operationId: $op, card: $card, ticket: $ticket) { __typename
    ... on CardCreated { card { key version status source verification { by } ticket { key }
      provenance { author garage { key } createdAt updatedAt campaign } } }
    ... on NotAllowed { role action resource } } }"""
CARDS = "MATCH (c:FailureCard) RETURN count(c) AS n"
MATCH = """query ($report: ReportInput!) { match(report: $report) { __typename
  ... on Matches { level ranker matches { rank cardKey score } }
  ... on InvalidInput { field reason } } }"""
TICKET_ARGUMENTS = {"ticket", "id"}
# Fields whose `id` is a ticket's; every `ticket` is one.
OF_TICKETS = frozenset(
    {
        "ticket",
        "assignTicket",
        "startRepair",
        "recordAttempt",
        "resolveTicket",
        "closeTicket",
        "reopenTicket",
    }
)
# What reads as good where that takes more than any value: only the ticket is wrong.
GOOD: Mapping[str, Mapping[str, object]] = {
    "createCard": {"card": content("Of somebody's ticket")},
    "giveFeedback": {"feedback": {"card": "fc_any", "stars": 4}},
    "recordImpressions": {"impressions": [{"card": "fc_any", "clicks": 1}]},
}
COUNT = """MATCH (n) RETURN count(n) AS nodes, sum(coalesce(n.version, 0)) AS versions,
  COUNT { ()-->() } AS edges"""


async def bench(who: Person) -> set[str]:
    """Read every page of the tickets that somebody sees."""
    found, after = set[str](), None
    while True:
        page = await who.ask(BENCH, after=after)
        found |= {edge["node"]["key"] for edge in page["edges"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.row("AR-3")
async def test_technician_sees_the_assigned_tickets_alone(
    house: Runtime, somebody: Somebody
) -> None:
    boss, asha = somebody(Role.MANAGER), somebody(Role.TECHNICIAN, name="asha_of_the_portal")
    ravi, far = (
        somebody(Role.TECHNICIAN, name="ravi_of_the_portal"),
        somebody(Role.TECHNICIAN, DELHI, name="asha_of_delhi"),
    )
    for name in ("asha_of_the_portal", "ravi_of_the_portal"):
        certified = Technician(
            id=PersonId(name), garage=PUNE, certification=Certification.HIGH_VOLTAGE
        )
        await house.technicians.register(certified)
    hers = [await asha.report(f"The horn is silent, case {n}") for n in range(3)]
    his, theirs = await ravi.report("The horn is silent"), await far.report("The horn is silent")
    unassigned = await boss.report("The horn is silent")
    keys = {ticket["key"] for ticket in hers}
    assert await bench(asha) == keys

    matched = await asha.match("The horn is silent", vehicle={"make": "Mahindra"})
    assert (matched["__typename"], matched["level"]) == ("Matches", "AI")
    given = await boss.ask(ASSIGN, op=str(uuid4()), id=hers[0]["id"], to="ravi_of_the_portal", n=1)
    assert given["__typename"] == "TicketAssigned"
    assert await bench(asha) == keys - {hers[0]["key"]}
    assert await bench(ravi) == {his["key"], hers[0]["key"]}

    before = await house.graph.read(COUNT)
    never = "tkt_01990000-0000-7000-8000-000000000000"
    for name in (*_naming_tickets("query"), *_naming_tickets("mutation")):
        absent = await _asked(asha, name, never)
        assert _is_not_found(absent), (name, absent)
        for other in (his, theirs, unassigned, hers[0]):
            found = await _asked(asha, name, other["key"])
            assert str(found).replace(other["key"], never) == str(absent), (name, found)
    assert await house.graph.read(COUNT) == before


@pytest.mark.row("AR-3")
async def test_other_tickets_are_no_nodes_for_a_technician(somebody: Somebody) -> None:
    asha, ravi = (somebody(Role.TECHNICIAN, name=name) for name in ("asha", "ravi"))
    his = await ravi.report("The mirror shakes")
    query = "query ($id: ID!) { node(id: $id) { id } }"
    assert await asha.ask(query, id=his["id"]) is None
    assert await ravi.ask(query, id=his["id"]) == {"id": his["id"]}
    assert await asha.ask(query, id=global_id("Ticket", "tkt_nothing")) is None


@pytest.mark.row("FI-1")
async def test_technician_writes_a_draft_that_says_where_it_comes_from(
    house: Runtime, somebody: Somebody
) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    ticket = await asha.report("Coolant pump hums before it stops")
    wanted = content("Coolant pump hums before it stops")
    began = datetime.now(UTC)
    made = await asha.ask(CREATE, op=str(uuid4()), card=wanted, ticket=ticket["id"])
    card = made["card"]
    origin = card.pop("provenance")
    assert (made["__typename"], card) == (
        "CardCreated",
        {
            "key": card["key"],
            "version": 1,
            "status": "DRAFT",
            "source": "FIELD",
            "verification": None,
            "ticket": {"key": ticket["key"]},
        },
    )
    written = datetime.fromisoformat(origin["createdAt"])
    assert began <= written <= datetime.now(UTC)
    assert origin == {
        "author": "asha",
        "garage": {"key": PUNE},
        "createdAt": origin["createdAt"],
        "updatedAt": origin["createdAt"],
        "campaign": None,
    }


@pytest.mark.row("FI-1")
async def test_support_writes_no_card(house: Runtime, somebody: Somebody) -> None:
    before = await house.graph.read(CARDS)
    desk = somebody(Role.CUSTOMER_SUPPORT, name="desk")
    refused = await desk.ask(CREATE, op=str(uuid4()), card=content("Written at the desk"))
    assert refused == {
        "__typename": "NotAllowed",
        "role": "customer_support",
        "action": "create",
        "resource": "failure card",
    }
    assert await house.graph.read(CARDS) == before


@pytest.mark.row("FI-2")
async def test_the_same_question_has_the_same_answer(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    asked: list[dict[str, Any]] = [
        {"text": "Horn weak and dead after rain", "vehicle": {"make": "Mahindra"}},
        {"text": "Headlight goes dim when the indicator blinks"},
        {"text": "It stops on full lock", "codes": ["E631"], "vehicle": {"make": "Ather"}},
    ]
    for report in asked:
        first, again = [await asha.ask(MATCH, report=report) for _ in range(2)]
        assert first == again
        assert (first["level"], first["ranker"]) == ("AI", "evidence-1")
        scores = [match["score"] for match in first["matches"]]
        assert scores
        assert scores == sorted(scores, reverse=True)


@pytest.mark.row("FI-2")
@pytest.mark.parametrize(
    ("vehicle", "field"),
    [
        ({"make": "Ather", "model": "450X", "year": 1066}, "report.vehicle.year"),
        ({"make": "x" * 200}, "report.vehicle.make"),
        ({"make": "Ather", "mileageKm": -1}, "report.vehicle.mileageKm"),
        ({"make": "Ather", "batteryCycles": -1}, "report.vehicle.batteryCycles"),
    ],
)
async def test_bad_vehicle_is_a_typed_error(
    somebody: Somebody, vehicle: dict[str, object], field: str
) -> None:
    told = await somebody().ask(MATCH, report={"text": "It stops", "vehicle": vehicle})
    assert (told["__typename"], told["field"]) == ("InvalidInput", field)
    assert told["reason"]


def _naming_tickets(operation: str) -> list[str]:
    """Give the fields that name a ticket in an argument, and that technicians may ask for."""
    root = API.query_type if operation == "query" else API.mutation_type
    return [
        name
        for name, found in roots(root).items()
        if ("ticket" in found.args or name in OF_TICKETS) and allowed(name, Role.TECHNICIAN)
    ]


async def _asked(who: Person, name: str, ticket: str) -> Mapping[str, Any]:
    kind = "query" if name in roots(API.query_type) else "mutation"
    found = roots(API.query_type if kind == "query" else API.mutation_type)[name]
    named = dict.fromkeys(TICKET_ARGUMENTS & found.args.keys(), ticket)
    given: dict[str, object] = {**named, **GOOD.get(name, {})}
    told = "{ __typename ... on NotFound { kind message } }"
    shape = told if "NotFound" in {m.name for m in members(found)} else "{ __typename }"
    return await who.answer(f"{kind} {{ it: {name}{filled(found, given)} {shape} }}")


def _is_not_found(answer: Mapping[str, Any]) -> bool:
    """Say whether nothing is there: by its type, by its code, or as the null of a read."""
    errors = answer.get("errors")
    if errors:
        return [error["extensions"]["code"] for error in errors] == ["NOT_FOUND"]
    found = answer["data"]["it"]
    return found is None or found["__typename"] == "NotFound"
