"""Who works in a garage, as far as the graph knows them: what they may work on and are good at."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain import limits
from domain.errors import NotCertified
from domain.ids import GarageId, PersonId


class Certification(StrEnum):
    """What a technician may work on; HIGH_VOLTAGE includes what GENERAL allows."""

    GENERAL = "general"
    HIGH_VOLTAGE = "high_voltage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """An id and what it may do: names and addresses are no business of the graph.

    `skills` are subsystems (ids of top components) that they know well.
    """

    id: PersonId
    garage: GarageId
    certification: Certification = Certification.GENERAL
    skills: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        limits.check_count("skills", len(self.skills), 50)


def demand_certified(id: PersonId, known: Technician | None) -> None:
    """Raise NotCertified unless this person may work on high voltage."""
    if not _may_take(known):
        raise NotCertified(id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianCandidate:
    """Somebody of the garage where the vehicle stands, who might be given its ticket.

    Attributes:
        skilled: whether they know a subsystem that the ticket shows.
        load: how many other tickets are assigned to them or in work.
    """

    technician: Technician
    skilled: bool
    load: int


def suitable_technicians(
    candidates: Iterable[TechnicianCandidate], *, high_voltage: bool
) -> list[TechnicianCandidate]:
    """Give those who may do the work, best first (GA-3).

    Who knows the subsystem comes before who does not, then the least busy, then by id.
    """
    able = [c for c in candidates if _may_take(c.technician) or not high_voltage]
    return sorted(able, key=lambda c: (not c.skilled, c.load, c.technician.id))


def _may_take(technician: Technician | None) -> bool:
    """Say whether somebody may work on high voltage; who is unknown may not."""
    return technician is not None and technician.certification is Certification.HIGH_VOLTAGE
