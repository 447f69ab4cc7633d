"""A feed that says what a test says, and the read model that hears it."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

from domain.errors import CursorLost
from domain.events import Event, EventType
from domain.ids import CardId
from graph.database import Graph
from graph.outbox import GraphOutbox
from graph.read_model.entries import VectorKind
from graph.read_model.follower import IndexState, ReadModel
from tests.graph.examples import event
from tests.waits import eventually

KIND = VectorKind("minilm", 384)
ALLOWED = 64 << 20


class ToldFeed:
    """Gives what is told; after `lose` whoever follows has a gap."""

    def __init__(self, type: EventType = EventType.CARD_UPDATED) -> None:
        self._type = type
        self._told = asyncio.Queue[Event | None]()
        self._seq = 0

    async def head(self) -> int:
        return self._seq

    async def follow(
        self, types: Collection[EventType], after: int | None = None
    ) -> AsyncGenerator[tuple[int, Event]]:
        del after
        while (told := await self._told.get()) is not None:
            self._seq += 1
            if told.type in types:
                yield self._seq, told
        raise CursorLost(self._seq, self._seq + 2)

    def tell(self, *cards: CardId) -> None:
        for card in cards:
            # As a version that nobody can have read yet.
            said = event(f"{card}-told", card, version=1_000)
            self._told.put_nowait(replace(said, type=self._type))

    def lose(self) -> None:
        self._told.put_nowait(None)


async def settled(model: ReadModel) -> None:
    """Wait until it has read the cards, or says that they are too many."""

    async def state() -> IndexState:
        return model.state

    await eventually(state, lambda said: said is not IndexState.BUILDING)


async def sent(graph: Graph) -> None:
    """Empty the outbox, as the relay does."""
    outbox = GraphOutbox(graph)
    while waiting := await outbox.pending(1_000):
        await outbox.forget([one.id for one in waiting])


@asynccontextmanager
async def read_model(
    graph: Graph, feed: ToldFeed | None = None, allowed: int = ALLOWED
) -> AsyncGenerator[ReadModel]:
    """Have a read model run beside the block, read whole before it."""
    await sent(graph)
    model = ReadModel(graph, feed or ToldFeed(), lambda: KIND, allowed)
    async with running(model):
        yield model


@asynccontextmanager
async def running(model: ReadModel) -> AsyncGenerator[None]:
    task = asyncio.create_task(model.run())
    try:
        await settled(model)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
