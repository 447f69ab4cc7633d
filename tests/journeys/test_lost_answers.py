"""A change whose answer and memory were lost is answered again, and not done again."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.cards import CardStatus
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, UPDATE, VERIFY, Person, content
from tests.journeys.planting import plant
from tests.journeys.solving import followed, put
from tests.journeys.test_feedback import GIVE, MERGE, UNDO
from web.wiring import Opened

pytestmark = pytest.mark.journey
RETIRE = """mutation ($op: UUID!, $id: ID!, $expected: Int!) {
  retireCard(operationId: $op, id: $id, expectedVersion: $expected) {
    __typename ... on CardRetired { card { version status } } ... on Refusal { message } } }"""
Change = Callable[[Opened, Person], Awaitable[tuple[str, dict[str, Any]]]]


async def retirement(house: Opened, boss: Person) -> tuple[str, dict[str, Any]]:
    del boss
    card = await plant(house, f"old_{uuid4().hex}", "The old fix of the old fault")
    return RETIRE, {"id": card.id, "expected": 1}


async def rejection(house: Opened, boss: Person) -> tuple[str, dict[str, Any]]:
    del house
    made = await boss.create(content("A draft that nobody wanted"))
    return RETIRE, {"id": made["id"], "expected": 1}


async def verification(house: Opened, boss: Person) -> tuple[str, dict[str, Any]]:
    del boss
    card = await plant(
        house, f"written_{uuid4().hex}", "Written elsewhere", status=CardStatus.DRAFT
    )
    return VERIFY, {"id": card.id, "expected": 1}


async def update(house: Opened, boss: Person) -> tuple[str, dict[str, Any]]:
    del house
    made = await boss.create(content("A draft to be mended"))
    return UPDATE, {"id": made["id"], "expected": 1, "card": content("A draft, mended")}


async def merge(house: Opened, boss: Person) -> tuple[str, dict[str, Any]]:
    del boss
    one = await plant(house, f"one_{uuid4().hex}", "The lamp of the left side flickers")
    other = await plant(house, f"other_{uuid4().hex}", "The left lamp flickers")
    return MERGE, {"id": one.id, "into": other.id, "expected": 1}


async def undoing(house: Opened, boss: Person) -> tuple[str, dict[str, Any]]:
    query, wanted = await merge(house, boss)
    await boss.ask(query, **wanted, op=str(uuid4()))
    return UNDO, {"id": wanted["id"], "expected": 2}


async def rating(house: Opened, boss: Person) -> tuple[str, dict[str, Any]]:
    del boss
    card = await plant(house, f"rated_{uuid4().hex}", "Rated once")
    ticket = followed(card.id, True)
    await put(house, ticket)
    return GIVE, {"ticket": ticket.id, "said": {"card": card.id, "stars": 4}}


async def written(house: Opened) -> list[dict[str, Any]]:
    versions = "MATCH (v:CardVersion) WITH count(v) AS n MATCH (e:Event) RETURN n, count(e) AS told"
    said = "select count(*) as said, (select count(*) from outbox) as told from feedback_version"
    return await house.graph.read(versions) + await house.records.rows(said)


@pytest.mark.parametrize(
    "change", [retirement, rejection, verification, update, merge, undoing, rating]
)
async def test_a_lost_answer_is_given_again(
    house: Opened, somebody: Somebody, change: Change
) -> None:
    boss = somebody(Role.ADMIN, PUNE)
    query, wanted = await change(house, boss)
    op = str(uuid4())
    first = await boss.ask(query, **wanted, op=op)
    assert "message" not in first
    before = await written(house)
    async with house.records.transaction() as connection:
        await connection.execute("delete from operation where id = %(id)s", {"id": op})
    assert await boss.ask(query, **wanted, op=op) == first
    assert await written(house) == before
    # Somebody else who asks for the same change finds that it was made.
    stranger = somebody(Role.ADMIN, PUNE, name="another_admin")
    if change is not rating:
        refused = await stranger.ask(query, **wanted, op=str(uuid4()))
        assert refused["__typename"] in {"StaleVersion", "IllegalTransition"}
        assert await written(house) == before
