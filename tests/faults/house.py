"""The real application over three stores, with an embedder that is not there."""

import os
from collections.abc import Sequence
from pathlib import Path

from redis.asyncio import Redis
from starlette.applications import Starlette

from domain.errors import Unavailable
from domain.matches import Embedding
from graph.database import Graph
from ingest.embedding import Embedder
from ingest.lexicon import Lexicon
from ingest.understanding import Reader
from records.database import Records
from web.serving import built
from web.settings import Settings
from web.wiring import SERVING, joined


class NoEmbedder(Embedder):
    """Says at once that it does not answer."""

    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]:
        del texts, patient
        raise Unavailable("embedder", "left out of this test")


async def application(clients: tuple[Graph, Records, Redis]) -> Starlette:
    embedder = NoEmbedder()
    reader = Reader(Lexicon.of(symptoms=()), embedder)
    settings = Settings(home=Path(os.environ["BATTWHEELS_HOME"]))
    return built(joined(settings, SERVING, (embedder, reader), clients))
