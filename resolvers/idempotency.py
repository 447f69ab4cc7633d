"""Do an operation once: the same id gives the same answer, however often it is sent."""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256

import orjson

from domain.cards import FailureCard
from domain.ids import CardId, OperationId, TicketId
from domain.tickets import Ticket
from resolvers.context import RequestContext
from resolvers.services import Answer


def operation_fingerprint(verb: str, body: Mapping[str, object]) -> str:
    """Give the SHA-256 of what an operation asks, blind to the order of its keys."""
    written = orjson.dumps({"verb": verb, "body": body}, option=orjson.OPT_SORT_KEYS)
    return sha256(written).hexdigest()


async def idempotent_answer(
    context: RequestContext, id: OperationId, body: str, work: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Give what the operation answered, as plain JSON values."""
    answer = await context.services.operations.run_once(id, context.actor.id, body, work)
    context.forget_loaded()
    return answer


async def idempotent_card(
    context: RequestContext, id: OperationId, body: str, work: Callable[[], Awaitable[FailureCard]]
) -> FailureCard:
    """Give the card that the operation made, at the version that it made."""
    made: list[FailureCard] = []

    async def keep() -> Answer:
        made.append(await work())
        return {"id": made[0].id, "version": made[0].version}

    answer = await context.services.operations.run_once(id, context.actor.id, body, keep)
    context.forget_loaded()
    if made:
        return made[0]
    return await context.services.cards.version(
        CardId(answer["id"]), answer["version"], context.viewer
    )


async def idempotent_ticket(
    context: RequestContext, id: OperationId, body: str, work: Callable[[], Awaitable[Ticket]]
) -> Ticket:
    """Give the ticket that the operation opened, as it stands by now."""
    made: list[Ticket] = []

    async def keep() -> Answer:
        made.append(await work())
        return {"id": made[0].id}

    answer = await context.services.operations.run_once(id, context.actor.id, body, keep)
    context.forget_loaded()
    if made:
        return made[0]
    return await context.services.tickets.get(TicketId(answer["id"]), context.actor)
