"""What of the audit trail a person has to look at now (AD-17 to AD-19): decided from deeds alone.

A deed raises an alarm by itself or by how many like it came before, so the same deeds raise the
same alarms whenever and however often they are looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.deeds import Deed, DeedResult, DeedType
from domain.hours import WeekHours


class AlarmKind(StrEnum):
    FAILED_SIGN_INS = "failed_sign_ins"
    BULK_EXPORT = "bulk_export"
    OFF_HOURS_ACCESS = "off_hours_access"


# Of a garage that has not said when it is open.
USUAL_HOURS = WeekHours.parse("hours", "Mon-Sun 09:00-20:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule:
    """Deeds of some types and one result: more than `most` of one person within `window`.

    Where `most` is 0 a deed raises the alarm by itself, and none is counted with it.
    """

    kind: AlarmKind
    types: frozenset[DeedType]
    results: frozenset[DeedResult]
    window: timedelta
    most: int = 0
    off_hours: bool = False


RULES: tuple[AlarmRule, ...] = (
    AlarmRule(
        kind=AlarmKind.FAILED_SIGN_INS,
        types=frozenset({DeedType.USER_LOGIN}),
        results=frozenset({DeedResult.REFUSED, DeedResult.FAILED}),
        window=timedelta(minutes=15),
        most=5,
    ),
    AlarmRule(
        kind=AlarmKind.BULK_EXPORT,
        types=frozenset({DeedType.REPORT_EXPORT}),
        results=frozenset({DeedResult.DONE}),
        window=timedelta(minutes=60),
        most=10,
    ),
    AlarmRule(
        kind=AlarmKind.OFF_HOURS_ACCESS,
        types=frozenset({DeedType.EMPLOYEE_PII_ACCESS, DeedType.EMPLOYEE_SALARY_VIEW}),
        results=frozenset({DeedResult.DONE}),
        window=timedelta(minutes=60),
        off_hours=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What has to be looked at: whose deeds, how many, and the one that was too many."""

    kind: AlarmKind
    subject: str
    at: datetime
    deed: str
    garage: str | None
    count: int

    @property
    def id(self) -> str:
        """The same for the same deed, so that it is raised once."""
        return f"{self.kind}_{self.deed}"


def rule_for(deed: Deed, hours: Mapping[str, WeekHours]) -> AlarmRule | None:
    """Give the rule that a deed falls under; of off-hours only what was done outside them."""
    for rule in RULES:
        if deed.event_type in rule.types and deed.result in rule.results:
            usual = hours.get(deed.garage_id or "", USUAL_HOURS).covers(deed.timestamp)
            return None if rule.off_hours and usual else rule
    return None


def subject_of(deed: Deed) -> str:
    """Whose deeds are counted together: a person's, else those from one address."""
    return deed.user_id or deed.ip_address or "nobody known"


def raise_alarm(deed: Deed, rule: AlarmRule, count: int, last: datetime | None) -> Alarm | None:
    """Give the alarm of a deed, one of `count` of its subject that lie within the rule's window.

    None where that is not too many, or where the subject's `last` alarm of the kind is no older
    than the window: one flood is one alarm.
    """
    if count <= rule.most or (last is not None and deed.timestamp - last < rule.window):
        return None
    return Alarm(
        kind=rule.kind,
        subject=subject_of(deed),
        at=deed.timestamp,
        deed=deed.audit_id,
        garage=deed.garage_id,
        count=count,
    )
