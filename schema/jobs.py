"""Bays and jobs in the API, and what booking them answers."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import jobs
from schema.people import Garage
from schema.refusals import (
    AlreadyExists,
    InvalidInput,
    NotAllowed,
    NotCertified,
    NotFound,
    OperationConflict,
    Overlaps,
    StaleVersion,
)


@strawberry.type(description="A place in a garage where one vehicle at a time is worked on.")
class Bay:
    key: str = field(description="Its key, bay_….")
    garage: Garage = field(description="Where it is.")


@strawberry.type(description="A ticket planned for a technician and a bay, at [start, end).")
class Job:
    key: str = field(description="Its key, job_….")
    version: int = field(description="Counts its changes, from 1.")
    garage: Garage = field(description="Where it is done.")
    ticket: strawberry.ID = field(description="Key of the ticket.")
    technician: strawberry.ID = field(description="Id of the technician.")
    bay: strawberry.ID = field(description="Key of the bay.")
    start: datetime = field(description="When it begins.")
    end: datetime = field(description="When it is over.")

    @classmethod
    def from_domain(cls, value: jobs.Job) -> Self:
        return cls(
            key=value.id,
            version=value.version,
            garage=Garage.from_domain(value.garage),
            ticket=strawberry.ID(value.ticket),
            technician=strawberry.ID(value.technician),
            bay=strawberry.ID(value.bay),
            start=value.slot.start,
            end=value.slot.end,
        )


@strawberry.type(description="The garage has the bay.")
class BayRegistered:
    bay: Bay = field(description="The bay.")


@strawberry.type(description="The job has its time.")
class JobBooked:
    job: Job = field(description="The job as booked.")


@strawberry.type(description="The job has another time.")
class JobRescheduled:
    job: Job = field(description="The job as it is now.")


@strawberry.type(description="The job is gone, its time is free.")
class JobCancelled:
    key: str = field(description="Key that the job had.")


RegisterBayResult = Annotated[
    BayRegistered | InvalidInput | NotAllowed | AlreadyExists | OperationConflict,
    strawberry.union("RegisterBayResult", description="The bay, or why not."),
]
BookJobResult = Annotated[
    JobBooked
    | InvalidInput
    | NotFound
    | NotAllowed
    | NotCertified
    | Overlaps
    | StaleVersion
    | OperationConflict,
    strawberry.union("BookJobResult", description="The job, or why it has no time."),
]
RescheduleJobResult = Annotated[
    JobRescheduled
    | InvalidInput
    | NotFound
    | NotAllowed
    | Overlaps
    | StaleVersion
    | OperationConflict,
    strawberry.union("RescheduleJobResult", description="The job, or why it stays."),
]
CancelJobResult = Annotated[
    JobCancelled | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("CancelJobResult", description="The key, or why it stays."),
]
