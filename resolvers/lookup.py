"""Any node by kind and key, with the same verdict as every other way to it."""

from collections.abc import Awaitable, Callable, Mapping

from domain.access import SCOPES, Action, Kind, Scope
from domain.codes import CodeKey
from domain.errors import InvalidInput, NotFound
from domain.ids import CardId, GarageId, InvoiceId, PaymentId, TicketId
from resolvers.context import Context
from schema.invoices import Invoice, Payment
from schema.nodes import Node
from schema.people import Garage
from schema.repair import FailureCard, Ticket
from schema.vehicles import VehicleModel
from schema.vocabulary import Component, ErrorCode, Part, Supplier, Symptom, edge

Reader = Callable[[Context, str], Awaitable[Node | None]]


async def node(context: Context, kind: str, key: str) -> Node | None:
    """Give the node, or None when it is not there for these eyes.

    Raises:
        InvalidInput: there is no such kind of thing.
    """
    read = READERS.get(kind)
    if read is None:
        raise InvalidInput("id", f"{kind[:40]!r} is not a kind of thing that has an id here")
    return await read(context, key)


async def _card(context: Context, key: str) -> Node | None:
    context.demand(Action.READ, [Kind.CARD])
    return await edge(context.loaders.cards, CardId(key), FailureCard.of)


async def _ticket(context: Context, key: str) -> Node | None:
    context.demand(Action.READ, [Kind.TICKET])
    return await edge(context.loaders.tickets, TicketId(key), Ticket.of)


async def _garage(context: Context, key: str) -> Node | None:
    actor = context.actor
    own = actor.garage == key or SCOPES[actor.role] is Scope.ALL_GARAGES
    return Garage.of(GarageId(key)) if own else None


async def _symptom(context: Context, key: str) -> Node | None:
    return await edge(context.loaders.symptoms, key, Symptom.of)


async def _code(context: Context, key: str) -> Node | None:
    return await edge(context.loaders.codes, CodeKey(key), ErrorCode.of)


async def _component(context: Context, key: str) -> Node | None:
    return await edge(context.loaders.components, key, Component.of)


async def _part(context: Context, key: str) -> Node | None:
    return await edge(context.loaders.parts, key, Part.of)


async def _supplier(context: Context, key: str) -> Node | None:
    return await edge(context.loaders.suppliers, key, Supplier.of)


async def _model(context: Context, key: str) -> Node | None:
    return await edge(context.loaders.models, key, VehicleModel.of)


async def _invoice(context: Context, key: str) -> Node | None:
    context.demand(Action.READ, [Kind.INVOICE])
    return await edge(context.loaders.invoices, InvoiceId(key), Invoice.of)


async def _payment(context: Context, key: str) -> Node | None:
    context.demand(Action.READ, [Kind.INVOICE])
    try:
        found = await context.billing.payments.get(PaymentId(key), context.narrowed)
    except NotFound:
        return None
    return Payment.of(found)


READERS: Mapping[str, Reader] = {
    "FailureCard": _card,
    "Ticket": _ticket,
    "Garage": _garage,
    "Symptom": _symptom,
    "ErrorCode": _code,
    "Component": _component,
    "Part": _part,
    "Supplier": _supplier,
    "VehicleModel": _model,
    "Invoice": _invoice,
    "Payment": _payment,
}
