"""A chain's garages and people out of one CSV file: all of it, or nothing and why, line by line.

A line is a garage (`kind` is `garage`) or a person (`person`). What is there already, a garage by
its key or a person by their address, stays as it is, so the same file again changes nothing.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import StringIO
from secrets import token_bytes, token_urlsafe
from typing import TypeVar

from access.first_admin import AdminMaker, made_deed
from access.people import INVITED_FOR, garage_deed, mark_of
from domain.access import Role
from domain.deeds import SettingsOperation
from domain.errors import AlreadyExists, ImportRefused, InvalidInput
from domain.ids import OperationId, PersonId, garage_id, uuid7
from domain.people import (
    Duty,
    GarageProfile,
    Person,
    PersonName,
    PersonState,
    parse_duty,
    parse_garage,
    parse_name,
)
from domain.technicians import Certification
from records import people
from records.database import Connection

COLUMNS = (
    *("kind", "garage", "name", "email", "role", "place", "hours", "region"),
    *("department", "shift", "certification"),
)
MOST_LINES = 20_000
MOST_TOLD = 20
IMPORT_SECONDS = 300.0
WORD_BYTES = 32

C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody to be invited, and the line that says so."""

    line: int
    who: PersonName
    duty: Duty


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFile:
    garages: Sequence[GarageProfile]
    people: Sequence[Newcomer]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleImported:
    """What was new; `words` are the invitations, by e-mail address."""

    garages: int
    people: int
    known: int
    words: Mapping[str, str]


def read_people(source: str, text: str) -> PeopleFile:
    """Read a file.

    Raises:
        ImportRefused: some lines are wrong; it names the first of them, and why.
    """
    lines = csv.DictReader(StringIO(text), strict=True)
    missing = {"kind", "garage", "name"} - set(lines.fieldnames or ())
    if missing:
        raise ImportRefused(source, f"Line 1 has no column {', '.join(sorted(missing))}.")
    unknown = [name for name in lines.fieldnames or () if name not in COLUMNS]
    if unknown:
        raise ImportRefused(source, f"Line 1 has a column {unknown[0][:40]!r} that is not known.")
    garages, newcomers, wrong = list[GarageProfile](), list[Newcomer](), list[str]()
    for number, row in _numbered(source, lines):
        try:
            match row.get("kind", "").strip().lower():
                case "garage":
                    garages.append(_read_garage(row))
                case "person":
                    newcomers.append(_read_newcomer(number, row))
                case _:
                    raise InvalidInput("kind", "is garage or person")  # noqa: TRY301 - as of the others
        except InvalidInput as error:
            wrong.append(f"Line {number}: {error}.")
    wrong += _repeated(garages, newcomers)
    if wrong:
        more = f" {len(wrong) - MOST_TOLD} more lines are wrong." if len(wrong) > MOST_TOLD else ""
        raise ImportRefused(source, " ".join(wrong[:MOST_TOLD]) + more)
    return PeopleFile(garages=garages, people=newcomers)


async def import_people(
    admins: AdminMaker, found: PeopleFile, source: str, at: datetime
) -> PeopleImported:
    """Write what is new of a file, in one transaction.

    Raises:
        ImportRefused: a person's garage is neither in the file nor in the records.
    """
    garages = known = 0
    words: dict[str, str] = {}
    async with admins.records.transaction(IMPORT_SECONDS) as connection:
        for profile in found.garages:
            garages += await _is_new_garage(connection, admins, profile, at)
        for one in found.people:
            place = one.duty.garage
            if place is not None and await people.garage_of(connection, place) is None:
                raise ImportRefused(source, f"Line {one.line}: garage: is not known.")
            word = await _invited(connection, admins, one, at)
            if word is None:
                known += 1
            else:
                words[one.who.email] = word
    return PeopleImported(garages=garages, people=len(words), known=known, words=words)


def _numbered(source: str, lines: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for row in lines:
            if lines.line_num > MOST_LINES:
                raise ImportRefused(source, f"Has more than {MOST_LINES} lines.")
            yield lines.line_num, {name: value or "" for name, value in row.items() if name}
    except csv.Error as error:
        raise ImportRefused(source, f"Line {lines.line_num} is no CSV ({error}).") from error


def _read_garage(row: Mapping[str, str]) -> GarageProfile:
    return parse_garage(
        garage_id(row["garage"].strip()),
        name=row["name"],
        place=row.get("place", ""),
        hours=row.get("hours", ""),
        region=_said(row, "region"),
    )


def _read_newcomer(line: int, row: Mapping[str, str]) -> Newcomer:
    garage = _said(row, "garage")
    certification = _said(row, "certification") or Certification.GENERAL
    duty = parse_duty(
        _choice(Role, "role", row.get("role", "")),
        None if garage is None else garage_id(garage),
        region=_said(row, "region"),
        department=_said(row, "department"),
        shift=_said(row, "shift"),
        certification=_choice(Certification, "certification", certification),
    )
    return Newcomer(line=line, who=parse_name(row["name"], row.get("email", "")), duty=duty)


def _said(row: Mapping[str, str], name: str) -> str | None:
    return row.get(name, "").strip() or None


def _repeated(garages: Sequence[GarageProfile], newcomers: Sequence[Newcomer]) -> list[str]:
    seen, told = set[str](), list[str]()
    for one in newcomers:
        if one.who.email in seen:
            told.append(f"Line {one.line}: email: stands in the file twice.")
        seen.add(one.who.email)
    counted = Counter(one.id for one in garages)
    told += [f"The garage {key} stands there twice." for key, n in counted.items() if n > 1]
    return told


def _choice(kind: type[C], field: str, text: str) -> C:
    try:
        return kind(text.strip().lower())
    except ValueError as error:
        raise InvalidInput(field, f"is one of {', '.join(kind)}") from error


async def _is_new_garage(
    connection: Connection, admins: AdminMaker, profile: GarageProfile, at: datetime
) -> bool:
    if await people.garage_of(connection, profile.id) is not None:
        return False
    await people.add_garage(connection, profile)
    named = OperationId(str(uuid7(at, int.from_bytes(token_bytes(10)))))
    operation = SettingsOperation(id=named, by=None, at=at)
    await admins.deeds.write(connection, [garage_deed(operation, "createGarage", None, profile)])
    return True


async def _invited(
    connection: Connection, admins: AdminMaker, one: Newcomer, at: datetime
) -> str | None:
    """Invite somebody and give the word; None: they are here, or have a word that still holds.

    Who never came and whose word ran out gets another one, and stays what they were invited as.
    """
    held = await people.hold_newcomer(connection, admins.seal.mark(one.who.email))
    if held is not None:
        if await people.has_live_invitation(connection, held.person.id, at):
            return None
        return await _fresh_word(connection, held.person.id, at)
    id = PersonId(f"per_{uuid7(at, int.from_bytes(token_bytes(10))).hex}")  # noqa: A001
    person = Person(id=id, duty=one.duty, state=PersonState.INVITED)
    try:
        await people.add_person(connection, admins.seal.seal(person, one.who))
    except AlreadyExists:
        return None
    await admins.deeds.write(connection, [made_deed(person, at)])
    return await _fresh_word(connection, id, at)


async def _fresh_word(connection: Connection, person: PersonId, at: datetime) -> str:
    word = token_urlsafe(WORD_BYTES)
    await people.invite(connection, mark_of(word), person, at + INVITED_FOR)
    return word
