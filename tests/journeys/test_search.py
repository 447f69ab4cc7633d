"""Searching the cards through the API: only what may be found, by meaning and words together."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.access import Role
from domain.card_lifecycle import SEARCHABLE
from domain.cards import CardStatus
from domain.vehicles import VehicleContext
from graph.cards import CardStore
from graph.database import Graph, T, Transaction
from graph.outbox import GraphOutbox
from matching import formulas
from tests.graph.examples import ADMIN
from tests.journeys.conftest import Somebody
from tests.journeys.people import CREATE, content
from tests.journeys.planted_cards import plant
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey
MAKES = ("Ather", "Ola", None)
WORDS = "charger fuse blows when rain enters the socket hood and relay clicks twice".split()
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


@pytest.fixture(scope="module", autouse=True)
async def _planted(house: Runtime) -> None:  # pyright: ignore[reportUnusedFunction]
    """A card of every state and make, all with words and meanings that are searched for."""
    for status in CardStatus:
        for make in MAKES:
            vehicles = () if make is None else (VehicleContext(make=make, model="S1"),)
            name = f"{status}_{make}".lower()
            text = f"{' '.join(WORDS)} {name}"
            await plant(house, name, text, status=status, vehicles=vehicles)


@pytest.mark.row("IX-10")
@settings(
    max_examples=40,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=texts, make=st.sampled_from(("Ather", "ola", "TVS", None)), first=st.integers(1, 30))
async def test_search_gives_only_what_may_be_found(
    somebody: Somebody, text: str, make: str | None, first: int
) -> None:
    found = await somebody(Role.TECHNICIAN).search(text, make=make, first=first)
    assert 1 <= len(found) <= first
    for card in found:
        assert card["status"].lower() in SEARCHABLE
        if make is not None:
            assert (card["make"] or make).lower() == make.lower()


@pytest.mark.row("IX-10")
async def test_every_searchable_state_is_found(somebody: Somebody) -> None:
    found = await somebody().search(" ".join(WORDS), make="Ather", first=30)
    assert {c["key"] for c in found if c["key"].endswith("_ather")} == {
        "fc_verified_ather",
        "fc_provisional_ather",
    }


@pytest.mark.row("IX-11")
async def test_ranking_again_lifts_a_low_card(house: Runtime, somebody: Somebody) -> None:
    simple = (VehicleContext(make="Simple", model="One"),)
    for n in range(15):
        text = f"A low buzzing sound comes from the motor, case {n}"
        await plant(house, f"sound_{n:02}", text, vehicles=simple)
    text = "Relay K77 sticks and the horn stays silent after rain"
    lifted = await plant(house, "lifted", text, vehicles=simple)
    asked = "K77: the engine hums deeply"
    [embedding] = await house.embedder.embed([asked])
    meaning = await house.search.by_meaning(embedding, ADMIN, 20, "Simple")
    words = await house.search.by_words(asked, ADMIN, 20, "Simple")
    assert [hit.card for hit in meaning].index(lifted.id) >= 14

    found = [card["key"] for card in await somebody().search(asked, make="Simple")]

    both = formulas.hybrid_score(
        {h.card: h.score for h in meaning}, {h.card: h.score for h in words}
    )
    assert found == [card for card, _ in both][:10]
    assert lifted.id in found
    assert len(found) == 10
    assert len(await somebody().search(asked, make="Simple", first=3)) == 3


@pytest.mark.row("PI-4")
async def test_a_card_is_found_right_after_its_write(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    text = "Vanadium bushing squeaks in the swingarm"
    made = await asha.create(content(text))
    assert made["key"] not in [c["key"] for c in await asha.search("vanadium bushing")]
    await somebody().verify(made["id"])
    assert [c["key"] for c in await asha.search("vanadium", first=1)] == [made["key"]]
    meant = "a sleeve of the rear arm makes a high noise"
    assert made["key"] in [c["key"] for c in await asha.search(meant, make="Ather")]


class Crashing(Graph):
    """Does all of a write's work, and fails before it is committed."""

    async def write(
        self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = 15.0
    ) -> T:
        async def cut(tx: Transaction) -> T:
            await work(tx)
            raise ConnectionResetError

        return await super().write(cut, seconds=seconds)


@pytest.mark.row("PI-4")
async def test_a_write_cut_off_leaves_nothing(house: Runtime, somebody: Somebody) -> None:
    crashing = Crashing(house.graph._driver)  # pyright: ignore[reportPrivateUsage]
    broken = replace(house, cards=CardStore(crashing))
    transport = httpx.ASGITransport(app=build_application(broken), raise_app_exceptions=False)
    text = "Molybdenum shim rattles in the hub"
    before = await GraphOutbox(house.graph).pending(1_000)
    async with httpx.AsyncClient(transport=transport, base_url="http://broken.test") as client:
        asha = somebody(Role.TECHNICIAN, client=client)
        answer = await asha.answer(CREATE, card=content(text), op=str(uuid4()))
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"

    [embedding] = await house.embedder.embed([text])
    near = await house.search.by_meaning(embedding, ADMIN, 1)
    assert await house.search.by_words("molybdenum shim", ADMIN, 5) == []
    assert near[0].score < 0.9
    left = await house.graph.read(
        "MATCH (n:FailureCard|CardVersion|Event) WHERE any(k IN keys(n) WHERE"
        " toStringOrNull(n[k]) CONTAINS 'Molybdenum') RETURN count(n) AS n"
    )
    assert left == [{"n": 0}]
    assert await GraphOutbox(house.graph).pending(1_000) == before
