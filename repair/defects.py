"""Emerging defects as a use case: found in the history, kept, told, put before a person."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from domain.access import SYSTEM
from domain.defect_alarms import DefectAlarm, alarm_sentence
from domain.defects import DefectWatch, EmergingDefect
from domain.events import Event, EventType
from domain.ids import EventId, uuid7
from domain.repair_history import RepairHistory
from domain.reviews import Review, ReviewKind
from gnn.defect_failures import TradeComponents, component_failures


class DefectAlarms(Protocol):
    async def add(self, alarm: DefectAlarm, review: Review, events: Sequence[Event]) -> bool: ...


def find_defects(history: RepairHistory, trade: TradeComponents) -> list[EmergingDefect]:
    """Give every alarm that a history raises, by time; it takes a processor some seconds."""
    watch = DefectWatch()
    return [alarm for failure in component_failures(history, trade) for alarm in watch.see(failure)]


async def raise_defects(
    alarms: DefectAlarms, found: Iterable[EmergingDefect], now: datetime
) -> list[DefectAlarm]:
    """Keep each defect that nobody was told of, with its review and its event; give those."""
    raised = [DefectAlarm(defect=defect, found_at=now) for defect in found]
    return [one for one in raised if await alarms.add(one, *_told_of(one))]


def _told_of(alarm: DefectAlarm) -> tuple[Review, list[Event]]:
    """Give the review of an alarm, and the events of both: the same ids for the same alarm."""
    digest, at = sha256(alarm.id.encode()).digest(), alarm.found_at
    ids = [str(uuid7(at, int.from_bytes(digest[n : n + 10]))) for n in (0, 10, 20)]
    review = Review(
        id=f"rev_{ids[0]}",
        kind=ReviewKind.DEFECT,
        card=None,
        version=1,
        reason=alarm_sentence(alarm.defect),
        at=at,
        alarm=alarm.id,
    )
    events = [
        Event(id=EventId(name), type=kind, entity=entity, version=1, at=at, actor=SYSTEM.id)
        for name, kind, entity in (
            (ids[1], EventType.DEFECT_FOUND, alarm.id),
            (ids[2], EventType.REVIEW_OPENED, review.id),
        )
    ]
    return review, events
