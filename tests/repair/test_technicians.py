"""Who may say who works where, over the API."""

from typing import Any

import pytest

from domain.access import Role
from domain.ids import PersonId
from domain.technicians import Certification, Technician
from tests.domain.samples import DELHI, PUNE
from tests.resolvers.fakes import World
from tests.resolvers.inputs import OPERATION
from tests.web.clients import actor, ask

REGISTER = """mutation ($op: UUID!, $who: TechnicianInput!) {
  registerTechnician(operationId: $op, technician: $who) {
    __typename
    ... on TechnicianRegistered { technician { key garage { key } certification skills } }
    ... on InvalidInput { field } } }"""
RAVI = PersonId("ravi")


def wanted(garage: str = PUNE, skills: tuple[str, ...] = ("battery",)) -> dict[str, Any]:
    who = {"id": "ravi", "garage": garage, "skills": [*skills], "certification": "HIGH_VOLTAGE"}
    return {"op": str(OPERATION), "who": who}


async def test_managers_register_their_technicians() -> None:
    world = World()
    answer = await ask(world, REGISTER, wanted(), actor(Role.MANAGER))
    assert answer["data"]["registerTechnician"]["technician"] == {
        "key": "ravi",
        "garage": {"key": PUNE},
        "certification": "HIGH_VOLTAGE",
        "skills": ["battery"],
    }
    assert await world.crew.technician(RAVI) == Technician(
        id=RAVI, garage=PUNE, certification=Certification.HIGH_VOLTAGE, skills=("battery",)
    )


@pytest.mark.parametrize(
    ("role", "given", "kind"),
    [
        (Role.TECHNICIAN, wanted(), "NotAllowed"),
        (Role.MANAGER, wanted(DELHI), "NotAllowed"),
        (Role.ADMIN, wanted(skills=("flux",)), "InvalidInput"),
        (Role.ADMIN, wanted("pune"), "InvalidInput"),
    ],
)
async def test_others_register_nobody(role: Role, given: dict[str, Any], kind: str) -> None:
    world = World()
    answer = await ask(world, REGISTER, given, actor(role))
    assert answer["data"]["registerTechnician"]["__typename"] == kind
    assert await world.crew.technician(RAVI) is None


async def test_nobody_is_taken_from_another_garage() -> None:
    world = World()
    theirs = Technician(id=RAVI, garage=DELHI)
    await world.crew.register(theirs)
    answer = await ask(world, REGISTER, wanted(), actor(Role.MANAGER))
    assert answer["data"]["registerTechnician"]["__typename"] == "NotAllowed"
    assert await world.crew.technician(RAVI) == theirs
