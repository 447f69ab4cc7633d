"""How soon a repair is learnt from: its analysis is kept (IP-6), and its card counted (FE-9).

`battwheels serve` with all that works beside it. Over the wire a technician repairs by a card, ends
the repair and rates the card, one repair behind the other; the clocks run from the moment at which
each is sent, so they hold the mutation itself. The bars are the worst of all.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx
import numpy as np

from bench.bars import Bar, Better
from bench.push import JARS, VERIFY, A, Caller, draft, served
from domain.access import Actor, Role
from domain.ids import PersonId
from records.database import Records
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

REPAIRS = 50
WARM_UP = 3
GOAL_S = 5.0
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.01
REPORT = """mutation($report: ReportInput!, $op: UUID!) {
  reportFailure(report: $report, operationId: $op) {
    ... on FailureReported { ticket { key } } } }"""
START = """mutation($id: ID!, $card: ID!, $op: UUID!) {
  startRepair(id: $id, expectedVersion: 1, card: $card, operationId: $op) { __typename } }"""
RESOLVE = """mutation($id: ID!, $outcome: OutcomeInput!, $op: UUID!) {
  resolveTicket(id: $id, expectedVersion: 2, outcome: $outcome, operationId: $op) {
    __typename } }"""
RATE = """mutation($ticket: ID!, $feedback: FeedbackInput!, $op: UUID!) {
  giveFeedback(ticket: $ticket, feedback: $feedback, operationId: $op) { __typename } }"""
COUNTED = "query($id: ID!) { card(id: $id) { usage { successes ratings } } }"
ANALYSED = "select followed, worked from repair_analysis where ticket = %(ticket)s"
NAMES = ("analysis_s", "effectiveness_s")


async def run() -> list[Bar]:
    """Serve from an empty home, repair, and wait for what follows."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            records = await Records.open(urls.postgres_url)
            async with served(home) as server:
                base = f"http://{server.place}"
                async with httpx.AsyncClient(base_url=base, timeout=30) as client:
                    bench = _Bench(client, Settings(home=home.root), records)
                    await bench.awake()
                    took = [await bench.repaired(n) for n in range(WARM_UP + REPAIRS)][WARM_UP:]
            await records.close()
        finally:
            stores.stop_stores(home)
    return [
        _bar(name, seconds) for name, seconds in zip(NAMES, zip(*took, strict=True), strict=True)
    ]


def _bar(name: str, seconds: tuple[float, ...]) -> Bar:
    p50, p95 = np.percentile(seconds, [50, 95])
    print(
        f"{name}: {len(seconds)} repairs, p50 {p50:.3f}, p95 {p95:.3f}, worst {max(seconds):.3f} s"
    )
    return Bar(name=name, measured=max(seconds), goal=GOAL_S, better=Better.LOWER)


class _Bench:
    """A technician and a manager of one garage, and the records that are looked into."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings, records: Records) -> None:
        self._records = records
        signer, now = build_tokens(settings), datetime.now(UTC)

        def caller(person: str, role: Role) -> Caller:
            actor = Actor(id=PersonId(person), role=role, garage=A)
            return Caller(client, signer.mint(actor, now, timedelta(hours=1)))

        self._asha = caller("tech_a", Role.TECHNICIAN)
        self._boss = caller("manager_a", Role.MANAGER)

    async def awake(self) -> None:
        """Wait until cards are written: a cold Neo4j is late for its first."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with suppress(ValueError):
                    await draft(self._asha, "Written first", [])
                    return

    async def repaired(self, n: int) -> tuple[float, float]:
        """Give the seconds until a repair's analysis is kept, and those until its card counts it:
        the later of what the repair and what the rating did.
        """
        card = await draft(self._asha, f"Repaired {n}", [])
        await self._boss.ask(VERIFY, {"id": card, "op": str(uuid4())})
        said = {"text": f"The lamp number {n} is dark"}
        ticket = (await self._done(self._asha, REPORT, report=said))["ticket"]["key"]
        await self._done(self._asha, START, id=ticket, card=card)
        outcome = {"worked": True, "minutes": 30, "card": card}
        ended = perf_counter()
        await self._done(self._asha, RESOLVE, id=ticket, outcome=outcome)
        analysed, counted = await asyncio.gather(
            _seconds(ended, lambda: self._analysed(ticket)),
            _seconds(ended, lambda: self._counted(card, "successes")),
        )
        rated = perf_counter()
        await self._done(self._asha, RATE, ticket=ticket, feedback={"card": card, "stars": 4})
        weighed = await _seconds(rated, lambda: self._counted(card, "ratings"))
        return analysed, max(counted, weighed)

    async def _done(self, who: Caller, query: str, **given: object) -> dict[str, Any]:
        [done] = (await who.ask(query, given | {"op": str(uuid4())})).values()
        return done

    async def _analysed(self, ticket: str) -> bool:
        return await self._records.rows(ANALYSED, ticket=ticket) != []

    async def _counted(self, card: str, what: str) -> bool:
        return (await self._asha.ask(COUNTED, {"id": card}))["card"]["usage"][what] == 1


async def _seconds(began: float, holds: Callable[[], Awaitable[bool]]) -> float:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 - what is asked is a store
            await asyncio.sleep(PAUSE_SECONDS)
    return perf_counter() - began
