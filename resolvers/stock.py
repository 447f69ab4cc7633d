"""The verbs of the stock: what parts cost and how many are there."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry

from billing.ledger.books import NETWORK
from billing.ledger.stock import StockDelta
from billing.ledger.stock import StockLevel as Level
from domain.access import Action, ResourceKind
from domain.errors import InvalidInput, NotFound
from domain.ids import OperationId, ticket_id
from domain.vocabulary import Part, fits
from resolvers import idempotency
from resolvers.arguments import OperationArgument, TicketArgument
from resolvers.books import garage_of
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from schema import vocabulary
from schema.billing_inputs import PriceInput, StockInput
from schema.invoice_results import (
    AdjustStockResult,
    OffersResult,
    PriceSet,
    SetPriceResult,
    StockAdjusted,
)
from schema.money import demand_amount
from schema.nodes import key_of
from schema.stock import Offer, PartOffers, PartPrice, StockLevel

PartArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The part: its id, or its key.")
]
PriceArgument = Annotated[PriceInput, strawberry.argument(description="The price.")]
StockArgument = Annotated[StockInput, strawberry.argument(description="What came or left.")]


@strawberry.type
class StockQueries:
    """Reads."""

    @strawberry.field(description="What vendors ask for a part that fits a ticket's vehicle.")
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def offers(
        self, info: RequestInfo, part: PartArgument, ticket: TicketArgument
    ) -> OffersResult:
        context = info.context
        found = await context.services.tickets.get(
            ticket_id(key_of("Ticket", ticket)), context.actor
        )
        wanted, now = await _find_part(context, part), context.services.now()
        if not fits(wanted, found.vehicle):
            raise InvalidInput("part", f"{wanted.id} does not fit this vehicle")
        prices, keys = context.billing.invoicing.prices, [wanted.id]
        offers = await prices.offers(keys, now)
        price = await prices.prices_as_of(keys, found.garage, now)
        levels = await context.billing.stock.stock_levels(found.garage, keys)
        return PartOffers(
            part=vocabulary.Part.from_domain(wanted),
            price=PartPrice.from_domain(price[wanted.id]),
            offers=[Offer.from_domain(offer) for offer in offers],
            stock=StockLevel.from_domain(levels[wanted.id]),
        )

    @strawberry.field(description="What a part cost at a moment; the same whenever it is asked.")
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def part_price(
        self,
        info: RequestInfo,
        part: PartArgument,
        at: Annotated[datetime | None, strawberry.argument(description="When; null: now.")] = None,
    ) -> PartPrice:
        context = info.context
        wanted = await _find_part(context, part)
        moment = _aware_moment("at", at or context.services.now())
        prices = context.billing.invoicing.prices
        found = await prices.prices_as_of([wanted.id], context.actor.garage or NETWORK, moment)
        return PartPrice.from_domain(found[wanted.id])


@strawberry.type
class StockMutations:
    """Writes."""

    @strawberry.mutation(description="Set a list price, your garage's or (admin) that of all.")
    @guard_field(Action.UPDATE, ResourceKind.INVOICE)
    async def set_price(
        self, info: RequestInfo, operation_id: OperationArgument, price: PriceArgument
    ) -> SetPriceResult:
        context, paise = info.context, demand_amount("amount", price.amount)
        place = garage_of(context, price.garage)
        context.demand_in(place, Action.UPDATE, ResourceKind.INVOICE)
        wanted = await _find_part(context, price.part)
        body = idempotency.operation_fingerprint("setPrice", asdict(price) | {"garage": place})
        change = context.books_change(OperationId(str(operation_id)), place, body)
        since = _aware_moment("since", price.since or change.at)
        found = await context.billing.invoicing.prices.set_price(change, wanted.id, paise, since)
        return PriceSet(price=PartPrice.from_domain(found))

    @strawberry.mutation(description="Say that parts came onto the shelf, or left it.")
    @guard_field(Action.UPDATE, ResourceKind.TICKET)
    async def adjust_stock(
        self, info: RequestInfo, operation_id: OperationArgument, stock: StockArgument
    ) -> AdjustStockResult:
        level = await adjust_stock_once(info.context, OperationId(str(operation_id)), stock)
        return StockAdjusted(stock=StockLevel.from_domain(level))


async def adjust_stock_once(
    context: RequestContext, operation: OperationId, stock: StockInput
) -> Level:
    """Sum what came onto a shelf or left it, once for its operation."""
    place = garage_of(context, stock.garage)
    context.demand_in(place, Action.UPDATE, ResourceKind.TICKET)
    wanted = await _find_part(context, stock.part)
    delta = StockDelta(part=wanted.id, quantity=stock.quantity, reason=stock.reason)
    body = idempotency.operation_fingerprint("adjustStock", asdict(stock) | {"garage": place})
    change = context.books_change(operation, place, body)
    return await context.billing.stock.adjust_stock(change, delta)


def _aware_moment(field: str, moment: datetime) -> datetime:
    """Give the moment if it says its time zone."""
    if moment.tzinfo is None:
        raise InvalidInput(field, "has no time zone")
    return moment


async def _find_part(context: RequestContext, value: strawberry.ID) -> Part:
    id = key_of("Part", value)  # noqa: A001 - as everywhere
    found = await context.loaders.parts.load(id)
    if found is None:
        raise NotFound("part", id)
    return found
