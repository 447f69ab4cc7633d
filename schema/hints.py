"""What a garage that keeps a copy is told to fetch: a card, a batch of changes, a digest."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry
from strawberry import field

from schema.refusals import InvalidInput
from schema.subscriptions import CURSOR, Resync
from schema.tickets import FailureCard


@strawberry.enum(description="What to do with a card that a hint is about.")
class SyncAction(Enum):
    UPSERT = "upsert"
    DELETE = "delete"


@strawberry.type(
    description="A card to be synchronised at once: it is new, was verified, or is of high or "
    "critical severity and changed."
)
class CardToSync:
    kind: str = field(description="failure_card.")
    action: SyncAction = field(description="Whether to keep it or to take it away.")
    key: str = field(description="Its id.")
    card: FailureCard | None = field(
        description="The card as it stands now; null when it is to be taken away."
    )
    cursor: str = field(description=CURSOR)


@strawberry.type(
    description="Other cards changed, the first of them five seconds ago at most: ask `changes`."
)
class ChangesToSync:
    cursor: str = field(description=CURSOR)


@strawberry.type(description="What happened in an hour is counted: ask `hourlyDigests`.")
class DigestReady:
    hour: datetime = field(description="When the hour began.")
    cursor: str = field(description=CURSOR)


SyncNews = Annotated[
    CardToSync | ChangesToSync | DigestReady | Resync | InvalidInput,
    strawberry.union("SyncNews", description="What to fetch, or why hints are missing."),
]
