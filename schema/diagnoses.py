"""What a diagnosis says in the API: the likeliest cause, how sure it is, what to check first."""

import strawberry
from strawberry import field

from domain.matches import Level
from schema.hazards import SAFETY, SafetyAdvice
from schema.matching import NOTE, Match


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


@strawberry.type(description="A past failure that the diagnosis rests on.")
class Precedent:
    similarity: float = field(description="How similar it is, 0.7 to 1.")
    suggestion: Match = field(description="The card, and why it fits.")


@strawberry.type(description="What most likely causes a failure.")
class Diagnosis:
    safety: SafetyAdvice | None = field(description=SAFETY)
    cause: PossibleCause | None = field(
        description="The likeliest cause; null when none is more likely than not."
    )
    suspects: list[PossibleCause] = field(description="Other causes, the likeliest first.")
    checks: list[DiagnosticCheck] = field(description="What tells them apart; safety comes first.")
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
