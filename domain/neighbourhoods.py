"""What stands around one thing of the knowledge graph: things and how they belong together."""

from dataclasses import dataclass
from enum import StrEnum


class KnowledgeKind(StrEnum):
    """The kinds of things that are knowledge; repairs, people and places are none."""

    FAILURE_CARD = "FailureCard"
    SYMPTOM = "Symptom"
    ERROR_CODE = "ErrorCode"
    COMPONENT = "Component"
    SUPPLIER = "Supplier"
    CAUSE = "Cause"
    PART = "Part"
    VEHICLE_MODEL = "VehicleModel"
    MAKE = "Make"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourThing:
    """A thing: its key, what people call it, and how many steps (0, 1, 2) it is away."""

    kind: KnowledgeKind
    key: str
    caption: str
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourLink:
    """How one thing belongs to another, as the graph reads it aloud: SHOWS, SUPPLIED_BY, …."""

    source: tuple[KnowledgeKind, str]
    target: tuple[KnowledgeKind, str]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Things, the nearest first, and the links that lead to them; `cut`: there are more."""

    things: tuple[NeighbourThing, ...]
    links: tuple[NeighbourLink, ...]
    cut: bool
