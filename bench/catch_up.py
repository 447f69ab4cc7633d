"""A garage that was away for thirty days catches up on 10,000 changes, over the wire into its file.

Real: `battwheels serve` with its three stores, and the garage's own client with its SQLite file.
What happened meanwhile is written by the stores themselves, in bulk: 8,000 new cards, 500 of them
changed once more, and 1,500 tickets of the garage, each with its event, moved into the log by the
relay. The service's own listeners count as done with it. The clock runs from the garage's first
question to the last batch kept.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import httpx

from bench.bars import Bar, Better
from bench.push import JARS, served
from bench.synthetic_cards import Maker
from domain.access import Actor, Role
from domain.events import Event, EventType
from domain.ids import EventId, GarageId, PersonId, TicketId
from domain.tickets import Ticket, TicketStatus
from ingest import knowledge
from ingest.imports import import_batch
from sync.delta_cursors import DeltaPosition
from web.garage.client import RemoteService, catch_up
from web.garage.replica import Replica
from web.listeners import ListenerName
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens
from web.wiring import Runtime, open_runtime

CARDS, CHANGED, TICKETS = 8_000, 500, 1_500
GOAL_S = 20.0
AT_ONCE = 16
GARAGE = GarageId("garage_0")
MANAGER = Actor(id=PersonId("manager_0"), role=Role.MANAGER, garage=GARAGE)


async def run() -> list[Bar]:
    """Write what happened while the garage was away, serve it, catch up."""
    with tempfile.TemporaryDirectory() as folder:
        home, file = StoreHome.at(folder, JARS), Path(folder) / "garage.db"
        settings = Settings(home=home.root)
        stores.start_stores(home)
        try:
            async with open_runtime(settings) as house:
                cursor, changes = await _away(house)
            async with served(home) as server:
                took, kept = await _caught_up(server.place, settings, cursor, file)
        finally:
            stores.stop_stores(home)
    print(f"{changes} changes in {took:.1f} s: {kept} cards and tickets kept")
    return [Bar(name="catch_up_s", measured=took, goal=GOAL_S, better=Better.LOWER)]


async def _away(house: Runtime) -> tuple[str, int]:
    """Give the cursor that the garage went away with, and how many changes lie behind it."""
    known, began = knowledge.read_knowledge(), perf_counter()
    # The vocabulary that the cards name; of the shipped cards none is needed.
    await import_batch(replace(known, cards=()), house)
    before = await _logged(house)
    model = house.embedder.model
    made = [(card, replace(e, model=model)) for card, e in Maker(known).cards(0, CARDS)]
    await house.cards.load(made)
    changed = [(replace(c, title=f"{c.title[:150]}, better"), e) for c, e in made[:CHANGED]]
    await house.cards.load(changed)
    numbers = iter(range(TICKETS))
    await asyncio.gather(*(_reported(house, numbers) for _ in range(AT_ONCE)))
    head = await _logged(house)
    for hearer in ListenerName:
        await house.cursors.move(hearer, head)
    await house.redis.flushall()
    print(f"written in {perf_counter() - began:.0f} s", flush=True)
    return house.delta_cursors.seal(DeltaPosition(done=before), GARAGE), head - before


async def _reported(house: Runtime, numbers: Iterator[int]) -> None:
    for n in numbers:
        ticket = Ticket(
            id=TicketId(f"tkt_away_{n:05}"),
            version=1,
            status=TicketStatus.OPEN,
            text=f"Scooter {n} stops charging at {n % 97} percent",
            garage=GARAGE,
            reporter=MANAGER.id,
            opened_at=datetime.now(UTC),
        )
        event = Event(
            id=EventId(f"event-{ticket.id}"),
            type=EventType.TICKET_CREATED,
            entity=ticket.id,
            version=1,
            at=ticket.opened_at,
            actor=MANAGER.id,
            garage=GARAGE,
        )
        await house.tickets.add(ticket, [event])


async def _logged(house: Runtime) -> int:
    while await house.relay.step():
        pass
    return await house.change_log.last()


async def _caught_up(
    address: str, settings: Settings, cursor: str, file: Path
) -> tuple[float, int]:
    """Give the seconds that catching up took, and how many things the garage keeps then."""
    replica = Replica.open(file)
    replica.set(garage=GARAGE, cursor=cursor)
    token = build_tokens(settings).mint(MANAGER, datetime.now(UTC), timedelta(hours=1))
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        began = perf_counter()
        await catch_up(replica, RemoteService(http, token), _quiet)
        took = perf_counter() - began
    stands = replica.status()
    return took, stands.cards + stands.tickets


def _quiet(taken: int, all_of_them: int) -> None:
    del taken, all_of_them
