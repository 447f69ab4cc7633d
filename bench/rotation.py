"""A key rotation while two processes read and write: how many of their reads and writes failed.

Drafts of ten thousand tickets, whose customers are sealed with a key of the setting as before there
were data keys. Each of two serving processes is a set of data keys of its own over one PostgreSQL:
eight readers and two writers, which never stop, and no wait of the rotation is cut short.
"""

import asyncio
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter

from access.data_keys import DataKeys
from access.deeds import DeedVault
from access.key_wrapper import FileWrapper
from access.master_keys import MasterKeys
from access.rotation import KeyRotation
from access.vault import KeyRing, Vault
from bench.bars import Bar, Better
from billing.gst.parties import Party
from billing.gst.terms import InvoiceTerms
from billing.ledger.books import Books, BooksChange
from billing.ledger.drafts import DraftContent, DraftStore
from domain.errors import BattwheelsError
from domain.ids import GarageId, OperationId, PersonId, TicketId, uuid7
from records.audit_trail import DeedWriter
from records.data_keys import DataKeyStore
from records.database import Records
from records.migrations import migrate_records
from records.wakeups import Topic, Wakeups
from web.local import stores
from web.local.home import StoreHome

DRAFTS = 10_000
LOADERS = 24
PROCESSES, READERS, WRITERS = 2, 8, 2
PUNE = GarageId("garage_pune")
JARS = Path(".battwheels/neo4j/jars")
FIRST = MasterKeys(current="first", masters={"first": b"f" * 32}, index_key=b"i" * 32)
BOTH = replace(FIRST, masters={**FIRST.masters, "second": b"s" * 32})
SECOND = replace(BOTH, current="second")
BUYER = Party(name="Synthetic Buyer")
DEEDS = DeedWriter(DeedVault(bytes(32)).sign)


@dataclass(slots=True)
class Tally:
    """What a serving process did while the keys changed."""

    reads: int = 0
    writes: int = 0
    failed: int = 0
    slowest: float = 0.0


async def run() -> list[Bar]:
    """Measure on a PostgreSQL of its own; print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            records = await Records.open(urls.postgres_url)
            await migrate_records(records)
            await records.close()
            return [await _rotated(urls.postgres_url)]
        finally:
            stores.stop_stores(home)


async def _rotated(url: str) -> Bar:
    records = await Records.open(url)
    older = Vault(ring=KeyRing.of_one(*FIRST.older_keys), index_key=FIRST.index_key)
    await _load(_drafts(records, older))
    tally, over = Tally(), asyncio.Event()
    serving = [asyncio.create_task(_serve(url, n, tally, over)) for n in range(PROCESSES)]
    keys = _keys_of(records, SECOND)
    rotation = KeyRotation(
        keys=keys,
        vault=Vault(ring=keys.ring, index_key=FIRST.index_key),
        store=DataKeyStore(records),
        wait=asyncio.sleep,
    )
    began = perf_counter()
    async for step in rotation.run():
        if not step.total:
            print(step.said, flush=True)
    took = perf_counter() - began
    over.set()
    await asyncio.gather(*serving)
    gone = await keys.remove_unused(0)
    await records.close()
    print(
        f"rotation of {DRAFTS} drafts in {took:.1f} s, {len(gone)} keys removed; meanwhile "
        f"{tally.reads} reads and {tally.writes} writes, the slowest "
        f"{tally.slowest * 1000:.0f} ms, {tally.failed} failed"
    )
    failed = tally.failed if "first" in gone and tally.reads else DRAFTS
    return Bar(name="rotation_failed_reads", measured=failed, goal=0, better=Better.LOWER)


async def _load(drafts: DraftStore) -> None:
    async def some(start: int) -> None:
        for n in range(start, DRAFTS, LOADERS):
            await _write(drafts, n, 0)

    await asyncio.gather(*(some(start) for start in range(LOADERS)))


async def _serve(url: str, number: int, tally: Tally, over: asyncio.Event) -> None:
    """Read and write as a process does that serves, with a pool and keys of its own."""
    records = await Records.open(url)
    keys, wakeups = _keys_of(records, BOTH), Wakeups(records)
    records.before_transactions(keys.demand_read)
    drafts = _drafts(records, Vault(ring=keys.ring, index_key=FIRST.index_key))
    beside = [
        asyncio.create_task(wakeups.run()),
        asyncio.create_task(keys.follow(wakeups.on(Topic.DATA_KEYS))),
    ]
    readers = [_read_on(drafts, tally, over, Random(n)) for n in range(READERS)]
    writers = [
        _write_on(drafts, tally, over, DRAFTS + (number * WRITERS + n) * DRAFTS)
        for n in range(WRITERS)
    ]
    await asyncio.gather(*readers, *writers)
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    await wakeups.close()
    await records.close()


async def _read_on(drafts: DraftStore, tally: Tally, over: asyncio.Event, dice: Random) -> None:
    while not over.is_set():
        began = perf_counter()
        try:
            draft = await drafts.get_draft(_ticket(dice.randrange(DRAFTS)))
            tally.failed += draft.wish.buyer != BUYER
        except BattwheelsError as error:
            print(f"failed: {error}", flush=True)
            tally.failed += 1
        tally.reads += 1
        tally.slowest = max(tally.slowest, perf_counter() - began)


async def _write_on(drafts: DraftStore, tally: Tally, over: asyncio.Event, number: int) -> None:
    while not over.is_set():
        number += 1
        try:
            await _write(drafts, number, 0)
        except BattwheelsError as error:
            print(f"failed: {error}", flush=True)
            tally.failed += 1
        tally.writes += 1


async def _write(drafts: DraftStore, number: int, version: int) -> None:
    now = datetime.now(UTC)
    change = BooksChange(
        garage=GarageId(f"{PUNE}_{number % LOADERS}"),
        operation=OperationId(str(uuid7(now, number))),
        body_hash="draft",
        actor=PersonId("bench"),
        at=now,
    )
    wish = DraftContent(buyer=BUYER, terms=InvoiceTerms())
    await drafts.edit_draft(change, _ticket(number), wish, version)


def _ticket(number: int) -> TicketId:
    return TicketId(f"tkt_{number:08}")


def _drafts(records: Records, vault: Vault) -> DraftStore:
    return DraftStore(records, Books(records, DEEDS), vault)


def _keys_of(records: Records, master: MasterKeys) -> DataKeys:
    wrapper = FileWrapper(current=master.current, masters=master.masters)
    return DataKeys(DataKeyStore(records), wrapper, master.older_keys)
