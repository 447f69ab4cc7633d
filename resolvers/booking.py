"""The verbs that plan a garage's day, and the reads of what is planned."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import strawberry

from domain.access import Action, Kind
from domain.ids import (
    BayId,
    GarageId,
    JobId,
    OperationId,
    PersonId,
    TicketId,
    bay_id,
    garage_id,
    job_id,
    person_id,
    ticket_id,
)
from domain.jobs import Bay, Job, JobRequest, Slot
from repair import booking, staffing
from resolvers import once
from resolvers.arguments import ExpectedArgument, OperationArgument, TicketArgument
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from resolvers.repairing import workshop
from resolvers.services import Answer
from schema import planning, staff
from schema.inputs import JobInput, SlotInput
from schema.nodes import key_of
from schema.people import Garage
from schema.planning import (
    BayRegistered,
    BookJobResult,
    CancelJobResult,
    JobBooked,
    JobCancelled,
    JobRescheduled,
    RegisterBayResult,
    RescheduleJobResult,
)

INDIA = timedelta(hours=5, minutes=30)
Wanted = Annotated[JobInput, strawberry.argument(description="Who works on what, where and when.")]
Moved = Annotated[SlotInput, strawberry.argument(description="The new time.")]
JobArgument = Annotated[strawberry.ID, strawberry.argument(description="Key of the job.")]
BayArgument = Annotated[strawberry.ID, strawberry.argument(description="Key of the bay, bay_….")]
Place = Annotated[strawberry.ID, strawberry.argument(description="The garage.")]
Day = Annotated[date, strawberry.argument(description="A day of India (UTC+05:30).")]


@strawberry.type
class Booking:
    @strawberry.mutation(description="State that a garage has a bay.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def register_bay(
        self, info: Ask, operation_id: OperationArgument, id: BayArgument, garage: Place
    ) -> RegisterBayResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        bay = Bay(id=bay_id(id), garage=garage_id(key_of("Garage", garage)))

        async def work() -> Answer:
            made = await booking.register_bay(context.services.jobs, bay, operation)
            return {"id": made.id}

        await once.value(context, operation.id, once.fingerprint("registerBay", asdict(bay)), work)
        place = Garage.of(bay.garage)
        return BayRegistered(bay=planning.Bay(key=bay.id, garage=place))

    @strawberry.mutation(description="Book a technician and a bay for a ticket.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def book_job(
        self, info: Ask, operation_id: OperationArgument, job: Wanted
    ) -> BookJobResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        ticket = ticket_id(key_of("Ticket", job.ticket))
        wanted = JobRequest(
            ticket=ticket,
            technician=person_id(job.technician),
            bay=bay_id(job.bay),
            slot=_slot(job.slot),
        )

        async def work() -> Job:
            given = context.services
            return await booking.book(workshop(context), given.jobs, wanted, operation)

        body = once.fingerprint("bookJob", asdict(job))
        return JobBooked(job=await _done(context, operation.id, body, work))

    @strawberry.mutation(description="Move a job to another time.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def reschedule_job(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: JobArgument,
        expected_version: ExpectedArgument,
        slot: Moved,
    ) -> RescheduleJobResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        key, to = job_id(id), _slot(slot)

        async def work() -> Job:
            stored = context.services.jobs
            return await booking.reschedule(stored, key, to, expected_version, operation)

        asked = asdict(slot) | {"id": key, "expected": expected_version}
        body = once.fingerprint("rescheduleJob", asked)
        return JobRescheduled(job=await _done(context, operation.id, body, work))

    @strawberry.mutation(description="Free the time of a job.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def cancel_job(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: JobArgument,
        expected_version: ExpectedArgument,
    ) -> CancelJobResult:
        context, key = info.context, job_id(id)
        operation = context.operation(OperationId(str(operation_id)))

        async def work() -> Answer:
            stored = context.services.jobs
            await booking.cancel(stored, key, expected_version, operation)
            return {"id": key}

        body = once.fingerprint("cancelJob", {"id": key, "expected": expected_version})
        await once.value(context, operation.id, body, work)
        return JobCancelled(key=key)


@strawberry.type
class Planned:
    @strawberry.field(description="The jobs of a garage on a day, by their start.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def jobs(self, info: Ask, day: Day, garage: Place) -> list[planning.Job]:
        place = _planned(info.context, garage)
        start = datetime.combine(day, time(), tzinfo=UTC) - INDIA
        slot = Slot(start=start, end=start + timedelta(days=1))
        return [planning.Job.of(job) for job in await info.context.services.jobs.day(place, slot)]

    @strawberry.field(description="The technicians of a garage, by id.")
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def technicians(self, info: Ask, garage: Place) -> list[staff.Technician]:
        place = _planned(info.context, garage)
        found = await info.context.services.crew.technicians(place)
        return [staff.Technician.of(technician) for technician in found]

    @strawberry.field(
        description="Who of its garage may take a ticket, best first: by skill, then the least "
        "busy; for work on high voltage, and until the search for its cards has run, certified "
        "people alone."
    )
    @guarded(Action.ASSIGN, Kind.TICKET)
    async def suggest_technicians(
        self, info: Ask, ticket: TicketArgument
    ) -> list[staff.TechnicianSuggestion]:
        context, key = info.context, ticket_id(key_of("Ticket", ticket))
        found = await staffing.suggest(workshop(context), key, context.actor)
        return [staff.TechnicianSuggestion.of(candidate) for candidate in found]


def _planned(context: Context, garage: str) -> GarageId:
    """Give the garage if the caller plans its work."""
    place = garage_id(key_of("Garage", garage))
    context.demand_in(place, Action.ASSIGN, Kind.TICKET)
    return place


def _slot(given: SlotInput) -> Slot:
    return Slot(start=given.start, end=given.end)


async def _done(
    context: Context, id: OperationId, body: str, work: Callable[[], Awaitable[Job]]
) -> planning.Job:
    """Do it once and give the job as it was made then."""

    async def keep() -> Answer:
        return _told(await work())

    return planning.Job.of(_heard(await once.value(context, id, body, keep)))


def _told(job: Job) -> Answer:
    return asdict(job) | {
        "slot": {"start": job.slot.start.isoformat(), "end": job.slot.end.isoformat()}
    }


def _heard(answer: Answer) -> Job:
    slot = {name: datetime.fromisoformat(text) for name, text in answer["slot"].items()}
    return Job(
        id=JobId(answer["id"]),
        version=answer["version"],
        garage=GarageId(answer["garage"]),
        ticket=TicketId(answer["ticket"]),
        technician=PersonId(answer["technician"]),
        bay=BayId(answer["bay"]),
        slot=Slot(**slot),
    )
