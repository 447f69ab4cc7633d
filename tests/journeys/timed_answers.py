"""What is not there and what is not yours take as long: walked by the bench, which has the time.

Every question and verb that names a thing is asked of another's and of nobody's in turns, so that
whatever else the machine does falls on both. A difference of the medians counts that is beyond the
noise of both, large enough to be seen by whoever asks over a network a few hundred times, and there
again each time that it is measured anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from statistics import median
from time import perf_counter

import httpx
import pytest
from graphql import GraphQLField

from domain.access import Role
from tests.journeys import schema_walk
from tests.journeys.planted_secrets import Planted
from tests.journeys.schema_walk import API
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
    told = {f"{one.name} {one.there}": await _gaps(asker, one) for one in asked_of(other)}
    unlike = {name: gaps for name, gaps in told.items() if len(gaps) == TRIES}
    record_property("leaks", len(unlike))
    assert unlike == {}


async def _gaps(asker: Asker, asked: Asked) -> list[float]:
    """Give the differences in seconds, as long as each is one, and on the side of the first."""
    gaps = list[float]()
    for tried in range(TRIES):
        gap = await _gap(asker, asked, ROUNDS << tried)
        if not gap or (gaps and (gap > 0) != (gaps[0] > 0)):
            break
        gaps.append(gap)
    return gaps


async def _gap(asker: Asker, asked: Asked, rounds: int) -> float:
    """Give by how much another's takes longer; 0 where that is within the noise."""
    times = list[float](), list[float]()
    for n in range(rounds + 2):
        # In turns, and each first as often as second.
        for side in (n % 2, 1 - n % 2):
            given = (asked.there, asked.nowhere)[side]
            began = perf_counter()
            await asker.told(asked.operation, asked.name, asked.root, given)
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
