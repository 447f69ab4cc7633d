"""What each mutation answers: its own success, or one of the refusals that it may meet."""

from typing import Annotated

import strawberry
from strawberry import field

from schema.refusals import (
    AlreadyExists,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
    StaleVersion,
)
from schema.repair import FailureCard, Ticket


@strawberry.type(description="The report was taken in; its cards are searched for next.")
class FailureReported:
    ticket: Ticket = field(description="The new ticket; `suggestions` is PENDING at first.")


@strawberry.type(description="The card was written, as a draft.")
class CardCreated:
    card: FailureCard = field(description="The new card.")


@strawberry.type(description="The card was changed.")
class CardUpdated:
    card: FailureCard = field(description="The card at its new version.")


@strawberry.type(description="The card was verified.")
class CardVerified:
    card: FailureCard = field(description="The card at its new version.")


@strawberry.type(description="The draft is published: found by search, not yet vouched for.")
class CardPromoted:
    card: FailureCard = field(description="The card at its new version.")


@strawberry.type(description="The card is out of use: a draft rejected, another one deprecated.")
class CardRetired:
    card: FailureCard = field(description="The card at its new version.")


ReportFailureResult = Annotated[
    FailureReported | InvalidInput | NotAllowed | OperationConflict,
    strawberry.union("ReportFailureResult", description="The ticket, or why there is none."),
]
CreateCardResult = Annotated[
    CardCreated | InvalidInput | NotFound | NotAllowed | AlreadyExists | OperationConflict,
    strawberry.union("CreateCardResult", description="The card, or why there is none."),
]
UpdateCardResult = Annotated[
    CardUpdated
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("UpdateCardResult", description="The changed card, or why it was not."),
]
VerifyCardResult = Annotated[
    CardVerified
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("VerifyCardResult", description="The verified card, or why it was not."),
]
PromoteCardResult = Annotated[
    CardPromoted
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("PromoteCardResult", description="The published card, or why it is none."),
]
RetireCardResult = Annotated[
    CardRetired
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("RetireCardResult", description="The retired card, or why it was not."),
]
