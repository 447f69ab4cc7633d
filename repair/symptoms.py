"""The symptoms of a report, as the vocabulary reads them and as the classifier adds to them.

What the vocabulary reads stays as it is, and what the words deny is told by nobody: a classifier
may only add. Without one the vocabulary answers alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Unavailable
from domain.matches import UnderstoodReport
from gnn.learned_symptoms import LearnedSymptoms, ReportFacts
from gnn.live_models import LiveModel
from repair.ports import SentenceEmbedder


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


async def read_symptoms(
    understood: UnderstoodReport, live: LiveModel | None, embedder: SentenceEmbedder
) -> SymptomReading:
    """Give the symptoms of a report, the surest first; of the vocabulary alone where no classifier
    serves, or the sentence model is silent.
    """
    vector = None if live is None else await _vector_of(understood, embedder)
    return _joined(understood, live, vector)


async def _vector_of(
    understood: UnderstoodReport, embedder: SentenceEmbedder
) -> Sequence[float] | None:
    """Give the meaning of the text as it was written: the classifier learned from no other."""
    try:
        [found] = await embedder.embed([understood.report.text])
    except Unavailable:
        return None
    return found.vector


def _joined(
    understood: UnderstoodReport, live: LiveModel | None, vector: Sequence[float] | None
) -> SymptomReading:
    known = {
        one.code: ReadSymptom(
            code=one.code, confidence=one.confidence, source=SymptomSource.VOCABULARY
        )
        for one in understood.symptoms
    }
    if live is None or vector is None:
        return SymptomReading(symptoms=tuple(known.values()), model=None)
    classifier = live.model
    assert isinstance(classifier, LearnedSymptoms)  # noqa: S101 - its kind's reader made it
    told = classifier.symptoms(_facts_of(understood), vector)
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
