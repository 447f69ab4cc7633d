"""The queue of what waits for a person's eye."""

from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.reviews import ReviewKind
from repair import reviews
from resolvers.arguments import (
    OperationArgument,
)
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, idempotent, operation_fingerprint
from resolvers.services import Answer
from schema import reviews as schema_reviews
from schema.nodes import USUAL, Connection, after_position, make_connection, page_size
from schema.reviews import CloseReviewResult, ReviewClosed
from schema.vocabulary import After, First

ReviewArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The entry of the queue.")
]


ReviewKindArgument = Annotated[
    ReviewKind | None, strawberry.argument(description="Only of this kind.")
]


@strawberry.type
class ReviewQueries:
    @strawberry.field(description="The cards that wait for your eye, the oldest entry first.")
    @guard_field(Action.VERIFY, ResourceKind.CARD)
    async def review_queue(
        self,
        info: RequestInfo,
        first: First = USUAL,
        after: After = None,
        kind: ReviewKindArgument = None,
    ) -> Connection[schema_reviews.Review]:
        found = await info.context.services.reviews.page(
            info.context.actor, first=page_size(first) + 1, after=after_position(after), kind=kind
        )
        return make_connection(
            found, first, after, lambda r: r.id, schema_reviews.Review.from_domain
        )


@strawberry.type
class ReviewMutations:
    @strawberry.mutation(description="Say that you looked and the card stands as it is.")
    @guard_field(Action.VERIFY, ResourceKind.CARD)
    async def close_review(
        self, info: RequestInfo, operation_id: OperationArgument, id: ReviewArgument
    ) -> CloseReviewResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        given, key = context.services, limits.clean_text("id", id, 80)

        async def work() -> Answer:
            await reviews.close_review(given.reviews, given.recheck_marks, key, operation)
            return {"id": key}

        body = operation_fingerprint("closeReview", {"id": key})
        await idempotent(context, operation.id, body, work, ANSWER)
        return ReviewClosed(
            review=schema_reviews.Review.from_domain(await given.reviews.get(key, operation.actor))
        )
