"""Keeps the card index as the graph is: read whole once, then card by card as the feed tells.

What this process writes itself is read again at once, before the feed tells. Where something is
not as it should be (cards not yet read, a write of our own not yet read, a gap in the feed, events
that wait in the outbox, too many cards for the memory allowed) the graph is asked.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from itertools import islice
from time import monotonic
from typing import Any, Protocol

from domain.errors import CursorLost, Unavailable
from domain.events import EventType
from domain.ids import CardId
from graph.database import Graph
from graph.queries import named_queries, sized_query
from graph.read_model.cards import ENTRY_BYTES, CardIndex, CardSnapshot
from graph.read_model.entries import ReadCard, VectorKind, read_entry
from graph.read_model.vectors import BLOCK, BYTES_OF_NUMBER

QUERIES = named_queries("read_model.cypher")
CARD_EVENTS = frozenset(
    {
        EventType.CARD_CREATED,
        EventType.CARD_UPDATED,
        EventType.CARD_VERIFIED,
        EventType.CARD_RETIRED,
        EventType.CARD_MERGED,
        EventType.CARD_RECHECK,
        EventType.CARD_DELETED,
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
# How soon it is tried again where the memory allowed was too small, or a card could not be read.
REST_SECONDS = 600.0

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
        self, graph: Graph, feed: CardFeed, kind: Callable[[], VectorKind], most_bytes: int
    ) -> None:
        """Keep vectors of a kind that is asked for in a thread, and no more than `most_bytes`."""
        self._graph, self._feed = graph, feed
        self._find_kind, self._kind, self._most_bytes = kind, VectorKind("", 0), most_bytes
        self._index: CardIndex | None = None
        self._behind = self._too_large = False
        self._looked = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._due: dict[CardId, float] = {}
        # Of those, what this process wrote itself: whoever wrote finds it.
        self._written: set[CardId] = set()
        self._following = False
        self._told = asyncio.Event()
        # Cards without a vector of this model, those longest not asked for first.
        self._unembedded: dict[CardId, None] = {}
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

    async def current(self) -> CardSnapshot | None:
        """Give the cards if they are what this process wrote, and what others wrote a few seconds
        ago.
        """
        await self._see_outbox()
        return None if self._index is None or self._is_behind() else self._index.snapshot

    @asynccontextmanager
    async def changing(self, ids: Sequence[CardId] | None) -> AsyncGenerator[None]:
        """Surround a write of this process; of which cards the feed tells where `ids` does not."""
        try:
            yield
        finally:
            if self._following and ids:
                self._written |= {*ids}
                self._note(ids)

    async def run(self) -> None:
        """Read the cards and follow their changes until cancelled; after a gap, read them again."""
        self._kind = await asyncio.to_thread(self._find_kind)
        while True:
            try:
                await self._fit_cards()
                await self._live()
            except* Unavailable:
                await asyncio.sleep(RETRY_SECONDS)
            except* CursorLost:
                log.warning("read again", extra={"because": "the change log has a gap"})
            except* WornIndex:
                log.info("read again", extra={"because": "much of it is out of date"})
            except* Exception:
                log.exception("cards could not be read, so the graph finds them")
                await asyncio.sleep(REST_SECONDS)

    async def _live(self) -> None:
        head = await self._feed.head()
        self._due.clear()
        self._written.clear()
        self._following = True
        try:
            index = await self._read_all()
            self._behind, self._looked = False, monotonic()
            self._index = index
            self.on_built()
            told = {"cards": len(index.snapshot), "bytes": index.bytes_held}
            log.info("cards are kept in memory", extra=told)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._hear(index, head))
                group.create_task(self._refresh(index))
                group.create_task(self._await_vectors(index))
        finally:
            self._index, self._following = None, False

    async def _fit_cards(self) -> None:
        """Return once the cards fit into the memory allowed, with room for some to change."""
        while True:
            [row] = await self._graph.read(QUERIES["count"])
            wanted = bytes_wanted(row["cards"], self._kind.size)
            self._too_large = wanted > self._most_bytes
            if not self._too_large:
                return
            told = {"cards": row["cards"], "bytes": wanted, "allowed": self._most_bytes}
            log.warning("cards are too many for the memory allowed", extra=told)
            await asyncio.sleep(REST_SECONDS)

    async def _read_all(self) -> CardIndex:
        size = self._kind.size
        index = await asyncio.to_thread(CardIndex, size)
        query, after = sized_query(QUERIES["page"], size), ""
        while after is not None:
            try:
                [row] = await self._graph.read(query, after=after, limit=PAGE, size=size)
            except Unavailable:
                # What was read stays read: what changed meanwhile is told.
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._take(index, row["entries"], ())
            after = row["last"]
        return index

    async def _hear(self, index: CardIndex, head: int) -> None:
        async for _, event in self._feed.follow(CARD_EVENTS, head):
            card = CardId(event.entity)
            if event.type is EventType.FEEDBACK_GIVEN or index.version(card) < event.version:
                self._note([card])

    def _note(self, cards: Sequence[CardId]) -> None:
        for card in cards:
            self._due.setdefault(card, monotonic())
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
            query = sized_query(QUERIES["some"], self._kind.size)
            [row] = await self._graph.read(query, ids=list(ids), size=self._kind.size)
        except Unavailable:
            self._due = since | self._due
            await asyncio.sleep(RETRY_SECONDS)
            return
        await self._take(index, row["entries"], ids)
        self._written -= {*ids} - {*self._due}

    async def _take(
        self, index: CardIndex, rows: Sequence[Sequence[Any]], asked: Sequence[CardId]
    ) -> None:
        async with self._writing:
            cards = await asyncio.to_thread(_read_rows, index, rows)
            gone = {*asked} - {card.entry.id for card in cards}
            await asyncio.to_thread(index.put, cards, gone)
        for card in asked:
            self._unembedded.pop(card, None)
        for card in cards:
            if card.unembedded or card.entry.model != self._kind.model:
                self._unembedded[card.entry.id] = None

    async def _await_vectors(self, index: CardIndex) -> None:
        """Read again what was without a vector, as soon as it has one: no event tells of that."""
        while True:
            await asyncio.sleep(VECTOR_SECONDS)
            with suppress(Unavailable):
                while embedded := await self._embedded_by_now():
                    await self._read_again(index, embedded)

    async def _embedded_by_now(self) -> list[CardId]:
        """Look at some that had no vector; those that still have none are looked at last."""
        some = list(islice(self._unembedded, PAGE))
        if not some:
            return []
        query = sized_query(QUERIES["embedded"], self._kind.size)
        found = await self._graph.entries(query, ids=some, model=self._kind.model)
        embedded = {CardId(str(id)) for id in found}  # noqa: A001
        for card in some:
            if card in self._unembedded and card not in embedded:
                del self._unembedded[card]
                self._unembedded[card] = None
        return sorted(embedded)

    async def _see_outbox(self) -> None:
        """Look at the outbox now and then; wait for that only if nobody asked for a while."""
        age = monotonic() - self._looked
        if self._index is None or age <= LOOK_SECONDS:
            return
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        if age > BEHIND_SECONDS:
            await asyncio.shield(self._looking)

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
        return self._behind or late or bool(self._written)


def bytes_wanted(cards: int, size: int) -> int:
    """Give what so many cards take, with a block of room: a full index would be read anew at each
    change.
    """
    return (cards + BLOCK) * (BYTES_OF_NUMBER * size + ENTRY_BYTES)


def _read_rows(index: CardIndex, rows: Sequence[Sequence[Any]]) -> list[ReadCard]:
    return [read_entry(row, index.shared) for row in rows]
