"""Records of an offline queue: what is refused, and the order that they are applied in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from graphql import build_schema
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from schema import sdl
from sync import offline_queue
from sync.offline_queue import QueuedOperation, QueuedVerb, order_queue, parse_record

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ID = "01920000-0000-7000-8000-000000000001"
RECORD: dict[str, Any] = {
    "operation_id": ID,
    "type": "report_failure",
    "data": {},
    "timestamp": "1764000000000.0.phone_1",
    "garage_id": "garage_pune",
    "priority": 5,
}


def queued(n: int, ms: int, priority: int, about: str) -> QueuedOperation:
    return parse_record(
        {
            **RECORD,
            "operation_id": str(UUID(int=n)),
            "timestamp": f"{ms}.0.phone",
            "priority": priority,
            "data": {"id": about} if about else {},
        }
    )


queues = st.lists(
    st.builds(
        queued,
        st.integers(0, 2**100),
        st.integers(0, 20),
        st.integers(0, 9),
        st.sampled_from(["", "tkt_1", "tkt_2", "fc_1"]),
    ),
    unique_by=lambda q: q.id,
)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"operation_id": "1"}, "operationId"),
        ({"type": "fly"}, "type"),
        ({"timestamp": "now"}, "timestamp"),
        ({"priority": 10}, "priority"),
        ({"garage_id": "x"}, "garageId"),
        ({"data": []}, "data"),
        ({"data": {"x": "y" * 100_001}}, "data"),
    ],
)
def test_a_wrong_record_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_record(RECORD | change)
    assert refused.value.field == field


@pytest.mark.row("OF-2")
@given(queues)
def test_one_thing_keeps_its_order_and_urgent_ones_go_first(queue: list[QueuedOperation]) -> None:
    order = order_queue(queue, NOW)
    assert sorted(order, key=lambda q: q.id) == sorted(queue, key=lambda q: q.id)
    for entity in {q.entity for q in queue}:
        own = [q for q in order if q.entity == entity]
        assert own == sorted(own, key=lambda q: (q.at, q.id))
    single = [q for q in order if [o.entity for o in order].count(q.entity) == 1]
    assert single == sorted(single, key=lambda q: (q.priority, q.at, q.id))


def test_a_phone_a_year_ahead_does_not_win() -> None:
    now_ms, year_ms = int(NOW.timestamp() * 1000), int(timedelta(days=365).total_seconds() * 1000)
    early = [queued(9, now_ms + year_ms, 5, "tkt_1"), queued(8, now_ms + year_ms + 1, 5, "tkt_1")]
    late = queued(7, now_ms + 1, 5, "tkt_1")
    assert order_queue([late, *early[::-1]], NOW) == [*early, late]


TODAY = {
    "operationId": "01920000-0000-7000-8000-000000000001",
    "type": "closeTicket",
    "data": {"id": "tkt_one", "expectedVersion": 3, "stars": 5},
    "timestamp": "1764000000000.0.phone_1",
    "garageId": "garage_pune",
    "priority": 1,
}
BEFORE = {
    "operation_id": "01920000-0000-7000-8000-000000000001",
    "type": "close_ticket",
    "data": {"id": "tkt_one", "expected_version": 3, "rating": 5},
    "timestamp": "1764000000000.0.phone_1",
    "garage_id": "garage_pune",
    "priority": 1,
}


def test_a_record_of_before_is_the_same_record() -> None:
    assert offline_queue.parse_record(TODAY) == offline_queue.parse_record(BEFORE)
    assert offline_queue.upcast_record(BEFORE) == TODAY
    assert offline_queue.upcast_record(TODAY) == TODAY
    assert offline_queue.show_record(offline_queue.parse_record(BEFORE).data) == TODAY["data"]


def test_every_deed_is_a_mutation_and_is_read_by_both_names() -> None:
    schema = build_schema(sdl.PRINTED.read_text(encoding="utf-8"))
    assert schema.mutation_type is not None
    assert {deed.verb for deed in QueuedVerb} <= set(schema.mutation_type.fields)
    assert {offline_queue.parse_record(TODAY | {"type": d.verb}).action for d in QueuedVerb} == set(
        QueuedVerb
    )
    assert {
        offline_queue.parse_record(BEFORE | {"type": d.value}).action for d in QueuedVerb
    } == set(QueuedVerb)
    assert set(offline_queue.SCHEMA["properties"]["type"]["enum"]) == {d.verb for d in QueuedVerb}
    assert set(offline_queue.SCHEMA["$defs"]["data"]) == {d.verb for d in QueuedVerb}


def test_an_unknown_field_is_told_with_what_was_meant() -> None:
    with pytest.raises(InvalidInput) as caught:
        offline_queue.parse_record(TODAY | {"priorty": 1})
    assert str(caught.value) == "priorty: is no field of a record; did you mean `priority`?"
