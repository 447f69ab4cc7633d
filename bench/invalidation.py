"""Redis beside a million keys while cards are invalidated: what others' commands take (CC-16).

Cards are changed through the store that a service changes them through, and every tenth time all
that is kept is invalidated at once. Another process asks for keys of its own meanwhile. A KEYS or a
SCAN over a million keys would hold each of its commands up for a second.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from bench.bars import Bar, Better
from bench.push import JARS
from bench.redis_commands import KEYS
from bench.synthetic_cards import Maker
from domain.access import SEES_ALL
from domain.cards import FailureCard
from ingest import knowledge
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.wiring import Runtime, open_runtime

CARDS = 50
SECONDS = 20.0
# Every so many changes, all cards are invalidated.
ALL_EVERY = 10
GOAL_MS = 5.0


async def run() -> list[Bar]:
    """Fill Redis, change cards, and give the p99 of the commands of another process."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            async with open_runtime(Settings(home=home.root)) as house:
                took, changes = await _measured(house, urls.redis_url)
        finally:
            stores.stop_stores(home)
    p50, p99, worst = np.percentile(took, [50, 99, 100])
    print(f"{len(took)} commands beside {changes} changes and {KEYS} keys")
    print(f"p50 {p50:.2f}, p99 {p99:.2f}, the slowest {worst:.2f} ms")
    lower = Better.LOWER
    return [Bar(name="invalidation_p99_ms", measured=float(p99), goal=GOAL_MS, better=lower)]


async def _measured(house: Runtime, url: str) -> tuple[list[float], int]:
    await house.redis.execute_command("DEBUG", "POPULATE", KEYS, "other", 16)
    made = list(Maker(knowledge.read_knowledge()).cards(0, CARDS))
    await house.cards.load(made)
    words = (sys.executable, "-m", "bench.redis_commands", url, str(SECONDS))
    root = Path(__file__).parent.parent
    beside = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, cwd=root)
    answered = asyncio.create_task(beside.communicate())
    changes = await _changed(house, [card for card, _ in made], answered)
    said, _ = await answered
    return json.loads(said), changes


async def _changed(
    house: Runtime, cards: Sequence[FailureCard], until: asyncio.Task[tuple[bytes, bytes]]
) -> int:
    """Change one card after the other until the other process has ended; give how often."""
    for n in count():
        card, version = cards[n % len(cards)], 2 + n // len(cards)
        changed = replace(card, version=version, title=f"As change {n} says it")
        await house.cards.put(changed, [], expected=version - 1)
        await house.card_cache.many([card.id], SEES_ALL)
        if n % ALL_EVERY == 0:
            async with house.card_cache.changing(None):
                pass
        if until.done():
            return n + 1
    raise AssertionError
