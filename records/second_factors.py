"""Second factors in Postgres: sealed secrets, used codes, and whoever still owes a code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.ids import PersonId
from domain.sign_in_methods import SignInMethod
from records.database import Connection, Records, Row
from records.people import SealedPerson, sealed_of
from records.queries import named_queries

QUERIES = named_queries("second_factors.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFactor:
    """Somebody's secret as the vault sealed it."""

    secret: bytes
    enrolled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChallenge:
    """Somebody who owes a code; `enrols`: to show that their telephone has the secret.

    Attributes:
        method: what they showed already.
    """

    person: SealedPerson
    enrols: bool
    expires_at: datetime
    used_by: bytes | None
    method: SignInMethod = SignInMethod.PASSWORD


class SecondFactorStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def challenge(self, mark: bytes) -> HeldChallenge | None:
        rows = await self._records.rows(QUERIES["challenged"], mark=mark)
        return _challenge_of(rows[0]) if rows else None


async def factor_of(connection: Connection, person: PersonId) -> SealedFactor | None:
    """Give somebody's second factor, locked until the transaction ends."""
    row = await (await connection.execute(QUERIES["factor"], {"person": person})).fetchone()
    if row is None:
        return None
    return SealedFactor(secret=row["secret"], enrolled_at=row["enrolled_at"])


async def add_factor(
    connection: Connection, person: PersonId, secret: bytes, step: int, at: datetime
) -> bool:
    """Write a second factor, with the step of the code that showed it; False: there is one."""
    given = {"person": person, "secret": secret, "step": step, "at": at}
    return await (await connection.execute(QUERIES["add"], given)).fetchone() is not None


async def use_step(connection: Connection, person: PersonId, step: int) -> bool:
    """Use the code of a step up; False: it was used, or a later one was."""
    given = {"person": person, "step": step}
    return await (await connection.execute(QUERIES["use_step"], given)).fetchone() is not None


async def remove_factor(connection: Connection, person: PersonId) -> bool:
    """Take a second factor and its recovery codes away; False: there was none."""
    given = {"person": person}
    return await (await connection.execute(QUERIES["remove"], given)).fetchone() is not None


async def put_codes(connection: Connection, person: PersonId, marks: Iterable[bytes]) -> None:
    """Write recovery codes in the place of all before."""
    await connection.execute(QUERIES["drop_codes"], {"person": person})
    for mark in marks:
        await connection.execute(QUERIES["add_code"], {"mark": mark, "person": person})


async def use_code(connection: Connection, person: PersonId, mark: bytes, at: datetime) -> bool:
    """Use a recovery code up; False: there is none such, or it was used."""
    given = {"person": person, "mark": mark, "at": at}
    return await (await connection.execute(QUERIES["use_code"], given)).fetchone() is not None


async def add_challenge(connection: Connection, mark: bytes, challenge: HeldChallenge) -> None:
    given = {
        "mark": mark,
        "person": challenge.person.person.id,
        "enrols": challenge.enrols,
        "expires_at": challenge.expires_at,
        "method": challenge.method.value,
    }
    await connection.execute(QUERIES["challenge"], given)


async def hold_challenge(connection: Connection, mark: bytes) -> HeldChallenge | None:
    row = await (await connection.execute(QUERIES["hold_challenge"], {"mark": mark})).fetchone()
    return None if row is None else _challenge_of(row)


async def use_challenge(connection: Connection, mark: bytes, used_by: bytes) -> None:
    await connection.execute(QUERIES["use_challenge"], {"mark": mark, "used_by": used_by})


async def end_challenges(connection: Connection, person: PersonId) -> None:
    await connection.execute(QUERIES["end_challenges"], {"person": person})


def _challenge_of(row: Row) -> HeldChallenge:
    return HeldChallenge(
        person=sealed_of(row),
        enrols=row["enrols"],
        expires_at=row["expires_at"],
        used_by=row["used_by"],
        method=SignInMethod(row["method"]),
    )
