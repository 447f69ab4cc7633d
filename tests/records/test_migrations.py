"""Migrations and cursors on a real PostgreSQL."""

import asyncio

import pytest

from domain.errors import MigrationDrift, NewerDatabase
from records.cursors import ConsumerCursors
from records.database import Records
from records.migrations import migrate_records, shipped_migrations
from records.queries import named_queries
from web.local.stores import StoreUrls


async def _set_checksum(records: Records, name: str, checksum: str) -> None:
    async with records.transaction() as connection:
        await connection.execute(
            "update migration set checksum = %s where name = %s", [checksum, name]
        )


async def test_second_migration_does_nothing(records: Records) -> None:
    assert await migrate_records(records) == []


async def test_every_migration_is_written_down(records: Records) -> None:
    rows = await records.rows("select name, checksum from migration order by name")
    assert [(row["name"], row["checksum"]) for row in rows] == [
        (m.name, m.checksum) for m in shipped_migrations()
    ]


def test_migrations_are_numbered_in_order() -> None:
    numbers = [int(m.name[:3]) for m in shipped_migrations()]
    assert numbers == sorted(set(numbers))


async def test_changed_migration_is_refused(records: Records) -> None:
    first = shipped_migrations()[0]
    await _set_checksum(records, first.name, "otherwise")
    with pytest.raises(MigrationDrift) as drift:
        await migrate_records(records)
    await _set_checksum(records, first.name, first.checksum)
    assert drift.value.name == first.name


async def test_a_newer_database_is_refused(records: Records) -> None:
    async with records.transaction() as connection:
        await connection.execute("insert into migration values ('999_tomorrow', 'x')")
    before = await records.rows("select name from migration order by name")
    with pytest.raises(NewerDatabase) as refused:
        await migrate_records(records)
    after = await records.rows("select name from migration order by name")
    async with records.transaction() as connection:
        await connection.execute("delete from migration where name = '999_tomorrow'")
    assert (refused.value.store, refused.value.names) == ("PostgreSQL", ("999_tomorrow",))
    assert after == before


async def test_two_migrators_share_the_work(records: Records, stores: StoreUrls) -> None:
    async with records.transaction() as connection:
        await connection.execute("create schema empty")
    url = f"{stores.postgres_url}?options=-csearch_path%3Dempty"
    fresh = [await Records.open(url) for _ in range(2)]
    applied = await asyncio.gather(*(migrate_records(each) for each in fresh))
    for each in fresh:
        await each.close()
    async with records.transaction() as connection:
        await connection.execute("drop schema empty cascade")
    assert sorted(applied, key=len) == [[], [m.name for m in shipped_migrations()]]


async def test_cursor_starts_at_zero(records: Records) -> None:
    assert await ConsumerCursors(records).at("nobody") == 0


async def test_cursor_never_goes_back(records: Records) -> None:
    cursors = ConsumerCursors(records)
    for seq in (5, 3, 9, 9, 1):
        await cursors.move("reader", seq)
    assert (await cursors.at("reader"), await cursors.at("other")) == (9, 0)


def test_statements_are_found_by_name() -> None:
    assert set(named_queries("cursors.sql")) == {"at", "move"}
