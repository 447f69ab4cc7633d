"""What people say of cards, in the API."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import feedback
from domain.ids import CardId
from schema.context import SchemaInfo
from schema.refusals import (
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
    StaleVersion,
)
from schema.tickets import FailureCard
from schema.vocabulary import load_edge


@strawberry.input(description="What you say of a card after a repair.")
class FeedbackInput:
    card: strawberry.ID = field(description="The card: its id, or its key fc_….")
    stars: int = field(description="One to five.")
    comment: str = field(default="", description="In your own words, at most 4,000 characters.")
    correction: str = field(default="", description="What the card should say instead.")


@strawberry.input(description="What you did with one card that was suggested to you.")
class ImpressionInput:
    card: strawberry.ID = field(description="The card: its id, or its key fc_….")
    clicks: int = field(default=0, description="How often you opened it, at most 20.")
    dwell_ms: int = field(default=0, description="How long you read it, at most half an hour.")
    place: int | None = field(default=None, description="As which you chose it, from 1.")


@strawberry.type(description="What one person says of one repair, in one of its versions.")
class Feedback:
    person: strawberry.ID = field(description="Id of the person.")
    stars: int = field(description="One to five.")
    comment: str = field(description="In their own words.")
    correction: str = field(description="What the card should say instead.")
    version: int = field(description="Grows by one with every change.")
    given_at: datetime = field(description="When it was first said.")
    changed_at: datetime = field(description="When this version was said.")
    about: strawberry.Private[CardId]

    @strawberry.field(description="The card; null when it is no longer yours to see.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.about, FailureCard.from_domain)

    @classmethod
    def from_domain(cls, value: feedback.Feedback) -> Self:
        return cls(
            person=strawberry.ID(value.person),
            stars=value.opinion.stars,
            comment=value.opinion.comment,
            correction=value.opinion.correction,
            version=value.version,
            given_at=value.given_at,
            changed_at=value.changed_at,
            about=value.opinion.card,
        )


@strawberry.type(description="Your word was taken; it moves the card's counters in a moment.")
class FeedbackGiven:
    feedback: Feedback = field(description="What stands now.")


@strawberry.type(description="What you did with the suggestions was noted.")
class ImpressionsRecorded:
    cards: int = field(description="Of how many cards.")


GiveFeedbackResult = Annotated[
    FeedbackGiven | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("GiveFeedbackResult", description="What stands, or why it was not taken."),
]


RecordImpressionsResult = Annotated[
    ImpressionsRecorded | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("RecordImpressionsResult", description="How many, or why none."),
]
