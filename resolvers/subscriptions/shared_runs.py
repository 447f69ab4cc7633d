"""One execution and one text for all who follow the same thing with the same rights.

An audience runs its subscription once and hands every answer to its seats. Who comes with an older
cursor catches up alone to where the audience stands, and sits down; so does who fell far behind.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing, suppress
from typing import Any, cast

import orjson
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from domain.errors import TooMany
from domain.ids import CardId, PersonId, TicketId
from domain.urgency import BATCH_NAME, HOUR_NAME
from resolvers.api import Api
from resolvers.context import RequestContext, StreamPosition
from resolvers.documents import QueryDocument
from resolvers.points import count_objects
from resolvers.subscriptions.audience import REMEMBERED, Audience, Broadcast, RunEnded, RunRefused
from resolvers.subscriptions.changes import read_patiently
from resolvers.subscriptions.requests import TICKETS, SharingKey, SubscriptionRequest, read_request
from sync.backlog import Backlog, BufferedChange

# The answer and its `data`.
ENVELOPE = 2
# What hints are about and nobody is kept from.
NAMES = BATCH_NAME, HOUR_NAME
# Executions that changes cost: in the process, and of those that one person caused.
MOST = 512
MOST_OF_ONE = 8


class SharedRuns:
    """All audiences of this process."""

    def __init__(self, api: Api, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self.api = api
        self._most = most
        self._most_of_one = most_of_one
        self._begun: Counter[PersonId | None] = Counter()
        self.known: dict[SharingKey, Audience] = {}

    def __len__(self) -> int:
        return len(self.known)

    def read_request(
        self, document: QueryDocument, variables: Mapping[str, Any] | None, operation: str | None
    ) -> SubscriptionRequest | None:
        """Give what is asked for if an audience can serve it."""
        return read_request(self.api.types, document, variables, operation)

    async def follow(
        self, asked: SubscriptionRequest, context: RequestContext
    ) -> AsyncGenerator[Broadcast]:
        """Give every change behind the cursor, each once, in the order of the log.

        Raises:
            TooMany: this would be one execution more than a person, or the process, may cause.
        """
        key = asked.sharing_key(context.actor)
        audience = await self._audience(key, asked, context)
        place = StreamPosition(seq=audience.place.seq if asked.after is None else asked.after)
        try:
            while True:
                with audience.add_follower() as waiting:
                    place.until = audience.place.seq
                    missed = self._missed_changes(audience, asked, context, place)
                    async with aclosing(missed):
                        async for news in missed:
                            yield news
                    async for news in _live_changes(audience, waiting, place):
                        yield news
                    if not waiting.overflown:
                        return
        finally:
            await self._follower_left(key, audience)

    async def _audience(
        self, key: SharingKey, asked: SubscriptionRequest, context: RequestContext
    ) -> Audience:
        head = await context.services.feed.head()
        found = self.known.get(key)
        if found is None:
            founder = context.actor.id
            if self._begun[founder] >= self._most_of_one or len(self.known) >= self._most:
                raise TooMany("different subscriptions")
            near = asked.after is not None and 0 <= head - asked.after <= REMEMBERED
            found = Audience.at(asked.after if asked.after is not None and near else head)
            found.founder = founder
            self._begun[founder] += 1
            self.known[key] = found
            rights = asked.sharing_rights(context.actor)
            own = context.for_operation(signed_in=rights, expires=None, position=found.place)
            found.task = asyncio.create_task(self._run_once(key, found, asked, own))
        return found

    async def _run_once(
        self,
        key: SharingKey,
        audience: Audience,
        asked: SubscriptionRequest,
        context: RequestContext,
    ) -> None:
        try:
            async with aclosing(self._results_of(asked, context)) as results:
                async for news in results:
                    audience.broadcast(news)
        finally:
            self._forget_audience(key, audience)
            audience.end()

    async def _missed_changes(
        self,
        audience: Audience,
        asked: SubscriptionRequest,
        context: RequestContext,
        place: StreamPosition,
    ) -> AsyncGenerator[Broadcast]:
        """Give what lies between the place and the audience's, and move the place there."""
        remembered = audience.broadcast_since(place.seq)
        if remembered:
            remembered = await _still_visible(asked, context, remembered)
        elif remembered is None:
            async with aclosing(
                self._results_of(asked, context.for_operation(position=place))
            ) as results:
                async for news in results:
                    yield news
        for told in remembered or ():
            place.seq = told.seq
            yield told

    async def _results_of(
        self, asked: SubscriptionRequest, context: RequestContext
    ) -> AsyncGenerator[Broadcast]:
        """Run the subscription once and give its answers as text, with their places."""
        place = cast("StreamPosition", context.position)
        results = await self.api.stream(
            asked.document.text,
            variable_values=dict(asked.variables),
            context_value=context,
            operation_name=asked.operation,
        )
        async with aclosing(cast("AsyncGenerator[ExecutionResult]", results)) as answers:
            async for answer in answers:
                news = _broadcast_of(answer, place)
                _count_event(context, news)
                yield news

    async def _follower_left(self, key: SharingKey, audience: Audience) -> None:
        """End an audience that nobody sits in any longer."""
        if audience.followers or audience.task is None:
            return
        self._forget_audience(key, audience)
        audience.task.cancel()
        with suppress(asyncio.CancelledError):
            await audience.task

    def _forget_audience(self, key: SharingKey, audience: Audience) -> None:
        if self.known.get(key) is audience:
            del self.known[key]
            self._begun -= Counter({audience.founder: 1})


async def _still_visible(
    asked: SubscriptionRequest, context: RequestContext, told: list[BufferedChange]
) -> list[BufferedChange]:
    """Leave out what was for these eyes when it was told and is not any longer."""
    entities = sorted({one.entity for one in told if one.entity})
    seen = await read_patiently(context, lambda: _present_entities(asked, context, entities))
    return [one for one in told if not one.entity or one.entity in seen]


async def _present_entities(
    asked: SubscriptionRequest, context: RequestContext, entities: list[str]
) -> Collection[str]:
    if asked.form.verb == TICKETS:
        return await context.services.tickets.many([TicketId(e) for e in entities], context.actor)
    cards = [CardId(e) for e in entities if not e.startswith(NAMES)]
    seen = await context.services.cards.many(cards, context.follower)
    return {*seen, *(e for e in entities if e.startswith(NAMES))}


async def _live_changes(
    audience: Audience, waiting: Backlog, place: StreamPosition
) -> AsyncGenerator[Broadcast]:
    """Give what the seat is told until it overflows or the audience ends."""
    while not waiting.overflown and not place.is_over:
        for told in await waiting.take():
            if told.seq > place.seq:
                place.seq = told.seq
                yield told
        if waiting.ended:
            if audience.last is not None:
                yield audience.last
            return


def _count_event(context: RequestContext, news: Broadcast) -> None:
    """Count an event once, however many follow, among the points of the garage that follows it."""
    if context.points is not None and not isinstance(news, RunRefused):
        context.points.count(count_objects(news.payload, ENVELOPE))


def _broadcast_of(answer: ExecutionResult, place: StreamPosition) -> Broadcast:
    if isinstance(answer, PreExecutionError):
        return RunRefused(answer.errors or [])
    said: dict[str, object] = {"data": answer.data}
    if answer.errors:
        said["errors"] = [error.formatted for error in answer.errors]
    if answer.extensions:
        said["extensions"] = answer.extensions
    payload = orjson.dumps(said).decode()
    return RunEnded(payload) if place.is_over else BufferedChange(place.seq, place.entity, payload)
