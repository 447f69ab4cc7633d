"""Collects the keys that are asked for in one turn of the loop, and reads them together.

A key is read once for each loader, and a loader lives as long as a request. What a read fails with
fails all of its keys, and none of them is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class EdgeLoader(Generic[K, V]):
    """`read` gives a value for each of its keys; `known`, what needs no reading, else None."""

    def __init__(
        self,
        read: Callable[[list[K]], Awaitable[Sequence[V]]],
        known: Callable[[K], V | None] | None = None,
    ) -> None:
        self._read = read
        self._known = known
        self._loop = asyncio.get_running_loop()
        self._answers = dict[K, asyncio.Future[V]]()
        self._asked = list[tuple[K, asyncio.Future[V]]]()
        self._reading = set[asyncio.Task[None]]()

    def load(self, key: K) -> asyncio.Future[V]:
        """Give what will be the value of a key; it is there already when it was known.

        Whoever waits for it may be cancelled (graphql-core does so beside a field that failed), and
        the others who wait for the same go on.
        """
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._loop.create_future()
            known = None if self._known is None else self._known(key)
            if known is None:
                self._ask(key, found)
            else:
                found.set_result(known)
        return found if found.done() else asyncio.shield(found)

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        answers = [self.load(key) for key in keys]
        if all(answer.done() for answer in answers):
            return [answer.result() for answer in answers]
        return await asyncio.gather(*answers)

    def _ask(self, key: K, answer: asyncio.Future[V]) -> None:
        self._asked.append((key, answer))
        if len(self._asked) == 1:
            # Behind those who ask in this turn, and those whom this turn lets go on.
            self._loop.call_soon(self._loop.call_soon, self._begin)

    def _begin(self) -> None:
        asked, self._asked = self._asked, []
        task = self._loop.create_task(self._answer(asked))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _answer(self, asked: list[tuple[K, asyncio.Future[V]]]) -> None:
        keys = [key for key, _ in asked]
        try:
            values = await self._read(keys)
            answered = list(zip(asked, values, strict=True))
        except Exception as error:  # noqa: BLE001 - whoever asked hears of it
            for key, answer in asked:
                self._answers.pop(key, None)
                answer.set_exception(error)
            return
        for (_, answer), value in answered:
            answer.set_result(value)
