"""Why a card is suggested, in the API: the evidence piece by piece, and how far to trust it."""

from enum import StrEnum
from typing import Self

import strawberry
from strawberry import field

from domain.tickets import ShownReason
from schema.usage import Rate


@strawberry.enum(description="How far a suggested card is to be trusted.")
class Standing(StrEnum):
    PROVEN = "proven"
    REFERENCE = "reference"
    UNPROVEN = "unproven"


@strawberry.enum(description="What kind of evidence a reason is.")
class ReasonKind(StrEnum):
    CODE = "code"
    SYMPTOM = "symptom"
    COMPONENT = "component"
    VEHICLE = "vehicle"
    MEANING = "meaning"
    WORDS = "words"
    NEIGHBOUR = "neighbour"
    OUTCOMES = "outcomes"
    PATH = "path"


@strawberry.type(description="One piece of evidence that a card fits the report.")
class Reason:
    kind: ReasonKind = field(description="What kind of evidence it is.")
    subject: str = field(description="The key of the thing it names: a code, a symptom, ….")
    text: str = field(description="The same in words.")
    outcomes: Rate | None = field(description="What happened when the card was used.")

    @classmethod
    def shown(cls, value: ShownReason) -> Self:
        rate = None if value.uses is None else Rate.counted(value.worked or 0, value.uses)
        return cls(
            kind=ReasonKind(value.kind), subject=value.subject, text=value.text, outcomes=rate
        )
