"""Technicians in the API: an id, what it may work on, and what it is good at."""

from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import technicians
from domain.technicians import Certification
from schema.people import Garage
from schema.refusals import InvalidInput, NotAllowed, OperationConflict


@strawberry.type(description="Somebody who repairs in a garage; their name is kept elsewhere.")
class Technician:
    key: str = field(description="Id of the person.")
    garage: Garage = field(description="Where they work.")
    certification: Certification = field(description="What they may work on.")
    skills: list[str] = field(description="Keys of the subsystems they know well, at most 50.")

    @classmethod
    def from_domain(cls, value: technicians.Technician) -> Self:
        return cls(
            key=value.id,
            garage=Garage.from_domain(value.garage),
            certification=value.certification,
            skills=list(value.skills),
        )


@strawberry.type(description="Somebody who may take a ticket.")
class TechnicianSuggestion:
    technician: Technician = field(description="Who.")
    skilled: bool = field(description="Whether they know a subsystem that the ticket shows.")
    load: int = field(description="How many other tickets they have in hand.")

    @classmethod
    def from_domain(cls, value: technicians.TechnicianCandidate) -> Self:
        return cls(
            technician=Technician.from_domain(value.technician),
            skilled=value.skilled,
            load=value.load,
        )


@strawberry.type(description="The garage knows the technician.")
class TechnicianRegistered:
    technician: Technician = field(description="The technician as registered.")


RegisterTechnicianResult = Annotated[
    TechnicianRegistered | InvalidInput | NotAllowed | OperationConflict,
    strawberry.union("RegisterTechnicianResult", description="The technician, or why not."),
]
