"""The verbs by which people teach the network, and the queue of what waits for them."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, Kind
from domain.cards import FailureCard
from domain.feedback import COMMENT_LIMIT, Impression, Opinion
from domain.ids import ticket_id
from domain.reviews import ReviewKind
from repair import feedback as feedbacks
from repair import merging, reviewing
from repair.feedback import Desk
from resolvers import once, parsing
from resolvers.arguments import (
    CardArgument,
    ExpectedArgument,
    OperationArgument,
    TicketArgument,
)
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from resolvers.services import Answer
from schema import learning, repair
from schema.deeds import CardUpdated
from schema.learning import (
    CardMerged,
    CardsMarked,
    CloseReviewResult,
    FeedbackGiven,
    FeedbackInput,
    GiveFeedbackResult,
    ImpressionInput,
    ImpressionsRecorded,
    MarkCardsResult,
    MergeCardsResult,
    RecordImpressionsResult,
    ReviewClosed,
    UndoMergeResult,
)
from schema.nodes import USUAL, Connection, connection, key_of, position, size
from schema.vocabulary import After, First

Said = Annotated[FeedbackInput, strawberry.argument(description="What you say of the card.")]
Seen = Annotated[
    list[ImpressionInput], strawberry.argument(description="One for each card, at most 50.")
]
Given = Annotated[
    int, strawberry.argument(description="The version you change; 0 for your first word.")
]
Onto = Annotated[strawberry.ID, strawberry.argument(description="The card that takes its place.")]
PartArgument = Annotated[strawberry.ID, strawberry.argument(description="The older part.")]
NewPart = Annotated[strawberry.ID, strawberry.argument(description="The part in its place.")]
Make = Annotated[str, strawberry.argument(description="Who makes the vehicle.")]
Model = Annotated[str, strawberry.argument(description="Its model.")]
Firmware = Annotated[str, strawberry.argument(description="The version that was released.")]
Entry = Annotated[strawberry.ID, strawberry.argument(description="The entry of the queue.")]
Why = Annotated[ReviewKind | None, strawberry.argument(description="Only of this kind.")]


@strawberry.type
class Reviewing:
    @strawberry.field(description="The cards that wait for your eye, the oldest entry first.")
    @guarded(Action.VERIFY, Kind.CARD)
    async def review_queue(
        self, info: Ask, first: First = USUAL, after: After = None, kind: Why = None
    ) -> Connection[learning.Review]:
        found = await info.context.services.reviews.page(
            info.context.actor, first=size(first) + 1, after=position(after), kind=kind
        )
        return connection(found, first, after, lambda r: r.id, learning.Review.of)

    @strawberry.field(
        description="What was said of a repair, every version: your own, or all in your garage."
    )
    @guarded(Action.READ, Kind.CARD)
    async def feedback(self, info: Ask, ticket: TicketArgument) -> list[learning.Feedback]:
        context = info.context
        key = ticket_id(key_of("Ticket", ticket))
        found = await feedbacks.history(desk_of(context), key, context.actor)
        return [learning.Feedback.of(said) for said in found]


@strawberry.type
class Teaching:
    @strawberry.mutation(description="Say what you think of a card, once for each repair.")
    @guarded(Action.UPDATE, Kind.TICKET)
    async def give_feedback(
        self,
        info: Ask,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        feedback: Said,
        expected_version: Given = 0,
    ) -> GiveFeedbackResult:
        context, operation = info.context, info.context.asked(operation_id)
        key = ticket_id(key_of("Ticket", ticket))
        opinion = opinion_of(feedback)

        async def work() -> Answer:
            said = await feedbacks.give(desk_of(context), key, opinion, expected_version, operation)
            return {"version": said.version}

        asked = asdict(opinion) | {"ticket": key, "expected": expected_version}
        made = await once.value(
            context, operation.id, once.fingerprint("giveFeedback", asked), work
        )
        kept = await context.services.feedback.history(key, operation.actor.id)
        stands = next(said for said in kept if said.version == made["version"])
        return FeedbackGiven(feedback=learning.Feedback.of(stands))

    @strawberry.mutation(description="Note what you did with the cards suggested for a ticket.")
    @guarded(Action.UPDATE, Kind.TICKET)
    async def record_impressions(
        self,
        info: Ask,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        impressions: Seen,
    ) -> RecordImpressionsResult:
        context, operation = info.context, info.context.asked(operation_id)
        key = ticket_id(key_of("Ticket", ticket))
        seen = [_impression(one) for one in impressions]

        async def work() -> Answer:
            return {"cards": await feedbacks.observe(desk_of(context), key, seen, operation)}

        asked = {"ticket": key, "seen": [asdict(one) for one in seen]}
        body = once.fingerprint("recordImpressions", asked)
        made = await once.value(context, operation.id, body, work)
        return ImpressionsRecorded(cards=made["cards"])

    @strawberry.mutation(description="Let a card point onward to the one that says it better.")
    @guarded(Action.VERIFY, Kind.CARD)
    async def merge_cards(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: CardArgument,
        into: Onto,
        expected_version: ExpectedArgument,
    ) -> MergeCardsResult:
        context, operation = info.context, info.context.asked(operation_id)
        key, target = parsing.card_key(id), parsing.card_key(into)

        async def work() -> FailureCard:
            cards = context.services.cards
            return await merging.merge(cards, key, target, expected_version, operation)

        asked = {"id": key, "into": target, "expected": expected_version}
        body = once.fingerprint("mergeCards", asked)
        made = await once.card(context, operation.id, body, work)
        return CardMerged(card=repair.FailureCard.of(made))

    @strawberry.mutation(description="Take a card back out of the one it was merged into.")
    @guarded(Action.VERIFY, Kind.CARD)
    async def undo_merge(
        self,
        info: Ask,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> UndoMergeResult:
        context, operation = info.context, info.context.asked(operation_id)
        key = parsing.card_key(id)

        async def work() -> FailureCard:
            return await merging.unmerge(context.services.cards, key, expected_version, operation)

        asked = {"id": key, "expected": expected_version}
        body = once.fingerprint("undoMerge", asked)
        made = await once.card(context, operation.id, body, work)
        return CardUpdated(card=repair.FailureCard.of(made))

    @strawberry.mutation(description="Tell of a firmware release; what it may touch is marked.")
    @guarded(Action.VERIFY, Kind.CARD, network=True)
    async def announce_firmware(
        self,
        info: Ask,
        operation_id: OperationArgument,
        make: Make,
        model: Model,
        firmware: Firmware,
    ) -> MarkCardsResult:
        context, operation = info.context, info.context.asked(operation_id)

        async def work() -> Answer:
            marking = context.services.marking
            marked = await merging.release(marking, make, model, firmware, operation)
            return {"cards": len(marked)}

        asked = {"make": make, "model": model, "firmware": firmware}
        body = once.fingerprint("announceFirmware", asked)
        made = await once.value(context, operation.id, body, work)
        return CardsMarked(cards=made["cards"])

    @strawberry.mutation(description="Put a part in another's place; cards that use it are marked.")
    @guarded(Action.VERIFY, Kind.CARD, network=True)
    async def supersede_part(
        self, info: Ask, operation_id: OperationArgument, part: PartArgument, by: NewPart
    ) -> MarkCardsResult:
        context, operation = info.context, info.context.asked(operation_id)
        old, new = key_of("Part", part), key_of("Part", by)

        async def work() -> Answer:
            given = context.services
            marked = await merging.supersede(given.marking, given.vocabulary, old, new, operation)
            return {"cards": len(marked)}

        body = once.fingerprint("supersedePart", {"part": old, "by": new})
        made = await once.value(context, operation.id, body, work)
        return CardsMarked(cards=made["cards"])

    @strawberry.mutation(description="Say that you looked and the card stands as it is.")
    @guarded(Action.VERIFY, Kind.CARD)
    async def close_review(
        self, info: Ask, operation_id: OperationArgument, id: Entry
    ) -> CloseReviewResult:
        context, operation = info.context, info.context.asked(operation_id)
        given, key = context.services, limits.text("id", id, 80)

        async def work() -> Answer:
            await reviewing.close(given.reviews, given.marking, key, operation)
            return {"id": key}

        body = once.fingerprint("closeReview", {"id": key})
        await once.value(context, operation.id, body, work)
        return ReviewClosed(
            review=learning.Review.of(await given.reviews.get(key, operation.actor))
        )


def desk_of(context: Context) -> Desk:
    return Desk(tickets=context.services.tickets, book=context.services.feedback)


def opinion_of(value: FeedbackInput) -> Opinion:
    return Opinion(
        card=parsing.card_key(value.card),
        stars=value.stars,
        comment=limits.prose("comment", value.comment, COMMENT_LIMIT, least=0),
        correction=limits.prose("correction", value.correction, COMMENT_LIMIT, least=0),
    )


def _impression(value: ImpressionInput) -> Impression:
    return Impression(
        card=parsing.card_key(value.card),
        clicks=value.clicks,
        dwell_ms=value.dwell_ms,
        place=value.place,
    )
