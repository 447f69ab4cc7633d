"""When models are trained and watches look by themselves (rows FE-10, FE-11, ML-39): dates of UTC.

A slot is a moment at which a training is due; its successor ends the time in which it may begin.
A slot that ended with nothing trained is missed, be it that nobody was there or that it failed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.model_runs import ModelKind

# Few work at night; a day's last repairs are closed by then everywhere in India.
HOUR = 20
# So long after it was due a training that did not end is missed.
PATIENCE = timedelta(hours=6)


class StoreWatch(StrEnum):
    """What the calendar runs over the stores besides trainings."""

    DEFECTS = "defects"


class Recurrence(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTerm:
    """A kind that is trained, or a watch that looks, at each slot of a recurrence.

    `besides`: a recurrence of the same kind, whose slots are none of this term.
    """

    kind: ModelKind | StoreWatch
    every: Recurrence
    besides: Recurrence | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.every}"

    def slot(self, now: datetime) -> datetime:
        """Give the latest slot that is not after an aware moment."""
        at = slot_at(self.every, now)
        while self.besides is not None and slot_at(self.besides, at) == at:
            at = slot_at(self.every, at - timedelta(seconds=1))
        return at

    def slots(self, since: datetime, now: datetime) -> list[datetime]:
        """Give the slots after `since` up to `now`, oldest first, at most a hundred of them."""
        found, at = list[datetime](), self.slot(now)
        while at > since and len(found) < 100:  # noqa: PLR2004 - a clock may jump by years
            found.append(at)
            at = self.slot(at - timedelta(seconds=1))
        return found[::-1]


TERMS: tuple[TrainingTerm, ...] = (
    TrainingTerm(kind=ModelKind.RANKER, every=Recurrence.WEEKLY),
    TrainingTerm(kind=ModelKind.CLASSIFIER, every=Recurrence.MONTHLY),
    # A Sunday's ranker is the week's: nothing is trained twice in an hour.
    TrainingTerm(kind=ModelKind.RANKER, every=Recurrence.DAILY, besides=Recurrence.WEEKLY),
    TrainingTerm(kind=StoreWatch.DEFECTS, every=Recurrence.DAILY),
)


def slot_at(every: Recurrence, now: datetime) -> datetime:
    """Give the latest slot that is not after an aware moment."""
    today = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if today > now:
        today -= timedelta(days=1)
    if every is Recurrence.WEEKLY:
        return today - timedelta(days=(today.weekday() + 1) % 7)  # Sunday
    if every is Recurrence.MONTHLY:
        return _first_of_month(today, now)
    return today


def is_missed(slot: datetime, now: datetime, ended: datetime | None) -> bool:
    """Say whether a slot went by without a training that ended."""
    return ended is None and now - slot > PATIENCE


def _first_of_month(today: datetime, now: datetime) -> datetime:
    first = today.replace(day=1)
    if first > now:
        first = (first - timedelta(days=1)).replace(day=1)
    return first
