"""An invoice and its payment, killed at named points: SEED, how many POINTS, and a file of places.

A point is a word to a store: a statement or a commit to PostgreSQL, a question or a write to Neo4j.
A first child does all of it and tells how many words that took. The points lie evenly over them,
the first and the last but one among them; at each a child of its own dies by SIGKILL, by turns
before the word is sent and behind its answer. Nobody recovers anything here.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import PaymentMethod
from graph.database import Graph
from records.database import Records
from repair import invoices as saga
from tests.billing.closed_ticket import asked, invoicing, operation
from tests.billing.crash_rounds import Places, die, run_forked
from tests.billing.sample_books import NOW, deed, desk

SENT = ("read", "commit", "write")


class Words:
    """Counts the words to both stores, and dies at one of them."""

    def __init__(self, last: int = 0, *, answered: bool = False) -> None:
        self.said, self._last, self._answered = 0, last, answered
        self.counting = False

    def around(self, spoken: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*args: object, **kwargs: object) -> object:
            if not self.counting:
                return await spoken(*args, **kwargs)
            self.said += 1
            mine = self.said
            if mine == self._last and not self._answered:
                die()
            answer = await spoken(*args, **kwargs)
            if mine == self._last:
                die()
            return answer

        return counted

    def listen(self) -> None:
        """Hear whatever this process says from now on."""
        AsyncConnection.wait = self.around(AsyncConnection.wait)  # pyright: ignore[reportAttributeAccessIssue]
        for name in SENT:
            setattr(Graph, name, self.around(getattr(Graph, name)))


def main(seed: int, points: int, places: Places) -> None:
    """Print the words of a whole flow, then those that a child was killed at."""
    read, write = os.pipe()
    run_forked(_flow, f"{seed}_0", places, Words(), write)
    words = int(os.read(read, 20))
    killed = [1 + n * (words - 2) // (points - 1) for n in range(points)]
    for n, last in enumerate(killed, start=1):
        doomed = Words(last, answered=n % 2 == 0)
        if not run_forked(_flow, f"{seed}_{n}", places, doomed, write):
            sys.exit(f"nobody died at {last} of {words}")
    sys.stdout.write(f"{words} {' '.join(map(str, killed))}\n")


def _flow(name: str, places: Places, words: Words, told: int) -> None:
    words.listen()
    asyncio.run(_issued_and_paid(name, places, words))
    os.write(told, str(words.said).encode())


async def _issued_and_paid(name: str, places: Places, words: Words) -> None:
    graph = await Graph.open(*places.neo4j)
    records = await Records.open(places.postgres)
    books = desk(records)
    try:
        await records.ping()
        await graph.ping()
        words.counting = True
        key = str(UUID(bytes=name.encode().ljust(16, b".")[-16:], version=4))
        paper = await saga.issue_invoice(
            invoicing(graph, records, books), asked(name), operation(key=key)
        )
        assert paper.balance is not None
        came = ReceivedMoney(paise=paper.balance.due, method=PaymentMethod.CASH, day=NOW.date())
        await books.payments.record_payment(deed(), paper.id, came)
    finally:
        words.counting = False
        await records.close()
        await graph.close()


if __name__ == "__main__":
    postgres, uri, user, password = Path(sys.argv[3]).read_text().split("\n")
    main(int(sys.argv[1]), int(sys.argv[2]), Places(postgres, (uri, user, password)))
