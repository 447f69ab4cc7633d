"""The role that serves: it reads and writes rows, and owns no table.

Whoever has its password changes no schema, takes no trigger away, and edits or deletes nothing of
what is kept for ever: deeds, links, issued papers, money. The owner of the tables migrates, and its
password is needed for nothing else.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import LiteralString
from urllib.parse import unquote, urlsplit

from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier, Literal

from domain.errors import InvalidInput, NotGranted, UnsafeSetting
from records.database import Connection
from records.queries import named_queries

QUERIES = named_queries("service_account.sql")
OWNER, SERVING = "POSTGRES_OWNER_URL", "POSTGRES_URL"
# By its own kind; what is kept for ever is added to. The history of migrations is the owner's.
TABLE: LiteralString = "select, insert, update, delete"
KEPT: LiteralString = "select, insert"
# What waits for its link leaves the queue with it.
QUEUED: LiteralString = "select, insert, delete"
READ: LiteralString = "select"
SEQUENCE: LiteralString = "usage, select"


async def grant_serving(connection: Connection, url: str) -> str:
    """Have the account of a URL serve: make it where there is none, and grant what it needs.

    It asks as the owner of the tables, inside a transaction that no other migrator shares.

    Raises:
        InvalidInput: the URL names no account with a password.
        UnsafeSetting: the account is bound by no grant, or is not there and cannot be made.
    """
    role, password = _account_of(url)
    await _demand_role(connection, role, password)
    named = Identifier(role)
    await connection.execute(SQL("grant usage on schema public to {}").format(named))
    found = await (await connection.execute(QUERIES["relations"])).fetchall()
    for row in found:
        table, of = Identifier(row["name"]), SQL("sequence " if row["kind"] == "S" else "")
        given = {"role": named, "of": of, "table": table, "rights": SQL(_rights(row))}
        await connection.execute(SQL("revoke all on {of}{table} from {role}").format(**given))
        await connection.execute(SQL("grant {rights} on {of}{table} to {role}").format(**given))
    return role


@contextmanager
def demand_granted() -> Generator[None]:
    """Tell whoever starts something what their account lacks; a served request tells nobody.

    Raises:
        NotGranted: PostgreSQL does not let the account do what the block asks.
    """
    try:
        yield
    except InsufficientPrivilege as error:
        raise NotGranted("PostgreSQL", error.diag.message_primary or "") from error


async def is_owner(connection: Connection) -> bool:
    """Say whether who asks may migrate: the tables are theirs, or there are none yet."""
    row = await (await connection.execute(QUERIES["standing"])).fetchone()
    return row is None or row["owned"]


def _rights(row: dict[str, object]) -> LiteralString:
    if row["kind"] == "S":
        return SEQUENCE
    if row["kind"] in {"v", "m"} or row["name"] == "migration":
        return READ
    if row["name"] == "audit_waiting":
        return QUEUED
    return KEPT if row["kept"] else TABLE


async def _demand_role(connection: Connection, role: str, password: str) -> None:
    found = await (await connection.execute(QUERIES["role"], {"role": role})).fetchone()
    if found is None:
        await _create_role(connection, role, password)
    elif found["unbound"]:
        raise UnsafeSetting(
            SERVING, f"names {role!r}, who is bound by no grant: name an account of its own"
        )


async def _create_role(connection: Connection, role: str, password: str) -> None:
    # Its hash alone travels, and stands in no log.
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    try:
        await connection.execute(
            SQL("create role {} login password {}").format(
                Identifier(role), Literal(hashed.decode())
            )
        )
    except InsufficientPrivilege as error:
        raise UnsafeSetting(
            OWNER,
            f"names an account that may make none, and {role!r} is not there: have a superuser "
            f"run `create role` for it, or give the owner createrole; nothing was changed",
        ) from error


def _account_of(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        named, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        named = password = ""
    if not named or not password:
        raise InvalidInput(SERVING, f"names no account with a password, as {OWNER} beside it needs")
    return named, password
