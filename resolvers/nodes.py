"""Any node by kind and key, with the same verdict as every other way to it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.codes import CodeKey
from domain.errors import InvalidInput, NotFound
from domain.ids import CardId, GarageId, InvoiceId, PaymentId, TicketId
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import signed_in
from schema.invoices import Invoice, Payment
from schema.nodes import (
    Node,
    parsed_id,
)
from schema.people import Garage
from schema.tickets import FailureCard, Ticket
from schema.vehicles import VehicleModel
from schema.vocabulary import Component, ErrorCode, Part, Supplier, Symptom, load_edge


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Anything that has an id; null when it is not yours to see.")
    @signed_in
    async def node(
        self,
        info: RequestInfo,
        id: Annotated[strawberry.ID, strawberry.argument(description="An id of this API.")],
    ) -> Node | None:
        kind, key = parsed_id(id)
        return await find_node(info.context, kind, key)


Reader = Callable[[RequestContext, str], Awaitable[Node | None]]


async def find_node(context: RequestContext, kind: str, key: str) -> Node | None:
    """Give the node, or None when it is not there for these eyes.

    Raises:
        InvalidInput: there is no such kind of thing.
    """
    read = READERS.get(kind)
    if read is None:
        raise InvalidInput("id", f"{kind[:40]!r} is not a kind of thing that has an id here")
    return await read(context, key)


async def _card_node(context: RequestContext, key: str) -> Node | None:
    context.demand_allowed(Action.READ, [ResourceKind.CARD])
    return await load_edge(context.loaders.cards, CardId(key), FailureCard.from_domain)


async def _ticket_node(context: RequestContext, key: str) -> Node | None:
    context.demand_allowed(Action.READ, [ResourceKind.TICKET])
    return await load_edge(context.loaders.tickets, TicketId(key), Ticket.from_domain)


async def _garage_node(context: RequestContext, key: str) -> Node | None:
    garage = GarageId(key)
    return Garage.from_domain(garage) if context.actor.reaches(garage) else None


async def _symptom_node(context: RequestContext, key: str) -> Node | None:
    return await load_edge(context.loaders.symptoms, key, Symptom.from_domain)


async def _code_node(context: RequestContext, key: str) -> Node | None:
    return await load_edge(context.loaders.codes, CodeKey(key), ErrorCode.from_domain)


async def _component_node(context: RequestContext, key: str) -> Node | None:
    return await load_edge(context.loaders.components, key, Component.from_domain)


async def _part_node(context: RequestContext, key: str) -> Node | None:
    return await load_edge(context.loaders.parts, key, Part.from_domain)


async def _supplier_node(context: RequestContext, key: str) -> Node | None:
    return await load_edge(context.loaders.suppliers, key, Supplier.from_domain)


async def _model_node(context: RequestContext, key: str) -> Node | None:
    return await load_edge(context.loaders.models, key, VehicleModel.from_domain)


async def _invoice_node(context: RequestContext, key: str) -> Node | None:
    context.demand_allowed(Action.READ, [ResourceKind.INVOICE])
    return await load_edge(context.loaders.invoices, InvoiceId(key), Invoice.from_domain)


async def _payment_node(context: RequestContext, key: str) -> Node | None:
    context.demand_allowed(Action.READ, [ResourceKind.INVOICE])
    try:
        found = await context.billing.payments.get(PaymentId(key), context.garage_filter)
    except NotFound:
        return None
    return Payment.from_domain(found)


READERS: Mapping[str, Reader] = {
    "FailureCard": _card_node,
    "Ticket": _ticket_node,
    "Garage": _garage_node,
    "Symptom": _symptom_node,
    "ErrorCode": _code_node,
    "Component": _component_node,
    "Part": _part_node,
    "Supplier": _supplier_node,
    "VehicleModel": _model_node,
    "Invoice": _invoice_node,
    "Payment": _payment_node,
}
