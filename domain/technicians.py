"""Who works in a garage, as far as the graph knows them: what they may work on and are good at."""

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
        limits.count("skills", len(self.skills), 50)


def demand_certified(id: PersonId, known: Technician | None) -> None:
    """Raise NotCertified unless this person may work on high voltage; who is unknown may not."""
    if known is None or known.certification is not Certification.HIGH_VOLTAGE:
        raise NotCertified(id)
