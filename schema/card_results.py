"""What each mutation of cards answers: its own success, or a refusal that it may meet."""

from datetime import datetime
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
from schema.tickets import FailureCard


@strawberry.type(description="The card points onward to the other; nothing of it is lost.")
class CardMerged:
    card: FailureCard = field(description="The merged card; `mergedInto` leads on.")


@strawberry.type(description="The cards that it may have made untrue are marked.")
class CardsMarked:
    cards: int = field(description="How many; each stands in the review queue.")


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


@strawberry.type(description="The card is gone for good; what it said stays on record.")
class CardDeleted:
    key: str = field(description="Its key.")
    version: int = field(description="The version of the deletion.")
    deleted_at: datetime = field(description="When.")
    deleted_by: strawberry.ID = field(description="By whom.")


DeleteCardResult = Annotated[
    CardDeleted
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("DeleteCardResult", description="That it is gone, or why it is not."),
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


MarkCardsResult = Annotated[
    CardsMarked | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("MarkCardsResult", description="How many cards, or why none."),
]
