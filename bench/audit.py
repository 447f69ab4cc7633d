"""Of all that a superuser does to deeds and money, how much `audit verify` names.

A seeded set of edits, deletions, insertions and cut ends, each done to the same chain in a
transaction that is taken back. It counts as found when every row that was touched is named, of a
cut end its first link.
"""

import random
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from access.deeds import DeedVault
from bench.bars import Bar, Better
from domain.deeds import Deed, DeedResult, DeedType
from records.audit_chain import SEALED_AT_ONCE, DeedChain
from records.audit_trail import DeedWriter
from records.database import Connection, Records
from records.migrations import migrate_records
from records.verification import Checkpoint, verify_chain
from web.local import stores
from web.local.home import StoreHome

JARS = Path(".battwheels/neo4j/jars")
SEED = 20_261_130
DEEDS, MONEY = 3_000, 300
EACH = 50
VAULT = DeedVault(bytes(32))
NOW = datetime(2026, 11, 30, tzinfo=UTC)
COLUMNS = ("user_id", "garage_id", "resource_id", "ip_address", "new_value", "user_role")
MONEY_ROWS = """
insert into money_event (garage, n, at, event, actor, entity, body, hash)
select 'garage_' || g, n, now(), 'payment.record', 'asha', 'pay_' || n, '{"rows":[]}', '\\x01'
from generate_series(1, 3) as g, generate_series(1, %s) as n"""
FORGED = """
insert into deed select %(id)s, timestamp, event_type, 'bala', user_role, garage_id, ip_address,
    user_agent, resource_type, resource_id, action, old_value, new_value, result, seal
from deed where audit_id = %(like)s"""


@dataclass(frozen=True, slots=True)
class Deceit:
    """What is done to the database, and what has to be named of it."""

    statements: Sequence[tuple[str, Mapping[str, object]]]
    named: Sequence[str]
    sealed_after: bool = False


async def run() -> list[Bar]:
    """Measure on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            records = await Records.open(urls.postgres_url)
            await migrate_records(records)
            share = await _found(records)
            await records.close()
        finally:
            stores.stop_stores(home)
    return [Bar(name="audit_found", measured=share, goal=1.0, better=Better.HIGHER)]


async def _found(records: Records) -> float:
    checkpoint = await _filled(records)
    began = perf_counter()
    clean = await verify_chain(records, VAULT.sign, [checkpoint])
    print(f"{clean.links / (perf_counter() - began):.0f} links verified a second")
    rng = random.Random(SEED)
    done = {kind.__name__.strip("_"): 0 for kind in KINDS}
    for kind in KINDS:
        for _ in range(EACH):
            done[kind.__name__.strip("_")] += await _is_found(records, kind(rng), checkpoint)
    print(", ".join(f"{kind} {found}/{EACH}" for kind, found in done.items()))
    return 0.0 if clean.findings else sum(done.values()) / (EACH * len(KINDS))


async def _filled(records: Records) -> Checkpoint:
    writer, chain = DeedWriter(VAULT.sign), DeedChain(records, VAULT.sign)
    async with records.transaction(60) as connection:
        await connection.execute(MONEY_ROWS, [MONEY // 3])
        await writer.write(connection, [_deed(n) for n in range(DEEDS)])
    while await chain.seal() == SEALED_AT_ONCE:
        continue
    n, head = await chain.head()
    return Checkpoint(n=n, hash=head, at=NOW)


def _deed(n: int) -> Deed:
    kind = [*DeedType][n % len(DeedType)]
    return Deed(
        audit_id=f"deed_{n:05}",
        timestamp=NOW + timedelta(seconds=n),
        event_type=kind,
        user_id=f"person_{n % 40}",
        user_role="manager",
        garage_id=f"garage_{n % 7}",
        ip_address=f"203.0.113.{n % 250}",
        user_agent="bench",
        resource_type=kind.resource,
        resource_id=f"thing_{n % 500}",
        action=kind.action,
        old_value=None,
        new_value={"version": n % 9},
        result=DeedResult.DONE,
    )


def _edit(rng: random.Random) -> Deceit:
    if rng.random() < 1 / 5:
        garage, n = f"garage_{rng.randint(1, 3)}", rng.randint(1, MONEY // 3)
        changed = "update money_event set actor = 'bala' where garage = %(garage)s and n = %(n)s"
        return Deceit([(changed, {"garage": garage, "n": n})], [f"money event {garage}@{n}"])
    key, column = _some(rng), rng.choice(COLUMNS)
    changed = f"update deed set {column} = '\"touched\"' where audit_id = %(id)s"  # noqa: S608 - ours
    return Deceit([(changed, {"id": key})], [f"deed {key}"])


def _deletion(rng: random.Random) -> Deceit:
    ids = sorted({_some(rng) for _ in range(rng.randint(1, 3))})
    gone = ("delete from deed where audit_id = any(%(ids)s)", {"ids": ids})
    return Deceit([gone], [f"deed {key}" for key in ids])


def _insertion(rng: random.Random) -> Deceit:
    """Half of them as the service writes rows, so that its own sealer links them."""
    key, sealed = f"forged_{rng.randint(0, 999)}", rng.random() < 1 / 2
    row = (FORGED, {"id": key, "like": _some(rng)})
    queued = (
        "insert into audit_waiting (source, key) values ('deed', %(id)s)",
        {"id": key},
    )
    return Deceit([row, queued] if sealed else [row], [f"deed {key}"], sealed_after=sealed)


def _truncation(rng: random.Random) -> Deceit:
    left = DEEDS + MONEY - rng.randint(1, 400)
    rows = "delete from deed where audit_id in (select key from audit_link where n > %(left)s)"
    links = "delete from audit_link where n > %(left)s"
    return Deceit([(rows, {"left": left}), (links, {"left": left})], [f"link {left + 1}"])


def _some(rng: random.Random) -> str:
    return f"deed_{rng.randrange(DEEDS):05}"


KINDS: tuple[Callable[[random.Random], Deceit], ...] = (_edit, _deletion, _insertion, _truncation)


async def _is_found(records: Records, deceit: Deceit, checkpoint: Checkpoint) -> bool:
    async with _done(records, deceit) as them:
        if deceit.sealed_after:
            await DeedChain(them, VAULT.sign).seal()
        findings = (await verify_chain(them, VAULT.sign, [checkpoint])).findings
    told = [one.where for one in findings]
    return all(any(name in where for where in told) for name in deceit.named)


@dataclass(frozen=True, slots=True)
class OneTransaction:
    """Records within one transaction, which is taken back at its end."""

    connection: Connection

    @asynccontextmanager
    async def transaction(self, seconds: float = 0) -> AsyncGenerator[Connection]:
        del seconds
        yield self.connection

    async def rows(self, query: str, **given: object) -> list[dict[str, Any]]:
        cursor = await self.connection.execute(query, given)  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]
        return await cursor.fetchall()


@asynccontextmanager
async def _done(records: Records, deceit: Deceit) -> AsyncGenerator[Records]:
    async with (
        records.transaction(60) as connection,
        connection.transaction(force_rollback=True),
    ):
        await connection.execute("set local session_replication_role = replica")
        for statement, given in deceit.statements:
            await connection.execute(statement, given)  # pyright: ignore[reportArgumentType, reportCallIssue]
        yield cast("Records", OneTransaction(connection))
