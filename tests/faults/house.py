"""The real application over three stores, with an embedder that is not there."""

import os
from collections.abc import Sequence
from pathlib import Path

from redis.asyncio import Redis
from starlette.applications import Starlette

from domain.errors import Unavailable
from domain.events import Event
from domain.matches import Embedding
from graph.database import Graph
from ingest.embedding import Embedder
from ingest.lexicon import Lexicon
from ingest.understanding import Reader
from records.database import Records
from repair.intake import Searching
from sync.handling import Listener
from tests.patience import PATIENT_SECONDS
from web import handlers
from web.handlers import Hearer, Hearing
from web.serving import built
from web.settings import Settings
from web.wiring import Opened, Patience, joined

# The graph has less than a second when it serves. Beside other work it would never be quick enough
# for a search, and a round would wait for good: what is proved here is that nothing is lost.
PATIENCE = Patience(embedder=PATIENT_SECONDS, graph=PATIENT_SECONDS, answer=PATIENT_SECONDS)


class NoEmbedder(Embedder):
    """Says at once that it does not answer."""

    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]:
        del texts, patient
        raise Unavailable("embedder", "left out of this test")


def opened(clients: tuple[Graph, Records, Redis]) -> Opened:
    embedder = NoEmbedder()
    reader = Reader(Lexicon.of(symptoms=()), embedder)
    settings = Settings(home=Path(os.environ["BATTWHEELS_HOME"]))
    return joined(settings, PATIENCE, (embedder, reader), clients)


def application(clients: tuple[Graph, Records, Redis]) -> Starlette:
    return built(opened(clients))


def listeners(house: Opened) -> list[Listener]:
    """Give those who search for new tickets' cards and who hint at changes, as they serve."""
    search = Searching(
        tickets=house.tickets, cards=house.cards, reader=house.reader, matcher=house.matcher
    )
    wanted = {Hearer.MATCHING, Hearer.HINTING}
    hearing = Hearing(
        search=search,
        learn=_nothing,
        draft=house.books.billing.drafts.wait,
        forget=house.kept.forget,
        tell=house.books.telling.tell,
    )
    return [one for one in handlers.listeners(hearing) if one.name in wanted]


async def _nothing(event: Event) -> None:
    del event
