"""What a diagnosis says in the API: the likeliest cause, how sure it is, what to check first."""

from enum import StrEnum

import strawberry
from strawberry import field

from domain.matches import Level
from schema.hazards import SAFETY, SafetyAdvice
from schema.matching import AMONG, NOTE, Match


@strawberry.type(description="A cause that may be behind the failure.")
class PossibleCause:
    text: str = field(description="What it is.")
    confidence: float = field(
        description="How likely it is the cause, 0 to 1; what a language model alone names has 0."
    )
    cites: list[strawberry.ID] = field(description="Keys of the cards that tell it; may be none.")


@strawberry.type(description="One thing to do to find out.")
class DiagnosticCheck:
    action: str = field(description="What to do.")
    safety: bool = field(description="Whether it makes the work safe: do these first.")
    card_key: str | None = field(description="The card it comes from, if from one.")


@strawberry.enum(description="What a question asks for.")
class QuestionKind(StrEnum):
    VEHICLE = "vehicle"
    CODE = "code"
    SYMPTOM = "symptom"
    MEASUREMENT = "measurement"
    DESCRIPTION = "description"


@strawberry.type(description="What to ask or measure before a cause can be told.")
class DiagnosticQuestion:
    kind: QuestionKind = field(description="What it asks for.")
    text: str = field(description="The question.")


@strawberry.type(description="A past failure that the diagnosis rests on.")
class Precedent:
    similarity: float = field(
        description="The chance that it is the same failure, 0.7 to 1: seven in ten and more."
    )
    suggestion: Match = field(description="The card, and why it fits.")


@strawberry.type(description="What most likely causes a failure.")
class Diagnosis:
    safety: SafetyAdvice | None = field(description=SAFETY)
    cause: PossibleCause | None = field(
        description="The likeliest cause; null when none is sure enough to be told."
    )
    suspects: list[PossibleCause] = field(description="Other causes, the likeliest first.")
    checks: list[DiagnosticCheck] = field(description="What tells them apart; safety comes first.")
    questions: list[DiagnosticQuestion] = field(
        description="The two answers that would tell most while the cause is unknown."
    )
    reasoning: str = field(description="Why, naming the cards.")
    reasoner: str = field(
        description="Who reasoned: the graph's evidence, or the model that added its words."
    )
    precedents: list[Precedent] = field(description="At most five past failures, best first.")
    level: Level = field(description="How much of the system found them.")
    degraded: str | None = field(description="What did not answer; null when all of it did.")
    truncated: bool = field(description="Whether a language model's answer was cut short.")
    note: str | None = field(description=NOTE)
    text: str | None = field(
        description="The words that tell this failure, where the report tells several."
    )
    others: list["Diagnosis"] = field(
        description="The diagnoses of the other failures, where the report tells several."
    )
    ranker: str | None = field(description="What put the past failures in order.")
    chance: float | None = field(description=AMONG)
