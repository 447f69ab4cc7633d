"""The verbs of the till: what lies in it, and its closing at the end of a day."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

import strawberry

from billing.gst.law_dates import law_day
from billing.ledger import till_closings
from billing.ledger.till_closings import TillCount
from billing.ledger.till_closings import TillDay as CountedTill
from billing.ledger.tills import NEWEST
from domain.access import Action, ResourceKind
from domain.errors import InvalidInput
from resolvers import idempotency
from resolvers.arguments import OperationArgument, operation_id_of
from resolvers.books import GarageArgument, garage_of, reported_garage
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.input_paths import within_input
from schema.nodes import NOT_OURS, USUAL, Connection, after_position, make_connection, page_size
from schema.tills import (
    CloseTillResult,
    ReopenTillResult,
    TillClosed,
    TillDay,
    TillInput,
    TillReopened,
)
from schema.vocabulary import After, First

TillArgument = Annotated[TillInput, strawberry.argument(description="What was counted.")]


@strawberry.type
class TillQueries:
    @strawberry.field(
        description="A garage's till: what came and went since it was last counted, up to a day, "
        "or the closing that the day belongs to."
    )
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def till(
        self,
        info: RequestInfo,
        day: Annotated[
            date | None, strawberry.argument(description="Which day; null: today, in India.")
        ] = None,
        garage: GarageArgument = None,
    ) -> TillDay:
        context, place = info.context, reported_garage(info.context, garage)
        today = law_day(context.services.now())
        if day is not None and day > today:
            raise InvalidInput("day", f"{day} has not come yet")
        return TillDay.from_domain(await context.billing.tills.till(place, day or today))

    @strawberry.field(
        description="The closings of a garage's till, those that were undone too, the latest first."
    )
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def till_closings(
        self,
        info: RequestInfo,
        garage: GarageArgument = None,
        first: First = USUAL,
        after: After = None,
    ) -> Connection[TillDay]:
        context, place = info.context, reported_garage(info.context, garage)
        found = await context.billing.tills.closings(
            place, first=page_size(first) + 1, before=_position_of(after_position(after))
        )
        return make_connection(found, first, after, _place_of, TillDay.from_domain)


@strawberry.type
class TillMutations:
    @strawberry.mutation(description="Count a garage's till, and close its days up to one.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def close_till(
        self, info: RequestInfo, operation_id: OperationArgument, till: TillArgument
    ) -> CloseTillResult:
        context, place = info.context, garage_of(info.context, till.garage)
        context.demand_in(place, Action.CREATE, ResourceKind.INVOICE)
        with within_input("till"):
            count = TillCount(
                day=till.day or law_day(context.services.now()),
                counted=till.counted,
                left=till.left,
                taken_to=till.taken_to,
                opening=till.opening,
                reason=till.reason,
            )
        body = idempotency.operation_fingerprint("closeTill", asdict(till) | {"garage": place})
        change = context.books_change(operation_id_of(operation_id), place, body)
        return TillClosed(
            till=TillDay.from_domain(await context.billing.tills.close_till(change, count))
        )

    @strawberry.mutation(
        description="Undo the last closing of a garage's till, until its month is closed; what it "
        "posted goes the other way."
    )
    @guard_field(Action.UPDATE, ResourceKind.INVOICE)
    async def reopen_till(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        day: Annotated[date, strawberry.argument(description="The last day of that closing.")],
        reason: Annotated[
            str, strawberry.argument(description="Why, 10 to 500 characters; it is kept.")
        ],
        garage: GarageArgument = None,
    ) -> ReopenTillResult:
        context, place = info.context, garage_of(info.context, garage)
        context.demand_in(place, Action.UPDATE, ResourceKind.INVOICE)
        said = {"day": day, "reason": reason, "garage": place}
        body = idempotency.operation_fingerprint("reopenTill", said)
        change = context.books_change(operation_id_of(operation_id), place, body)
        return TillReopened(
            till=TillDay.from_domain(await context.billing.tills.reopen_till(change, day, reason))
        )


def _place_of(till: CountedTill) -> str:
    return till_closings.turn_place(till.day, till.closing.turn if till.closing else 1)


def _position_of(place: str | None) -> tuple[date, int]:
    """Give the place in a cursor of ours; None: before all."""
    if place is None:
        return NEWEST
    try:
        return till_closings.read_place(place)
    except ValueError as error:
        raise InvalidInput("after", NOT_OURS["after"]) from error
