"""A garage plans its day: which ticket is worked on by whom, on which bay, and when."""

from dataclasses import replace

from domain import jobs
from domain.access import Action, Actor, Resource, ResourceKind, demand_allowed
from domain.errors import InvalidInput, NotFound, OperationConflict
from domain.ids import BayId, GarageId, JobId
from domain.jobs import Bay, Job, JobRequest, Slot, demand_version
from repair.operations import Operation
from repair.ports import JobRepository
from repair.tickets import TicketPorts, demand_certified_for, demand_colleague


async def register_bay(stored: JobRepository, bay: Bay, operation: Operation) -> Bay:
    """State that a garage has a bay.

    Raises:
        NotAllowed: the actor does not plan that garage's work.
        AlreadyExists: another garage has a bay of that id.
    """
    _demand_planner(operation.actor, bay.garage)
    await stored.register_bay(bay)
    return bay


async def book_job(
    shop: TicketPorts, stored: JobRepository, wanted: JobRequest, operation: Operation
) -> Job:
    """Book a technician and a bay for a ticket; the same operation again gives the same job.

    Raises:
        InvalidInput: the bay or the technician is none of the ticket's garage.
        NotCertified: it is high-voltage work and they may not do it.
        Overlaps: another job has the bay or the technician at that time.
        OperationConflict: this operation booked another job.
        NotFound, NotAllowed: as they say; the job may have been cancelled since it was booked.
    """
    if (booked := await stored.job(operation.job_id())) is not None:
        return _demand_same_job(booked, wanted, operation)
    ticket = await shop.tickets.get(wanted.ticket, operation.actor)
    _demand_planner(operation.actor, ticket.garage)
    await demand_colleague(shop.technicians, ticket, wanted.technician)
    await _demand_bay(stored, wanted.bay, ticket.garage)
    await demand_certified_for(
        shop, replace(ticket, assignee=wanted.technician), ticket.card, operation
    )
    job = Job(
        id=operation.job_id(),
        version=1,
        garage=ticket.garage,
        ticket=wanted.ticket,
        technician=wanted.technician,
        bay=wanted.bay,
        slot=wanted.slot,
    )
    await stored.book(job)
    return job


async def reschedule_job(
    stored: JobRepository, id: JobId, slot: Slot, expected: int, operation: Operation
) -> Job:
    """Move a job to another time; one that was moved there already stays.

    Raises:
        Overlaps: another job has the bay or the technician at that time.
        NotFound, NotAllowed, StaleVersion: as they say.
    """
    job = await _stored_job(stored, id, operation.actor)
    if job.version == expected + 1 and job.slot == slot:
        return job
    moved = jobs.reschedule_job(job, slot, expected)
    await stored.book(moved, expected=expected)
    return moved


async def cancel_job(stored: JobRepository, id: JobId, expected: int, operation: Operation) -> None:
    """Free the time of a job; for the operation that cancelled it before there is nothing to do.

    Raises:
        NotFound, NotAllowed, StaleVersion: as they say.
    """
    if await stored.cancelled(id, operation.mark):
        return
    job = await _stored_job(stored, id, operation.actor)
    demand_version(job, expected)
    await stored.cancel(job, operation.mark)


def _demand_same_job(booked: Job, wanted: JobRequest, operation: Operation) -> Job:
    """Give what the operation booked, which may have been moved since, if it asks for that."""
    found = JobRequest(
        ticket=booked.ticket,
        technician=booked.technician,
        bay=booked.bay,
        slot=wanted.slot if booked.version > 1 else booked.slot,
    )
    if found != wanted:
        raise OperationConflict(operation.id)
    return booked


async def _stored_job(stored: JobRepository, id: JobId, actor: Actor) -> Job:
    job = await stored.job(id)
    if job is None or not actor.reaches(job.garage):
        raise NotFound("job", id)
    _demand_planner(actor, job.garage)
    return job


def _demand_planner(actor: Actor, garage: GarageId) -> None:
    demand_allowed(actor, Action.ASSIGN, Resource(kind=ResourceKind.TICKET, garage=garage))


async def _demand_bay(stored: JobRepository, id: BayId, garage: GarageId) -> None:
    bay = await stored.bay(id)
    if bay is None or bay.garage != garage:
        raise InvalidInput("bay", f"{id} is no bay of {garage}")
