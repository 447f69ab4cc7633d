"""Data keys on a real PostgreSQL: wrapped, opened once, rotated while everybody works."""

import asyncio
from dataclasses import replace

import pytest
from psycopg.sql import SQL, Identifier

from access.data_keys import DataKeys
from access.key_wrapper import FileWrapper
from access.master_keys import MasterKeys
from access.personal_fields import DRAFT_BUYER, SEALED_TABLES, PersonalField, PersonalKind
from access.rotation import RESEALED, KeyRotation
from access.vault import DataKey, KeyRing, Vault, key_name
from domain.errors import UnsafeSetting
from records.data_keys import DataKeyStore
from records.database import POOL_SIZE, Records

MASTER = MasterKeys(current="first", masters={"first": b"f" * 32}, index_key=b"i" * 32)
SECOND = replace(MASTER, current="second", masters={"second": b"s" * 32, **MASTER.masters})
ADD = """insert into invoice_draft (ticket, garage, version, terms, buyer, changed_at, changed_by)
values (%(ticket)s, 'garage_pune', 1, '{}', %(buyer)s, now(), 'asha')
on conflict (ticket) do update set buyer = excluded.buyer"""
READ = "select ticket, buyer from invoice_draft order by ticket"
PLAIN = b"Meera Joshi"
FROZEN = (
    "what the law freezes (buyers of invoices and vouchers, references, portal answers) keeps its "
    "data keys: only the master key above them can be removed"
)


def keys_of(records: Records, master: MasterKeys = MASTER) -> DataKeys:
    """Give the data keys as a process has them that begins now."""
    wrapper = FileWrapper(current=master.current, masters=master.masters)
    return DataKeys(DataKeyStore(records), wrapper, master.older_keys)


def vault_of(keys: DataKeys) -> Vault:
    return Vault(ring=keys.ring, index_key=MASTER.index_key)


def vault_with(key: DataKey) -> Vault:
    return Vault(ring=KeyRing.of_one(key), index_key=MASTER.index_key)


async def write(records: Records, vault: Vault, ticket: str) -> None:
    sealed = vault.seal(PLAIN, DRAFT_BUYER.at(ticket))
    async with records.transaction() as connection:
        await connection.execute(ADD, {"ticket": ticket, "buyer": sealed})


async def read(records: Records, vault: Vault) -> dict[str, bytes]:
    """Give what every draft's buyer opens to."""
    rows = await records.rows(READ)
    places = {row["ticket"]: bytes(row["buyer"]) for row in rows}
    return {ticket: vault.open(sealed, DRAFT_BUYER.at(ticket)) for ticket, sealed in places.items()}


async def names_in_use(records: Records) -> set[str]:
    return {key_name(bytes(row["buyer"])) for row in await records.rows(READ)}


def rotation(records: Records, keys: DataKeys) -> KeyRotation:
    """Rotate without waiting for anybody: the others read the keys when they are told to."""
    return KeyRotation(
        keys=keys,
        vault=vault_of(keys),
        store=DataKeyStore(records),
        wait=lambda _: asyncio.sleep(0),
    )


@pytest.mark.row("EN-7")
async def test_each_table_has_a_key_that_every_process_opens(records: Records) -> None:
    mine, theirs = keys_of(records), keys_of(records)
    await asyncio.gather(mine.demand_read(), theirs.demand_read())
    await mine.read_again()
    await write(records, vault_of(mine), "tkt_1")
    assert await read(records, vault_of(theirs)) == {"tkt_1": PLAIN}
    assert await names_in_use(records) == {"invoice_draft.1"}
    kept = await records.rows("select name, of_table, wrapped_by, wrapped from data_key")
    assert sorted(row["of_table"] for row in kept) == [*SEALED_TABLES]
    assert {row["wrapped_by"] for row in kept} == {"first"}
    secret = mine.ring.primary("invoice_draft").secret
    assert all(secret not in bytes(row["wrapped"]) for row in kept)


@pytest.mark.row("EN-7")
@pytest.mark.parametrize(
    ("master", "said"),
    [
        (replace(SECOND, masters={"second": b"s" * 32}), "misses first: data keys are wrapped"),
        (replace(MASTER, masters={"first": b"x" * 32}), "has another key named first"),
    ],
)
async def test_a_master_key_that_is_gone_is_refused(
    records: Records, master: MasterKeys, said: str
) -> None:
    await keys_of(records).demand_read()
    before = await records.rows("select * from data_key order by name")
    with pytest.raises(UnsafeSetting, match=said):
        await keys_of(records, master).demand_read()
    assert await records.rows("select * from data_key order by name") == before


async def test_a_renamed_data_key_does_not_open(records: Records) -> None:
    await keys_of(records).demand_read()
    async with records.transaction() as connection:
        await connection.execute("update data_key set name = 'saga.9' where name = 'saga.1'")
    with pytest.raises(UnsafeSetting, match="has another key named first"):
        await keys_of(records).demand_read()


async def test_a_crowd_that_begins_at_once_reads_the_keys_once(records: Records) -> None:
    keys = keys_of(records)
    vault, opened = vault_of(keys), records.apart
    times: list[int] = []

    def counted() -> object:
        times.append(1)
        return opened()

    records.apart = counted  # pyright: ignore[reportAttributeAccessIssue]
    records.before_transactions(keys.demand_read)
    try:

        async def add(n: int) -> None:
            async with records.transaction() as connection:
                sealed = vault.seal(PLAIN, DRAFT_BUYER.at(f"tkt_{n:03}"))
                await connection.execute(ADD, {"ticket": f"tkt_{n:03}", "buyer": sealed})

        await asyncio.gather(*(add(n) for n in range(POOL_SIZE * 2)))
    finally:
        records.apart = opened
        records.before_transactions(lambda: asyncio.sleep(0))
    assert len(await read(records, vault)) == POOL_SIZE * 2
    assert len(times) == 1


@pytest.mark.row("EN-10", missing=FROZEN)
@pytest.mark.parametrize("kind", ["text", "uuid"])
async def test_what_is_sealed_is_sealed_anew_in_any_column(records: Records, kind: str) -> None:
    """Each column that may change is one that the queries serve; of rows named by text or uuid."""
    letters = PersonalField(table="letter", column="sealed", row="id", kind=PersonalKind.MESSAGE)
    ids = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(4)]
    key = DataKey(name="new.1", secret=b"n" * 32)
    older = vault_with(DataKey(name="old.1", secret=b"o" * 32))
    async with DataKeyStore(records).transaction() as table:
        for field in (*RESEALED, letters):
            if field is letters:
                create = SQL(
                    "create temp table letter (id {} primary key, sealed bytea) on commit drop"
                )
                await table.connection.execute(create.format(Identifier(kind)))
            assert await table.count_stale(field, "new.1") == 0
            assert await table.stale_values(field, "new.1", None, 9) == {}
        add = "insert into letter values (%(id)s, %(sealed)s)"
        for id in ids:  # noqa: A001 - as everywhere
            sealed = older.seal(PLAIN, letters.at(id))
            await table.connection.execute(add, {"id": id, "sealed": sealed})
        await table.connection.execute(add, {"id": ids[3].replace("3", "9"), "sealed": None})
        assert await table.count_stale(letters, "new.1") == 4
        assert [*await table.stale_values(letters, "new.1", None, 2)] == ids[:2]
        assert [*await table.stale_values(letters, "new.1", ids[1], 9)] == ids[2:]
        anew = vault_with(key).seal(PLAIN, letters.at(ids[0]))
        await table.reseal(letters, {ids[0]: anew})
        assert await table.count_stale(letters, "new.1") == 3
        assert [*await table.stale_values(letters, "new.1", None, 9)] == ids[1:]


@pytest.mark.row("EN-10", missing=FROZEN)
async def test_a_rotation_fails_no_read_and_frees_the_old_key(records: Records) -> None:
    older = Vault(ring=KeyRing.of_one(*MASTER.older_keys), index_key=MASTER.index_key)
    for n in range(150):
        await write(records, older, f"tkt_old_{n:03}")
    serving, rotating = keys_of(records), keys_of(records, SECOND)
    # Both knew both master keys before: an operator adds the new one first.
    serving = keys_of(records, replace(SECOND, current="first"))
    await serving.demand_read()
    over, reads = asyncio.Event(), 0

    async def serve() -> int:
        done = 0
        while not over.is_set():
            await serving.read_again()
            await write(records, vault_of(serving), f"tkt_new_{done:03}")
            found = await read(records, vault_of(serving))
            assert set(found.values()) == {PLAIN}
            done += 1
        return done

    async def rotate() -> list[tuple[str, int, int]]:
        try:
            return [(s.said, s.done, s.total) async for s in rotation(records, rotating).run()]
        finally:
            over.set()

    reads, steps = await asyncio.gather(serve(), rotate())
    assert reads > 0
    assert [done for _, done, total in steps if total >= 150][:2] == [0, 100]
    assert await names_in_use(records) <= {"invoice_draft.1", "invoice_draft.2"}
    again = [s async for s in rotation(records, rotating).run()]
    assert again
    assert await names_in_use(records) == {"invoice_draft.3"}
    gone = await rotating.remove_unused(0)
    assert {"first", "invoice_draft.1", "invoice_draft.2"} <= {*gone}
    alone = keys_of(records, replace(SECOND, masters={"second": b"s" * 32}))
    await alone.demand_all()
    assert len(await read(records, vault_of(alone))) == 150 + reads
