"""The verbs that change something; each is done once for its operation id."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, Kind
from domain.cards import FailureCard
from domain.ids import OperationId, garage_id, ticket_id
from domain.tickets import Ticket
from repair import intake, review
from repair.intake import Intake
from repair.operation import Operation
from repair.review import Review
from resolvers import once, parsing
from resolvers.arguments import CardArgument, ExpectedArgument, OperationArgument
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from schema import repair
from schema.deeds import (
    CardCreated,
    CardPromoted,
    CardRetired,
    CardUpdated,
    CardVerified,
    CreateCardResult,
    FailureReported,
    PromoteCardResult,
    ReportFailureResult,
    RetireCardResult,
    UpdateCardResult,
    VerifyCardResult,
)
from schema.inputs import CardInput, ReportInput
from schema.nodes import key_of

Report = Annotated[ReportInput, strawberry.argument(description="What is failing, and how.")]
Content = Annotated[CardInput, strawberry.argument(description="The whole content of the card.")]
Garage = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Where the vehicle stands, if not in your own garage."),
]
Founding = Annotated[
    strawberry.ID | None, strawberry.argument(description="The ticket that it is founded on.")
]


@strawberry.type
class Changing:
    @strawberry.mutation(description="Take in a failure; its cards are searched for right after.")
    @guarded(Action.CREATE, Kind.TICKET, Kind.CARD)
    async def report_failure(
        self, info: Ask, operation_id: OperationArgument, report: Report, garage: Garage = None
    ) -> ReportFailureResult:
        context, operation = info.context, _operation(info.context, operation_id)
        said = parsing.report(report)
        place = garage_id(key_of("Garage", garage)) if garage else None

        house = intake_of(context)

        async def work() -> Ticket:
            return await intake.opened(house, incoming, operation)

        body = once.fingerprint("reportFailure", asdict(report) | {"garage": place})
        with context.services.opening.passing():
            incoming = await intake.understood(house, said, context.actor, place)
            made = await once.ticket(context, operation.id, body, work)
        return FailureReported(ticket=repair.Ticket.of(made))

    @strawberry.mutation(description="Write a card; it is a draft until a second person verifies.")
    @guarded(Action.CREATE, Kind.CARD)
    async def create_card(
        self, info: Ask, operation_id: OperationArgument, card: Content, ticket: Founding = None
    ) -> CreateCardResult:
        context, operation = info.context, _operation(info.context, operation_id)
        content = parsing.content(card)
        founding = ticket_id(key_of("Ticket", ticket)) if ticket else None

        async def work() -> FailureCard:
            return await review.create(review_of(context), content, operation, founding)

        body = once.fingerprint("createCard", asdict(card) | {"ticket": founding})
        made = await once.card(context, operation.id, body, work)
        return CardCreated(card=repair.FailureCard.of(made))

    @strawberry.mutation(description="Write the next version of a card.")
    @guarded(Action.UPDATE, Kind.CARD)
    async def update_card(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
        card: Content,
    ) -> UpdateCardResult:
        context, operation = info.context, _operation(info.context, operation_id)
        key, content = parsing.card_key(id), parsing.content(card)

        async def work() -> FailureCard:
            return await review.update(
                review_of(context), key, content, expected_version, operation
            )

        asked = asdict(card) | {"id": key, "expected": expected_version}
        body = once.fingerprint("updateCard", asked)
        made = await once.card(context, operation.id, body, work)
        return CardUpdated(card=repair.FailureCard.of(made))

    @strawberry.mutation(description="Confirm a card that somebody else wrote.")
    @guarded(Action.VERIFY, Kind.CARD)
    async def verify_card(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> VerifyCardResult:
        context, operation = info.context, _operation(info.context, operation_id)
        key = parsing.card_key(id)

        async def work() -> FailureCard:
            return await review.verify(context.services.cards, key, expected_version, operation)

        body = once.fingerprint("verifyCard", {"id": key, "expected": expected_version})
        made = await once.card(context, operation.id, body, work)
        return CardVerified(card=repair.FailureCard.of(made))

    @strawberry.mutation(
        description="Publish a draft as provisional: search finds it, and it is suggested for "
        "repairs once a second person has verified it."
    )
    @guarded(Action.UPDATE, Kind.CARD)
    async def promote_card(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> PromoteCardResult:
        context, operation = info.context, _operation(info.context, operation_id)
        key = parsing.card_key(id)

        async def work() -> FailureCard:
            return await review.promote(context.services.cards, key, expected_version, operation)

        body = once.fingerprint("promoteCard", {"id": key, "expected": expected_version})
        made = await once.card(context, operation.id, body, work)
        return CardPromoted(card=repair.FailureCard.of(made))

    @strawberry.mutation(description="Take a card out of use.")
    @guarded(Action.VERIFY, Kind.CARD)
    async def retire_card(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> RetireCardResult:
        context, operation = info.context, _operation(info.context, operation_id)
        key = parsing.card_key(id)

        async def work() -> FailureCard:
            return await review.retire(context.services.cards, key, expected_version, operation)

        body = once.fingerprint("retireCard", {"id": key, "expected": expected_version})
        made = await once.card(context, operation.id, body, work)
        return CardRetired(card=repair.FailureCard.of(made))


def _operation(context: Context, id: OperationArgument) -> Operation:
    return context.operation(OperationId(str(id)))


def intake_of(context: Context) -> Intake:
    given = context.services
    return Intake(tickets=given.tickets, reader=given.reader)


def review_of(context: Context) -> Review:
    given = context.services
    return Review(
        cards=given.cards,
        tickets=given.tickets,
        vocabulary=given.vocabulary,
        embedder=given.embedder,
    )
