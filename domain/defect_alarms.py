"""Alarms of emerging defects as they are kept: found by the watch, answered by a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.defects import EmergingDefect
from domain.ids import CardId, DefectAlarmId, PersonId


class DefectAlarmState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class DefectAnswer(StrEnum):
    """What a person does with an alarm: looks into it, or is done with it."""

    ACKNOWLEDGE = "acknowledge"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectAlarm:
    """An emerging defect that was told of; `found_at` is when the watch came to it."""

    defect: EmergingDefect
    found_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: PersonId | None = None
    closed_at: datetime | None = None
    closed_by: PersonId | None = None

    @property
    def id(self) -> DefectAlarmId:
        return self.defect.id

    @property
    def state(self) -> DefectAlarmState:
        if self.closed_at is not None:
            return DefectAlarmState.CLOSED
        if self.acknowledged_at is not None:
            return DefectAlarmState.ACKNOWLEDGED
        return DefectAlarmState.OPEN

    def takes(self, answer: DefectAnswer) -> bool:
        """Say whether an answer changes anything: a second one does not, nor one after the end."""
        if answer is DefectAnswer.CLOSE:
            return self.closed_at is None
        return self.state is DefectAlarmState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectCard:
    """A card for what a cohort suffers from, with how often it was tried on the alarm's repairs."""

    card: CardId
    uses: int
    worked: int


def cohort_words(defect: EmergingDefect) -> str:
    """Name a cohort for a person: what its vehicles have in common."""
    own = defect.cohort
    parts = (
        ("batch", own.battery_batch),
        ("of", own.supplier),
        ("on firmware", own.firmware),
        ("in", own.climate),
    )
    return ", ".join([own.make, *(f"{word} {said}" for word, said in parts if said)])


def alarm_sentence(defect: EmergingDefect) -> str:
    """Say what was found, with its figures."""
    return (
        f"{defect.component} failed in {defect.failures} of {defect.visits} repairs of "
        f"{cohort_words(defect)}, where {defect.expected:.1%} were to be expected."
    )
