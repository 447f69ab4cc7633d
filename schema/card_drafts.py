"""A card as a text tells it, for a person to read, to complete, and to send with `createCard`."""

from typing import Self

import strawberry
from strawberry import field
from strawberry.scalars import JSON

from domain.card_drafts import WHY, DraftOrigin
from domain.card_drafts import CardDraft as Draft
from domain.card_drafts import DraftField as Read
from domain.hazards import SafetyAdvice as Advice
from schema.hazards import SAFETY, SafetyAdvice


@strawberry.type(description="One field of a draft, and where in the text it was read.")
class DraftField:
    path: str = field(description="Its place in `CardInput`, as in resolution.steps.0.action.")
    value: JSON = field(description="Its value: a text, a number, a choice's name, or true.")
    start: int = field(description="Where in `text` it was read: the first character, from 0.")
    end: int = field(description="The character behind the last one.")
    origin: DraftOrigin = field(description="Who read it.")

    @classmethod
    def from_domain(cls, value: Read) -> Self:
        return cls(
            path=value.path,
            value=JSON(value.value),
            start=value.start,
            end=value.end,
            origin=value.origin,
        )


@strawberry.type(description="What a card needs and the text does not tell.")
class MissingField:
    path: str = field(description="Its place in `CardInput`.")
    reason: str = field(description="What is not told.")


@strawberry.type(description="A card as a text tells it. Nothing of it is stored.")
class CardDraft:
    text: str = field(
        description="The text as it was read: telephone numbers and the like are masked in it."
    )
    card: JSON = field(
        description="What is told, in the form of `CardInput`, to be sent with `createCard` once "
        "nothing is missing; what is not told is not in it."
    )
    fields: list[DraftField] = field(description="Every value of `card`, and where it was read.")
    missing: list[MissingField] = field(description="What to add before it can be sent.")
    valid: bool = field(description="Whether nothing is missing.")
    degraded: str | None = field(
        description="Why the language model added nothing; null when it did, or none is set."
    )
    safety: SafetyAdvice | None = field(description=SAFETY)

    @classmethod
    def from_domain(cls, value: Draft, safety: Advice | None) -> Self:
        return cls(
            text=value.text,
            card=JSON(value.content()),
            fields=[DraftField.from_domain(one) for one in value.fields],
            missing=[MissingField(path=path, reason=WHY[path]) for path in value.missing],
            valid=value.valid,
            degraded=value.degraded,
            safety=SafetyAdvice.from_domain(safety),
        )
