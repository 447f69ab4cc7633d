"""What a subscription tells: a change with its cursor, or that there is no way on from a cursor."""

from typing import Annotated

import strawberry
from strawberry import field

from domain.events import EventType
from schema.refusals import InvalidInput
from schema.tickets import FailureCard, Ticket

CURSOR = "Pass it as `after` to go on behind this change."


@strawberry.type(description="A card changed.")
class CardChange:
    type: EventType = field(description="What happened to it.")
    card: FailureCard = field(description="The card as it stands now.")
    cursor: str = field(description=CURSOR)


@strawberry.type(description="A ticket changed.")
class TicketChange:
    type: EventType = field(description="What happened to it.")
    ticket: Ticket = field(description="The ticket as it stands now.")
    cursor: str = field(description=CURSOR)


@strawberry.type(description="A card that you could see was deleted.")
class CardGone:
    key: str = field(description="Its key.")
    cursor: str = field(description=CURSOR)


@strawberry.type(description="A ticket that you could see was deleted.")
class TicketGone:
    key: str = field(description="Its key.")
    cursor: str = field(description=CURSOR)


@strawberry.type(
    description="There is no way from your cursor to now: it is older than what the change log "
    "keeps, or newer than its end. Read again what you keep; the changes from `cursor` on follow."
)
class Resync:
    message: str = field(description="What is wrong and what to do next.")
    cursor: str = field(description="Where the changes that follow begin.")


CardNews = Annotated[
    CardChange | CardGone | Resync | InvalidInput,
    strawberry.union("CardNews", description="A changed card, or why changes are missing."),
]
TicketNews = Annotated[
    TicketChange | TicketGone | Resync | InvalidInput,
    strawberry.union("TicketNews", description="A changed ticket, or why changes are missing."),
]
