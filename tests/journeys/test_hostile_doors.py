"""Every input of the API is sent what nobody should send, over HTTP, on the real service.

Whatever comes, the answer is of the API: no 5xx, nothing INTERNAL, no page-long echo. What cannot
be meant is refused with the path of the input that was wrong, and nothing is written.
"""

import json
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter

import httpx
import pytest

from domain.access import Role
from domain.ids import PersonId
from domain.technicians import Technician
from tests.hostile.doors import every_door
from tests.hostile.values import Verdict, hostile_values
from tests.journeys.billing_garage import furnished, op
from tests.journeys.conftest import Somebody
from tests.journeys.hostile_asks import Ask, ask_all, in_batches
from tests.journeys.people import PUNE, content
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_jobs import BAY, BOOK, slot
from tests.web.live_server import served
from web.caps import Caps
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey
# The shares of one caller are tested elsewhere (tests/web/test_gate.py); here all comes from one.
CAPS = Caps(
    units_at_once=10**9, units_per_second=10**9, refusals_at_once=10**9, refusals_per_second=10**9
)
# What an answer may weigh for each thing that was asked together: nothing sent comes back whole.
ANSWER_BYTES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacked:
    house: Runtime
    client: httpx.AsyncClient
    token: str
    given: Mapping[str, Mapping[str, object]]


@pytest.fixture(scope="module")
async def attacked(house: Runtime, somebody: Somebody) -> AsyncGenerator[Attacked]:
    """The service on a real port, a garage in it, and whoever may do everything there."""
    shop = await furnished(house, somebody)
    await house.technicians.register(Technician(id=PersonId("asha"), garage=PUNE))
    manager = somebody()
    ticket = (await manager.report("The brakes squeal"))["key"]
    card = (await manager.create(content("Brakes that squeal")))["key"]
    await manager.ask(BAY, op=op(), bay="bay_pune_1", garage=PUNE)
    job = {"ticket": ticket, "technician": "asha", "bay": "bay_pune_1", "slot": slot(10)}
    booked = await manager.ask(BOOK, op=op(), job=job)
    closed = await shop.closed("hostile")
    paper = (await shop.issued(closed))["invoice"]["key"]
    ids = {
        "Card": card,
        "Ticket": ticket,
        "Repair": ticket,
        "Attempt": ticket,
        "Job": booked["job"]["key"],
        "Review": "r",
        "invoice": paper,
        "card": card,
        "ticket": ticket,
    }
    common = {
        "garage": PUNE,
        "ticket": ticket,
        "card": card,
        "into": card,
        "invoice": paper,
        "payment": "pay_nothing",
        "part": "controller",
        "by": "controller",
        "technician": "asha",
        "to": "asha",
        "bay": "bay_pune_1",
        "month": "2026-11",
        "start": "2026-11-01T00:00:00Z",
        "end": "2026-11-01T01:00:00Z",
        "expectedVersion": 99,
        "state": "27",
        "pincode": "411001",
        "sha256": "0" * 64,
        "after": None,
    }
    del common["after"]
    given = {name: {**common, "id": key} for name, key in ids.items()}
    runtime = replace(house, settings=replace(house.settings, caps=CAPS))
    async with (
        served(build_application(runtime), CAPS) as place,
        httpx.AsyncClient(base_url=f"http://{place}", timeout=60) as client,
    ):
        yield Attacked(house=house, client=client, token=shop.admin.token, given=given)


def _asks(attacked: Attacked, verdict: Verdict, operation: str) -> list[Ask]:
    found: list[Ask] = []
    for door in every_door():
        if door.operation != operation:
            continue
        given = next(
            (g for name, g in attacked.given.items() if door.verb.endswith(name)),
            attacked.given["Ticket"],
        )
        for value in hostile_values(door, given):
            if value.verdict is verdict:
                found.append(Ask(door, value, door.variables(value.value, given)))
    return found


@pytest.mark.parametrize("operation", ["query", "mutation"])
@pytest.mark.parametrize("verdict", [*Verdict])
async def test_explore(attacked: Attacked, verdict: Verdict, operation: str) -> None:
    asks = _asks(attacked, verdict, operation)
    before = await stored_counts(attacked.house)
    began, out = perf_counter(), []
    for batch in in_batches(asks):
        took = perf_counter()
        for ask, told in zip(batch, await ask_all(attacked.client, attacked.token, batch), strict=True):
            out.append((ask.name, told.status, told.code, told.field, told.path == ask.door.field, told.size))
        if perf_counter() - took > 2:
            print("slow", [a.name for a in batch], perf_counter() - took)
    print(verdict, operation, len(asks), perf_counter() - began, before == await stored_counts(attacked.house))
    json.dump(out, open(f"/tmp/w/edge_doors_{verdict}_{operation}.json", "w"))
    print(Counter((status, code, same) for _, status, code, _, same, _ in out))
