"""A danger to people comes before everything else in an answer, at every door and level."""

from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from tests.commands import called, place
from tests.journeys.conftest import Somebody
from tests.journeys.people import Person
from web.local.stores import StoreUrls
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


async def told(who: Person, report: dict[str, Any]) -> list[dict[str, Any] | None]:
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
    said = await told(somebody(Role.TECHNICIAN), SMOKE)
    first = said[0]
    assert first is not None
    assert said == [first] * 4
    assert (first["hazards"], first["language"]) == (["SMOKE"], "hi-Latn")
    assert first["steps"][0].startswith("Sab ko kam se kam 15 metre door")


async def test_without_a_danger_nothing_is_said(somebody: Somebody) -> None:
    harmless = {"text": "No smoke, no smell, it only does not charge"}
    assert await told(somebody(Role.TECHNICIAN), harmless) == [None] * 4


def test_the_command_line_says_it_first(stores: StoreUrls, house: Runtime) -> None:
    code, said, _ = called("match", SMOKE["text"], **place(stores, house.settings.home))
    lines = said.splitlines()
    assert code == 0
    assert "DANGER: smoke" in lines[1]
    assert "15 metre" in said
