"""Critical cards reach another garage while ten thousand ordinary changes fill the batches.

Real: `battwheels serve --no-work` and `battwheels work` over the three stores. An import changes
10,000 cards of low severity, as fast as the graph takes them; meanwhile one critical card after
another is written at garage A by the mutation, and a subscriber of `syncRequired` at garage B
listens until all ordinary changes have gone through the batches. A card's clock runs from the
moment that its mutation is sent. A batch's age is what its own name and moment say: from the first
change that waited for it to when it was sent.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection

from bench.bars import Bar, Better
from bench.push import CREATE, JARS, A, B, Caller, running, served, subscribed
from bench.synthetic_cards import Maker
from domain.access import Actor, Role
from domain.cards import CardStatus, FailureCard, Severity
from domain.ids import PersonId
from domain.matches import Embedding
from domain.urgency import BATCH_NAME
from ingest import knowledge
from ingest.imports import import_batch
from web.listeners import ListenerName
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens
from web.wiring import Runtime, open_runtime

ORDINARY = 10_000
LEAST = 100
WARM_UP = 3
PAUSE_SECONDS = 0.25
PATIENCE_SECONDS = 120.0
PUSH_GOAL_MS = 5_000.0
AGE_GOAL_S = 5.0
FOLLOW = "subscription { syncRequired { __typename ... on CardToSync { card { title } } } }"
HANDLED = """select count(*) as n from handling h join change_log l on l.id = h.event
where h.consumer = %(consumer)s and h.state = 'handled' and l.entity like 'fc_synthetic_%%'"""
BATCHES = "select entity, at from change_log where entity like %(name)s and seq > %(after)s"

Made = list[tuple[FailureCard, Embedding]]


@dataclass(slots=True)
class HintFollower:
    """A subscriber of hints, who remembers when each card's came."""

    socket: ClientConnection
    heard: dict[str, float] = field(default_factory=dict[str, float])
    batches: int = 0

    async def listen(self) -> None:
        async for said in self.socket:
            message = json.loads(said)
            if message["type"] == "ping":
                await self.socket.send(json.dumps({"type": "pong"}))
            if message["type"] == "next":
                told = message["payload"]["data"]["syncRequired"]
                self.batches += told["__typename"] == "ChangesToSync"
                if (card := told.get("card")) is not None:
                    self.heard.setdefault(card["title"], perf_counter())


async def run() -> list[Bar]:
    """Write ten thousand ordinary cards, then change them beside critical ones."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        settings = Settings(home=home.root)
        stores.start_stores(home)
        try:
            async with open_runtime(settings) as house:
                made = await _prepared(house)
                async with running(home, "work"), served(home, "--no-work") as server:
                    delays, ages, batches = await _pushed(house, made, server.place)
        finally:
            stores.stop_stores(home)
    p50, p95, p99 = np.percentile(delays, [50, 95, 99])
    print(
        f"{len(delays)} critical cards beside {ORDINARY} ordinary changes: p50 {p50:.0f}, "
        f"p95 {p95:.0f}, p99 {p99:.0f} ms; {len(ages)} batches, the oldest of {max(ages):.2f} s, "
        f"{batches} heard of"
    )
    return [
        Bar(name="urgent_push_p99_ms", measured=float(p99), goal=PUSH_GOAL_MS, better=Better.LOWER),
        Bar(name="batch_age_s", measured=max(ages), goal=AGE_GOAL_S, better=Better.LOWER),
    ]


async def _prepared(house: Runtime) -> Made:
    """Have the ordinary cards there, and all that was told of them done with."""
    known, began = knowledge.read_knowledge(), perf_counter()
    await import_batch(replace(known, cards=()), house)
    model = house.embedder.model
    made = [
        (_ordinary(card), replace(vector, model=model))
        for card, vector in Maker(known).cards(0, ORDINARY)
    ]
    await house.cards.load(made)
    while await house.relay.step():
        pass
    head = await house.change_log.last()
    for hearer in ListenerName:
        await house.cursors.move(hearer, head)
    await house.redis.flushall()
    print(f"  {ORDINARY} cards written in {perf_counter() - began:.0f} s", flush=True)
    return made


def _ordinary(card: FailureCard) -> FailureCard:
    low = replace(card.signature, severity=Severity.LOW)
    return replace(card, status=CardStatus.VERIFIED, signature=low)


async def _pushed(house: Runtime, made: Made, place: str) -> tuple[list[float], list[float], int]:
    """Give the critical cards' delays, the batches' ages, and how many of these were heard of."""
    signer, now = build_tokens(house.settings), datetime.now(UTC)

    def token(person: str, garage: str) -> str:
        actor = Actor(id=PersonId(person), role=Role.MANAGER, garage=garage)  # pyright: ignore[reportArgumentType]
        return signer.mint(actor, now, timedelta(hours=1))

    start = await house.change_log.last()
    async with (
        httpx.AsyncClient(base_url=f"http://{place}", timeout=60) as client,
        _following(place, token("manager_b", B)) as follower,
    ):
        author, sent = Caller(client, token("manager_a", A)), dict[str, float]()
        for n in range(WARM_UP):
            await _critical(author, f"Warm {n}", {})
        changed = [(replace(c, title=f"{c.title[:150]}, better"), v) for c, v in made]
        began = perf_counter()
        changing = asyncio.create_task(house.cards.load(changed))
        while len(sent) < LEAST or not changing.done() or await _left(house):
            await _critical(author, f"Critical {len(sent)}", sent)
            await asyncio.sleep(PAUSE_SECONDS)
        print(f"  all changes through the batches in {perf_counter() - began:.0f} s", flush=True)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while sent.keys() - follower.heard.keys():  # noqa: ASYNC110 - another process tells
                await asyncio.sleep(PAUSE_SECONDS)
        # The last batch goes within five seconds.
        await asyncio.sleep(AGE_GOAL_S + 1)
    delays = [(follower.heard[title] - moment) * 1000 for title, moment in sent.items()]
    return delays, await _ages(house, start), follower.batches


async def _critical(author: Caller, title: str, sent: dict[str, float]) -> None:
    sent[title] = perf_counter()
    card = {
        "title": title,
        "signature": {"text": f"{title}: synthetic failure", "severity": "CRITICAL"},
        "cause": {"primary": "Synthetic"},
        "resolution": {"type": "REPAIR", "steps": [{"action": "Check it", "minutes": 5}]},
    }
    await author.ask(CREATE, {"card": card, "op": str(uuid4())})


async def _left(house: Runtime) -> bool:
    """Say whether an ordinary change has yet to come to the batches."""
    [row] = await house.records.rows(HANDLED, consumer=ListenerName.HINTING)
    return row["n"] < ORDINARY


async def _ages(house: Runtime, after: int) -> list[float]:
    rows = await house.records.rows(BATCHES, name=f"{BATCH_NAME}%", after=after)
    return [(row["at"] - _since(row["entity"])).total_seconds() for row in rows]


def _since(name: str) -> datetime:
    given = name.removeprefix(BATCH_NAME)
    return datetime.strptime(given, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)


@asynccontextmanager
async def _following(place: str, token: str) -> AsyncGenerator[HintFollower]:
    async with subscribed(place, token, FOLLOW) as opened:
        follower = HintFollower(opened)
        listening = asyncio.create_task(follower.listen())
        try:
            yield follower
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
