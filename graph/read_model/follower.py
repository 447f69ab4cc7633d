"""Keeps the card index as the graph is: read whole once, then card by card as the feed tells.

Where something is not as it should be (not yet read, a gap in the feed, events that wait in the
outbox, too many cards for the memory allowed) there is no current index, and the graph is asked.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import suppress
from enum import StrEnum
from itertools import islice
from time import monotonic
from typing import Any, Protocol

from domain.errors import CursorLost, Unavailable
from domain.events import EventType
from domain.ids import CardId
from graph.database import Graph
from graph.queries import named_queries, sized_query
from graph.read_model.cards import ENTRY_BYTES, CardIndex
from graph.read_model.entries import ReadCard, read_entry
from graph.read_model.vectors import BYTES_OF_NUMBER

QUERIES = named_queries("read_model.cypher")
CARD_EVENTS = frozenset(
    {
        EventType.CARD_CREATED,
        EventType.CARD_UPDATED,
        EventType.CARD_VERIFIED,
        EventType.CARD_RETIRED,
        EventType.CARD_MERGED,
        EventType.CARD_RECHECK,
        EventType.FEEDBACK_GIVEN,
    }
)
PAGE = 250
# A change that is not here after so many seconds: what is here is not believed.
BEHIND_SECONDS = 5.0
LOOK_SECONDS = 1.0
RETRY_SECONDS = 1.0
# How soon a vector is here that was made after its card was written: no event tells of it.
VECTOR_SECONDS = 10.0
# How soon it is seen that the memory allowed suffices after all.
REST_SECONDS = 600.0
WAITING = 1_000

log = logging.getLogger("battwheels.read_model")


class IndexState(StrEnum):
    """Why the index is asked, or is not."""

    BUILDING = "building"
    CURRENT = "current"
    BEHIND = "behind"
    TOO_LARGE = "too large"


class WornIndex(Exception):
    """Most of what is kept is dead, or it grew beyond the memory allowed."""


class CardFeed(Protocol):
    """The change log as this process follows it."""

    async def head(self) -> int: ...

    def follow(
        self, types: Collection[EventType], after: int | None = None
    ) -> AsyncGenerator[tuple[int, Any]]: ...


class ReadModel:
    def __init__(
        self, graph: Graph, feed: CardFeed, size: Callable[[], int], most_bytes: int
    ) -> None:
        """Keep vectors of `size` numbers, and no more than `most_bytes` in all."""
        self._graph, self._feed = graph, feed
        self._find_size, self._size, self._most_bytes = size, 0, most_bytes
        self._index: CardIndex | None = None
        self._behind = self._too_large = False
        self._looked = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._due: dict[CardId, float] = {}
        self._told = asyncio.Event()
        self._unembedded: set[CardId] = set()
        self._writing = asyncio.Lock()
        self.on_built: Callable[[], None] = lambda: None

    @property
    def state(self) -> IndexState:
        if self._too_large:
            return IndexState.TOO_LARGE
        if self._index is None:
            return IndexState.BUILDING
        return IndexState.BEHIND if self._is_behind() else IndexState.CURRENT

    @property
    def bytes_held(self) -> int:
        return self._index.bytes_held if self._index else 0

    def current(self) -> CardIndex | None:
        """Give the index if it is as the graph was a few seconds ago."""
        if self._index is None:
            return None
        if monotonic() - self._looked > LOOK_SECONDS and self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return None if self._is_behind() else self._index

    async def run(self) -> None:
        """Read the cards and follow their changes until cancelled; after a gap, read them again."""
        self._size = await asyncio.to_thread(self._find_size)
        while True:
            self._due.clear()
            try:
                await self._fit_cards()
                await self._live()
            except* Unavailable:
                await asyncio.sleep(RETRY_SECONDS)
            except* CursorLost:
                log.warning("read again", extra={"because": "the change log has a gap"})
            except* WornIndex:
                log.info("read again", extra={"because": "much of it is out of date"})
            finally:
                self._index = None

    async def _live(self) -> None:
        head = await self._feed.head()
        index = await self._read_all()
        self._behind, self._looked = False, monotonic()
        self._index, self._too_large = index, False
        self.on_built()
        log.info("cards are kept in memory", extra={"cards": len(index), "bytes": index.bytes_held})
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear(head))
            group.create_task(self._refresh(index))
            group.create_task(self._await_vectors(index))

    async def _fit_cards(self) -> None:
        """Return once the cards that there are fit into the memory allowed."""
        while True:
            [row] = await self._graph.read(QUERIES["count"])
            wanted = row["cards"] * (BYTES_OF_NUMBER * self._size + ENTRY_BYTES)
            self._too_large = wanted > self._most_bytes
            if not self._too_large:
                return
            told = {"cards": row["cards"], "bytes": wanted, "allowed": self._most_bytes}
            log.warning("cards are too many for the memory allowed", extra=told)
            await asyncio.sleep(REST_SECONDS)

    async def _read_all(self) -> CardIndex:
        index = await asyncio.to_thread(CardIndex, self._size)
        query, after = sized_query(QUERIES["page"], self._size), ""
        while after is not None:
            [row] = await self._graph.read(query, after=after, limit=PAGE, size=self._size)
            await self._take(index, row["entries"], ())
            after = row["last"]
        return index

    async def _hear(self, head: int) -> None:
        async for _, event in self._feed.follow(CARD_EVENTS, head):
            self._due.setdefault(CardId(event.entity), monotonic())
            self._told.set()

    async def _refresh(self, index: CardIndex) -> None:
        """Read again what changed, until the index is worn out or too large."""
        while True:
            await self._told.wait()
            self._told.clear()
            while self._due:
                await self._read_again(index, list(islice(self._due, PAGE)))
            if index.worn or index.bytes_held > self._most_bytes:
                raise WornIndex

    async def _read_again(self, index: CardIndex, ids: Sequence[CardId]) -> None:
        """Bring these cards up to date; what is told of them meanwhile is due again."""
        since = {id: self._due.pop(id, monotonic()) for id in ids}  # noqa: A001
        try:
            query = sized_query(QUERIES["some"], self._size)
            [row] = await self._graph.read(query, ids=list(ids), size=self._size)
        except Unavailable:
            self._due = since | self._due
            await asyncio.sleep(RETRY_SECONDS)
            return
        await self._take(index, row["entries"], ids)

    async def _take(
        self, index: CardIndex, rows: Sequence[Sequence[Any]], asked: Sequence[CardId]
    ) -> None:
        async with self._writing:
            cards = await asyncio.to_thread(_read_rows, index, rows)
            gone = {*asked} - {card.entry.id for card in cards}
            await asyncio.to_thread(index.put, cards, gone)
        self._unembedded -= {*asked}
        self._unembedded |= {card.entry.id for card in cards if card.unembedded}

    async def _await_vectors(self, index: CardIndex) -> None:
        """Read again what was without a vector, as soon as it has one: no event tells of that."""
        while True:
            await asyncio.sleep(VECTOR_SECONDS)
            with suppress(Unavailable):
                found = await self._graph.entries(QUERIES["unembedded"], limit=WAITING)
                waiting = {CardId(str(id)) for id in found}  # noqa: A001
                embedded = self._unembedded - waiting
                self._unembedded |= waiting
                if embedded:
                    await self._read_again(index, sorted(embedded))

    async def _look(self) -> None:
        """See whether events wait in the outbox for longer than the feed takes."""
        try:
            with suppress(Unavailable):
                waiting = await self._graph.read(QUERIES["unsent"])
                self._behind = bool(waiting) and waiting[0]["seconds"] > BEHIND_SECONDS
        finally:
            self._looked, self._looking = monotonic(), None

    def _is_behind(self) -> bool:
        oldest = next(iter(self._due.values()), None)
        late = oldest is not None and monotonic() - oldest > BEHIND_SECONDS
        return self._behind or late


def _read_rows(index: CardIndex, rows: Sequence[Sequence[Any]]) -> list[ReadCard]:
    return [read_entry(row, index.shared) for row in rows]
