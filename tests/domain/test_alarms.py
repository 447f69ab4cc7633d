"""Which deeds raise an alarm, decided from the deeds alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.alarms import RULES, Alarm, AlarmKind, raise_alarm, rule_for
from domain.deeds import DeedResult, DeedType
from domain.hours import WeekHours
from tests.records.test_audit_trail import deed

FAILED = deed(1, event_type=DeedType.USER_LOGIN, result=DeedResult.REFUSED)
EXPORT = deed(2, event_type=DeedType.REPORT_EXPORT)
SIGN_INS, EXPORTS, OFF_HOURS = RULES
# 21:00 and 11:00 in India, on a Monday.
NIGHT = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 30, 5, 30, tzinfo=UTC)


@pytest.mark.row("AD-17")
def test_the_sixth_failed_sign_in_raises_an_alarm() -> None:
    assert rule_for(FAILED, {}) is SIGN_INS
    assert rule_for(replace(FAILED, result=DeedResult.DONE), {}) is None
    assert SIGN_INS.window == timedelta(minutes=15)
    assert raise_alarm(FAILED, SIGN_INS, 5, None) is None
    assert raise_alarm(FAILED, SIGN_INS, 6, None) == Alarm(
        kind=AlarmKind.FAILED_SIGN_INS,
        subject="asha",
        at=FAILED.timestamp,
        deed="deed_00001",
        garage="garage_pune",
        count=6,
    )


@pytest.mark.row("AD-18")
def test_the_eleventh_export_raises_an_alarm() -> None:
    assert rule_for(EXPORT, {}) is EXPORTS
    assert EXPORTS.window == timedelta(minutes=60)
    assert raise_alarm(EXPORT, EXPORTS, 10, None) is None
    raised = raise_alarm(EXPORT, EXPORTS, 11, None)
    assert raised is not None
    assert (raised.kind, raised.count) == (AlarmKind.BULK_EXPORT, 11)


@pytest.mark.row("AD-17", "AD-20")
def test_one_flood_is_one_alarm() -> None:
    last = FAILED.timestamp - timedelta(minutes=14)
    assert raise_alarm(FAILED, SIGN_INS, 50, last) is None
    assert raise_alarm(FAILED, SIGN_INS, 50, last - timedelta(minutes=1)) is not None


@pytest.mark.row("AD-19")
@pytest.mark.parametrize("type", [DeedType.EMPLOYEE_PII_ACCESS, DeedType.EMPLOYEE_SALARY_VIEW])
def test_clear_reads_outside_business_hours_raise_an_alarm(type: DeedType) -> None:
    night, morning = (deed(1, event_type=type, timestamp=at) for at in (NIGHT, MORNING))
    assert rule_for(night, {}) is OFF_HOURS
    assert rule_for(morning, {}) is None
    assert raise_alarm(night, OFF_HOURS, 1, None) is not None
    late = {"garage_pune": WeekHours.parse("hours", "Mon-Sun 12:00-22:00")}
    assert rule_for(night, late) is None
    assert rule_for(morning, late) is OFF_HOURS
    closed = {"garage_pune": WeekHours.parse("hours", "Tue-Sun 09:00-20:00")}
    assert rule_for(morning, closed) is OFF_HOURS
