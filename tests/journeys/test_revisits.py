"""A vehicle that comes back after its repair is seen, over the API on real stores."""

from uuid import uuid4

import pytest

from domain.access import Role
from domain.events import EventType
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI
from tests.journeys.test_repairs import CLOSE, RESOLVE, START, do
from web.wiring import Runtime

pytestmark = pytest.mark.journey
READ = "query ($id: ID!) { ticket(id: $id) { version revisitOf } }"
REFUSED = """mutation ($op: UUID!, $report: ReportInput!) {
  reportFailure(operationId: $op, report: $report) { __typename
    ... on InvalidInput { at: field } } }"""


async def visit(somebody: Somebody, vehicle: str, code: str = "E401") -> str:
    """Repair a vehicle and hand it back; give the ticket's key."""
    asha = somebody(Role.TECHNICIAN, name="asha")
    made = await asha.report("It stops charging", codes=[code], vehicleId=vehicle)
    await do(asha, START, made["id"], 1, card=None)
    await do(asha, RESOLVE, made["id"], 2, outcome={"worked": True, "minutes": 30})
    await do(asha, CLOSE, made["id"], 3, rating=None)
    return made["key"]


@pytest.mark.row("FE-3")
async def test_a_failure_that_comes_back_is_seen(house: Runtime, somebody: Somebody) -> None:
    asha, far = somebody(Role.TECHNICIAN, name="asha"), somebody(Role.MANAGER, DELHI)
    start = await house.change_log.last()
    first = await visit(somebody, "veh_swift_1")
    again = await asha.report("It stops again", codes=["E401"], vehicleId="veh_swift_1")
    other = await asha.report("It stops too", codes=["E401"], vehicleId="veh_swift_2")
    else_where = await far.report("It stops here", codes=["E401"], vehicleId="veh_swift_1")
    unnamed = await asha.report("It stops", codes=["E401"])
    assert await asha.ask(READ, id=again["id"]) == {"version": 1, "revisitOf": first}
    for made, who in ((other, asha), (else_where, far), (unnamed, asha)):
        assert (await who.ask(READ, id=made["id"]))["revisitOf"] is None
    await do(asha, START, again["id"], 1, card=None)
    assert await asha.ask(READ, id=again["id"]) == {"version": 2, "revisitOf": first}
    while await house.relay.step():
        pass
    log = await house.change_log.after(start, 100)
    told = [e.entity for _, e in log if e.type is EventType.TICKET_REVISITED]
    assert told == [again["key"]]


async def test_a_vehicle_needs_an_id_of_its_own(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    before = await house.graph.read("MATCH (t:Ticket) RETURN count(t) AS n")
    for hostile in ("veh_of_tkt_1", "veh", "veh_x y", "' OR 1=1"):
        report = {"text": "It stops", "vehicleId": hostile}
        refused = await asha.ask(REFUSED, op=str(uuid4()), report=report)
        assert refused == {"__typename": "InvalidInput", "at": "report.vehicleId"}
    assert await house.graph.read("MATCH (t:Ticket) RETURN count(t) AS n") == before
