"""A repair over the API on real stores: assigned, started, failed, resolved, closed, reopened."""

from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.cards import RepairStep, Resolution, SolutionType
from domain.events import EventType
from domain.ids import GarageId, PersonId, TicketId
from domain.technicians import Certification, Technician
from domain.tickets import Matching
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person
from tests.journeys.planted_cards import plant
from tests.journeys.solved_tickets import shown
from web.wiring import Runtime

pytestmark = pytest.mark.journey
TOLD = """__typename ... on Refusal { message }
  ... on StaleVersion { expected actual now: currentTicket { version status } }
  ... on IllegalTransition { state wanted }"""
UNSAFE = " ... on NotCertified { technician }"
STATE = "key version status assignee card { key } attempts { worked card { key } minutes }"


def verb(name: str, ok: str, arguments: str = "", given: str = "", told: str = "") -> str:
    return f"""mutation ($op: UUID!, $id: ID!, $n: Int!{arguments}) {{
      {name}(operationId: $op, id: $id, expectedVersion: $n{given}) {{ {TOLD}{told}
        ... on {ok} {{ ticket {{ {STATE} outcome {{ worked minutes cause rating
          steps {{ number action }} parts {{ key quantity }} }} }} }} }} }}"""


ASSIGN = verb("assignTicket", "TicketAssigned", ", $to: ID!", ", to: $to", UNSAFE)
START = verb("startRepair", "RepairStarted", ", $card: ID", ", card: $card", UNSAFE)
ATTEMPT = verb(
    "recordAttempt", "AttemptRecorded", ", $attempt: AttemptInput!", ", attempt: $attempt"
)
RESOLVE = verb(
    "resolveTicket", "TicketResolved", ", $outcome: OutcomeInput!", ", outcome: $outcome"
)
CLOSE = verb("closeTicket", "TicketClosed", ", $rating: Int", ", rating: $rating")
REOPEN = verb("reopenTicket", "TicketReopened")
SUGGEST = """query ($ticket: ID!) { suggestTechnicians(ticket: $ticket) {
  technician { key } skilled load } }"""
SEEN_ON = """MATCH (s:Symptom)-[:SEEN_ON]->(:Component)-[:PART_OF*0..]->(top:Component)
RETURN s.code AS code, top.id AS component ORDER BY code, component LIMIT 1"""
SHOW = "MATCH (t:Ticket {id: $ticket}), (s:Symptom {code: $symptom}) MERGE (t)-[:SHOWS]->(s)"
FAR = GarageId("garage_nashik")


async def do(who: Person, document: str, ticket: str, version: int, **more: object) -> Any:  # noqa: ANN401 - JSON
    given = {"op": str(uuid4())} | more
    return await who.ask(document, id=ticket, n=version, **given)


@pytest.mark.row("GA-1")
async def test_a_repair_is_told_from_start_to_end(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    card = await plant(house, "plug_corroded", "The charging plug is green inside")
    start = await house.change_log.last()
    made = await asha.report("It does not charge since the rain")
    begun = await do(asha, START, made["id"], 1, card=card.id)
    failed = {"worked": False, "card": card.id, "minutes": 20, "notes": "Plug was clean"}
    await do(asha, ATTEMPT, made["id"], 2, attempt=failed)
    ended = {
        "worked": True,
        "minutes": 45,
        "cause": "A pinched wire",
        "steps": [{"action": "Insulate the wire"}],
    }
    await do(asha, RESOLVE, made["id"], 3, outcome=ended)
    closed = await do(asha, CLOSE, made["id"], 4, rating=5)
    assert begun["ticket"]["status"] == "IN_PROGRESS"
    assert closed["ticket"] == {
        "key": made["key"],
        "version": 5,
        "status": "CLOSED",
        "assignee": "asha",
        "card": {"key": card.id},
        "attempts": [
            {"worked": False, "card": {"key": card.id}, "minutes": 20},
            {"worked": True, "card": None, "minutes": 45},
        ],
        "outcome": {
            "worked": True,
            "minutes": 45,
            "cause": "A pinched wire",
            "rating": 5,
            "steps": [{"number": 1, "action": "Insulate the wire"}],
            "parts": [],
        },
    }
    edges = await house.graph.read(
        "MATCH (:Ticket {id: $id})-[r:TRIED]->(c) RETURN r.worked AS worked, c.id AS card",
        id=made["key"],
    )
    assert edges == [{"worked": False, "card": card.id}]
    boss = somebody(Role.MANAGER)
    again = await do(boss, REOPEN, made["id"], 5)
    assert (again["ticket"]["status"], again["ticket"]["assignee"]) == ("OPEN", None)
    assert again["ticket"]["outcome"] is None
    assert len(again["ticket"]["attempts"]) == 2
    while await house.relay.step():
        pass
    log = await house.change_log.after(start, 100)
    assert [e.type for _, e in log if e.entity == made["key"]] == [
        EventType.TICKET_CREATED,
        EventType.TICKET_UPDATED,
        EventType.TICKET_UPDATED,
        EventType.TICKET_RESOLVED,
        EventType.TICKET_CLOSED,
        EventType.TICKET_REOPENED,
    ]


@pytest.mark.row("GA-1")
async def test_a_step_is_refused_and_nothing_changes(somebody: Somebody) -> None:
    ravi, far = somebody(Role.TECHNICIAN, name="ravi"), somebody(Role.MANAGER, DELHI)
    made = await ravi.report("The horn is silent")
    asked = "query ($id: ID!) { ticket(id: $id) { version status } }"
    stale = await do(ravi, START, made["id"], 9)
    early = await do(ravi, CLOSE, made["id"], 1)
    theirs = await do(far, START, made["id"], 1)
    unknown = await do(ravi, START, "tkt_nothing", 1)
    assert stale == {
        "__typename": "StaleVersion",
        "message": stale["message"],
        "expected": 9,
        "actual": 1,
        "now": {"version": 1, "status": "ASSIGNED"},
    }
    assert (early["state"], early["wanted"]) == ("assigned", "closed")
    assert (theirs["__typename"], unknown["__typename"]) == ("NotFound", "NotFound")
    assert await ravi.ask(asked, id=made["id"]) == {"version": 1, "status": "ASSIGNED"}


@pytest.mark.row("GA-1")
async def test_a_lost_answer_starts_one_repair(house: Runtime, somebody: Somebody) -> None:
    ravi, op = somebody(Role.TECHNICIAN, name="ravi"), str(uuid4())
    made = await ravi.report("The mirror shakes")
    first = await do(ravi, START, made["id"], 1, op=op)
    again = await do(ravi, START, made["id"], 1, op=op)
    async with house.records.transaction() as connection:
        await connection.execute("delete from operation")
    forgotten = await do(ravi, START, made["id"], 1, op=op)
    assert first == again == forgotten
    assert first["ticket"]["version"] == 2


@pytest.mark.row("GA-3")
async def test_high_voltage_goes_to_the_certified_alone(house: Runtime, somebody: Somebody) -> None:
    boss, asha = somebody(Role.MANAGER), somebody(Role.TECHNICIAN, name="asha")
    live = Resolution(
        type=SolutionType.REPAIR,
        steps=(RepairStep(action="Isolate the pack", safety=True),),
        high_voltage=True,
    )
    card = await plant(house, "pack_leaks", "The pack leaks current", resolution=live)
    await house.technicians.register(Technician(id=PersonId("asha"), garage=PUNE))
    certified = Technician(
        id=PersonId("ravi"), garage=PUNE, certification=Certification.HIGH_VOLTAGE
    )
    await house.technicians.register(certified)
    made = await asha.report("Isolation fault")
    refused = await do(asha, START, made["id"], 1, card=card.id)
    assert (refused["__typename"], refused["technician"]) == ("NotCertified", "asha")
    given = await do(boss, ASSIGN, made["id"], 1, to="ravi")
    ravi = somebody(Role.TECHNICIAN, name="ravi")
    begun = await do(ravi, START, made["id"], 2, card=card.id)
    back = await do(boss, ASSIGN, made["id"], 3, to="asha")
    stranger = await do(boss, ASSIGN, made["id"], 3, to="nobody_here")
    assert given["ticket"]["assignee"] == "ravi"
    assert begun["ticket"]["status"] == "IN_PROGRESS"
    assert (back["__typename"], stranger["__typename"]) == ("NotCertified", "InvalidInput")


@pytest.mark.row("GA-3")
async def test_technicians_are_suggested_by_certificate_skill_and_load(
    house: Runtime, somebody: Somebody
) -> None:
    boss, garage = somebody(Role.MANAGER, FAR, name="chief"), FAR
    live = Resolution(
        type=SolutionType.REPAIR,
        steps=(RepairStep(action="Isolate", safety=True),),
        high_voltage=True,
    )
    dangerous = await plant(house, "live_wire", "A wire of the pack is live", resolution=live)
    [seen] = await house.graph.read(SEEN_ON)
    knows = seen["component"]
    for name, certification, skills in (
        ("novice", Certification.GENERAL, (knows,)),
        ("busy", Certification.HIGH_VOLTAGE, (knows,)),
        ("idle", Certification.HIGH_VOLTAGE, ()),
    ):
        known = Technician(
            id=PersonId(name), garage=garage, certification=certification, skills=skills
        )
        await house.technicians.register(known)
    elsewhere = Technician(id=PersonId("elsewhere"), garage=PUNE, skills=(knows,))
    await house.technicians.register(elsewhere)

    async def suggested(ticket: str) -> list[tuple[str, bool, int]]:
        found = await boss.ask(SUGGEST, ticket=ticket)
        return [(one["technician"]["key"], one["skilled"], one["load"]) for one in found]

    load = await boss.report("Something for the busy one")
    await do(boss, ASSIGN, load["id"], 1, to="busy")
    made = await boss.report("The battery does not charge")
    await house.graph.write(lambda tx: tx.run(SHOW, ticket=made["key"], symptom=seen["code"]))
    # Nobody has searched for its cards: it may be high voltage for all that is known.
    assert await suggested(made["id"]) == [("busy", True, 1), ("idle", False, 0)]
    ticket = TicketId(made["key"])
    await house.tickets.record_shown(ticket, (), Matching.NONE, [])
    assert await suggested(made["id"]) == [
        ("novice", True, 0),
        ("busy", True, 1),
        ("idle", False, 0),
    ]
    await house.tickets.record_shown(ticket, shown(dangerous.id), Matching.FOUND, [])
    assert await suggested(made["id"]) == [("busy", True, 1), ("idle", False, 0)]
    for name in ("novice", "elsewhere"):
        refused = await do(boss, ASSIGN, made["id"], 1, to=name)
        assert refused["__typename"] in {"NotCertified", "InvalidInput"}
    asha = somebody(Role.TECHNICIAN, name="asha")
    other = somebody(Role.MANAGER, DELHI)
    for stranger, code in ((asha, "NOT_ALLOWED"), (other, "NOT_FOUND")):
        answer = await stranger.answer(SUGGEST, ticket=made["id"])
        assert answer["errors"][0]["extensions"]["code"] == code
