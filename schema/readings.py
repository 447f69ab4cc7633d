"""Measured values in the API: of cards, and of what logs tell."""

from typing import Self

import strawberry

from domain import cards
from schema.card_fields import add_shown_fields, shown_values


@strawberry.type(description="A measured value.")
@add_shown_fields(cards.Reading)
class Reading:
    @classmethod
    def from_domain(cls, value: cards.Reading) -> Self:
        return cls(**shown_values(value))
