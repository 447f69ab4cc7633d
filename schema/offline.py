"""What a garage that works offline hears: changes, and an answer for each operation."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry
from strawberry import field
from strawberry.scalars import JSON

from schema.hazards import SAFETY, SafetyAdvice
from schema.refusals import InvalidInput, NotAllowed
from schema.subscriptions import Resync
from schema.tickets import FailureCard, Ticket


@strawberry.enum(description="How soon a change has to be known.")
class ChangePriority(Enum):
    CRITICAL = "critical"
    NORMAL = "normal"
    LOW = "low"


@strawberry.enum(description="Why a thing is to be taken away from what a garage keeps.")
class Gone(Enum):
    RETIRED = "retired"
    MERGED = "merged"
    HIDDEN = "hidden"
    DELETED = "deleted"


@strawberry.type(description="The latest of one thing; either it as it stands, or that it is gone.")
class Delta:
    kind: str = field(description="failure_card or ticket.")
    key: str = field(description="Its id.")
    priority: ChangePriority = field(description="How soon it has to be known.")
    card: FailureCard | None = field(default=None, description="The card as it stands now.")
    ticket: Ticket | None = field(default=None, description="The ticket as it stands now.")
    gone: Gone | None = field(default=None, description="Set when it is to be taken away.")
    merged_into: str | None = field(default=None, description="The card that took its place.")


@strawberry.type(description="A batch of changes, the critical ones first.")
class Changes:
    entries: list[Delta] = field(description="The latest of each thing, at most `first`.")
    cursor: str = field(description="Keep it with the entries, and pass it as `after` next time.")
    more: bool = field(description="Whether more is waiting.")
    lag: int = field(description="How many entries of the change log are not yet read.")


@strawberry.type(description="How far a garage has come in the change log.")
class GarageSync:
    garage: str = field(description="The garage.")
    position: int = field(description="The entry of the change log up to which it has everything.")
    lag: int = field(description="How many entries are ahead of it.")
    last_sync: datetime = field(description="When it last asked.")


@strawberry.enum(description="What became of an operation.")
class OperationState(Enum):
    APPLIED = "applied"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    REFUSED = "refused"
    DEFERRED = "deferred"


@strawberry.type(description="What became of one operation; everything but DEFERRED ends it.")
class OperationAnswer:
    operation_id: str | None = field(description="The operation's id, as it was sent.")
    state: OperationState = field(description="What became of it.")
    field_: str | None = field(name="field", default=None, description="Which value is wrong.")
    reason: str | None = field(default=None, description="What is wrong and what to do next.")
    key: str | None = field(default=None, description="What it made or changed.")
    version: int | None = field(default=None, description="The version that it made.")
    mine: JSON | None = field(default=None, description="In a conflict: what you sent.")
    theirs: JSON | None = field(default=None, description="In a conflict: what stood there.")
    safety: SafetyAdvice | None = field(default=None, description=SAFETY)


@strawberry.type(description="An answer for each operation, in the order they were sent.")
class OperationsAnswered:
    answers: list[OperationAnswer] = field(description="One for each operation.")


ChangesResult = Annotated[
    Changes | Resync | InvalidInput | NotAllowed,
    strawberry.union("ChangesResult", description="What changed, or why that cannot be told."),
]
SyncOperationsResult = Annotated[
    OperationsAnswered | InvalidInput | NotAllowed,
    strawberry.union("SyncOperationsResult", description="The answers, or why there are none."),
]
