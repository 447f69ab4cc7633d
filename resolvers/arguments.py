"""The arguments that several verbs share, described once."""

from typing import Annotated
from uuid import UUID

import strawberry

from domain.errors import InvalidInput
from domain.ids import (
    OperationId,
)

OperationArgument = Annotated[
    UUID,
    strawberry.argument(
        description="Made by the caller, a UUIDv7 at best; the same id twice is done once."
    ),
]
CardArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The card: its id, or its key fc_….")
]
TicketArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The ticket: its id, or its key tkt_….")
]
ExpectedArgument = Annotated[
    int, strawberry.argument(description="The version you have in front of you.")
]


def operation_id_of(operation: OperationArgument) -> OperationId:
    return OperationId(str(operation))


def demand_size(field: str, value: str, most: int) -> None:
    """Let a text through that is there and not too long.

    Raises:
        InvalidInput: it is neither.
    """
    if not 1 <= len(value) <= most:
        raise InvalidInput(field, f"has {len(value)} characters; 1 to {most} are read")
