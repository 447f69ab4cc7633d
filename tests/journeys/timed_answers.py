"""What is not there and what is not yours take as long: walked by the bench, which has the time.

Every question and verb that names a thing is asked of another's and of nobody's in turns, and the
door for signing in is tried with addresses of people and of nobody, so that
whatever else the machine does falls on both. A difference of the medians counts that is beyond the
noise of both, large enough to be seen by whoever asks over a network a few hundred times, and there
again each time that it is measured anew.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import sqrt
from statistics import median
from time import perf_counter

import httpx
import pytest
from graphql import GraphQLField

from domain.access import Role
from tests.journeys import schema_walk
from tests.journeys.people import Person, fresh_word
from tests.journeys.planted_secrets import Planted
from tests.journeys.schema_walk import API
from tests.journeys.sign_in_door import ENROL_FACTOR, REQUEST_RESET, SIGN_IN, Door, invited
from tests.journeys.test_visibility import (
    Asker,
    Given,
    actor_of_role,
    another_of,
    garages,
    missing_id,
)
from web.wiring import Runtime

pytestmark = pytest.mark.journey
__all__ = ["garages"]
ROUNDS, TRIES = 24, 4
# Of a median's error, by the middle deviation of what was measured.
DEVIATIONS, TO_ERROR = 4.0, 1.4826 * 1.2533
LEAST_SECONDS, LEAST_SHARE = 0.0003, 0.08
# Asks for what is another's (0) or for what is nobody's (1).
Ask = Callable[[int], Awaitable[None]]
Rest = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field, and the two ways to name what is not to be seen."""

    operation: str
    name: str
    root: GraphQLField
    there: Given

    @property
    def nowhere(self) -> Given:
        return {key: missing_id(str(value)) for key, value in self.there.items()}


@dataclass(frozen=True, slots=True)
class Tried:
    """One verb of the door, and what it answers to an address of whoever it is."""

    query: str
    answer: str = "SignInRefused"
    more: Mapping[str, str] = field(
        default_factory=lambda: {"password": "not the words of anybody"}
    )


DOOR = {
    "signIn": Tried(SIGN_IN),
    "enrolSecondFactor": Tried(ENROL_FACTOR),
    "requestPasswordReset": Tried(REQUEST_RESET, "PasswordResetRequested", {}),
}


def asked_of(other: Planted) -> Iterator[Asked]:
    for operation, kind in (("query", API.query_type), ("mutation", API.mutation_type)):
        for name, root in schema_walk.roots(kind).items():
            for there in another_of(name, root, other)[:1]:
                if there:
                    yield Asked(operation, name, root, there)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_not_there_and_not_yours_take_as_long(
    house: Runtime,
    door: httpx.AsyncClient,
    garages: list[Planted],
    role: Role,
    record_property: Callable[[str, object], None],
) -> None:
    own, other = garages
    asker = Asker(house, door, actor_of_role(role, own.garage))
    told = {f"{one.name} {one.there}": await _gaps(_asking(asker, one)) for one in asked_of(other)}
    unlike = {name: gaps for name, gaps in told.items() if len(gaps) == TRIES}
    record_property("leaks", len(unlike))
    assert unlike == {}


@pytest.mark.parametrize("verb", DOOR)
async def test_wrong_and_unknown_take_as_long(
    house: Runtime,
    entry: Door,
    root: Person,
    verb: str,
    record_property: Callable[[str, object], None],
) -> None:
    """Nobody finds out by a clock who has an account."""
    known, _ = await invited(root, entry)

    async def ask(side: int) -> None:
        given = {"email": known if side == 0 else f"{fresh_word()}@example.org"}
        told = await entry.ask(DOOR[verb].query, **given, **DOOR[verb].more)
        assert told["__typename"] == DOOR[verb].answer

    async def rest() -> None:
        # As at long intervals: nobody is made to wait.
        await house.records.rows("delete from sign_in_try returning mark")

    gaps = await _gaps(ask, rest)
    record_property("leaks", int(len(gaps) == TRIES))
    assert len(gaps) < TRIES, gaps


def _asking(asker: Asker, asked: Asked) -> Ask:
    async def ask(side: int) -> None:
        given = (asked.there, asked.nowhere)[side]
        await asker.told(asked.operation, asked.name, asked.root, given)

    return ask


async def _no_rest() -> None:
    """Asks follow one another at once."""


async def _gaps(ask: Ask, rest: Rest = _no_rest) -> list[float]:
    """Give the differences in seconds, as long as each is one, and on the side of the first."""
    gaps = list[float]()
    for tried in range(TRIES):
        gap = await _gap(ask, rest, ROUNDS << tried)
        if not gap or (gaps and (gap > 0) != (gaps[0] > 0)):
            break
        gaps.append(gap)
    return gaps


async def _gap(ask: Ask, rest: Rest, rounds: int) -> float:
    """Give by how much another's takes longer; 0 where that is within the noise."""
    times = list[float](), list[float]()
    for n in range(rounds + 2):
        await rest()
        # In turns, and each first as often as second.
        for side in (n % 2, 1 - n % 2):
            began = perf_counter()
            await ask(side)
            if n > 1:
                times[side].append(perf_counter() - began)
    (there, nowhere), errors = map(median, times), sum(map(_error, times))
    gap = there - nowhere
    noise = max(DEVIATIONS * errors, LEAST_SECONDS, LEAST_SHARE * nowhere)
    return gap if abs(gap) > noise else 0.0


def _error(times: list[float]) -> float:
    """Give the standard error of a median, by the middle deviation: stragglers do not matter."""
    middle = median(times)
    return TO_ERROR * median(abs(one - middle) for one in times) / sqrt(len(times))
