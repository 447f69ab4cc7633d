"""What the headers of an answer say of the API: its version, and what of it goes."""

from typing import Any

import pytest

from tests.domain.samples import CARD
from tests.resolvers.fakes import World
from tests.web.clients import PATH, actor, app, bearer, client
from web.api_versions import choose_minor

OLD = "{ cards(first: 1) { edges { node { status } } } }"
NEW = "{ cards(first: 1) { edges { node { cardStatus } } } }"
DEPRECATED, SUNSET = "@1795824000", "Thu, 01 Jul 2027 00:00:00 GMT"


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    return held


async def headers_of(world: World, query: str, **sent: str) -> Any:  # noqa: ANN401
    async with client(app(world), bearer(actor())) as opened:
        answer = await opened.post(PATH, json={"query": query}, headers=sent)
    assert answer.json()["data"]["cards"]["edges"]
    return answer.headers


@pytest.mark.row("AP-3")
@pytest.mark.parametrize(("asked", "minor"), [(0, 0), (1, 0), (3, 3), (4, 3), (10**6, 5)], ids=str)
def test_an_unknown_minor_is_the_nearest_lower(asked: int, minor: int) -> None:
    assert choose_minor(asked, (0, 3, 5)) == minor


@pytest.mark.row("AP-3")
@pytest.mark.parametrize(
    ("asked", "answered"), [({}, "1.2"), ("1.0", "1.0"), ("1.2", "1.2"), ("1.99", "1.2")], ids=str
)
async def test_the_version_is_told(world: World, asked: Any, answered: str) -> None:  # noqa: ANN401
    sent = {"x-api-version": asked} if asked else {}
    assert (await headers_of(world, NEW, **sent))["x-api-version"] == answered


@pytest.mark.row("AP-3")
@pytest.mark.parametrize("asked", ["", "2.0", "1", "1.x", "1.²", "1." + "9" * 9_000, "-1.0"])
async def test_a_version_of_another_form_is_refused(world: World, asked: str) -> None:
    async with client(app(world), bearer(actor())) as opened:
        sent = [(b"x-api-version", asked.encode())]
        answer = await opened.post(PATH, json={"query": NEW}, headers=sent)
    assert (answer.status_code, answer.headers["x-api-version"]) == (400, "1.2")
    [error] = answer.json()["errors"]
    assert error["message"] == "X-API-Version: is 1. and a minor, as `1.2`, or left out"
    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert world.asked["cards.page"] == 0


@pytest.mark.row("AP-5")
async def test_deprecated_fields_say_when_they_go(world: World) -> None:
    told = await headers_of(world, OLD)
    assert (told["deprecation"], told["sunset"]) == (DEPRECATED, SUNSET)


@pytest.mark.row("AP-5")
async def test_what_stays_says_nothing(world: World) -> None:
    told = await headers_of(world, NEW)
    assert {"deprecation", "sunset"} & set(told) == set()
