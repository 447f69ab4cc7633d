"""Tickets are opened while nobody searches for their cards, and refused while a store is down."""

import socket
from collections.abc import AsyncGenerator
from dataclasses import fields, replace
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.access import Role
from graph.database import Graph
from graph.tickets import TicketStore
from repair.reports import ReportPorts, reports_breaker
from tests.journeys.conftest import Somebody
from tests.journeys.people import REPORT
from tests.waits import eventually
from web.server import build_application, run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
KNOWN = "Scooter switches off on full lock, dashboard shows E631"
SUGGESTED = """query ($id: ID!) { ticket(id: $id) { suggestions { state cards {
  score card { key resolution { parts { key quantity } } } parts { key quantity } } } } }"""
TRIED = """mutation ($report: ReportInput!, $garage: ID, $op: UUID!) {
  reportFailure(report: $report, garage: $garage, operationId: $op) { __typename
    ... on InvalidInput { at: field } } }"""
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "report.text"),
    ({"text": "  \t "}, "report.text"),
    ({"text": "It stops", "vehicleId": "veh_x y"}, "report.vehicleId"),
    ({"text": "It stops", "vehicleId": "veh_MH12AB1234"}, "report.vehicleId"),
    ({"text": "It stops", "codes": ["E" * 200]}, "report.codes"),
    ({"text": "It stops", "vehicle": {"make": "Ather", "year": 1}}, "report.vehicle.year"),
]
REPORTS = 25


async def written(house: Runtime) -> list[dict[str, Any]]:
    """Count what opening a ticket writes: nodes of every kind, waiting events, operations."""
    nodes = "MATCH (n) RETURN count(n) AS nodes"
    rows = "select (select count(*) from outbox) as told, (select count(*) from operation) as done"
    return await house.graph.read(nodes) + await house.records.rows(rows)


@pytest.mark.row("IP-2")
async def test_a_wrong_report_opens_nothing(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    before = await written(house)
    for report, field in WRONG:
        refused = await asha.ask(TRIED, report=report, op=str(uuid4()))
        assert (refused["__typename"], refused["at"]) == ("InvalidInput", field), report
    nowhere = somebody(Role.ADMIN, None)
    refused = await nowhere.ask(TRIED, report={"text": "It stops"}, op=str(uuid4()))
    assert refused == {"__typename": "InvalidInput", "at": "garage"}
    assert await written(house) == before


@pytest.mark.row("IP-5")
async def test_suggestions_are_pending_until_they_are_searched_for(
    house: Runtime, somebody: Somebody
) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    made = await asha.report(KNOWN, vehicle={"make": "Ather", "model": "450X"})

    async def suggested() -> dict[str, Any]:
        return (await asha.ask(SUGGESTED, id=made["id"]))["suggestions"]

    assert await suggested() == {"state": "PENDING", "cards": []}
    async with run_background(house):
        found = await eventually(suggested, lambda s: s["state"] != "PENDING")
    assert found["state"] == "FOUND"
    assert 1 <= len(found["cards"]) <= 5
    scores = [one["score"] for one in found["cards"]]
    assert scores == sorted(scores, reverse=True)
    for one in found["cards"]:
        assert one["parts"] == one["card"]["resolution"]["parts"]
    assert any(one["parts"] for one in found["cards"])


def test_taking_a_report_in_knows_no_matcher() -> None:
    assert [field.name for field in fields(ReportPorts)] == ["tickets", "reader", "files"]


@pytest.mark.row("IP-3")
async def test_tickets_open_while_the_matcher_is_stopped(
    house: Runtime, somebody: Somebody
) -> None:
    """What that costs compares the bar `intake_p99_stopped_ratio`."""
    asha = somebody(Role.TECHNICIAN, name="asha")
    made = [await asha.report(f"It stops, case {n} of {uuid4()}") for n in range(REPORTS)]
    assert {one["matching"] for one in made} == {"PENDING"}
    assert len({one["key"] for one in made}) == REPORTS


@pytest.fixture
async def nowhere() -> AsyncGenerator[Graph]:
    """A graph whose server has gone."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    graph = await Graph.open(f"bolt://127.0.0.1:{port}", "neo4j", "nobody asks")
    yield graph
    await graph.close()


@pytest.mark.row("IP-1")
async def test_a_store_that_is_down_is_not_asked_again_and_again(
    house: Runtime, somebody: Somebody, nowhere: Graph
) -> None:
    broken = build_application(
        replace(house, tickets=TicketStore(nowhere), opening=reports_breaker())
    )
    transport = httpx.ASGITransport(app=broken, raise_app_exceptions=False)
    before = await written(house)
    async with httpx.AsyncClient(transport=transport, base_url="http://battwheels.test") as client:
        asha = somebody(Role.TECHNICIAN, name="asha", client=client)
        told, took = list[dict[str, Any]](), list[float]()
        for n in range(25):
            began = perf_counter()
            answer = await asha.answer(REPORT, report={"text": f"It stops {n}"}, op=str(uuid4()))
            took.append(1000 * (perf_counter() - began))
            [error] = answer["errors"]
            told.append(
                error["extensions"] | {"again": "send it again then" in error["message"].lower()}
            )
    down = {"code": "UNAVAILABLE", "dependency": "neo4j"}
    assert [{name: one[name] for name in (*down, "again")} for one in told] == [
        down | {"again": n >= 5} for n in range(25)
    ]
    assert await written(house) == before
    print(f"while open: {min(took[5:]):.1f} to {max(took[5:]):.1f} ms")  # noqa: T201 - with -s
