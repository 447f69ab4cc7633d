"""The real application over three stores, with an embedder that is not there."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from domain.errors import Unavailable
from domain.events import Event
from domain.ids import PersonId
from domain.matches import Embedding
from graph.database import Graph
from ingest.embedder import Embedder
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader
from records.database import Records
from repair.suggestions import SuggestionPorts
from sync.hints import hint_handler
from sync.inbox import EventListener
from tests.faults.world import REQUESTS
from tests.patience import PATIENT_SECONDS
from web import listeners as web_listeners
from web.caps import Caps
from web.listeners import EventHandlers, ListenerName
from web.settings import Settings
from web.wiring import Patience, Runtime, join_parts

# The graph has less than a second when it serves. Beside other work it would never be quick enough
# for a search, and a round would wait for good: what is proved here is that nothing is lost.
PATIENCE = Patience(embedder=PATIENT_SECONDS, graph=PATIENT_SECONDS, answer=PATIENT_SECONDS)


HEARD = frozenset({ListenerName.MATCHING, ListenerName.HINTING})


class NoEmbedder(Embedder):
    """Says at once that it does not answer."""

    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]:
        del texts, patient
        raise Unavailable("embedder", "left out of this test")


def opened(clients: tuple[Graph, Records, Redis]) -> Runtime:
    embedder = NoEmbedder()
    reader = ReportReader(Lexicon.from_vocabulary(symptoms=()), embedder)
    given = os.environ
    settings = Settings(
        home=Path(given["BATTWHEELS_HOME"]),
        smtp_url=given.get("BATTWHEELS_SMTP_URL"),
        mail_from=given.get("BATTWHEELS_MAIL_FROM"),
        caps=caps(),
    )
    return join_parts(settings, PATIENCE, (embedder, reader), clients)


def caps() -> Caps:
    """Give the caps as they serve where a test is about them; else one garage asks for a house."""
    if REQUESTS in os.environ:
        return Caps(garage_requests=int(os.environ[REQUESTS]), late_milliseconds=10**9)
    return Caps(
        garage_requests=10**9,
        garage_requests_alone=10**9,
        garage_points=10**11,
        garage_points_alone=10**11,
    )


def listeners(house: Runtime, wanted: frozenset[ListenerName] = HEARD) -> list[EventListener]:
    """Give some as they serve: those who search for new tickets' cards and hint at changes."""
    search = SuggestionPorts(
        tickets=house.tickets, cards=house.cards, reader=house.reader, matcher=house.matcher
    )
    hearing = EventHandlers(
        search=search,
        learn=_nothing,
        draft=house.billing.billing.drafts.follow_ticket,
        forget=house.card_cache.forget,
        tell=house.billing.notices.send_notice,
        hint=hint_handler(house.cards.severities, lambda: datetime.now(UTC)),
        staff=_nobody,
    )
    return [one for one in web_listeners.build_listeners(hearing) if one.name in wanted]


async def _nobody(named: PersonId) -> None:
    del named


async def _nothing(event: Event) -> None:
    del event
