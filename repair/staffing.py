"""A garage says who works there and what they may work on."""

from domain.access import Action, Kind, Resource, demand
from domain.technicians import Technician
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
