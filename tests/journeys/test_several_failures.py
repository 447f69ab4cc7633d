"""A report that tells several failures, one that only asks, and one that is too long to be kept."""

from uuid import uuid4

import pytest

from domain.access import Role
from domain.reports import TEXT_LIMIT
from tests.journeys.conftest import Somebody

pytestmark = pytest.mark.journey
MATCH = """query ($report: ReportInput!) { match(report: $report) { ... on Matches {
  prompt note matches { rank cardKey } failures { text prompt matches { rank cardKey } } } } }"""
DIAGNOSE = """query ($report: ReportInput!) { diagnose(report: $report) { ... on Diagnosis {
  text note reasoning cause { text } precedents { similarity }
  others { text suspects { text } others { text } } } } }"""
REPORT = """mutation ($report: ReportInput!, $op: UUID!) {
  reportFailure(report: $report, operationId: $op) {
    ... on FailureReported { note ticket { text } } } }"""
FIRST, SECOND = "1) The horn is silent.", "2) The brake squeals loudly"
TWO = f"{FIRST} {SECOND}"


async def test_each_failure_is_matched_and_diagnosed_by_itself(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN)
    alone = [(await asha.ask(MATCH, report={"text": text}))["matches"] for text in (FIRST, SECOND)]
    both = await asha.ask(MATCH, report={"text": TWO})
    assert [one["text"] for one in both["failures"]] == [FIRST, SECOND]
    assert [one["matches"] for one in both["failures"]] == alone
    keys = [one["cardKey"] for one in both["matches"]]
    assert [one["rank"] for one in both["matches"]] == list(range(1, len(keys) + 1))
    assert keys[0] == alone[0][0]["cardKey"]
    assert alone[1][0]["cardKey"] in keys[:2]
    assert len(keys) == len(set(keys)) <= 5

    said = await asha.ask(DIAGNOSE, report={"text": TWO})
    assert [said["text"], *(one["text"] for one in said["others"])] == [FIRST, SECOND]
    assert [one["others"] for one in said["others"]] == [[]]


async def test_one_failure_is_answered_as_one(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN)
    assert (await asha.ask(MATCH, report={"text": FIRST}))["failures"] == []
    said = await asha.ask(DIAGNOSE, report={"text": FIRST})
    assert (said["text"], said["others"]) == (None, [])


async def test_a_question_brings_no_card(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN)
    asked = {"text": "When is my next service due and does the warranty cover tyres?"}
    found = await asha.ask(MATCH, report=asked)
    assert (found["matches"], found["failures"]) == ([], [])
    assert found["prompt"].startswith("This reads as a question")
    said = await asha.ask(DIAGNOSE, report=asked)
    assert (said["cause"], said["precedents"]) == (None, [])
    assert said["reasoning"] == found["prompt"]


async def test_a_long_text_is_cut_with_a_note(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN)
    report = {"text": "Charging stops. " * 1_000}
    note = "Only the first 10,000 of its 16,000 characters were read."
    assert (await asha.ask(MATCH, report=report))["note"] == note
    assert (await asha.ask(DIAGNOSE, report=report))["note"] == note
    made = await asha.ask(REPORT, report=report, op=str(uuid4()))
    assert made["note"] == note
    assert len(made["ticket"]["text"]) <= TEXT_LIMIT
    assert (await asha.ask(MATCH, report={"text": "Charging stops"}))["note"] is None
