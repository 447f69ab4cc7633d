"""A job: a ticket worked on by one technician on one bay for a while, as the garage plans it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.errors import InvalidInput, StaleVersion
from domain.ids import BayId, GarageId, JobId, PersonId, TicketId

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A while [start, end): whoever ends when another begins is not in its way.

    Raises:
        InvalidInput: a moment has no time zone, or it does not last more than nothing and at most
            a day.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name, moment in (("start", self.start), ("end", self.end)):
            if moment.utcoffset() is None:
                raise InvalidInput(name, "needs a time zone")
        if not timedelta() < self.end - self.start <= LONGEST:
            raise InvalidInput("end", "must come after the start, within 24 hours")

    def overlaps(self, other: "Slot") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Bay:
    """A place in a garage where one vehicle at a time is worked on."""

    id: BayId
    garage: GarageId


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """What is to be booked: who works on which ticket, on which bay, and when."""

    ticket: TicketId
    technician: PersonId
    bay: BayId
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: JobId
    version: int
    garage: GarageId
    ticket: TicketId
    technician: PersonId
    bay: BayId
    slot: Slot

    def overlaps_with(self, other: "Job") -> bool:
        """Say whether both want the same bay or the same person at the same time."""
        shared = self.bay == other.bay or self.technician == other.technician
        return self.id != other.id and shared and self.slot.overlaps(other.slot)


def reschedule_job(job: Job, slot: Slot, expected: int) -> Job:
    """Give the job at another time.

    Raises:
        StaleVersion: somebody changed it meanwhile.
    """
    demand_version(job, expected)
    return replace(job, slot=slot, version=job.version + 1)


def demand_version(job: Job, expected: int) -> None:
    if job.version != expected:
        raise StaleVersion(job.id, expected, job.version)
