"""The verbs of the shelf: what parts cost and how many are there."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry

from billing.books import NETWORK
from billing.stock import Delta, Level
from domain.access import Action, Kind
from domain.errors import InvalidInput, NotFound
from domain.ids import OperationId, ticket_id
from domain.vocabulary import Part, fits
from resolvers import once
from resolvers.arguments import OperationArgument, TicketArgument
from resolvers.bookkeeping import garage_of
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from schema import vocabulary
from schema.billing_deeds import (
    AdjustStockResult,
    OffersResult,
    PriceSet,
    SetPriceResult,
    StockAdjusted,
)
from schema.billing_inputs import PriceInput, StockInput
from schema.money import demanded
from schema.nodes import key_of
from schema.shelf import Offer, PartOffers, PartPrice, StockLevel

PartArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The part: its id, or its key.")
]
PriceArgument = Annotated[PriceInput, strawberry.argument(description="The price.")]
StockArgument = Annotated[StockInput, strawberry.argument(description="What came or left.")]


@strawberry.type
class Shelving:
    """Reads."""

    @strawberry.field(description="What vendors ask for a part that fits a ticket's vehicle.")
    @guarded(Action.READ, Kind.TICKET)
    async def offers(self, info: Ask, part: PartArgument, ticket: TicketArgument) -> OffersResult:
        context = info.context
        found = await context.services.tickets.get(
            ticket_id(key_of("Ticket", ticket)), context.actor
        )
        wanted, now = await _part(context, part), context.services.now()
        if not fits(wanted, found.vehicle):
            raise InvalidInput("part", f"{wanted.id} does not fit this vehicle")
        prices, keys = context.billing.invoicing.prices, [wanted.id]
        offers = await prices.offers(keys, now)
        price = await prices.as_of(keys, found.garage, now)
        levels = await context.billing.stock.levels(found.garage, keys)
        return PartOffers(
            part=vocabulary.Part.of(wanted),
            price=PartPrice.of(price[wanted.id]),
            offers=[Offer.of(offer) for offer in offers],
            stock=StockLevel.of(levels[wanted.id]),
        )

    @strawberry.field(description="What a part cost at a moment; the same whenever it is asked.")
    @guarded(Action.READ, Kind.TICKET)
    async def part_price(
        self,
        info: Ask,
        part: PartArgument,
        at: Annotated[datetime | None, strawberry.argument(description="When; null: now.")] = None,
    ) -> PartPrice:
        context = info.context
        wanted = await _part(context, part)
        moment = _aware("at", at or context.services.now())
        prices = context.billing.invoicing.prices
        found = await prices.as_of([wanted.id], context.actor.garage or NETWORK, moment)
        return PartPrice.of(found[wanted.id])


@strawberry.type
class Stocking:
    """Writes."""

    @strawberry.mutation(description="Set a list price, your garage's or (admin) that of all.")
    @guarded(Action.UPDATE, Kind.INVOICE)
    async def set_price(
        self, info: Ask, operation_id: OperationArgument, price: PriceArgument
    ) -> SetPriceResult:
        context, paise = info.context, demanded("amount", price.amount)
        place = garage_of(context, price.garage)
        context.demand_in(place, Action.UPDATE, Kind.INVOICE)
        wanted = await _part(context, price.part)
        body = once.fingerprint("setPrice", asdict(price) | {"garage": place})
        deed = context.deed(OperationId(str(operation_id)), place, body)
        since = _aware("since", price.since or deed.at)
        found = await context.billing.invoicing.prices.set(deed, wanted.id, paise, since)
        return PriceSet(price=PartPrice.of(found))

    @strawberry.mutation(description="Say that parts came onto the shelf, or left it.")
    @guarded(Action.UPDATE, Kind.TICKET)
    async def adjust_stock(
        self, info: Ask, operation_id: OperationArgument, stock: StockArgument
    ) -> AdjustStockResult:
        level = await adjusted(info.context, OperationId(str(operation_id)), stock)
        return StockAdjusted(stock=StockLevel.of(level))


async def adjusted(context: Context, operation: OperationId, stock: StockInput) -> Level:
    """Sum what came onto a shelf or left it, once for its operation."""
    place = garage_of(context, stock.garage)
    context.demand_in(place, Action.UPDATE, Kind.TICKET)
    wanted = await _part(context, stock.part)
    delta = Delta(part=wanted.id, quantity=stock.quantity, reason=stock.reason)
    body = once.fingerprint("adjustStock", asdict(stock) | {"garage": place})
    deed = context.deed(operation, place, body)
    return await context.billing.stock.adjust(deed, delta)


def _aware(field: str, moment: datetime) -> datetime:
    """Give the moment if it says its time zone."""
    if moment.tzinfo is None:
        raise InvalidInput(field, "has no time zone")
    return moment


async def _part(context: Context, value: strawberry.ID) -> Part:
    id = key_of("Part", value)  # noqa: A001 - as everywhere
    found = await context.loaders.parts.load(id)
    if found is None:
        raise NotFound("part", id)
    return found
