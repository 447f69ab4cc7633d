"""Passkeys in Postgres: public keys, how often each was used, which challenges were answered."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from domain.errors import AlreadyExists, NotFound
from domain.ids import PasskeyId, PersonId, SessionId
from records.database import Connection, Records, Row
from records.people import SealedPerson, sealed_of
from records.queries import named_queries

QUERIES = named_queries("passkeys.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPasskey:
    """A passkey as it is kept: `name` is what the vault sealed, with its owner's key `own_key`."""

    id: PasskeyId
    person: PersonId
    credential: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool
    name: bytes
    made_at: datetime
    last_used_at: datetime | None = None
    own_key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyOwner:
    """Somebody who asks: `since`, when their session began; None: it is none, or over."""

    person: SealedPerson
    since: datetime | None


class ChallengeUse(Enum):
    """AGAIN: by the same operation, whose answer may have been lost."""

    FIRST = 1
    AGAIN = 2
    BY_ANOTHER = 3


class PasskeyStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def of_person(self, person: PersonId) -> list[SealedPasskey]:
        rows = await self._records.rows(QUERIES["of_person"], person=person)
        return [_passkey_of(row, PasskeyId(str(row["id"])), person) for row in rows]

    async def by_credential(self, credential: bytes) -> tuple[SealedPasskey, SealedPerson] | None:
        """Give the passkey of a credential, and whose it is."""
        rows = await self._records.rows(QUERIES["by_credential"], credential=credential)
        if not rows:
            return None
        owner, key = sealed_of(rows[0]), PasskeyId(str(rows[0]["passkey"]))
        return _passkey_of(rows[0], key, owner.person.id), owner


async def hold_owner(
    connection: Connection, person: PersonId, session: SessionId | None
) -> PasskeyOwner:
    """Give somebody, locked until the transaction ends.

    Raises:
        NotFound: there is nobody of that id.
    """
    given = {"person": person, "session": session}
    row = await (await connection.execute(QUERIES["hold_owner"], given)).fetchone()
    if row is None:
        raise NotFound("person", person)
    since = None if row["ended_at"] is not None else row["began_at"]
    return PasskeyOwner(person=sealed_of(row), since=since)


async def count_passkeys(connection: Connection, person: PersonId) -> int:
    found = await connection.execute(QUERIES["of_person"], {"person": person})
    return len(await found.fetchall())


async def add_passkey(connection: Connection, passkey: SealedPasskey) -> None:
    """Write a new passkey.

    Raises:
        AlreadyExists: its credential is known, whoever's it is.
    """
    row = {
        "id": passkey.id,
        "person": passkey.person,
        "credential": passkey.credential,
        "public_key": passkey.public_key,
        "sign_count": passkey.sign_count,
        "backed_up": passkey.backed_up,
        "name": passkey.name,
        "now": passkey.made_at,
    }
    if await (await connection.execute(QUERIES["add"], row)).fetchone() is None:
        raise AlreadyExists("passkey", passkey.id)


async def remove_passkey(connection: Connection, id: PasskeyId, person: PersonId) -> None:
    """Remove a passkey of somebody.

    Raises:
        NotFound: they have none of that id.
    """
    gone = await connection.execute(QUERIES["remove"], {"id": id, "person": person})
    if await gone.fetchone() is None:
        raise NotFound("passkey", id)


async def use_passkey(connection: Connection, id: PasskeyId, count: int, now: datetime) -> bool:
    """Count a use; False: the count did not grow, or the passkey is gone."""
    given = {"id": id, "sign_count": count, "now": now}
    return await (await connection.execute(QUERIES["use"], given)).fetchone() is not None


async def answer_challenge(
    connection: Connection, id: UUID, operation: UUID, now: datetime
) -> ChallengeUse:
    """Use a challenge up."""
    given = {"id": id, "operation": operation, "now": now}
    made = await (await connection.execute(QUERIES["answer_challenge"], given)).fetchone()
    if made is not None:
        return ChallengeUse.FIRST
    row = await (await connection.execute(QUERIES["answered_by"], {"id": id})).fetchone()
    again = row is not None and row["operation"] == operation
    return ChallengeUse.AGAIN if again else ChallengeUse.BY_ANOTHER


def _passkey_of(row: Row, id: PasskeyId, person: PersonId) -> SealedPasskey:
    return SealedPasskey(
        id=id,
        person=person,
        credential=row["credential"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
        backed_up=row["backed_up"],
        name=row["name"],
        made_at=row["made_at"],
        last_used_at=row["last_used_at"],
        own_key=row["key"],
    )
