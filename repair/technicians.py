"""A garage says who works there and what they may work on, and asks who should take a ticket."""

from typing import Protocol

from domain.access import Action, Actor, Resource, ResourceKind, Role, demand_allowed
from domain.ids import PersonId, TicketId
from domain.people import Person, PersonState
from domain.technicians import Technician, TechnicianCandidate, suitable_technicians
from domain.tickets import Matching
from repair.operations import Operation
from repair.ports import TechnicianRepository, VocabularyRepository
from repair.tickets import TicketPorts, is_high_voltage_work
from repair.vocabulary import demand_known


async def register_technician(
    technicians: TechnicianRepository,
    vocabulary: VocabularyRepository,
    technician: Technician,
    operation: Operation,
) -> Technician:
    """State where somebody works and what they may do; the last word counts.

    Raises:
        NotAllowed: the actor may not change the people of that garage, or of the one they leave.
        InvalidInput: a skill is not a component of the vocabulary.
    """
    known = await technicians.technician(technician.id)
    for garage in {technician.garage, known.garage if known else technician.garage}:
        demand_allowed(
            operation.actor, Action.UPDATE, Resource(kind=ResourceKind.EMPLOYEE, garage=garage)
        )
    if technician.skills:
        components = await vocabulary.components(technician.skills)
        demand_known("skills", technician.skills, {component.id for component in components})
    await technicians.register(technician)
    return technician


class TechnicianRoster(Protocol):
    """Who is given work, as their versions in the records say."""

    async def follow(self, technician: Technician, version: int) -> None: ...
    async def dismiss(self, id: PersonId, version: int) -> None: ...


async def follow_person(roster: TechnicianRoster, person: Person) -> None:
    """Have somebody given work while they are a technician of a garage, and not otherwise.

    The same person twice, or an earlier version later, changes nothing.
    """
    duty = person.duty
    if (
        duty.role is Role.TECHNICIAN
        and duty.garage is not None
        and person.state is PersonState.ACTIVE
    ):
        wanted = Technician(id=person.id, garage=duty.garage, certification=duty.certification)
        await roster.follow(wanted, person.version)
    else:
        await roster.dismiss(person.id, person.version)


async def suggest_technicians(
    ports: TicketPorts, id: TicketId, actor: Actor
) -> list[TechnicianCandidate]:
    """Give who of the garage may take a ticket, best first.

    Until its cards were searched for, nobody knows that it is not work on high voltage: it is taken
    for such work.

    Raises:
        NotFound, NotAllowed: the ticket is not the actor's to assign.
    """
    ticket = await ports.tickets.get(id, actor)
    demand_allowed(actor, Action.ASSIGN, Resource(kind=ResourceKind.TICKET, garage=ticket.garage))
    unknown = ticket.card is None and ticket.matching is Matching.PENDING
    dangerous = unknown or await is_high_voltage_work(ports, id, ticket.card, actor)
    return suitable_technicians(await ports.technicians.candidates(ticket), high_voltage=dangerous)
