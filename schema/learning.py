"""What people say of cards, and what waits for a person's eye, in the API."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import feedback, reviews
from domain.ids import CardId, TicketId
from domain.reviews import ReviewKind
from schema.context import Asked
from schema.deeds import CardUpdated
from schema.people import Garage
from schema.refusals import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
    StaleVersion,
)
from schema.repair import FailureCard, Ticket
from schema.vocabulary import edge


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
    async def card(self, info: Asked) -> FailureCard | None:
        return await edge(info.context.loaders.cards, self.about, FailureCard.of)

    @classmethod
    def of(cls, value: feedback.Feedback) -> Self:
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


@strawberry.type(description="A card that waits for a person's eye.")
class Review:
    id: strawberry.ID = field(description="Id of the entry.")
    kind: ReviewKind = field(description="Why it waits.")
    reason: str = field(description="The same as a sentence.")
    version: int = field(description="The version of the card that it is about.")
    at: datetime = field(description="Since when.")
    closed_at: datetime | None = field(description="When it was dealt with; null while it waits.")
    garage: Garage | None = field(description="Where the card was found.")
    about: strawberry.Private[CardId]
    alike: strawberry.Private[CardId | None]
    founding: strawberry.Private[TicketId | None]

    @strawberry.field(description="The card.")
    async def card(self, info: Asked) -> FailureCard | None:
        return await edge(info.context.loaders.cards, self.about, FailureCard.of)

    @strawberry.field(description="The card that it may be the same as.")
    async def other(self, info: Asked) -> FailureCard | None:
        return await edge(info.context.loaders.cards, self.alike, FailureCard.of)

    @strawberry.field(description="The repair that asks for it, where you may see it.")
    async def ticket(self, info: Asked) -> Ticket | None:
        return await edge(info.context.loaders.tickets, self.founding, Ticket.of)

    @classmethod
    def of(cls, value: reviews.Review) -> Self:
        return cls(
            id=strawberry.ID(value.id),
            kind=value.kind,
            reason=value.reason,
            version=value.version,
            at=value.at,
            closed_at=value.closed_at,
            garage=None if value.garage is None else Garage.of(value.garage),
            about=value.card,
            alike=value.other,
            founding=value.ticket,
        )


@strawberry.type(description="Your word was taken; it moves the card's counters in a moment.")
class FeedbackGiven:
    feedback: Feedback = field(description="What stands now.")


@strawberry.type(description="What you did with the suggestions was noted.")
class ImpressionsRecorded:
    cards: int = field(description="Of how many cards.")


@strawberry.type(description="The card points onward to the other; nothing of it is lost.")
class CardMerged:
    card: FailureCard = field(description="The merged card; `mergedInto` leads on.")


@strawberry.type(description="The cards that it may have made untrue are marked.")
class CardsMarked:
    cards: int = field(description="How many; each stands in the review queue.")


@strawberry.type(description="The entry was dealt with; the card stands as it is.")
class ReviewClosed:
    review: Review = field(description="The entry.")


GiveFeedbackResult = Annotated[
    FeedbackGiven | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("GiveFeedbackResult", description="What stands, or why it was not taken."),
]
RecordImpressionsResult = Annotated[
    ImpressionsRecorded | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("RecordImpressionsResult", description="How many, or why none."),
]
MergeCardsResult = Annotated[
    CardMerged
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("MergeCardsResult", description="The merged card, or why it was not."),
]
UndoMergeResult = Annotated[
    CardUpdated
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("UndoMergeResult", description="The card as before, or why it is not."),
]
MarkCardsResult = Annotated[
    CardsMarked | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("MarkCardsResult", description="How many cards, or why none."),
]
CloseReviewResult = Annotated[
    ReviewClosed | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("CloseReviewResult", description="The entry, or why it stays open."),
]
