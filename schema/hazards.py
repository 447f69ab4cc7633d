"""Dangers to people in the API: they come before everything else in an answer."""

from typing import Self

import strawberry
from strawberry import field

from domain.hazards import HazardKind
from domain.hazards import SafetyAdvice as Advice

SAFETY = "What keeps people safe now, where the report tells a danger; null where it tells none."


@strawberry.type(description="What keeps people safe now. Show it before everything else.")
class SafetyAdvice:
    hazards: list[HazardKind] = field(description="The dangers, the most urgent first.")
    steps: list[str] = field(
        description="What to do now, in this order, in the reporter's language."
    )
    language: str = field(description="The language of the steps, as BCP 47 says it.")

    @classmethod
    def from_domain(cls, value: Advice | None) -> Self | None:
        if value is None:
            return None
        return cls(hazards=[*value.hazards], steps=[*value.steps], language=value.language)
