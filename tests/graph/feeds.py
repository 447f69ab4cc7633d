"""A feed that says what a test says, and the read model that hears it."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager

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

    def __init__(self) -> None:
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
            self._told.put_nowait(event(f"{card}-told", card, version=2))

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
    running = asyncio.create_task(model.run())
    await settled(model)
    yield model
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
