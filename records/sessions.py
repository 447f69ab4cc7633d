"""Sessions and their refresh tokens in Postgres: each token is good once, by its mark alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound
from domain.ids import OperationId, PersonId, SessionId
from domain.people import PersonState
from domain.sessions import IDLE, MOST_SESSIONS, ClientKind, Session, is_over
from records.database import Connection, Records, Row
from records.people import SealedPerson, sealed_of
from records.queries import named_queries

QUERIES = named_queries("sessions.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshUse:
    """A refresh token that comes in: its mark, that of the one to follow it, and for what."""

    mark: bytes
    following: bytes
    operation: OperationId
    client: ClientKind
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    session: Session
    person: SealedPerson


TellStolen = Callable[[Connection, Refreshed], Awaitable[None]]


class SessionStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def use_refresh(self, use: RefreshUse, tell_stolen: TellStolen) -> Refreshed | None:
        """Use a refresh token up, and keep the one that follows; None: it is good for nothing.

        One that was used before ends its session and all that came of it: it was stolen, or what
        follows it was. Only the operation that used it may ask again, whose answer was lost, until
        the following one was used. `tell_stolen` is told in the transaction that ends the session.
        """
        async with self._records.transaction() as connection:
            held = await connection.execute(QUERIES["hold_refresh"], {"mark": use.mark})
            row = await held.fetchone()
            if row is None or row["ended_at"] is not None:
                return None
            session = _session_of(row, SessionId(str(row["session"])), PersonId(row["id"]))
            active = row["state"] == PersonState.ACTIVE and session.client is use.client
            if is_over(session, use.now) or not active:
                return None
            if row["used_at"] is not None and not await _is_asked_again(connection, row, use):
                await connection.execute(QUERIES["end"], {"id": session.id, "now": use.now})
                await tell_stolen(connection, Refreshed(session=session, person=sealed_of(row)))
                return None
            await _follow(connection, session, use)
        return Refreshed(session=session, person=sealed_of(row))

    async def holder(self, mark: bytes, now: datetime) -> Refreshed | None:
        """Give whose browser waits with a refresh token that is good; it is not used up."""
        rows = await self._records.rows(QUERIES["waiting_refresh"], mark=mark)
        if not rows:
            return None
        [row] = rows
        session = _session_of(row, SessionId(str(row["session"])), PersonId(row["id"]))
        good = row["state"] == PersonState.ACTIVE and session.client is ClientKind.BROWSER
        if is_over(session, now) or not good:
            return None
        return Refreshed(session=session, person=sealed_of(row))

    async def of_person(self, person: PersonId, now: datetime, first: int) -> list[Session]:
        rows = await self._records.rows(
            QUERIES["of_person"], person=person, now=now, idle_since=now - IDLE, first=first
        )
        return [_session_of(row, SessionId(str(row["id"])), person) for row in rows]

    async def owner(self, id: SessionId) -> SealedPerson:
        """Give whose a session is.

        Raises:
            NotFound: there is no such session.
        """
        rows = await self._records.rows(QUERIES["session"], id=id)
        if not rows:
            raise NotFound("session", id)
        return sealed_of(rows[0])


async def begin_session(
    connection: Connection, session: Session, refresh: bytes, address: bytes
) -> bool:
    """Begin a session with its first refresh token, from an address by its mark; False: one of that
    id has ended, or is not this person's. Of more than a person may have the oldest end.
    """
    given = {
        "id": session.id,
        "person": session.person,
        "client": session.client,
        "now": session.began_at,
        "ends_at": session.ends_at,
        "second_factor": session.second_factor,
        "address": address,
    }
    made = await (await connection.execute(QUERIES["begin"], given)).fetchone()
    known = made or await (await connection.execute(QUERIES["begun"], given)).fetchone()
    if known is None:
        return False
    kept = {"mark": refresh, "session": session.id, "now": session.began_at}
    await connection.execute(QUERIES["keep_refresh"], kept)
    idle_since = session.began_at - IDLE
    beyond = given | {"idle_since": idle_since, "most": MOST_SESSIONS}
    await connection.execute(QUERIES["end_oldest"], beyond)
    return True


async def addresses_of(connection: Connection, person: PersonId) -> list[bytes]:
    """Give the marks of the addresses that somebody signed in from."""
    found = await connection.execute(QUERIES["addresses_of"], {"person": person})
    return [bytes(row["address"]) for row in await found.fetchall()]


async def end_session(connection: Connection, id: SessionId, now: datetime) -> bool:
    """End a session; False: it had ended."""
    ended = await connection.execute(QUERIES["end"], {"id": id, "now": now})
    return ended.rowcount == 1


async def began_at(connection: Connection, id: SessionId) -> datetime | None:
    """Give when somebody signed in; None: there is no such session, or it has ended."""
    found = await connection.execute(QUERIES["began_at"], {"id": id})
    row = await found.fetchone()
    return None if row is None else row["began_at"]


async def end_sessions(connection: Connection, person: PersonId, now: datetime) -> None:
    """End all sessions of somebody."""
    await connection.execute(QUERIES["end_all"], {"person": person, "now": now})


async def _is_asked_again(connection: Connection, row: Row, use: RefreshUse) -> bool:
    if str(row["used_by"]) != use.operation:
        return False
    found = await connection.execute(QUERIES["is_unused"], {"mark": use.following})
    return await found.fetchone() is not None


async def _follow(connection: Connection, session: Session, use: RefreshUse) -> None:
    used = {"mark": use.mark, "now": use.now, "operation": use.operation}
    await connection.execute(QUERIES["use_refresh"], used)
    kept = {"mark": use.following, "session": session.id, "now": use.now}
    await connection.execute(QUERIES["keep_refresh"], kept)
    await connection.execute(QUERIES["see"], {"id": session.id, "now": use.now})


def _session_of(row: Row, id: SessionId, person: PersonId) -> Session:
    return Session(
        id=id,
        person=person,
        client=ClientKind(row["client"]),
        began_at=row["began_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
        second_factor=row["second_factor"],
    )
