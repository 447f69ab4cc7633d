"""What breaks in a queue breaks alone: every record has a typed answer, the good ones are done."""

import json
from datetime import timedelta
from time import time
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from tests.journeys.conftest import Somebody
from tests.journeys.people import content
from tests.journeys.queue_records import SYNC, record, sync
from web.asgi import GRAPHQL

pytestmark = pytest.mark.journey
NOBODY = str(uuid4())
DEEP: Any = json.loads("[" * 200 + "]" * 200)
TICKET = "tkt_none_of_ours"
FAR = "data.expectedVersion"
POISON: list[tuple[str, dict[str, Any], str | None]] = [
    ("report_failure", {"report": {"text": "\u0000"}}, "data.report.text"),
    ("report_failure", {"report": {"text": "Horn", "codes": ["\u0000"]}}, "data.report.codes"),
    ("report_failure", {"report": DEEP}, "data.report"),
    (
        "report_failure",
        {"report": {"text": "Horn", "vehicleId": "veh_\u0000"}},
        "data.report.vehicleId",
    ),
    ("create_card", {"card": content("\u0000")}, "data.card.title"),
    ("create_card", {"card": content("Deep", evidence=DEEP)}, "data.card.evidence"),
    ("update_card", {"id": "fc_none", "expected_version": 1, "card": content("Gone")}, None),
    ("update_card", {"id": "fc_\u0000", "expected_version": 1, "card": content("Odd")}, "data.id"),
    ("update_card", {"id": "fc_none", "expected_version": 2**70, "card": content("Far")}, FAR),
    ("start_repair", {"id": ["tkt_1"], "expected_version": 1}, "data.id"),
    ("start_repair", {"id": NOBODY, "expected_version": 1}, None),
    ("start_repair", {"id": TICKET, "expected_version": 1, "card": DEEP}, "data.card"),
    ("start_repair", {"id": TICKET, "expected_version": True}, FAR),
    ("close_ticket", {"id": TICKET, "expected_version": -1, "rating": 10**30}, "data.stars"),
    (
        "rate_card",
        {"id": TICKET, "feedback": {"card": "fc_none", "stars": 9}},
        "data.feedback.stars",
    ),
    (
        "adjust_stock",
        {"stock": {"part": "\u0000", "quantity": 1, "reason": "Came"}},
        "data.stock.part",
    ),
    (
        "adjust_stock",
        {"stock": {"part": "p", "quantity": 2**60, "reason": "Came"}},
        "data.stock.quantity",
    ),
]


@pytest.mark.parametrize(("type", "data", "field"), POISON)
async def test_what_is_wrong_is_refused_and_the_rest_is_done(
    somebody: Somebody, type: str, data: dict[str, Any], field: str | None
) -> None:
    technician = somebody(Role.MANAGER)
    good = [record("report_failure", {"report": {"text": f"Grip turns {n}"}}) for n in range(2)]
    answers = await sync(technician, good[0], record(type, data), good[1])
    assert [a["state"] for a in answers] == ["APPLIED", "REFUSED", "APPLIED"]
    assert (answers[1]["field"], answers[1]["reason"] is None) == (field, False)


async def test_half_a_character_is_no_json(somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    operations = [
        record("report_failure", {"report": {"text": text}}) for text in ("Grip turns", "\ud800")
    ]
    answer = await technician.client.post(
        GRAPHQL,
        content=json.dumps({"query": SYNC, "variables": {"operations": operations}}),
        headers={
            "authorization": f"Bearer {technician.token}",
            "content-type": "application/json",
        },
    )
    assert answer.status_code == 400


async def test_a_forged_operation_id_is_refused(somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    forged = [
        record("report_failure", {"report": {"text": "Grip turns"}}, operation_id=made_up)
        for made_up in (
            "1",
            "",
            "0" * 32,
            "../../x",
            "01920000-0000-7000-8000-00000000000g",
            7,
            None,
        )
    ]
    answers = await sync(technician, *forged)
    assert {(a["state"], a["field"]) for a in answers} == {("REFUSED", "operationId")}


async def test_one_operation_id_for_two_things_is_refused(somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    first = record("report_failure", {"report": {"text": "Grip turns"}})
    other = first | {"data": {"report": {"text": "Something else"}}}
    await sync(technician, first)
    [answer] = await sync(technician, other)
    assert answer["state"] == "REFUSED"
    assert "something else" in answer["reason"]


async def test_a_clock_a_year_ahead_is_taken_and_wins_nothing(somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    year_ms = int(timedelta(days=365).total_seconds() * 1000)
    ahead = f"{int(time() * 1000) + year_ms}.0.phone_9"
    late = record("report_failure", {"report": {"text": "Grip turns"}}, timestamp=ahead)
    farthest = late | {"operation_id": str(uuid4()), "timestamp": "9" * 15 + ".999999999.x"}
    answers = await sync(technician, late, farthest)
    assert [a["state"] for a in answers] == ["APPLIED", "APPLIED"]
