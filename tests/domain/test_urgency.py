"""How soon a change must be known, and when a batch has waited long enough."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.cards import Severity
from domain.events import EventType
from domain.urgency import Urgency, hour_before, is_batch_due, urgency_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type", "severity", "urgency"),
    [
        (EventType.CARD_CREATED, Severity.LOW, Urgency.AT_ONCE),
        (EventType.CARD_VERIFIED, None, Urgency.AT_ONCE),
        (EventType.CARD_UPDATED, Severity.CRITICAL, Urgency.AT_ONCE),
        (EventType.CARD_RETIRED, Severity.HIGH, Urgency.AT_ONCE),
        (EventType.CARD_UPDATED, Severity.MEDIUM, Urgency.BATCH),
        (EventType.CARD_MERGED, None, Urgency.BATCH),
        (EventType.TICKET_CREATED, Severity.CRITICAL, Urgency.HOURLY),
    ],
)
def test_new_and_grave_changes_go_at_once(
    type: EventType, severity: Severity | None, urgency: Urgency
) -> None:
    assert urgency_of(type, severity) is urgency


@pytest.mark.parametrize(("waited", "due"), [(3.9, False), (4.0, True), (9.0, True)])
def test_a_batch_goes_a_step_before_it_is_too_old(waited: float, due: bool) -> None:
    now = NOON + timedelta(seconds=waited)
    assert is_batch_due(NOON, now, timedelta(seconds=1)) is due


def test_a_digest_is_of_the_last_whole_hour() -> None:
    assert hour_before(NOON + timedelta(minutes=59)) == NOON - timedelta(hours=1)
    assert hour_before(NOON) == NOON - timedelta(hours=1)
