"""What waits for a person's eye, in the API."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import reviews
from domain.ids import CardId, DefectAlarmId, TicketId
from domain.reviews import ReviewKind
from schema.context import SchemaInfo
from schema.defects import DefectAlarm
from schema.people import Garage
from schema.refusals import (
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
)
from schema.tickets import FailureCard, Ticket
from schema.vocabulary import load_edge


@strawberry.type(description="What waits for a person's eye: a card, or an alarm.")
class Review:
    id: strawberry.ID = field(description="Id of the entry.")
    kind: ReviewKind = field(description="Why it waits.")
    reason: str = field(description="The same as a sentence.")
    version: int = field(
        description="The version of the card that it is about; 1 where it is about none."
    )
    at: datetime = field(description="Since when.")
    closed_at: datetime | None = field(description="When it was dealt with; null while it waits.")
    garage: Garage | None = field(description="Where the card was found.")
    about: strawberry.Private[CardId | None]
    raised: strawberry.Private[DefectAlarmId | None]
    alike: strawberry.Private[CardId | None]
    founding: strawberry.Private[TicketId | None]

    @strawberry.field(description="The card; null: it is about none.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.about, FailureCard.from_domain)

    @strawberry.field(description="The card that it may be the same as.")
    async def other(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.alike, FailureCard.from_domain)

    @strawberry.field(description="The emerging defect that it is about.")
    async def alarm(self, info: SchemaInfo) -> DefectAlarm | None:
        return await load_edge(
            info.context.loaders.defect_alarms, self.raised, DefectAlarm.from_domain
        )

    @strawberry.field(description="The repair that asks for it, where you may see it.")
    async def ticket(self, info: SchemaInfo) -> Ticket | None:
        return await load_edge(info.context.loaders.tickets, self.founding, Ticket.from_domain)

    @classmethod
    def from_domain(cls, value: reviews.Review) -> Self:
        return cls(
            id=strawberry.ID(value.id),
            kind=value.kind,
            reason=value.reason,
            version=value.version,
            at=value.at,
            closed_at=value.closed_at,
            garage=None if value.garage is None else Garage.from_domain(value.garage),
            about=value.card,
            raised=value.alarm,
            alike=value.other,
            founding=value.ticket,
        )


@strawberry.type(description="The entry was dealt with; the card stands as it is.")
class ReviewClosed:
    review: Review = field(description="The entry.")


CloseReviewResult = Annotated[
    ReviewClosed | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("CloseReviewResult", description="The entry, or why it stays open."),
]
