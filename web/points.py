"""Points of operations at the door: reserved of their garage, counted by their answers, told."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any

import orjson
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from domain.errors import TooMany
from resolvers.context import RequestContext
from resolvers.documents import QueryDocument
from resolvers.points import PointAccount, count_objects
from web.garage_rates import GarageRates, garage_name

# The answer and its `data`, which nobody asked for as objects; `data` alone.
WHOLE, DATA = 2, 1
COST = "cost"


async def reserve_points(
    garages: GarageRates, context: RequestContext, document: QueryDocument, weight: int
) -> None:
    """Count a document among its garage's requests, and reserve the points that it may cost.

    Args:
        garages: count for all processes.
        context: of somebody who signed; is told of the account, and of headers for the answer.
        document: one that was refused costs its requests alone.
        weight: points that running it costs whatever it gives.

    Raises:
        TooMany: the garage has had its minute's share.
    """
    name, requests = garage_name(context.signed_in, context.caller), document.requests
    asked = requests
    if not document.errors:
        asked += weight + document.objects - document.verb_weight
    share = await garages.spend(name, requests, asked)
    context.told = lambda: share.headers(context.points)
    if share.refused is not None:
        raise TooMany(f"{share.refused} of this garage", share.reset_s)
    # What is more than a whole minute was let in by itself, and counts as a minute.
    reserved = min(asked, share.points.most)
    context.points = PointAccount(
        requested=reserved,
        weights=min(weight, max(0, reserved - requests)),
        requests=requests,
        left=share.points.left,
        resets_s=share.reset_s,
        change=partial(garages.change, name, share),
    )


def count_answer(context: RequestContext, body: bytes | memoryview, *, ran: bool) -> None:
    """Count the one answer of an operation, unless that was done to tell it (`tell_cost`)."""
    account = context.points
    if account is None or account.actual is not None:
        return
    if ran:
        account.count(count_objects(bytes(body), WHOLE))
    else:
        account.release()


def release_points(context: RequestContext) -> None:
    """Give back what was reserved for an operation that never ran."""
    if context.points is not None:
        context.points.release()


def count_result(context: RequestContext, result: ExecutionResult | PreExecutionError) -> None:
    """Count an answer of an operation that may have many."""
    account = context.points
    if account is None:
        return
    if isinstance(result, PreExecutionError):
        account.release()
    else:
        account.count(count_objects(orjson.dumps(result.data), DATA))


async def counted_results(
    context: RequestContext, results: AsyncGenerator[Any]
) -> AsyncGenerator[Any]:
    """Pass on the answers of an operation on a socket, counted, and told where that is asked."""
    async with aclosing(results):
        async for one in results:
            count_result(context, one)
            if context.asks_cost and isinstance(one, ExecutionResult) and context.points:
                one.extensions = {**(one.extensions or {}), COST: context.points.told}
            yield one


def begin_events(context: RequestContext) -> None:
    """Give back what was reserved for a subscription: each of its events counts by itself."""
    if context.points is not None:
        context.points.count(0)


def tell_cost(context: RequestContext, answer: GraphQLHTTPResponse, *, ran: bool) -> None:
    """Put into an answer what it cost, where it was asked."""
    account = context.points
    if account is None or not context.asks_cost:
        return
    if account.actual is None:
        count_answer(context, orjson.dumps(answer), ran=ran)
    answer["extensions"] = {**(answer.get("extensions") or {}), COST: account.told}
