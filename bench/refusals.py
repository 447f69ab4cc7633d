"""What a refusal costs the server: the processor's time of each attack that is turned away.

The server is `battwheels serve` as it comes, on real stores. Each request of `bench/attacks.py`
that somebody signed and nobody holds open is sent up to forty times, one after the other, by a
person of its own, until their share is used up; what the server's process spent is divided by how
many there were. A request that is answered with data is no refusal: it is paid for by its cost, and
printed beside. What nobody signed is refused at its headers in production.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import psutil

from bench.attacks import ATTACKS
from bench.bars import Bar, Better
from bench.push import JARS, Server, served
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.tokens import build_tokens

TIMES = 40
GOAL_MS = 10.0
ANSWERED = b'"data":{'
TOO_MANY = b"HTTP/1.1 429 "
LONGEST_ANSWER = 1 << 16
PATIENCE_SECONDS = 20.0


async def run() -> list[Bar]:
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            async with served(home) as server:
                worst = max([cost async for cost in _costs(server, _tokens(home))])
        finally:
            stores.stop_stores(home)
    return [Bar(name="refusal_cpu_ms", measured=worst, goal=GOAL_MS, better=Better.LOWER)]


async def _costs(server: Server, tokens: Iterator[str]) -> AsyncIterator[float]:
    for attack in (one for one in ATTACKS if one.signed and not one.held):
        token = next(tokens)
        await _said(server.place, attack.write(token))
        before, told = _spent(server), list[bytes]()
        while len(told) < TIMES and not _is_spent(told):
            told.append(await _said(server.place, attack.write(token)))
        cost = (_spent(server) - before) / len(told) * 1000
        paid = any(ANSWERED in one for one in told)
        kind = "answered" if paid else "refused"
        print(f"  {attack.name}: {cost:.2f} ms, {kind}, {len(told)} times", flush=True)
        if not paid:
            yield cost


async def _said(place: str, sent: bytes) -> bytes:
    """Send over a connection of its own and give what comes; nothing where it was cut."""
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(sent)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await writer.drain()
            return await reader.read(LONGEST_ANSWER)
    except (ConnectionError, TimeoutError):
        return b""
    finally:
        writer.transport.abort()


def _is_spent(told: list[bytes]) -> bool:
    """Say whether the last answer was that the caller's share is used up."""
    return bool(told) and told[-1].startswith(TOO_MANY)


def _spent(server: Server) -> float:
    """Seconds that the server's process has had of the processor."""
    times = psutil.Process(server.pid).cpu_times()
    return times.user + times.system


def _tokens(home: StoreHome) -> Iterator[str]:
    signer, now = build_tokens(Settings(home=home.root)), datetime.now(UTC)
    for n in range(len(ATTACKS)):
        garage = GarageId(f"garage_{n}")
        who = Actor(id=PersonId(f"attacker_{n}"), role=Role.TECHNICIAN, garage=garage)
        yield signer.mint(who, now, timedelta(hours=1))
