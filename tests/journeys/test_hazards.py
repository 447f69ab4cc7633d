"""A danger to people comes before everything else in an answer, at every door and level."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from tests.commands import called, place
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person
from tests.journeys.queue_records import record, told
from tests.journeys.sockets import subscribed
from tests.web.live_server import served
from web.local.stores import StoreUrls
from web.server import build_application, run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
SAFETY = "safety { hazards steps language }"
MATCH = f"""query ($report: ReportInput!) {{
  match(report: $report) {{ ... on Matches {{ {SAFETY} }} }} }}"""
DIAGNOSE = f"""query ($report: ReportInput!) {{
  diagnose(report: $report) {{ ... on Diagnosis {{ {SAFETY} }} }} }}"""
REPORT = f"""mutation ($report: ReportInput!, $op: UUID!) {{
  reportFailure(report: $report, operationId: $op) {{
    ... on FailureReported {{ {SAFETY} ticket {{ key }} }} }} }}"""
SMOKE = {"text": "Charging pe lagaya tha, battery se dhuan nikal raha hai"}


CHANGES = """subscription ($after: String) { ticketChanged(after: $after) {
  ... on TicketChange { type ticket { key } } } }"""
CRITICAL = f"""{{ tickets(first: 100, severity: CRITICAL) {{
  edges {{ node {{ key severity {SAFETY} }} }} }} }}"""
SYNC = f"""mutation ($operations: [JSON!]!) {{ syncOperations(operations: $operations) {{
  ... on OperationsAnswered {{ answers {{ state {SAFETY} }} }} }} }}"""


@pytest.fixture(scope="module")
async def address(house: Runtime) -> AsyncGenerator[str]:
    async with run_background(house), served(build_application(house)) as address:
        yield address


async def advised(who: Person, report: dict[str, Any]) -> list[dict[str, Any] | None]:
    """Give what each verb says of safety."""
    op = str(uuid4())
    answers = [
        await who.ask(MATCH, report=report),
        await who.ask(DIAGNOSE, report=report),
        await who.ask(REPORT, report=report, op=op),
        await who.ask(REPORT, report=report, op=op),
    ]
    return [answer["safety"] for answer in answers]


async def test_every_answer_begins_with_what_keeps_people_safe(somebody: Somebody) -> None:
    said = await advised(somebody(Role.TECHNICIAN), SMOKE)
    first = said[0]
    assert first is not None
    assert said == [first] * 4
    assert (first["hazards"], first["language"]) == (["SMOKE"], "hi-Latn")
    assert first["steps"][0].startswith("Sab ko kam se kam 15 metre door")


async def test_without_a_danger_nothing_is_said(somebody: Somebody) -> None:
    harmless = {"text": "No smoke, no smell, it only does not charge"}
    assert await advised(somebody(Role.TECHNICIAN), harmless) == [None] * 4


async def test_the_ticket_is_critical_and_its_manager_is_told(
    house: Runtime, somebody: Somebody, address: str
) -> None:
    asha, boss, far = (
        somebody(Role.TECHNICIAN),
        somebody(Role.MANAGER),
        somebody(Role.MANAGER, DELHI),
    )
    await told(house)
    start = str(await house.change_log.last())
    async with subscribed(address, boss.token, CHANGES, after=start) as socket:
        made = (await asha.ask(REPORT, report=SMOKE, op=str(uuid4())))["ticket"]
        heard = list[str]()
        # Others' tickets may still be searched for.
        while len(heard) < 2:
            one = await socket.next()
            heard += [one["type"]] if one["ticket"]["key"] == made["key"] else []
    assert sorted(heard) == ["TICKET_CREATED", "TICKET_CRITICAL"]
    harmless = await asha.report("It does not charge")
    listed = [edge["node"] for edge in (await boss.ask(CRITICAL))["edges"]]
    assert made["key"] in {one["key"] for one in listed}
    assert harmless["key"] not in {one["key"] for one in listed}
    [smoking] = [one for one in listed if one["key"] == made["key"]]
    assert (smoking["severity"], smoking["safety"]["hazards"]) == ("CRITICAL", ["SMOKE"])
    assert made["key"] not in {e["node"]["key"] for e in (await far.ask(CRITICAL))["edges"]}


@pytest.mark.parametrize("verb", [MATCH, DIAGNOSE, REPORT])
async def test_a_report_that_is_refused_is_answered_with_it_first(
    house: Runtime, somebody: Somebody, verb: str
) -> None:
    before = await house.graph.read("MATCH (t:Ticket) RETURN count(t) AS n")
    query = verb.replace("... on", "... on InvalidInput { message } ... on", 1)
    asked = {"op": str(uuid4())} if verb is REPORT else {}
    misspelt = {"codes": ["what is this?"]}
    smoking = await somebody(Role.TECHNICIAN).ask(query, report=SMOKE | misspelt, **asked)
    harmless = await somebody(Role.TECHNICIAN).ask(
        query, report={"text": "Stops"} | misspelt, **asked
    )
    assert smoking["message"].startswith("Sab ko kam se kam 15 metre door")
    assert harmless["message"] in smoking["message"]
    assert harmless["message"].startswith("report.codes")
    assert await house.graph.read("MATCH (t:Ticket) RETURN count(t) AS n") == before


async def test_each_record_of_a_queue_is_answered_with_it(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN)
    good, wrong, harmless = (
        record("report_failure", {"report": report})
        for report in (SMOKE, {**SMOKE, "codes": ["what is this?"]}, {"text": "It stops"})
    )
    said = await asha.ask(SYNC, operations=[good, wrong, harmless])
    again = await asha.ask(SYNC, operations=[good])
    states = [one["state"] for one in (*said["answers"], *again["answers"])]
    assert states == ["APPLIED", "REFUSED", "APPLIED", "REPEATED"]
    first, second, third = (one["safety"] for one in said["answers"])
    assert first["hazards"] == ["SMOKE"]
    assert (second, third, again["answers"][0]["safety"]) == (first, None, first)


def test_a_garage_without_a_network_says_it_at_once(tmp_path: Path) -> None:
    home = str(tmp_path / "garage.sqlite")
    assert called("garage", "init", "--garage", PUNE, "--token", "t", "--file", home)[0] == 0
    code, said, _ = called("garage", "report", SMOKE["text"], "--file", home)
    assert code == 0
    assert "DANGER: smoke" in said.splitlines()[0]
    assert said.splitlines()[-1].startswith("kept as ")


def test_the_command_line_says_it_first(stores: StoreUrls, house: Runtime) -> None:
    code, said, _ = called("match", SMOKE["text"], **place(stores, house.settings.home))
    lines = said.splitlines()
    assert code == 0
    assert "DANGER: smoke" in lines[1]
    assert "15 metre" in said
