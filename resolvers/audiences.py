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
from resolvers.api import Api
from resolvers.audience import REMEMBERED, Audience, Ended, News, Refused
from resolvers.context import Context, Place
from resolvers.documents import Document
from resolvers.followed import CARDS, Asked, Key, asked
from resolvers.following import patiently
from sync.waiting import Told, Waiting

# Executions that changes cost: in the process, and of those that one person caused.
MOST = 512
MOST_OF_ONE = 8


class Audiences:
    """All audiences of this process."""

    def __init__(self, api: Api, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self.api = api
        self._most = most
        self._most_of_one = most_of_one
        self._begun: Counter[PersonId | None] = Counter()
        self.known: dict[Key, Audience] = {}

    def __len__(self) -> int:
        return len(self.known)

    def asked(
        self, document: Document, variables: Mapping[str, Any] | None, operation: str | None
    ) -> Asked | None:
        """Give what is asked for if an audience can serve it."""
        return asked(self.api.types, document, variables, operation)

    async def follow(self, asked: Asked, context: Context) -> AsyncGenerator[News]:
        """Give every change behind the cursor, each once, in the order of the log.

        Raises:
            TooMany: this would be one execution more than a person, or the process, may cause.
        """
        key = asked.key(context.actor)
        audience = await self._audience(key, asked, context)
        place = Place(seq=audience.place.seq if asked.after is None else asked.after)
        try:
            while True:
                with audience.seat() as waiting:
                    place.until = audience.place.seq
                    missed = self._missed(audience, asked, context, place)
                    async with aclosing(missed):
                        async for news in missed:
                            yield news
                    async for news in _live(audience, waiting, place):
                        yield news
                    if not waiting.overflown:
                        return
        finally:
            await self._left(key, audience)

    async def _audience(self, key: Key, asked: Asked, context: Context) -> Audience:
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
            rights = asked.rights(context.actor)
            own = context.fresh(signed_in=rights, expires=None, place=found.place)
            found.task = asyncio.create_task(self._run(key, found, asked, own))
        return found

    async def _run(self, key: Key, audience: Audience, asked: Asked, context: Context) -> None:
        try:
            async with aclosing(self._results(asked, context)) as results:
                async for news in results:
                    audience.tell(news)
        finally:
            self._forget(key, audience)
            audience.end()

    async def _missed(
        self, audience: Audience, asked: Asked, context: Context, place: Place
    ) -> AsyncGenerator[News]:
        """Give what lies between the place and the audience's, and move the place there."""
        remembered = audience.since(place.seq)
        if remembered:
            remembered = await _still_seen(asked, context, remembered)
        elif remembered is None:
            async with aclosing(self._results(asked, context.fresh(place=place))) as results:
                async for news in results:
                    yield news
        for told in remembered or ():
            place.seq = told.seq
            yield told

    async def _results(self, asked: Asked, context: Context) -> AsyncGenerator[News]:
        """Run the subscription once and give its answers as text, with their places."""
        place = cast("Place", context.place)
        results = await self.api.stream(
            asked.document.text,
            variable_values=dict(asked.variables),
            context_value=context,
            operation_name=asked.operation,
        )
        async with aclosing(cast("AsyncGenerator[ExecutionResult]", results)) as answers:
            async for answer in answers:
                yield _news(answer, place)

    async def _left(self, key: Key, audience: Audience) -> None:
        """End an audience that nobody sits in any longer."""
        if audience.seats or audience.task is None:
            return
        self._forget(key, audience)
        audience.task.cancel()
        with suppress(asyncio.CancelledError):
            await audience.task

    def _forget(self, key: Key, audience: Audience) -> None:
        if self.known.get(key) is audience:
            del self.known[key]
            self._begun -= Counter({audience.founder: 1})


async def _still_seen(asked: Asked, context: Context, told: list[Told]) -> list[Told]:
    """Leave out what was for these eyes when it was told and is not any longer."""
    entities = sorted({one.entity for one in told if one.entity})
    seen = await patiently(context, lambda: _present(asked, context, entities))
    return [one for one in told if not one.entity or one.entity in seen]


async def _present(asked: Asked, context: Context, entities: list[str]) -> Collection[str]:
    if asked.form.verb == CARDS:
        return await context.services.cards.many([CardId(e) for e in entities], context.follower)
    return await context.services.tickets.many([TicketId(e) for e in entities], context.actor)


async def _live(audience: Audience, waiting: Waiting, place: Place) -> AsyncGenerator[News]:
    """Give what the seat is told until it overflows or the audience ends."""
    while not waiting.overflown and not place.over:
        for told in await waiting.take():
            if told.seq > place.seq:
                place.seq = told.seq
                yield told
        if waiting.ended:
            if audience.last is not None:
                yield audience.last
            return


def _news(answer: ExecutionResult, place: Place) -> News:
    if isinstance(answer, PreExecutionError):
        return Refused(answer.errors or [])
    said: dict[str, object] = {"data": answer.data}
    if answer.errors:
        said["errors"] = [error.formatted for error in answer.errors]
    if answer.extensions:
        said["extensions"] = answer.extensions
    payload = orjson.dumps(said).decode()
    return Ended(payload) if place.over else Told(place.seq, place.entity, payload)
