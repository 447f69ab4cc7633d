"""The verbs of failure cards: written, verified, retired, merged, marked; and their reads."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.cards import FailureCard
from domain.deeds import DeedType
from domain.errors import NotFound
from domain.ids import ticket_id
from domain.tombstones import Tombstone
from repair import card_merges, cards
from repair.cards import CardPorts
from resolvers import inputs
from resolvers.arguments import CardArgument, ExpectedArgument, OperationArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, CARD, TOMBSTONE, idempotent, operation_fingerprint
from resolvers.input_paths import within_input
from resolvers.services import Answer
from schema import tickets
from schema.card_results import (
    CardCreated,
    CardDeleted,
    CardMerged,
    CardPromoted,
    CardRetired,
    CardsMarked,
    CardUpdated,
    CardVerified,
    CreateCardResult,
    DeleteCardResult,
    MarkCardsResult,
    MergeCardsResult,
    PromoteCardResult,
    RetireCardResult,
    UndoMergeResult,
    UpdateCardResult,
    VerifyCardResult,
)
from schema.inputs import CardFilterInput, CardInput
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.vocabulary import After, First

CardContentArgument = Annotated[
    CardInput, strawberry.argument(description="The whole content of the card.")
]


FoundingTicketArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="The ticket that it is founded on.")
]


MergeTargetArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The card that takes its place.")
]


OldPartArgument = Annotated[strawberry.ID, strawberry.argument(description="The older part.")]


NewPartArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The part in its place.")
]


MakeArgument = Annotated[str, strawberry.argument(description="Who makes the vehicle.")]


ModelArgument = Annotated[str, strawberry.argument(description="Its model.")]


FirmwareArgument = Annotated[str, strawberry.argument(description="The version that was released.")]


VersionArgument = Annotated[int | None, strawberry.argument(description="An earlier version.")]


CardFilterArgument = Annotated[
    CardFilterInput | None, strawberry.argument(description="Which cards.")
]
Latitude = Annotated[float, strawberry.argument(description="Degrees north, WGS-84.")]
Longitude = Annotated[float, strawberry.argument(description="Degrees east, WGS-84.")]
Kilometres = Annotated[float, strawberry.argument(description="How far away at most.")]
Least = Annotated[float, strawberry.argument(description="Only of this effectiveness or better.")]
# No two places on the globe are further apart, over the ground.
HALFWAY_ROUND_KM = 20_038


@strawberry.type
class CardMutations:
    @strawberry.mutation(description="Let a card point onward to the one that says it better.")
    @guard_field(Action.VERIFY, ResourceKind.CARD)
    async def merge_cards(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CardArgument,
        into: MergeTargetArgument,
        expected_version: ExpectedArgument,
    ) -> MergeCardsResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        with within_input("id"):
            key = inputs.parse_card_key(id)
        target = inputs.parse_card_key(into)

        async def work() -> FailureCard:
            cards = context.services.cards
            return await card_merges.merge_card(cards, key, target, expected_version, operation)

        asked = {"id": key, "into": target, "expected": expected_version}
        body = operation_fingerprint("mergeCards", asked)
        made = await idempotent(context, operation.id, body, work, CARD)
        return CardMerged(card=tickets.FailureCard.from_domain(made))

    @strawberry.mutation(description="Take a card back out of the one it was merged into.")
    @guard_field(Action.VERIFY, ResourceKind.CARD)
    async def undo_merge(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> UndoMergeResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = inputs.parse_card_key(id)

        async def work() -> FailureCard:
            return await card_merges.undo_merge(
                context.services.cards, key, expected_version, operation
            )

        asked = {"id": key, "expected": expected_version}
        body = operation_fingerprint("undoMerge", asked)
        made = await idempotent(context, operation.id, body, work, CARD)
        return CardUpdated(card=tickets.FailureCard.from_domain(made))

    @strawberry.mutation(description="Tell of a firmware release; what it may touch is marked.")
    @guard_field(Action.VERIFY, ResourceKind.CARD, network=True)
    async def announce_firmware(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        make: MakeArgument,
        model: ModelArgument,
        firmware: FirmwareArgument,
    ) -> MarkCardsResult:
        context, operation = info.context, info.context.operation_for(operation_id)

        async def work() -> Answer:
            marking = context.services.recheck_marks
            marked = await card_merges.announce_release(marking, make, model, firmware, operation)
            return {"cards": len(marked)}

        asked = {"make": make, "model": model, "firmware": firmware}
        body = operation_fingerprint("announceFirmware", asked)
        made = await idempotent(context, operation.id, body, work, ANSWER)
        return CardsMarked(cards=made["cards"])

    @strawberry.mutation(description="Put a part in another's place; cards that use it are marked.")
    @guard_field(Action.VERIFY, ResourceKind.CARD, network=True)
    async def supersede_part(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        part: OldPartArgument,
        by: NewPartArgument,
    ) -> MarkCardsResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        old = key_of("Part", part)
        with within_input("by"):
            new = key_of("Part", by)

        async def work() -> Answer:
            given = context.services
            marked = await card_merges.supersede_part(
                given.recheck_marks, given.vocabulary, old, new, operation
            )
            return {"cards": len(marked)}

        body = operation_fingerprint("supersedePart", {"part": old, "by": new})
        made = await idempotent(context, operation.id, body, work, ANSWER)
        return CardsMarked(cards=made["cards"])

    @strawberry.mutation(description="Write a card; it is a draft until a second person verifies.")
    @guard_field(Action.CREATE, ResourceKind.CARD, deed=DeedType.FAILURE_CARD_CREATE)
    async def create_card(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        card: CardContentArgument,
        ticket: FoundingTicketArgument = None,
    ) -> CreateCardResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        content = inputs.parse_card_content(card)
        founding = ticket_id(key_of("Ticket", ticket)) if ticket else None

        async def work() -> FailureCard:
            return await cards.create_card(card_ports(context), content, operation, founding)

        body = operation_fingerprint("createCard", asdict(card) | {"ticket": founding})
        made = await idempotent(context, operation.id, body, work, CARD)
        return CardCreated(card=tickets.FailureCard.from_domain(made))

    @strawberry.mutation(description="Write the next version of a card.")
    @guard_field(Action.UPDATE, ResourceKind.CARD)
    async def update_card(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
        card: CardContentArgument,
    ) -> UpdateCardResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key, content = inputs.parse_card_key(id), inputs.parse_card_content(card)

        async def work() -> FailureCard:
            return await cards.update_card(
                card_ports(context), key, content, expected_version, operation
            )

        asked = asdict(card) | {"id": key, "expected": expected_version}
        body = operation_fingerprint("updateCard", asked)
        made = await idempotent(context, operation.id, body, work, CARD)
        return CardUpdated(card=tickets.FailureCard.from_domain(made))

    @strawberry.mutation(description="Confirm a card that somebody else wrote.")
    @guard_field(Action.VERIFY, ResourceKind.CARD, deed=DeedType.FAILURE_CARD_VERIFY)
    async def verify_card(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> VerifyCardResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = inputs.parse_card_key(id)

        async def work() -> FailureCard:
            return await cards.verify_card(context.services.cards, key, expected_version, operation)

        body = operation_fingerprint("verifyCard", {"id": key, "expected": expected_version})
        made = await idempotent(context, operation.id, body, work, CARD)
        return CardVerified(card=tickets.FailureCard.from_domain(made))

    @strawberry.mutation(
        description="Publish a draft as provisional: search finds it, and it is suggested for "
        "repairs once a second person has verified it."
    )
    @guard_field(Action.UPDATE, ResourceKind.CARD)
    async def promote_card(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> PromoteCardResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = inputs.parse_card_key(id)

        async def work() -> FailureCard:
            return await cards.promote_card(
                context.services.cards, key, expected_version, operation
            )

        body = operation_fingerprint("promoteCard", {"id": key, "expected": expected_version})
        made = await idempotent(context, operation.id, body, work, CARD)
        return CardPromoted(card=tickets.FailureCard.from_domain(made))

    @strawberry.mutation(description="Take a card out of use.")
    @guard_field(Action.VERIFY, ResourceKind.CARD)
    async def retire_card(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> RetireCardResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = inputs.parse_card_key(id)

        async def work() -> FailureCard:
            return await cards.retire_card(context.services.cards, key, expected_version, operation)

        body = operation_fingerprint("retireCard", {"id": key, "expected": expected_version})
        made = await idempotent(context, operation.id, body, work, CARD)
        return CardRetired(card=tickets.FailureCard.from_domain(made))

    @strawberry.mutation(
        description="Take a card that is not in use away for good; its versions stay on record, "
        "and nobody finds them. Retire a published card first."
    )
    @guard_field(Action.DELETE, ResourceKind.CARD)
    async def delete_card(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CardArgument,
        expected_version: ExpectedArgument,
    ) -> DeleteCardResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = inputs.parse_card_key(id)

        async def work() -> Tombstone:
            return await cards.delete_card(context.services.cards, key, expected_version, operation)

        body = operation_fingerprint("deleteCard", {"id": key, "expected": expected_version})
        gone = await idempotent(context, operation.id, body, work, TOMBSTONE)
        return CardDeleted(
            key=gone.id,
            version=gone.version,
            deleted_at=gone.deleted_at,
            deleted_by=strawberry.ID(gone.deleted_by),
        )


@strawberry.type
class CardQueries:
    @strawberry.field(description="A card, as it stands or as it stood; null when not yours.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def card(
        self, info: RequestInfo, id: CardArgument, version: VersionArgument = None
    ) -> tickets.FailureCard | None:
        context = info.context
        key = inputs.parse_card_key(id)
        if version is None:
            found = await context.loaders.cards.load(key)
            return None if found is None else tickets.FailureCard.from_domain(found)
        try:
            return tickets.FailureCard.from_domain(
                await context.services.cards.version(key, version, context.viewer)
            )
        except NotFound:
            return None

    @strawberry.field(description="The cards that you may see, in the order of their ids.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def cards(
        self,
        info: RequestInfo,
        first: First = USUAL,
        after: After = None,
        filter: CardFilterArgument = None,
    ) -> Connection[tickets.FailureCard]:
        context = info.context
        chosen = inputs.parse_card_filter(filter or CardFilterInput())
        found = await context.services.cards.page(
            context.viewer, first=page_size(first) + 1, after=after_position(after), filter=chosen
        )
        return make_connection(
            found, first, after, lambda card: card.id, tickets.FailureCard.from_domain
        )

    @strawberry.field(description="The cards found within a distance of a place, nearest first.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def cards_near(
        self, info: RequestInfo, lat: Latitude, lon: Longitude, km: Kilometres, first: First = USUAL
    ) -> list[tickets.FailureCard]:
        context = info.context
        limits.check_range("lat", lat, -90, 90)
        limits.check_range("lon", lon, -180, 180)
        limits.check_range("km", km, 0, HALFWAY_ROUND_KM)
        cards = context.services.cards
        found = await cards.cards_near(lat, lon, km, context.viewer, page_size(first))
        return [tickets.FailureCard.from_domain(card) for card in found]

    @strawberry.field(
        description="The published cards that work best, of two equals the more used one first."
    )
    @guard_field(Action.READ, ResourceKind.CARD)
    async def best_cards(
        self, info: RequestInfo, first: First = USUAL, least: Least = 0.0
    ) -> list[tickets.FailureCard]:
        context = info.context
        limits.check_range("least", least, 0, 1)
        found = await context.services.cards.best(context.viewer, page_size(first), least)
        return [tickets.FailureCard.from_domain(card) for card in found]


def card_ports(context: RequestContext) -> CardPorts:
    given = context.services
    return CardPorts(
        cards=given.cards,
        tickets=given.tickets,
        vocabulary=given.vocabulary,
        embedder=given.embedder,
        files=context,
    )
