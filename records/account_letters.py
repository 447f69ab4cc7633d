"""Letters to people about their accounts, as they wait in Postgres, and the words of resets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from records.database import Connection, Records
from records.people import SealedPerson, sealed_of
from records.queries import named_queries

QUERIES = named_queries("account_letters.sql")


class LetterOccasion(StrEnum):
    """What a letter is about; of the first two it holds a word, made for that purpose."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password reset"  # noqa: S105 - no password
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - no password
    SECOND_FACTOR_CHANGED = "second factor changed"


class LetterState(StrEnum):
    """SENT, KEPT (no mail server is set), REFUSED for good, LATE, or to NOBODY."""

    SENT = "sent"
    KEPT = "kept"
    REFUSED = "refused"
    LATE = "late"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLetter:
    """A letter that waits: to the address of a mark.

    Attributes:
        word_of: what the word inside is made from; None: there is none.
        expires_at: later it is not sent any more.
    """

    id: UUID
    occasion: LetterOccasion
    mark: bytes
    word_of: str | None = None
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReset:
    """The word of a reset, and whose it is."""

    person: SealedPerson
    expires_at: datetime
    used_by: bytes | None
    used: bool


class AccountLetterStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def take(self, now: datetime, until: datetime) -> AccountLetter | None:
        """Take the letter that is due first; nobody else has it until then."""
        async with self._records.transaction() as connection:
            given = {"now": now, "until": until}
            row = await (await connection.execute(QUERIES["take"], given)).fetchone()
        if row is None:
            return None
        return AccountLetter(
            id=row["id"],
            occasion=LetterOccasion(row["occasion"]),
            mark=row["email_mark"],
            word_of=row["word_of"],
            made_at=row["made_at"],
            expires_at=row["expires_at"],
        )

    async def settle(self, id: UUID, state: LetterState) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["settle"], {"id": id, "state": state})

    async def reset(self, mark: bytes) -> HeldReset | None:
        """Give the reset of a word, if it is of somebody's."""
        rows = await self._records.rows(QUERIES["reset"], mark=mark)
        if not rows:
            return None
        row = rows[0]
        return HeldReset(
            person=sealed_of(row),
            expires_at=row["expires_at"],
            used_by=row["used_by"],
            used=row["used_at"] is not None,
        )


async def leave_letter(connection: Connection, letter: AccountLetter) -> None:
    """Leave a letter to be sent, in the transaction of what it tells of."""
    row = {
        "id": letter.id,
        "occasion": letter.occasion,
        "email_mark": letter.mark,
        "word_of": letter.word_of,
        "made_at": letter.made_at,
        "expires_at": letter.expires_at,
    }
    await connection.execute(QUERIES["leave"], row)


async def add_reset(
    connection: Connection, mark: bytes, email_mark: bytes, expires_at: datetime
) -> None:
    given = {"mark": mark, "email_mark": email_mark, "expires_at": expires_at}
    await connection.execute(QUERIES["add_reset"], given)


async def use_reset(
    connection: Connection, mark: bytes, email_mark: bytes, used_by: bytes, at: datetime
) -> bool:
    """Use a word up, and all others of the same person; False: it was used meanwhile."""
    given = {"mark": mark, "used_by": used_by, "at": at}
    used = await (await connection.execute(QUERIES["use_reset"], given)).fetchone()
    await connection.execute(QUERIES["end_resets"], {"email_mark": email_mark, "at": at})
    return used is not None
