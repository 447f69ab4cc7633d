"""What ends before its token does, and the public keys of tokens, as every process reads them."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from domain.ids import PersonId, SessionId
from records.database import ANSWER_SECONDS, Connection, Records, cut_after
from records.queries import named_queries

QUERIES = named_queries("revocations.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Tokens of a person with fewer rights counted are over, or those of a session."""

    person: PersonId | None
    rights: int | None
    session: SessionId | None


class RevocationLog:
    """Read over a line of its own (`line`): it is asked each second, and a pool takes more."""

    def __init__(self, records: Records) -> None:
        self._records = records

    @asynccontextmanager
    async def line(self) -> AsyncGenerator[Connection]:
        async with self._records.apart() as connection:
            yield connection

    async def publish(self, id: str, public: Mapping[str, Any], until: datetime) -> None:
        async with self._records.transaction() as connection:
            given = {"id": id, "public": Jsonb(dict(public)), "until": until}
            await connection.execute(QUERIES["publish"], given)

    async def recent(self, seconds: float) -> list[Revocation]:
        """Give what was revoked in the last seconds."""
        async with self._records.transaction() as connection:
            return await read_recent(connection, seconds)

    async def keys(self) -> dict[str, Mapping[str, Any]]:
        async with self._records.transaction() as connection:
            return await read_keys(connection)

    async def forget(self) -> None:
        """Forget what no token speaks of any more."""
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["forget"])
            await connection.execute(QUERIES["forget_keys"])


async def read_recent(connection: Connection, seconds: float) -> list[Revocation]:
    with cut_after(connection, ANSWER_SECONDS):
        found = await connection.execute(QUERIES["recent"], {"seconds": seconds})
    return [
        Revocation(
            person=PersonId(row["person"]) if row["person"] else None,
            rights=row["rights"],
            session=SessionId(str(row["session"])) if row["session"] else None,
        )
        for row in await found.fetchall()
    ]


async def read_keys(connection: Connection) -> dict[str, Mapping[str, Any]]:
    with cut_after(connection, ANSWER_SECONDS):
        found = await connection.execute(QUERIES["keys"])
    return {row["id"]: row["public"] for row in await found.fetchall()}
