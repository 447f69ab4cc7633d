"""The account that serves: what it may not do to the tables that it reads and writes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import pytest
from psycopg import errors
from psycopg.sql import SQL, Identifier

from domain.errors import InvalidInput, MigrationNeeded, NotGranted, UnsafeSetting
from records.database import Connection, Records
from records.migrations import migrate_records, shipped_migrations
from records.service_account import grant_serving
from tests.patience import PatientRecords
from tests.records.test_audit_trail import WRITER, deed
from web.local.stores import StoreUrls
from web.records import open_migrated, open_records
from web.settings import Settings

ROLE, PASSWORD = "battwheels_serving_test", "a word of its own"
KEPT = ("deed", "audit_link", "audit_start", "invoice", "money_event", "posting", "entry")
FIRST_COLUMN = """select attname as name from pg_attribute
where attrelid = to_regclass(%(table)s) and attnum = 1"""
OWNERS = (
    "alter table deed disable trigger all",
    "drop trigger kept on deed",
    "alter table outbox add column more text",
    "drop table operation",
    "create table mine (a int)",
    "truncate deed",
    "set session_replication_role = replica",
    "insert into migration (name, checksum) values ('999', 'x')",
    "update audit_waiting set key = 'x'",
    "select make_partition('invoice', '2031-01-01')",
)


def serving_url(stores: StoreUrls, role: str = ROLE) -> str:
    """Give the address of the same database for the account that serves."""
    parts = urlsplit(stores.postgres_url)
    word = PASSWORD.replace(" ", "%20")
    return urlunsplit(parts._replace(netloc=f"{role}:{word}@{parts.hostname}:{parts.port}"))


async def migrated_as_owner(stores: StoreUrls) -> Records:
    """Give the records of the account that serves, as a start with both accounts opens them."""
    url = serving_url(stores)
    settings = Settings(postgres_url=url, postgres_owner_url=stores.postgres_url)
    return await open_migrated(settings, url)


@asynccontextmanager
async def serving_records(owner: Records, stores: StoreUrls) -> AsyncGenerator[Records]:
    """The records as the account that serves, which is made twice as once."""
    for _ in range(2):
        async with owner.transaction() as connection:
            assert await grant_serving(connection, serving_url(stores)) == ROLE
    served = await PatientRecords.open(serving_url(stores))
    try:
        yield served
    finally:
        await served.close()
        await let_go(owner)


async def let_go(owner: Records) -> None:
    """Take the account and what it was granted away."""
    async with owner.transaction() as connection:
        await connection.execute(SQL("drop owned by {}").format(Identifier(ROLE)))
        await connection.execute(SQL("drop role {}").format(Identifier(ROLE)))


@pytest.fixture
async def serving(records: Records, stores: StoreUrls) -> AsyncGenerator[Records]:
    async with serving_records(records, stores) as served:
        yield served


async def refused(connection: Connection, statement: str) -> bool:
    """Say whether a statement is beyond the account; it is taken back in any case."""
    try:
        async with connection.transaction(force_rollback=True):
            await connection.execute(SQL(statement))  # pyright: ignore[reportArgumentType]
    except errors.InsufficientPrivilege:
        return True
    return False


@pytest.mark.row("AD-16")
async def test_what_is_kept_is_added_to_and_never_changed(serving: Records) -> None:
    async with serving.transaction() as connection:
        await WRITER.write(connection, [deed(1)])
        for table in KEPT:
            first = await connection.execute(FIRST_COLUMN, {"table": table})
            column = (await first.fetchone() or {})["name"]
            changed = f"update {table} set {column} = {column}"  # noqa: S608 - ours
            gone = f"delete from {table}"  # noqa: S608 - ours
            assert await refused(connection, changed), table
            assert await refused(connection, gone), table
    assert await serving.rows("select audit_id, user_id from deed") == [
        {"audit_id": deed(1).audit_id, "user_id": deed(1).user_id}
    ]


async def test_the_schema_is_its_owners(serving: Records) -> None:
    async with serving.transaction() as connection:
        assert [one for one in OWNERS if not await refused(connection, one)] == []
        # The months of the books are made ahead, as their owner.
        async with connection.transaction(force_rollback=True):
            await connection.execute("select make_partitions('2030-01-01', 1)")
            made = await connection.execute("select to_regclass('invoice_2030_01') as made")
            assert (await made.fetchone() or {})["made"] is not None


async def test_it_starts_on_what_is_applied_and_applies_nothing(
    records: Records, serving: Records, stores: StoreUrls
) -> None:
    assert await migrate_records(serving) == []
    last = shipped_migrations()[-1]
    await records.rows("delete from migration where name = %(name)s returning name", name=last.name)
    try:
        with pytest.raises(MigrationNeeded) as needed:
            await migrate_records(serving)
    finally:
        async with records.transaction() as connection:
            told = [last.name, last.checksum]
            await connection.execute("insert into migration values (%s, %s)", told)
    assert (needed.value.store, needed.value.names) == ("PostgreSQL", (last.name,))
    # Whoever is told the owner migrates, and is served as the other.
    await (await migrated_as_owner(stores)).close()


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1/x", "postgresql://app@127.0.0.1/x", "x"])
async def test_an_account_without_a_password_serves_nobody(records: Records, url: str) -> None:
    async with records.transaction() as connection:
        with pytest.raises(InvalidInput, match="names no account with a password"):
            await grant_serving(connection, url)


async def test_the_owner_is_no_account_to_serve_with(records: Records, stores: StoreUrls) -> None:
    [row] = await records.rows("select current_user as name")
    async with records.transaction() as connection:
        with pytest.raises(UnsafeSetting, match="bound by no grant"):
            await grant_serving(connection, serving_url(stores, row["name"]))


@pytest.mark.parametrize(
    "owned",
    [
        "alter table outbox owner to {role}",
        "alter schema public owner to {role}",
        (
            "create role {role}_house; alter table outbox owner to {role}_house; "
            "grant {role}_house to {role}"
        ),
    ],
)
async def test_whoever_owns_a_table_serves_under_no_migrator(
    records: Records, stores: StoreUrls, owned: LiteralString
) -> None:
    """Who migrates here is a superuser, and owns none of it."""
    named = Identifier(ROLE)
    async with records.transaction() as connection, connection.transaction(force_rollback=True):
        await connection.execute(SQL("create role {} login").format(named))
        await connection.execute(owned.format(role=ROLE))
        with pytest.raises(UnsafeSetting, match="bound by no grant"):
            await grant_serving(connection, serving_url(stores))
        held = await connection.execute("select has_table_privilege(%s, 'deed', 'select')", [ROLE])
        assert await held.fetchone() == {"has_table_privilege": False}


async def test_the_first_start_asks_nothing_as_nobody(
    records: Records, stores: StoreUrls, caplog: pytest.LogCaptureFixture
) -> None:
    """The account is none before the owner made it, and no pool complains of that."""
    served = await migrated_as_owner(stores)
    assert await served.rows("select current_user as name") == [{"name": ROLE}]
    await served.close()
    await let_go(records)
    assert [one.message for one in caplog.records if one.name.startswith("psycopg")] == []


async def test_migrators_make_one_account_at_once(records: Records, stores: StoreUrls) -> None:
    url = serving_url(stores)
    assert await asyncio.gather(*(migrate_records(records, url) for _ in range(4))) == [[]] * 4
    async with records.transaction() as connection:
        held = await connection.execute("select has_table_privilege(%s, 'deed', 'insert')", [ROLE])
        assert await held.fetchone() == {"has_table_privilege": True}
    await let_go(records)


async def test_who_owns_no_table_has_nobody_serve(serving: Records, stores: StoreUrls) -> None:
    with pytest.raises(UnsafeSetting, match="POSTGRES_OWNER_URL: names an account that does not"):
        await migrate_records(serving, serving_url(stores))


async def test_an_owner_who_may_make_no_account_is_told(
    records: Records, stores: StoreUrls
) -> None:
    async with records.transaction() as connection, connection.transaction(force_rollback=True):
        await connection.execute("create role battwheels_house; set local role battwheels_house")
        with pytest.raises(UnsafeSetting, match="names an account that may make none, and 'battwh"):
            await grant_serving(connection, serving_url(stores))


async def test_a_start_without_grants_says_who_grants(
    records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    """No account that somebody made by hand, and no command, ends in a driver's error."""
    role = Identifier(ROLE)
    async with records.transaction() as connection:
        await connection.execute(SQL("create role {} login password {}").format(role, PASSWORD))
    settings = Settings(
        home=tmp_path,
        postgres_url=serving_url(stores),
        neo4j_uri=stores.neo4j_uri,
        redis_url=stores.redis_url,
    )
    try:
        with pytest.raises(NotGranted) as start:
            async with open_records(settings):
                pass
        async with records.transaction() as connection:
            await grant_serving(connection, serving_url(stores))
        with pytest.raises(NotGranted) as command:
            async with open_records(settings) as served:
                await served.rows("truncate deed")
    finally:
        await let_go(records)
    assert (start.value.store, start.value.reason) == (
        "PostgreSQL",
        "permission denied for table migration",
    )
    assert command.value.reason == "permission denied for table deed"
    assert "Run `battwheels migrate` as the owner of the tables" in str(command.value)
