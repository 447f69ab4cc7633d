"""Rounds of an invoice whose worker is killed: SEED, how many ROUNDS, and a file of places.

A light process that forks one child for each round. The child issues an invoice and dies by
SIGKILL. Every other round it does so right behind one of the six steps, by turns; else at a call or
at a moment that the seed chose, and some of those rounds the graph refuses the ticket, so that the
child dies while it undoes. Then other children recover, and may die of it too.
"""

import asyncio
import inspect
import os
import random
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from billing.ledger.sagas import Saga, SagaStep, SagaStore
from domain.errors import NotFound, Refused
from domain.events import Event
from domain.tickets import Ticket, TicketStatus
from graph.database import Graph
from records.database import Records
from repair import invoices as saga
from repair.invoices import InvoicePorts
from tests.billing.closed_ticket import asked, invoicing, operation
from tests.billing.sample_books import NOW, desk

MINUTE = timedelta(minutes=1)
# Those of the way forward (IP-9 to IP-14).
STEPS = [*SagaStep][:6]
# More store calls than an invoice makes: some children live.
CALLS = 24
LONGEST_S = 0.12
REFUSED = 0.2
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Places:
    """Where the stores are, and the keys of the vault."""

    postgres: str
    neo4j: tuple[str, str, str]


class Mortal:
    """A store whose n-th call, counted over all of them, is the last thing its process does."""

    calls = 0
    last = 0

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands for anything
        found = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def counted(*args: object, **kwargs: object) -> object:
            Mortal.calls += 1
            mine = Mortal.calls
            if mine == Mortal.last and Mortal.last % 2 == 0:
                die()
            answer = await found(*args, **kwargs)
            if mine == Mortal.last:
                die()
            return answer

        return counted


class Refusing:
    """Tickets that are gone when they are to be marked as invoiced."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - the real store
        self._inner = inner
        self.get = inner.get

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None:
        if ticket.status is TicketStatus.INVOICED:
            raise NotFound("ticket", ticket.id)
        await self._inner.put(ticket, events, expected=expected)


class Stepping:
    """Sagas whose process dies once it has written that a step is done."""

    def __init__(self, inner: SagaStore, step: SagaStep) -> None:
        self._inner = inner
        self._step = step

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands for anything
        return getattr(self._inner, name)

    async def take_lease(self, held: Saga, now: datetime) -> str | None:
        other = await self._inner.take_lease(held, now)
        self._die_behind(SagaStep.LOCKED)
        return other

    async def record_step(
        self, held: Saga, step: SagaStep, at: datetime, gave: Mapping[str, Any]
    ) -> None:
        await self._inner.record_step(held, step, at, gave)
        self._die_behind(step)

    async def finish_saga(self, held: Saga, now: datetime, told: Event) -> None:
        await self._inner.finish_saga(held, now, told)
        self._die_behind(SagaStep.NOTIFIED)

    def _die_behind(self, step: SagaStep) -> None:
        if step is self._step:
            die()


def main(seed: int, rounds: int, places: Places) -> None:
    """Do the rounds, and print how many children were killed, and the steps of those behind one."""
    chance = random.Random(seed)  # noqa: S311 - the same rounds for the same seed
    killed, behind = 0, list[SagaStep]()
    for n in range(rounds):
        if n % 2:
            killed += _round(f"{seed}_{n}", chance, places)
        else:
            behind.append(_stepped_round(f"{seed}_{n}", STEPS[n // 2 % len(STEPS)], places))
    sys.stdout.write(f"{killed + len(behind)} {' '.join(behind)}\n")


def _stepped_round(name: str, step: SagaStep, places: Places) -> SagaStep:
    """Issue until killed behind a step, and recover."""
    key = str(UUID(bytes=name.encode().ljust(16, b".")[-16:], version=4))

    async def work() -> None:
        async with _opened(places, refused=False, step=step) as way:
            await saga.issue_invoice(way, asked(name), operation(key=key))

    if not run_forked(_doomed, None, 0, 0.0, work):
        sys.exit(f"nobody died behind {step}")
    run_forked(_doomed, None, 0, 0.0, recovery(places, 1))
    return step


def _round(name: str, chance: random.Random, places: Places) -> int:
    """Issue until killed, recover until killed, recover; give how many were killed."""
    by_call = chance.random() < HALF
    refused = chance.random() < REFUSED
    again = chance.random() < HALF
    calls, moment = chance.randrange(1, CALLS), chance.uniform(0, LONGEST_S)
    key = str(UUID(int=chance.getrandbits(128), version=4))
    first = run_forked(
        _doomed, by_call, calls, moment, _issuing(places, name, key, refused=refused)
    )
    then = again and run_forked(_doomed, True, calls // 2, moment, recovery(places, 1))
    run_forked(_doomed, None, calls, moment, recovery(places, 2))
    return first + then


def run_forked(work: Callable[..., None], *args: object) -> bool:
    """Do the work in a child, and say whether the child was killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*args)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit(f"a child failed: {status}")
    return os.WIFSIGNALED(status)


def _doomed(
    by_call: bool | None, calls: int, moment: float, work: Callable[[], Awaitable[None]]
) -> None:
    """Work until killed: by a call, by a moment, or (None) not at all."""
    Mortal.calls, Mortal.last = 0, calls if by_call else 0
    if by_call is False:
        threading.Timer(moment, die).start()
    asyncio.run(_awaited(work))
    os._exit(0)


async def _awaited(work: Callable[[], Awaitable[None]]) -> None:
    await work()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _issuing(places: Places, name: str, key: str, refused: bool) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        async with _opened(places, refused=refused) as way:
            try:
                await saga.issue_invoice(way, asked(name), operation(key=key))
            except Refused:
                return

    return work


def recovery(places: Places, minutes: int) -> Callable[[], Awaitable[None]]:
    """Recover when the leases that were held till then have run out."""

    async def work() -> None:
        async with _opened(places, refused=False) as way:
            await saga.recover_sagas(way, NOW + minutes * MINUTE)

    return work


@asynccontextmanager
async def _opened(
    places: Places, *, refused: bool, step: SagaStep | None = None
) -> AsyncGenerator[InvoicePorts]:
    graph = await Graph.open(*places.neo4j)
    records = await Records.open(places.postgres)
    try:
        way = invoicing(graph, records, desk(records))
        tickets: Any = Refusing(way.tickets) if refused else way.tickets
        sagas: Any = way.sagas if step is None else Stepping(way.sagas, step)
        yield replace(
            way,
            tickets=Mortal(tickets),  # pyright: ignore[reportArgumentType]
            ledger=Mortal(way.ledger),  # pyright: ignore[reportArgumentType]
            sagas=Mortal(sagas),  # pyright: ignore[reportArgumentType]
        )
    finally:
        await records.close()
        await graph.close()


if __name__ == "__main__":
    postgres, uri, user, password = Path(sys.argv[3]).read_text().split("\n")
    main(int(sys.argv[1]), int(sys.argv[2]), Places(postgres, (uri, user, password)))
