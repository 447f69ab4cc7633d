"""What each mutation of tickets answers: the ticket as it stands then, or a refusal."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import field

from schema.hazards import SAFETY, SafetyAdvice
from schema.matching import NOTE
from schema.refusals import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotCertified,
    NotFound,
    OperationConflict,
    StaleVersion,
)
from schema.tickets import Ticket


@strawberry.type(description="The report was taken in; its cards are searched for next.")
class FailureReported:
    safety: SafetyAdvice | None = field(description=SAFETY)
    note: str | None = field(description=NOTE)
    ticket: Ticket = field(description="The new ticket; `suggestions` is PENDING at first.")


@strawberry.type(description="The ticket is in somebody's hands.")
class TicketAssigned:
    ticket: Ticket = field(description="The ticket at its new version.")


@strawberry.type(description="The repair began.")
class RepairStarted:
    ticket: Ticket = field(description="The ticket at its new version.")


@strawberry.type(description="What was tried is kept.")
class AttemptRecorded:
    ticket: Ticket = field(description="The ticket at its new version.")


@strawberry.type(description="The repair ended.")
class TicketResolved:
    ticket: Ticket = field(description="The ticket at its new version.")


@strawberry.type(description="The vehicle went back.")
class TicketClosed:
    ticket: Ticket = field(description="The ticket at its new version.")


@strawberry.type(description="The ticket is open again.")
class TicketReopened:
    ticket: Ticket = field(description="The ticket at its new version.")


@strawberry.type(description="The ticket is gone for good; that it was there stays on record.")
class TicketDeleted:
    key: str = field(description="Its key.")
    version: int = field(description="The version of the deletion.")
    deleted_at: datetime = field(description="When.")
    deleted_by: strawberry.ID = field(description="By whom.")


DeleteTicketResult = Annotated[
    TicketDeleted
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("DeleteTicketResult", description="That it is gone, or why it is not."),
]


AssignTicketResult = Annotated[
    TicketAssigned
    | InvalidInput
    | NotFound
    | NotAllowed
    | NotCertified
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("AssignTicketResult", description="The ticket, or why it was not assigned."),
]


StartRepairResult = Annotated[
    RepairStarted
    | InvalidInput
    | NotFound
    | NotAllowed
    | NotCertified
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("StartRepairResult", description="The ticket, or why it was not started."),
]


RecordAttemptResult = Annotated[
    AttemptRecorded
    | InvalidInput
    | NotFound
    | NotAllowed
    | NotCertified
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("RecordAttemptResult", description="The ticket, or why nothing was noted."),
]


ResolveTicketResult = Annotated[
    TicketResolved
    | InvalidInput
    | NotFound
    | NotAllowed
    | NotCertified
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("ResolveTicketResult", description="The ticket, or why it was not resolved."),
]


CloseTicketResult = Annotated[
    TicketClosed
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("CloseTicketResult", description="The ticket, or why it was not closed."),
]


ReopenTicketResult = Annotated[
    TicketReopened
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("ReopenTicketResult", description="The ticket, or why it was not reopened."),
]


ReportFailureResult = Annotated[
    FailureReported | InvalidInput | NotAllowed | OperationConflict,
    strawberry.union("ReportFailureResult", description="The ticket, or why there is none."),
]
