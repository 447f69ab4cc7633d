"""The verbs that plan a garage's day on its bays, and the reads of what is planned."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
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
from repair import jobs as repair_jobs
from resolvers.arguments import ExpectedArgument, OperationArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, ResultFormat, idempotent, operation_fingerprint
from resolvers.services import Answer
from resolvers.tickets import ticket_ports
from schema import jobs as schema_jobs
from schema.inputs import JobInput, SlotInput
from schema.jobs import (
    BayRegistered,
    BookJobResult,
    CancelJobResult,
    JobBooked,
    JobCancelled,
    JobRescheduled,
    RegisterBayResult,
    RescheduleJobResult,
)
from schema.nodes import key_of
from schema.people import Garage

INDIA = timedelta(hours=5, minutes=30)


JobArguments = Annotated[
    JobInput, strawberry.argument(description="Who works on what, where and when.")
]


SlotArgument = Annotated[SlotInput, strawberry.argument(description="The new time.")]


JobArgument = Annotated[strawberry.ID, strawberry.argument(description="Key of the job.")]


BayArgument = Annotated[strawberry.ID, strawberry.argument(description="Key of the bay, bay_….")]


PlannedGarage = Annotated[strawberry.ID, strawberry.argument(description="The garage.")]


DayArgument = Annotated[date, strawberry.argument(description="A day of India (UTC+05:30).")]


@strawberry.type
class JobMutations:
    @strawberry.mutation(description="State that a garage has a bay.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET)
    async def register_bay(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: BayArgument,
        garage: PlannedGarage,
    ) -> RegisterBayResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        bay = Bay(id=bay_id(id), garage=garage_id(key_of("Garage", garage)))

        async def work() -> Answer:
            made = await repair_jobs.register_bay(context.services.jobs, bay, operation)
            return {"id": made.id}

        await idempotent(
            context,
            operation.id,
            operation_fingerprint("registerBay", asdict(bay)),
            work,
            ANSWER,
        )
        place = Garage.from_domain(bay.garage)
        return BayRegistered(bay=schema_jobs.Bay(key=bay.id, garage=place))

    @strawberry.mutation(description="Book a technician and a bay for a ticket.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET)
    async def book_job(
        self, info: RequestInfo, operation_id: OperationArgument, job: JobArguments
    ) -> BookJobResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        ticket = ticket_id(key_of("Ticket", job.ticket))
        wanted = JobRequest(
            ticket=ticket,
            technician=person_id(job.technician),
            bay=bay_id(job.bay),
            slot=_parse_slot(job.slot),
        )

        async def work() -> Job:
            given = context.services
            return await repair_jobs.book_job(ticket_ports(context), given.jobs, wanted, operation)

        body = operation_fingerprint("bookJob", asdict(job))
        return JobBooked(job=await _run_job_once(context, operation.id, body, work))

    @strawberry.mutation(description="Move a job to another time.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET)
    async def reschedule_job(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: JobArgument,
        expected_version: ExpectedArgument,
        slot: SlotArgument,
    ) -> RescheduleJobResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        key, to = job_id(id), _parse_slot(slot)

        async def work() -> Job:
            stored = context.services.jobs
            return await repair_jobs.reschedule_job(stored, key, to, expected_version, operation)

        asked = asdict(slot) | {"id": key, "expected": expected_version}
        body = operation_fingerprint("rescheduleJob", asked)
        return JobRescheduled(job=await _run_job_once(context, operation.id, body, work))

    @strawberry.mutation(description="Free the time of a job.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET)
    async def cancel_job(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: JobArgument,
        expected_version: ExpectedArgument,
    ) -> CancelJobResult:
        context, key = info.context, job_id(id)
        operation = context.operation(OperationId(str(operation_id)))

        async def work() -> Answer:
            stored = context.services.jobs
            await repair_jobs.cancel_job(stored, key, expected_version, operation)
            return {"id": key}

        body = operation_fingerprint("cancelJob", {"id": key, "expected": expected_version})
        await idempotent(context, operation.id, body, work, ANSWER)
        return JobCancelled(key=key)


@strawberry.type
class JobQueries:
    @strawberry.field(description="The jobs of a garage on a day, by their start.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET)
    async def jobs(
        self, info: RequestInfo, day: DayArgument, garage: PlannedGarage
    ) -> list[schema_jobs.Job]:
        place = planned_garage(info.context, garage)
        start = datetime.combine(day, time(), tzinfo=UTC) - INDIA
        slot = Slot(start=start, end=start + timedelta(days=1))
        return [
            schema_jobs.Job.from_domain(job)
            for job in await info.context.services.jobs.day(place, slot)
        ]


def planned_garage(context: RequestContext, garage: str) -> GarageId:
    """Give the garage if the caller plans its work."""
    place = garage_id(key_of("Garage", garage))
    context.demand_in(place, Action.ASSIGN, ResourceKind.TICKET)
    return place


def _parse_slot(given: SlotInput) -> Slot:
    return Slot(start=given.start, end=given.end)


async def _run_job_once(
    context: RequestContext, id: OperationId, body: str, work: Callable[[], Awaitable[Job]]
) -> schema_jobs.Job:
    """Do it once and give the job as it was made then."""
    return schema_jobs.Job.from_domain(await idempotent(context, id, body, work, JOB))


def _job_to_answer(job: Job) -> Answer:
    return asdict(job) | {
        "slot": {"start": job.slot.start.isoformat(), "end": job.slot.end.isoformat()}
    }


async def _job_from_answer(_: RequestContext, answer: Answer) -> Job:
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


JOB: ResultFormat[Job] = ResultFormat(write=_job_to_answer, read=_job_from_answer)
