"""Every input of the API is sent what nobody should send, over HTTP, on the real service.

Whatever comes, the answer is of the API: no 5xx, nothing INTERNAL, no page-long echo. What cannot
be meant is refused with the path of the input that was wrong, and nothing is written.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from domain.ids import PersonId
from domain.technicians import Technician
from sync.offline_queue import SCHEMA
from tests.hostile.doors import OPERATIONS, Door, every_door
from tests.hostile.generated import documents
from tests.hostile.values import Verdict, hostile_values
from tests.journeys.billing_garage import furnished, op
from tests.journeys.conftest import Somebody
from tests.journeys.hostile_asks import Ask, Told, ask_all, document, in_batches
from tests.journeys.people import PUNE, content
from tests.journeys.planted_files import announced
from tests.journeys.queue_records import SYNC, record
from tests.journeys.schema_walk import roots
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_customer_vehicles import made
from tests.journeys.test_customers import kept
from tests.journeys.test_jobs import BAY, BOOK, slot
from tests.patience import PATIENT_SECONDS
from tests.sizes import short_and_full
from tests.web.live_server import served
from web.asgi import GRAPHQL, STREAM
from web.caps import Caps
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey
# The shares of one caller are tested elsewhere (tests/web/test_gate.py); here all comes from one.
CAPS = Caps(
    units_at_once=10**9,
    units_per_second=10**9,
    refusals_at_once=10**9,
    refusals_per_second=10**9,
    garage_requests=10**9,
    garage_points=10**11,
    garage_requests_alone=10**9,
    garage_points_alone=10**11,
)
# What an answer to eight questions may weigh: nothing of 90,000 letters comes back whole.
ANSWER_BYTES = 16_000
OK = 200
BROKEN = frozenset({"INTERNAL", "DEADLINE", "REFUSED"})
# What the records of a queue hold, by verb; a price is refused there whatever it says.
QUEUED: Mapping[str, Mapping[str, object]] = {
    verb: data.get("properties", {}) for verb, data in SCHEMA["$defs"]["data"].items()
}


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
    customer = await kept(manager, "Whom nobody may change")
    vehicle = await made(manager, owner=customer)
    file = await announced(shop.admin, b"time,volts")
    ids = {
        **dict.fromkeys(("Customer", "customer"), customer),
        **dict.fromkeys(("Vehicle", "vehicle"), vehicle),
        "Upload": file,
        "Card": card,
        "Cards": card,
        "Merge": card,
        "registerBay": "bay_new",
        "createGarage": "garage_new",
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
        "plate": "MH12AB1234",
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
        "hours": "Mon-Sat 09:00-18:00",
        "shift": "Mon-Sat 09:00-18:00",
        "email": "asha@example.org",
    }
    given = {name: {**common, "id": key} for name, key in ids.items()}
    runtime = replace(house, settings=replace(house.settings, caps=CAPS))
    # A stream begins where the log of changes ends, so it is read beside.
    reading = asyncio.create_task(house.feed.run())
    async with (
        served(build_application(runtime), CAPS) as place,
        httpx.AsyncClient(base_url=f"http://{place}", timeout=PATIENT_SECONDS) as client,
    ):
        yield Attacked(house=house, client=client, token=shop.admin.token, given=given)
    reading.cancel()


def _given(attacked: Attacked, door: Door) -> Mapping[str, object]:
    ends = (g for name, g in attacked.given.items() if door.verb.endswith(name))
    return next(ends, attacked.given["Ticket"])


def _asks(attacked: Attacked, verdict: Verdict, operation: str) -> list[Ask]:
    return [
        Ask(door, value, door.variables(value.value, given))
        for door in every_door()
        if door.operation == operation
        for given in [_given(attacked, door)]
        for value in hostile_values(door, given)
        if value.verdict is verdict
    ]


async def _answers(attacked: Attacked, asks: Sequence[Ask]) -> list[tuple[Ask, Told]]:
    found: list[tuple[Ask, Told]] = []
    for batch in in_batches(asks):
        told = await ask_all(attacked.client, attacked.token, batch)
        found += zip(batch, told, strict=True)
    return found


def _is_named(ask: Ask, told: Told) -> bool:
    """Say whether a refusal names the input; an id that nobody has may be told to be unknown."""
    if told.code in {"NotFound", "NOT_FOUND"} and ask.door.kind == "ID":
        return ask.hostile.name == "foreign"
    return told.code in {"InvalidInput", "INVALID_INPUT"} and told.path == ask.door.field


@pytest.mark.parametrize("operation", ["query", "mutation"])
@pytest.mark.parametrize("verdict", [Verdict.MISREAD, Verdict.REFUSED])
async def test_what_nobody_means_is_refused_by_name(
    attacked: Attacked, verdict: Verdict, operation: str
) -> None:
    before = await stored_counts(attacked.house)
    answers = await _answers(attacked, _asks(attacked, verdict, operation))
    assert {ask.name: told for ask, told in answers if not _is_named(ask, told)} == {}
    assert await stored_counts(attacked.house) == before


@pytest.mark.parametrize("operation", ["query", "mutation"])
async def test_what_is_odd_is_answered_in_words_of_the_api(
    attacked: Attacked, operation: str
) -> None:
    answers = await _answers(attacked, _asks(attacked, Verdict.ANSWERED, operation))
    broken = {a.name: t for a, t in answers if t.status != 200 or t.code in BROKEN}
    assert broken == {}
    assert {a.name: t for a, t in answers if t.size > ANSWER_BYTES} == {}


@short_and_full("each", 2, 25)
async def test_what_fits_the_types_is_answered_in_words_of_the_api(
    attacked: Attacked, each: int
) -> None:
    """Schemathesis in its GraphQL mode: every query and mutation, with whatever fits its types."""
    headers = {"authorization": f"Bearer {attacked.token}"}
    asked, broken = 0, dict[str, str]()
    for query in documents(each):
        answer = await attacked.client.post(GRAPHQL, json={"query": query}, headers=headers)
        errors = answer.json().get("errors", ())
        codes = {error.get("extensions", {}).get("code") for error in errors}
        if answer.status_code != OK or codes & BROKEN or len(answer.content) > ANSWER_BYTES:
            broken[query] = f"{answer.status_code} {answer.text[:200]}"
        asked += 1
    assert broken == {}
    assert asked > len(roots(OPERATIONS["query"])) + len(roots(OPERATIONS["mutation"]))


async def test_a_queue_is_no_way_around_the_checks(attacked: Attacked) -> None:
    """The same values inside the records of an offline queue, which are JSON to the schema."""
    before = await stored_counts(attacked.house)
    asks = [
        ask
        for verdict in (Verdict.MISREAD, Verdict.REFUSED)
        for ask in _asks(attacked, verdict, "mutation")
        if ask.door.path[0] in QUEUED.get(ask.door.verb, {})
    ]
    told = list[tuple[Ask, Any]]()
    for batch in in_batches(asks, 5):
        records = [
            record(
                ask.door.verb,
                {name: v for name, v in ask.variables.items() if name != "operationId"},
            )
            for ask in batch
        ]
        body = {"query": SYNC, "variables": {"operations": records}}
        headers = {"authorization": f"Bearer {attacked.token}"}
        answer = (await attacked.client.post(GRAPHQL, json=body, headers=headers)).json()
        told += zip(batch, answer["data"]["syncOperations"]["answers"], strict=True)
    assert len(told) > 300
    wrong = {a.name: t for a, t in told if t["state"] != "REFUSED" or t["field"] is None}
    assert wrong == {}
    assert await stored_counts(attacked.house) == before


async def test_a_stream_refuses_what_nobody_means(attacked: Attacked) -> None:
    asks = [
        ask
        for verdict in (Verdict.MISREAD, Verdict.REFUSED)
        for ask in _asks(attacked, verdict, "subscription")
    ]
    headers = {"authorization": f"Bearer {attacked.token}", "accept": "text/event-stream"}
    for ask in asks:
        query, variables = document([ask], alias=False)
        body = {"query": query, "variables": variables}
        answer = await attacked.client.post(STREAM, json=body, headers=headers)
        said = answer.text.lower().replace("_", "")
        assert answer.status_code < 500, ask.name
        assert "invalidinput" in said, (ask.name, said[:300])
        assert len(said) < ANSWER_BYTES, ask.name
