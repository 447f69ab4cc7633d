"""Whom people named to act for them, sealed."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.ids import PersonId
from records.database import Connection, Records
from records.queries import named_queries

QUERIES = named_queries("nominees.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedNominee:
    """Whom somebody named, as the vault sealed it, and when."""

    who: bytes = field(repr=False)
    named_at: datetime


async def put_nominee(connection: Connection, person: PersonId, sealed: SealedNominee) -> None:
    given = {"person": person, "who": sealed.who, "now": sealed.named_at}
    await connection.execute(QUERIES["name"], given)


async def remove_nominee(connection: Connection, person: PersonId) -> None:
    """Have somebody name nobody; they need not have."""
    await connection.execute(QUERIES["take_back"], {"person": person})


async def nominee_of(records: Records, person: PersonId) -> SealedNominee | None:
    rows = await records.rows(QUERIES["of_person"], person=person)
    return SealedNominee(who=rows[0]["who"], named_at=rows[0]["named_at"]) if rows else None
