"""A garage says who works there and what they may work on, and asks who should take a ticket."""

from domain.access import Action, Actor, Kind, Resource, demand
from domain.ids import TicketId
from domain.technicians import Candidate, Technician, suited
from domain.tickets import Matching
from repair.closing import Workshop, on_high_voltage
from repair.known import demand_known
from repair.operation import Operation
from repair.stores import Crew, Vocabulary


async def register(
    crew: Crew, vocabulary: Vocabulary, technician: Technician, operation: Operation
) -> Technician:
    """State where somebody works and what they may do; the last word counts.

    Raises:
        NotAllowed: the actor may not change the people of that garage, or of the one they leave.
        InvalidInput: a skill is not a component of the vocabulary.
    """
    known = await crew.technician(technician.id)
    for garage in {technician.garage, known.garage if known else technician.garage}:
        demand(operation.actor, Action.UPDATE, Resource(kind=Kind.EMPLOYEE, garage=garage))
    if technician.skills:
        components = await vocabulary.components(technician.skills)
        demand_known("skills", technician.skills, {component.id for component in components})
    await crew.register(technician)
    return technician


async def suggest(shop: Workshop, id: TicketId, actor: Actor) -> list[Candidate]:
    """Give who of the garage may take a ticket, best first.

    Until its cards were searched for, nobody knows that it is not work on high voltage: it is taken
    for such work.

    Raises:
        NotFound, NotAllowed: the ticket is not the actor's to assign.
    """
    ticket = await shop.tickets.get(id, actor)
    demand(actor, Action.ASSIGN, Resource(kind=Kind.TICKET, garage=ticket.garage))
    unknown = ticket.card is None and ticket.matching is Matching.PENDING
    dangerous = unknown or await on_high_voltage(shop, id, ticket.card, actor)
    return suited(await shop.crew.candidates(ticket), high_voltage=dangerous)
