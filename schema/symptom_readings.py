"""Symptoms as they are read out of a report, and who read them."""

from typing import Annotated, Self

import strawberry
from strawberry import field

from repair import symptoms
from repair.symptoms import SymptomSource
from schema.hazards import SAFETY, SafetyAdvice
from schema.matching import NOTE
from schema.refusals import InvalidInput, NotAllowed


@strawberry.type(description="A symptom that a report tells.")
class ReadSymptom:
    code: str = field(description="Its code in the vocabulary.")
    confidence: float = field(description="How sure the reading is, 0 to 1.")
    source: SymptomSource = field(description="Who read it.")

    @classmethod
    def from_domain(cls, value: symptoms.ReadSymptom) -> Self:
        return cls(code=value.code, confidence=value.confidence, source=value.source)


@strawberry.type(description="The symptoms that a report tells.")
class SymptomReading:
    safety: SafetyAdvice | None = field(description=SAFETY)
    symptoms: list[ReadSymptom] = field(description="The surest first, at most 100.")
    model: str | None = field(
        description="The trained classifier that answered beside the vocabulary; null: none did."
    )
    note: str | None = field(description=NOTE)


SymptomReadingResult = Annotated[
    SymptomReading | InvalidInput | NotAllowed,
    strawberry.union("SymptomReadingResult", description="The symptoms, or why there are none."),
]
