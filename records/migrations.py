"""Migrations of the Postgres schema: numbered files, applied once, in order, never changed."""

from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import LiteralString, cast

from domain.errors import MigrationDrift, MigrationNeeded, NewerDatabase, UnsafeSetting
from records.database import Connection, Records
from records.service_account import OWNER, grant_serving, is_owner

# One migrator at a time, over all processes of this database.
LOCK = 7_119_310_233
CREATE_HISTORY = """
create table if not exists migration (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
)"""
MIGRATION_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class SqlMigration:
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return sha256(self.text.encode()).hexdigest()


async def migrate_records(records: Records, serving: str | None = None) -> list[str]:
    """Apply what is not applied yet and give the names; who does not own the tables only looks.

    The account of the URL `serving` is granted what it needs in the same transaction, so that
    nobody finds a new table closed, and no two grant at once.

    Raises:
        InvalidInput, UnsafeSetting: that account is none that may serve, or who asks no owner.
        MigrationNeeded: something is not applied, and the tables are somebody else's.
        MigrationDrift: an applied migration no longer reads as it did.
        NewerDatabase: one was applied that is not shipped with this version.
    """
    async with records.transaction(MIGRATION_SECONDS) as connection:
        await connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        owned = await is_owner(connection)
        if owned:
            await connection.execute(CREATE_HISTORY)
        cursor = await connection.execute("select name, checksum from migration")
        applied = {row["name"]: row["checksum"] for row in await cursor.fetchall()}
        if unknown := sorted(applied.keys() - {m.name for m in shipped_migrations()}):
            raise NewerDatabase("PostgreSQL", unknown)
        needed = [m.name for m in shipped_migrations() if m.name not in applied]
        if needed and not owned:
            raise MigrationNeeded("PostgreSQL", needed)
        done = [
            m.name for m in shipped_migrations() if await _apply_migration(connection, m, applied)
        ]
        if serving is not None:
            if not owned:
                raise UnsafeSetting(OWNER, "names an account that does not own the tables")
            await grant_serving(connection, serving)
        return done


def shipped_migrations() -> list[SqlMigration]:
    folder = resources.files("records") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [SqlMigration(file.name.removesuffix(".sql"), file.read_text()) for file in files]


async def _apply_migration(
    connection: Connection, migration: SqlMigration, applied: dict[str, str]
) -> bool:
    known = applied.get(migration.name)
    if known is not None and known != migration.checksum:
        raise MigrationDrift(migration.name)
    if known is not None:
        return False
    await connection.execute(cast("LiteralString", migration.text))
    await connection.execute(
        "insert into migration (name, checksum) values (%s, %s)",
        [migration.name, migration.checksum],
    )
    return True
