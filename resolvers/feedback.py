"""What people say of the cards suggested to them, and what they did with them."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.feedback import COMMENT_LIMIT, Impression, Opinion
from domain.ids import ticket_id
from repair import feedback as feedbacks
from repair.feedback import FeedbackPorts
from resolvers import inputs
from resolvers.arguments import (
    OperationArgument,
    TicketArgument,
)
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, idempotent, operation_fingerprint
from resolvers.services import Answer
from schema import feedback as schema_feedback
from schema.feedback import (
    FeedbackGiven,
    FeedbackInput,
    GiveFeedbackResult,
    ImpressionInput,
    ImpressionsRecorded,
    RecordImpressionsResult,
)
from schema.nodes import key_of

FeedbackArgument = Annotated[
    FeedbackInput, strawberry.argument(description="What you say of the card.")
]


ImpressionsArgument = Annotated[
    list[ImpressionInput], strawberry.argument(description="One for each card, at most 50.")
]


FeedbackVersionArgument = Annotated[
    int, strawberry.argument(description="The version you change; 0 for your first word.")
]


@strawberry.type
class FeedbackQueries:
    @strawberry.field(
        description="What was said of a repair, every version: your own, or all in your garage."
    )
    @guard_field(Action.READ, ResourceKind.CARD)
    async def feedback(
        self, info: RequestInfo, ticket: TicketArgument
    ) -> list[schema_feedback.Feedback]:
        context = info.context
        key = ticket_id(key_of("Ticket", ticket))
        found = await feedbacks.feedback_history(feedback_ports(context), key, context.actor)
        return [schema_feedback.Feedback.from_domain(said) for said in found]


@strawberry.type
class FeedbackMutations:
    @strawberry.mutation(description="Say what you think of a card, once for each repair.")
    @guard_field(Action.UPDATE, ResourceKind.TICKET)
    async def give_feedback(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        feedback: FeedbackArgument,
        expected_version: FeedbackVersionArgument = 0,
    ) -> GiveFeedbackResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = ticket_id(key_of("Ticket", ticket))
        opinion = parse_opinion(feedback)

        async def work() -> Answer:
            said = await feedbacks.give_feedback(
                feedback_ports(context), key, opinion, expected_version, operation
            )
            return {"version": said.version}

        asked = asdict(opinion) | {"ticket": key, "expected": expected_version}
        made = await idempotent(
            context, operation.id, operation_fingerprint("giveFeedback", asked), work, ANSWER
        )
        kept = await context.services.feedback.history(key, operation.actor.id)
        stands = next(said for said in kept if said.version == made["version"])
        return FeedbackGiven(feedback=schema_feedback.Feedback.from_domain(stands))

    @strawberry.mutation(description="Note what you did with the cards suggested for a ticket.")
    @guard_field(Action.UPDATE, ResourceKind.TICKET)
    async def record_impressions(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        impressions: ImpressionsArgument,
    ) -> RecordImpressionsResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = ticket_id(key_of("Ticket", ticket))
        seen = [_parse_impression(one) for one in impressions]

        async def work() -> Answer:
            return {
                "cards": await feedbacks.record_impressions(
                    feedback_ports(context), key, seen, operation
                )
            }

        asked = {"ticket": key, "seen": [asdict(one) for one in seen]}
        body = operation_fingerprint("recordImpressions", asked)
        made = await idempotent(context, operation.id, body, work, ANSWER)
        return ImpressionsRecorded(cards=made["cards"])


def feedback_ports(context: RequestContext) -> FeedbackPorts:
    return FeedbackPorts(tickets=context.services.tickets, book=context.services.feedback)


def parse_opinion(value: FeedbackInput) -> Opinion:
    return Opinion(
        card=inputs.parse_card_key(value.card),
        stars=value.stars,
        comment=limits.clean_prose("comment", value.comment, COMMENT_LIMIT, least=0),
        correction=limits.clean_prose("correction", value.correction, COMMENT_LIMIT, least=0),
    )


def _parse_impression(value: ImpressionInput) -> Impression:
    return Impression(
        card=inputs.parse_card_key(value.card),
        clicks=value.clicks,
        dwell_ms=value.dwell_ms,
        place=value.place,
    )
