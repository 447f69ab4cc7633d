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
from ingest.embedder import Embedder
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader
from records.database import Records
from repair.suggestions import SuggestionPorts
from sync.inbox import EventListener
from tests.patience import PATIENT_SECONDS
from web import listeners as web_listeners
from web.listeners import EventHandlers, ListenerName
from web.server import build_application
from web.settings import Settings
from web.wiring import Patience, Runtime, join_parts

# The graph has less than a second when it serves. Beside other work it would never be quick enough
# for a search, and a round would wait for good: what is proved here is that nothing is lost.
PATIENCE = Patience(embedder=PATIENT_SECONDS, graph=PATIENT_SECONDS, answer=PATIENT_SECONDS)


class NoEmbedder(Embedder):
    """Says at once that it does not answer."""

    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]:
        del texts, patient
        raise Unavailable("embedder", "left out of this test")


def opened(clients: tuple[Graph, Records, Redis]) -> Runtime:
    embedder = NoEmbedder()
    reader = ReportReader(Lexicon.from_vocabulary(symptoms=()), embedder)
    settings = Settings(home=Path(os.environ["BATTWHEELS_HOME"]))
    return join_parts(settings, PATIENCE, (embedder, reader), clients)


def application(clients: tuple[Graph, Records, Redis]) -> Starlette:
    return build_application(opened(clients))


def listeners(house: Runtime) -> list[EventListener]:
    """Give those who search for new tickets' cards and who hint at changes, as they serve."""
    search = SuggestionPorts(
        tickets=house.tickets, cards=house.cards, reader=house.reader, matcher=house.matcher
    )
    wanted = {ListenerName.MATCHING, ListenerName.HINTING}
    hearing = EventHandlers(
        search=search,
        learn=_nothing,
        draft=house.billing.billing.drafts.open_draft,
        forget=house.card_cache.forget,
        tell=house.billing.notices.send_notice,
    )
    return [one for one in web_listeners.build_listeners(hearing) if one.name in wanted]


async def _nothing(event: Event) -> None:
    del event
