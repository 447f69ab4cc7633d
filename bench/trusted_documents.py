"""A registered document by its id, beside the same text: its first request, and each one after.

Two applications over the same stores, in one process: one has read what is registered, the other
knows nothing. Each of many texts, alike but for a name, is asked once of both, then one of them
again and again. What counts is the process's own CPU time of a request, from its bytes to those of
its answer; the answers are compared. The bars are medians of the pairs' ratios.
"""

import asyncio
import gc
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from time import process_time

import orjson
from starlette.applications import Starlette
from starlette.types import Message

from bench.bars import Bar, Better
from bench.graphql_cpu import DEPTH
from bench.push import JARS
from domain.access import Actor, Role, Viewer
from domain.ids import PersonId
from domain.trusted_documents import OWN, ManifestEntry
from ingest import knowledge
from ingest.imports import import_batch
from records.trusted_documents import TrustedDocumentStore
from resolvers.api import build_api
from web.asgi import GRAPHQL
from web.audit import operators_change
from web.caps import Caps
from web.local import stores
from web.local.home import StoreHome
from web.server import build_application
from web.settings import Settings
from web.wiring import Runtime, open_runtime

TEXTS = 80
WARM_UP = 20
WARM = 400
FIRST_GOAL = 0.5
WARM_GOAL = 1.0
BOSS = PersonId("boss")
# One caller asks everything here; shares are measured elsewhere.
CAPS = Caps(
    units_per_second=10**9,
    units_at_once=10**9,
    late_milliseconds=10**9,
    garage_requests=10**9,
    garage_points=10**11,
    garage_requests_alone=10**9,
)


@dataclass(frozen=True, slots=True)
class AskedTwice:
    """A text with its id, and the two applications."""

    knows: Starlette
    knows_not: Starlette
    token: str
    card: str

    async def by_id(self, entry: ManifestEntry) -> tuple[float, bytes]:
        body = {"documentId": f"sha256:{entry.id}", "variables": {"id": self.card}}
        return await self._ask(self.knows, body)

    async def by_text(self, entry: ManifestEntry) -> tuple[float, bytes]:
        body = {"query": entry.text, "variables": {"id": self.card}}
        return await self._ask(self.knows_not, body)

    async def _ask(self, app: Starlette, body: Mapping[str, object]) -> tuple[float, bytes]:
        """Ask an application without a network between, and give seconds of CPU and the answer."""
        sent, told = orjson.dumps(body), bytearray()
        coming = [{"type": "http.request", "body": sent, "more_body": False}]

        async def receive() -> Message:
            if coming:
                return coming.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            told.extend(message.get("body", b""))

        scope = _scope(self.token, len(sent))
        began = process_time()
        await app(scope, receive, send)
        return process_time() - began, bytes(told)


async def run() -> list[Bar]:
    """Start stores, register, ask."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        try:
            async with open_runtime(Settings(home=home.root, caps=CAPS)) as runtime:
                await import_batch(knowledge.read_knowledge(), runtime)
                return await _measured(runtime)
        finally:
            stores.stop_stores(home)


async def _measured(runtime: Runtime) -> list[Bar]:
    entries = [
        ManifestEntry(name=f"Depth{n}", text=DEPTH.replace("query Depth", f"query Depth{n}"))
        for n in range(TEXTS)
    ]
    now = datetime.now(UTC)
    read = await build_api(introspection=False).manifests.read(OWN, entries, BOSS, now)
    store = TrustedDocumentStore(runtime.records, runtime.audit.writer)
    await store.register(OWN, read, operators_change(now))
    asked = await _asked_twice(runtime)
    await asked.knows.state.trusted.read_ahead()
    gc.collect()
    gc.freeze()
    first = await _ratios(asked, entries[1:])
    for _ in range(WARM_UP):
        await _ratios(asked, entries[:1])
    warm = await _ratios(asked, entries[:1] * WARM)
    print(f"first {first:.3f}, warm {warm:.3f} of the same text's CPU")
    return [
        Bar(
            name="trusted_document_first_ratio",
            measured=first,
            goal=FIRST_GOAL,
            better=Better.LOWER,
        ),
        Bar(name="trusted_document_warm_ratio", measured=warm, goal=WARM_GOAL, better=Better.LOWER),
    ]


async def _asked_twice(runtime: Runtime) -> AskedTwice:
    actor = Actor(id=BOSS, role=Role.ADMIN)
    [card, *_] = await runtime.cards.best(Viewer(sees_all=True), 1, 0.0)
    return AskedTwice(
        knows=build_application(runtime),
        knows_not=build_application(runtime),
        token=runtime.tokens.mint(actor, datetime.now(UTC), timedelta(hours=1)),
        card=card.id,
    )


async def _ratios(asked: AskedTwice, entries: list[ManifestEntry]) -> float:
    """Ask each entry by id and by text, each first in turns, and give the median of the ratios."""
    ratios: list[float] = []
    for n, entry in enumerate(entries):
        if n % 2:
            (theirs, text), (ours, named) = await asked.by_text(entry), await asked.by_id(entry)
        else:
            (ours, named), (theirs, text) = await asked.by_id(entry), await asked.by_text(entry)
        if named != text or b'"errors"' in named:
            raise SystemExit(f"The answers differ: {named[:300]!r} and {text[:300]!r}")
        ratios.append(ours / theirs)
    return median(ratios)


def _scope(token: str, length: int) -> dict[str, object]:
    headers = {
        "host": "battwheels.test",
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "content-length": str(length),
        "accept": "application/json",
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": GRAPHQL,
        "raw_path": GRAPHQL.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
