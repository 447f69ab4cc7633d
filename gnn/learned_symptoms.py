"""What of a trained classifier serves, apart from the library that its features are made by.

The service imports this at every start; SciPy comes with a model alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from domain.codes import CodeKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What is known of a report before anybody looked at the vehicle."""

    text: str
    make: str | None = None
    model: str | None = None
    odometer_km: int | None = None
    codes: tuple[CodeKey, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldSymptom:
    """`chance` that the failure shows it; from `threshold` on it is told."""

    code: str
    chance: float
    threshold: float


class LearnedSymptoms(ABC):
    """What `gnn.symptom_classifier.SymptomClassifier` does."""

    __slots__ = ()

    @abstractmethod
    def symptoms(self, report: ReportFacts, vector: Sequence[float]) -> list[ToldSymptom]:
        """Give what a report tells, the likeliest first; `vector` is of its text."""
