"""The symptoms of a report, as the vocabulary reads them and as the classifier adds to them.

What the vocabulary reads stays as it is, and what the words deny is told by nobody: a classifier
may only add. Without one the vocabulary answers alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.matches import UnderstoodReport
from gnn.live_models import LiveModel
from gnn.symptom_classifier import SymptomClassifier
from gnn.symptom_features import ReportFacts


class SymptomSource(StrEnum):
    VOCABULARY = "vocabulary"
    CLASSIFIER = "classifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSymptom:
    """`confidence`: 0 to 1."""

    code: str
    confidence: float
    source: SymptomSource


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomReading:
    """`model` names the classifier that answered; None: none did."""

    symptoms: tuple[ReadSymptom, ...]
    model: str | None


def read_symptoms(understood: UnderstoodReport, live: LiveModel | None) -> SymptomReading:
    """Give the symptoms of a report, the surest first."""
    known = {
        one.code: ReadSymptom(
            code=one.code, confidence=one.confidence, source=SymptomSource.VOCABULARY
        )
        for one in understood.symptoms
    }
    if live is None or understood.embedding is None:
        return SymptomReading(symptoms=tuple(known.values()), model=None)
    classifier = live.model
    assert isinstance(classifier, SymptomClassifier)  # noqa: S101 - its kind's reader made it
    told = classifier.symptoms(_facts_of(understood), understood.embedding.vector)
    added = [
        ReadSymptom(code=one.code, confidence=one.chance, source=SymptomSource.CLASSIFIER)
        for one in told
        if one.code not in known and one.code not in understood.denied
    ]
    every = sorted([*known.values(), *added], key=lambda one: (-one.confidence, one.code))
    return SymptomReading(symptoms=tuple(every), model=live.run.name)


def _facts_of(understood: UnderstoodReport) -> ReportFacts:
    vehicle, report = understood.vehicle, understood.report
    return ReportFacts(
        text=report.text,
        make=vehicle.make,
        model=vehicle.model,
        odometer_km=vehicle.mileage_km,
        codes=understood.codes,
    )
