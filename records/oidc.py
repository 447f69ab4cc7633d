"""Sign-ins by another service in Postgres: which ones have ended, and whom its names stand for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.ids import OperationId, PersonId
from records.database import Connection, Records
from records.people import SealedPerson, sealed_of
from records.queries import named_queries

QUERIES = named_queries("oidc.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityMark:
    """A service's name for somebody, as it is kept."""

    mark: bytes
    issuer: str


class OidcStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def end_flow(self, id: UUID, operation: OperationId, now: datetime) -> bool:
        """Use a sign-in up; False: it was used before."""
        given = {"id": id, "operation": operation, "now": now}
        async with self._records.transaction() as connection:
            made = await connection.execute(QUERIES["end_flow"], given)
            return await made.fetchone() is not None


async def hold_comer(
    connection: Connection, id: UUID, operation: OperationId
) -> SealedPerson | None:
    """Give who came in by a sign-in under this operation."""
    given = {"id": id, "operation": operation}
    row = await (await connection.execute(QUERIES["came_by"], given)).fetchone()
    return None if row is None else sealed_of(row)


async def keep_comer(connection: Connection, id: UUID, person: PersonId) -> None:
    await connection.execute(QUERIES["keep_comer"], {"id": id, "person": person})


async def hold_known(connection: Connection, identity: IdentityMark) -> SealedPerson | None:
    """Give whom a service's name stands for."""
    found = await connection.execute(QUERIES["of_identity"], {"mark": identity.mark})
    row = await found.fetchone()
    return None if row is None else sealed_of(row)


async def hold_by_email(connection: Connection, email: bytes) -> SealedPerson | None:
    """Give who has the e-mail address of a mark."""
    row = await (await connection.execute(QUERIES["of_email"], {"email": email})).fetchone()
    return None if row is None else sealed_of(row)


async def is_invited(connection: Connection, person: PersonId, now: datetime) -> bool:
    found = await connection.execute(QUERIES["is_invited"], {"person": person, "now": now})
    return await found.fetchone() is not None


async def link(
    connection: Connection, identity: IdentityMark, person: PersonId, now: datetime
) -> bool:
    """Let a service's name stand for somebody; False: it, or they, are known otherwise."""
    given = {"mark": identity.mark, "issuer": identity.issuer, "person": person, "now": now}
    return await (await connection.execute(QUERIES["link"], given)).fetchone() is not None


async def unlink(connection: Connection, person: PersonId) -> None:
    """Let no service's name stand for somebody: by which is decided anew."""
    await connection.execute(QUERIES["unlink"], {"person": person})
