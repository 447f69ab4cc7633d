"""`python -m bench.attack_load HOST:PORT TOKENS SECONDS attack|harmless`: fifty callers at once.

Each has an address of its own inside 127.0.0.0/8 and sends four requests a second, whatever becomes
of the ones before. The file TOKENS holds a token on each line. It prints how many answers there
were of each status; 0 counts connections that ended without one.
"""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from bench.attacks import ATTACKS, harmless

CALLERS = 50
EACH_SECOND = 4
ANSWER_SECONDS = 12.0
OPEN_AT_ONCE = 40


async def _send(place: str, address: str, sent: bytes, held: float) -> int:
    """Send over one connection and give the status of the answer, 0 for none."""
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(address, 0))
    try:
        writer.write(sent)
        async with asyncio.timeout(held or ANSWER_SECONDS):
            await writer.drain()
            words = (await reader.readline()).split()
            status = int(words[1]) if len(words) > 1 else 0
            await reader.read(1 << 20)
            return status
    finally:
        writer.transport.abort()


async def _caller(place: str, number: int, token: str, seconds: float, kind: str) -> Counter[int]:
    address, said = f"127.0.0.{number + 10}", Counter[int]()
    tasks = set[asyncio.Task[None]]()

    async def one(turn: int) -> None:
        attack = ATTACKS[(turn * 7 + number) % len(ATTACKS)]
        sent = attack.write(token if attack.signed else None)
        held = attack.held
        if kind == "harmless":
            sent, held = harmless(len(sent), token), 0.0
        try:
            said[await _send(place, address, sent, held)] += 1
        except (OSError, TimeoutError):
            said[0] += 1

    for turn in range(int(seconds * EACH_SECOND)):
        if len(tasks) < OPEN_AT_ONCE:
            task = asyncio.create_task(one(turn))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(1 / EACH_SECOND)
    await asyncio.gather(*tasks)
    return said


async def main(place: str, tokens: list[str], seconds: float, kind: str) -> None:
    callers = [_caller(place, n, tokens[n], seconds, kind) for n in range(CALLERS)]
    total = Counter[int]()
    for said in await asyncio.gather(*callers):
        total += said
    print(json.dumps(dict(sorted(total.items()))))


if __name__ == "__main__":
    _, where, file, length, what = sys.argv
    asyncio.run(main(where, Path(file).read_text().split(), float(length), what))
