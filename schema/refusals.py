"""Failures that are part of the game: each a type of its own, so that a client can tell them."""

import strawberry
from strawberry import field

from schema.money import Paise
from schema.tickets import FailureCard, Ticket


@strawberry.interface(description="Why something was not done; nothing was written.")
class Refusal:
    message: str = field(description="What is wrong and what to do next.")


@strawberry.type(description="A value is wrong.")
class InvalidInput(Refusal):
    field: str = strawberry.field(description="Which value.")
    reason: str = strawberry.field(description="What is wrong with it.")


@strawberry.type(description="There is no such thing, or you may not know of it.")
class NotFound(Refusal):
    kind: str = field(description="What kind of thing was asked for.")
    key: str = field(description="The id that was asked for.")


@strawberry.type(description="You may not do this.")
class NotAllowed(Refusal):
    role: str = field(description="Who you are here.")
    action: str = field(description="What was asked.")
    resource: str = field(description="Of what.")


@strawberry.type(description="It is work on high voltage, and they are not certified for that.")
class NotCertified(Refusal):
    technician: strawberry.ID = field(description="Who would do the work.")


@strawberry.type(description="The id is taken by something else.")
class AlreadyExists(Refusal):
    kind: str = field(description="What kind of thing has it.")
    key: str = field(description="The id.")


@strawberry.type(description="Somebody changed it first: read `current`, and repeat the change.")
class StaleVersion(Refusal):
    key: str = field(description="What was to be changed.")
    expected: int = field(description="The version that the change was made against.")
    actual: int = field(description="The version that stands.")
    current: FailureCard | None = field(description="The card as it stands now.")
    current_ticket: Ticket | None = field(description="The ticket as it stands now, if it is one.")


@strawberry.type(description="There is no such step from where it stands.")
class IllegalTransition(Refusal):
    key: str = field(description="What was to be changed.")
    state: str = field(description="Where it stands.")
    wanted: str = field(description="Where it was to go.")


@strawberry.type(description="The operation id was used before for something else.")
class OperationConflict(Refusal):
    operation_id: strawberry.ID = field(description="The operation id.")


@strawberry.type(description="The books of that month are closed.")
class MonthClosed(Refusal):
    month: str = field(description="The month.")


@strawberry.type(description="More money than there is to pay, credit or give back.")
class OverLimit(Refusal):
    field: str = strawberry.field(description="Which value.")
    asked: Paise = strawberry.field(description="How much was asked.")
    most: Paise = strawberry.field(description="How much there is.")


@strawberry.type(description="Somebody else is at work on it; ask again a little later.")
class Occupied(Refusal):
    kind: str = field(description="What kind of thing it is.")
    key: str = field(description="Its id.")


@strawberry.type(description="Another job has the bay or the technician at that time.")
class Overlaps(Refusal):
    field: str = strawberry.field(description="What both want: bay or technician.")
    in_the_way: strawberry.ID = strawberry.field(description="Key of the job that has it.")


@strawberry.type(description="A trained model did not pass the gates before it may serve.")
class WorseModel(Refusal):
    key: str = field(description="Id of its run.")
    objections: list[str] = field(description="What stopped it, in figures, at most 100.")
