"""Garages and people in Postgres: who works where as what, sealed names, invitations, passwords.

Each change and its answer are one transaction: the same operation again finds the answer, whatever
else was forgotten meanwhile.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from domain.access import Role
from domain.errors import AlreadyExists, IllegalTransition, NotFound, OperationConflict
from domain.events import Event, EventType
from domain.hours import WeekHours
from domain.ids import EventId, GarageId, OperationId, PersonId, uuid7
from domain.people import LAST_ADMIN, Duty, GarageProfile, Person, PersonState
from domain.technicians import Certification
from records.database import Connection, Records, Row
from records.outbox import leave_events
from records.queries import named_queries

QUERIES = named_queries("people.sql")
RANDOM_BYTES = 10

PeopleAnswer: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[[Connection], Awaitable[PeopleAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleOperation:
    """What somebody asks for: `body_hash` tells it from anything else under the same id."""

    id: OperationId
    actor: PersonId
    body_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPerson:
    """A person with who they are as the vault sealed it; `mark` finds the address, and `key` is
    their own, sealed. Of who was erased all three are empty.
    """

    person: Person
    who: bytes
    mark: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedInvitation:
    """Who is invited, and until when; `mark` stands for the word that opens it."""

    person: SealedPerson
    expires_at: datetime
    accepted_at: datetime | None


class PeopleStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    @property
    def records(self) -> Records:
        return self._records

    async def run_once(self, operation: PeopleOperation, work: Work) -> PeopleAnswer:
        """Do `work` in a transaction unless it was done before; give its (first) answer.

        Raises:
            OperationConflict: the id was used for something else.
        """
        key = {"actor": operation.actor, "operation": operation.id}
        async with self._records.transaction() as connection:
            begun = await connection.execute(
                QUERIES["begin"], key | {"body_hash": operation.body_hash}
            )
            if await begun.fetchone() is None:
                known = await (await connection.execute(QUERIES["recall"], key)).fetchone()
                if known is None or known["body_hash"] != operation.body_hash:
                    raise OperationConflict(operation.id)
                return known["answer"]
            answer = await work(connection)
            await connection.execute(QUERIES["finish"], key | {"answer": Jsonb(answer)})
            return answer

    async def person(self, id: PersonId) -> SealedPerson:
        """Give one person.

        Raises:
            NotFound: there is none.
        """
        rows = await self._records.rows(QUERIES["person"], id=id)
        if not rows:
            raise NotFound("person", id)
        return sealed_of(rows[0])

    async def by_mark(self, mark: bytes) -> tuple[SealedPerson, str | None] | None:
        """Give who has an e-mail address, and the hash of their password."""
        rows = await self._records.rows(QUERIES["by_mark"], mark=mark)
        return (sealed_of(rows[0]), rows[0]["hash"]) if rows else None

    async def people(
        self, garage: GarageId | None, *, first: int, after: str | None
    ) -> list[SealedPerson]:
        found = await self._records.rows(QUERIES["people"], garage=garage, first=first, after=after)
        return [sealed_of(row) for row in found]

    async def garage(self, id: GarageId | None) -> GarageProfile | None:
        if id is None:
            return None
        rows = await self._records.rows(QUERIES["garage"], id=id)
        return garage_of_row(rows[0]) if rows else None

    async def held_garage(self, id: GarageId) -> GarageProfile:
        """Give one garage.

        Raises:
            NotFound: there is none of that id.
        """
        found = await self.garage(id)
        if found is None:
            raise NotFound("garage", id)
        return found

    async def garages(
        self, own: GarageId | None, *, first: int, after: str | None
    ) -> list[GarageProfile]:
        found = await self._records.rows(QUERIES["garages"], own=own, first=first, after=after)
        return [garage_of_row(row) for row in found]

    async def has_admin(self) -> bool:
        return bool(await self._records.rows(QUERIES["any_admin"]))


async def add_garage(connection: Connection, garage: GarageProfile) -> None:
    """Write a new garage.

    Raises:
        AlreadyExists: the id is taken.
    """
    made = await connection.execute(QUERIES["add_garage"], garage_row(garage))
    if await made.fetchone() is None:
        raise AlreadyExists("garage", garage.id)


async def garage_of(connection: Connection, id: GarageId | None) -> GarageProfile | None:
    """Give a garage; None for no garage and for one that is not there."""
    row = await (await connection.execute(QUERIES["garage"], {"id": id})).fetchone()
    return None if row is None else garage_of_row(row)


async def read_garage(connection: Connection, id: GarageId | None) -> GarageProfile | None:
    """Give a garage, None for no garage at all.

    Raises:
        NotFound: there is none of that id.
    """
    if id is None:
        return None
    found = await garage_of(connection, id)
    if found is None:
        raise NotFound("garage", id)
    return found


async def hold_garage(connection: Connection, id: GarageId) -> GarageProfile:
    """Give a garage, locked until the transaction ends.

    Raises:
        NotFound: there is none of that id.
    """
    row = await (await connection.execute(QUERIES["hold_garage"], {"id": id})).fetchone()
    if row is None:
        raise NotFound("garage", id)
    return garage_of_row(row)


async def put_garage(connection: Connection, garage: GarageProfile) -> None:
    """Write all of a garage that is held."""
    await connection.execute(QUERIES["put_garage"], garage_row(garage))


async def add_person(connection: Connection, sealed: SealedPerson) -> None:
    """Write a new person.

    Raises:
        AlreadyExists: somebody has this e-mail address.
    """
    row = row_of(sealed.person)
    row |= {"who": sealed.who, "email_mark": sealed.mark, "key": sealed.key}
    made = await connection.execute(QUERIES["add_person"], row)
    if await made.fetchone() is None:
        raise AlreadyExists("person", sealed.person.id)


async def rename_person(connection: Connection, sealed: SealedPerson) -> None:
    """Write anew who somebody is.

    Raises:
        AlreadyExists: somebody else has this e-mail address.
    """
    row = {"id": sealed.person.id, "who": sealed.who, "email_mark": sealed.mark}
    try:
        await connection.execute(QUERIES["rename"], row)
    except UniqueViolation as error:
        raise AlreadyExists("person", sealed.person.id) from error


async def hold_person(connection: Connection, id: PersonId) -> SealedPerson:
    """Give one person, locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    # The admins first and in order: whoever changes one has them all, or waits.
    await connection.execute(QUERIES["hold_admins"])
    row = await (await connection.execute(QUERIES["hold_person"], {"id": id})).fetchone()
    if row is None:
        raise NotFound("person", id)
    return sealed_of(row)


async def change_person(
    connection: Connection, changed: Person, at: datetime, by: PersonId
) -> Person:
    """Write what somebody works as, and whether they may; give them with the rights they have now.

    An event tells of it: whoever gives out work follows.

    Raises:
        IllegalTransition: no administrator would be left.
    """
    before = await (await connection.execute(QUERIES["hold_admins"])).fetchall()
    row = await (await connection.execute(QUERIES["change_person"], row_of(changed))).fetchone()
    left = await (await connection.execute(QUERIES["hold_admins"])).fetchall()
    if before and not left:
        raise IllegalTransition(changed.id, "admin", changed.state, LAST_ADMIN)
    await leave_events(connection, [_change_event(changed, at, by)])
    return replace(changed, rights=row["rights"]) if row else changed


async def has_accepted(connection: Connection, person: PersonId) -> bool:
    """Say whether somebody ever came, by a password or by another service."""
    found = await connection.execute(QUERIES["has_accepted"], {"person": person})
    return await found.fetchone() is not None


async def set_password(connection: Connection, person: PersonId, hash: str, at: datetime) -> None:
    await connection.execute(QUERIES["set_password"], {"person": person, "hash": hash, "at": at})


async def invite(
    connection: Connection, mark: bytes, person: PersonId, expires_at: datetime
) -> None:
    given = {"mark": mark, "person": person, "expires_at": expires_at}
    await connection.execute(QUERIES["invite"], given)


async def hold_newcomer(connection: Connection, mark: bytes) -> SealedPerson | None:
    """Give who was invited by an address and never came, locked with every word of theirs."""
    found = await (await connection.execute(QUERIES["hold_newcomer"], {"mark": mark})).fetchall()
    return sealed_of(found[0]) if found else None


async def has_live_invitation(connection: Connection, person: PersonId, at: datetime) -> bool:
    given = {"person": person, "at": at}
    return (
        await (await connection.execute(QUERIES["live_invitation"], given)).fetchone() is not None
    )


async def end_invitations(connection: Connection, person: PersonId, at: datetime) -> None:
    """End the words of somebody that were not used: the next one alone opens the door."""
    await connection.execute(QUERIES["end_invitations"], {"person": person, "at": at})


async def hold_invitation(connection: Connection, mark: bytes) -> SealedInvitation | None:
    row = await (await connection.execute(QUERIES["hold_invitation"], {"mark": mark})).fetchone()
    if row is None:
        return None
    return SealedInvitation(
        person=sealed_of(row), expires_at=row["expires_at"], accepted_at=row["accepted_at"]
    )


async def accept(connection: Connection, person: PersonId, at: datetime) -> SealedPerson:
    """Use the invitations of somebody up, and give them as one of us; an event tells of it."""
    await connection.execute(QUERIES["accept"], {"person": person, "at": at})
    row = await (await connection.execute(QUERIES["activate"], {"person": person})).fetchone()
    if row is None:
        raise NotFound("person", person)
    accepted = sealed_of(row)
    await leave_events(connection, [_change_event(accepted.person, at, person)])
    return accepted


def _change_event(person: Person, at: datetime, by: PersonId) -> Event:
    """Give the event of one version of somebody: the same each time it is left."""
    digest = sha256(f"{person.id}:{person.version}".encode()).digest()
    return Event(
        id=EventId(str(uuid7(at, int.from_bytes(digest[:RANDOM_BYTES])))),
        type=EventType.PERSON_CHANGED,
        entity=person.id,
        version=person.version,
        at=at,
        actor=by,
        garage=person.duty.garage,
    )


def sealed_of(row: Row) -> SealedPerson:
    """Give the person of a row that holds all columns of `person`."""
    return SealedPerson(
        person=person_of(row),
        who=row["who"] or b"",
        mark=row["email_mark"] or b"",
        key=row["key"] or b"",
    )


def person_of(row: Row) -> Person:
    """Give the person of a row, or of an answer that was kept, without who that is."""
    duty = Duty(
        role=Role(row["role"]),
        garage=GarageId(row["garage"]) if row["garage"] else None,
        region=row["region"],
        department=row["department"],
        shift=WeekHours.parse("shift", row["shift"]) if row["shift"] else None,
        certification=Certification(row["certification"]),
    )
    return Person(
        id=PersonId(row["id"]),
        duty=duty,
        state=PersonState(row["state"]),
        version=row["version"],
        rights=row["rights"],
    )


def row_of(person: Person) -> Row:
    """Give the columns of a person that are written, without who that is."""
    duty = person.duty
    return {
        "id": person.id,
        "role": duty.role,
        "garage": duty.garage,
        "region": duty.region,
        "department": duty.department,
        "shift": None if duty.shift is None else str(duty.shift),
        "certification": duty.certification,
        "state": person.state,
        "version": person.version,
    }


def garage_row(garage: GarageProfile) -> Row:
    """Give the columns of a garage, as they are written and as an answer keeps them."""
    return {
        "id": garage.id,
        "name": garage.name,
        "place": garage.place,
        "hours": str(garage.hours),
        "region": garage.region,
        "off_shift_refused": garage.off_shift_refused,
        "version": garage.version,
    }


def garage_of_row(row: Row) -> GarageProfile:
    """Give the garage of a row, or of an answer that was kept."""
    return GarageProfile(
        id=GarageId(row["id"]),
        name=row["name"],
        place=row["place"],
        hours=WeekHours.parse("hours", row["hours"]),
        region=row["region"],
        off_shift_refused=row["off_shift_refused"],
        # Answers of before there were versions are read too.
        version=row.get("version", 1),
    )
