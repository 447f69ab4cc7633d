"""The verbs that read cards and tickets, one by one and in pages, and any node by its id."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, Kind
from domain.errors import NotFound
from domain.ids import ticket_id
from domain.regions import by_region
from domain.tickets import TicketStatus
from resolvers import lookup, parsing
from resolvers.arguments import CardArgument, TicketArgument
from resolvers.context import Ask
from resolvers.guards import guarded, signed_in
from schema.inputs import CardFilterInput, WithinInput
from schema.nodes import USUAL, Connection, Node, connection, key_of, parsed_id, position, size
from schema.people import RegionCount
from schema.repair import FailureCard, Ticket
from schema.vocabulary import After, First

Version = Annotated[int | None, strawberry.argument(description="An earlier version.")]
Filter = Annotated[CardFilterInput | None, strawberry.argument(description="Which cards.")]
Status = Annotated[TicketStatus | None, strawberry.argument(description="Only in this state.")]

Span = Annotated[
    WithinInput | None, strawberry.argument(description="Only what a garage opened, and when.")
]
Since = Annotated[datetime, strawberry.argument(description="From this moment on.")]
Latitude = Annotated[float, strawberry.argument(description="Degrees north, WGS-84.")]
Longitude = Annotated[float, strawberry.argument(description="Degrees east, WGS-84.")]
Kilometres = Annotated[float, strawberry.argument(description="How far away at most.")]
Least = Annotated[float, strawberry.argument(description="Only of this effectiveness or better.")]
Until = Annotated[datetime, strawberry.argument(description="Before this moment.")]
# No two places on the globe are further apart, over the ground.
HALFWAY_ROUND_KM = 20_038


@strawberry.type
class Reading:
    @strawberry.field(description="A card, as it stands or as it stood; null when not yours.")
    @guarded(Action.READ, Kind.CARD)
    async def card(
        self, info: Ask, id: CardArgument, version: Version = None
    ) -> FailureCard | None:
        context = info.context
        key = parsing.card_key(id)
        if version is None:
            found = await context.loaders.cards.load(key)
            return None if found is None else FailureCard.of(found)
        try:
            return FailureCard.of(
                await context.services.cards.version(key, version, context.viewer)
            )
        except NotFound:
            return None

    @strawberry.field(description="The cards that you may see, in the order of their ids.")
    @guarded(Action.READ, Kind.CARD)
    async def cards(
        self, info: Ask, first: First = USUAL, after: After = None, filter: Filter = None
    ) -> Connection[FailureCard]:
        context = info.context
        chosen = parsing.card_filter(filter or CardFilterInput())
        found = await context.services.cards.page(
            context.viewer, first=size(first) + 1, after=position(after), filter=chosen
        )
        return connection(found, first, after, lambda card: card.id, FailureCard.of)

    @strawberry.field(description="The cards found within a distance of a place, nearest first.")
    @guarded(Action.READ, Kind.CARD)
    async def cards_near(
        self, info: Ask, lat: Latitude, lon: Longitude, km: Kilometres, first: First = USUAL
    ) -> list[FailureCard]:
        context = info.context
        limits.within("lat", lat, -90, 90)
        limits.within("lon", lon, -180, 180)
        limits.within("km", km, 0, HALFWAY_ROUND_KM)
        cards = context.services.cards
        found = await cards.near(lat, lon, km, context.viewer, size(first))
        return [FailureCard.of(card) for card in found]

    @strawberry.field(
        description="The published cards that work best, of two equals the more used one first."
    )
    @guarded(Action.READ, Kind.CARD)
    async def best_cards(
        self, info: Ask, first: First = USUAL, least: Least = 0.0
    ) -> list[FailureCard]:
        context = info.context
        limits.within("least", least, 0, 1)
        found = await context.services.cards.best(context.viewer, size(first), least)
        return [FailureCard.of(card) for card in found]

    @strawberry.field(description="A ticket; null when it is not yours to see.")
    @guarded(Action.READ, Kind.TICKET)
    async def ticket(self, info: Ask, id: TicketArgument) -> Ticket | None:
        context = info.context
        found = await context.loaders.tickets.load(ticket_id(key_of("Ticket", id)))
        return None if found is None else Ticket.of(found)

    @strawberry.field(description="The tickets that you may see, the newest first.")
    @guarded(Action.READ, Kind.TICKET)
    async def tickets(
        self,
        info: Ask,
        first: First = USUAL,
        after: After = None,
        status: Status = None,
        within: Span = None,
    ) -> Connection[Ticket]:
        found = await info.context.services.tickets.page(
            info.context.actor,
            first=size(first) + 1,
            after=position(after),
            status=status,
            within=parsing.within(within),
        )
        return connection(found, first, after, lambda ticket: ticket.id, Ticket.of)

    @strawberry.field(
        description="How many tickets each region's garages opened; all for administrators, those "
        "of your garage for others."
    )
    @guarded(Action.READ, Kind.REPORT)
    async def region_report(self, info: Ask, since: Since, until: Until) -> list[RegionCount]:
        context, (start, end) = info.context, parsing.span(since, until)
        found = await context.services.tickets.by_garage(start, end, context.actor)
        return [RegionCount.of(one) for one in by_region(found)]

    @strawberry.field(description="Anything that has an id; null when it is not yours to see.")
    @signed_in
    async def node(
        self,
        info: Ask,
        id: Annotated[strawberry.ID, strawberry.argument(description="An id of this API.")],
    ) -> Node | None:
        kind, key = parsed_id(id)
        return await lookup.node(info.context, kind, key)
