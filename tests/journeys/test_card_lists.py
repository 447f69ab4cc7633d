"""Lists of cards over the API: near a place, of a model year, the best; and what ranks a match."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from domain.access import SYSTEM, Role
from domain.events import EventType
from domain.ids import GarageId
from domain.reviews import ReviewKind
from domain.usage import Usage
from domain.vehicles import VehicleContext
from graph.database import Graph
from graph.garages import Garage
from ingest.embedder import Embedder
from matching.rankers import RankerName
from records.database import Records
from repair.analyses import handle_event
from tests.graph.examples import ADMIN as ALL
from tests.graph.examples import card
from tests.journeys.conftest import PATIENCE, Somebody
from tests.journeys.people import PUNE, content
from tests.journeys.planted_cards import logged, plant
from web.server import build_application
from web.settings import Settings
from web.wiring import Runtime, analysis_ports, join_parts

pytestmark = pytest.mark.journey
NEAR = """query ($lat: Float!, $lon: Float!, $km: Float!) {
  cardsNear(lat: $lat, lon: $lon, km: $km) { key } }"""
BEST = """query ($least: Float!) {
  bestCards(first: 2, least: $least) { key effectiveness { score } } }"""
OF_YEAR = """query ($year: Int) {
  cards(filter: {make: "Tata", model: "Nexon EV", year: $year}) { edges { node { key } } } }"""
TIMING = """query ($id: ID!) { card(id: $id) {
  counted: effectiveness { score } literal: effectiveness(timing: IGNORED) { score } } }"""


@pytest.mark.row("RA-4", "IX-6")
async def test_cards_come_from_near_by(house: Runtime, somebody: Somebody) -> None:
    towns = {"agra": (27.1767, 78.0081), "mathura": (27.4924, 77.6737), "goa": (15.2993, 74.124)}
    await house.garages.load_garages(
        [
            Garage(id=GarageId(f"garage_{town}"), name=town, lat=lat, lon=lon)
            for town, (lat, lon) in towns.items()
        ]
    )
    for town in towns:
        origin = replace(card(town).provenance, garage=GarageId(f"garage_{town}"))
        await plant(house, f"of_{town}", "Found in this town", provenance=origin)
    asked = {"lat": 27.1767, "lon": 78.0081}
    found = await somebody().ask(NEAR, **asked, km=100)
    assert found == [{"key": "fc_of_agra"}, {"key": "fc_of_mathura"}]
    refused = await somebody().answer(NEAR, **asked | {"lat": 91.0}, km=1)
    assert refused["errors"][0]["extensions"]["field"] == "lat"


@pytest.mark.row("IX-7")
async def test_best_cards_are_the_most_used_of_the_best(house: Runtime, somebody: Somebody) -> None:
    for name, used, worked in (("few", 40, 40), ("many", 400, 400), ("poor", 400, 200)):
        usage = Usage(matched=used, used=used, successes=worked)
        await plant(house, f"best_{name}", "Works each time", usage=usage)
    found = await somebody().ask(BEST, least=0.9)
    assert found == [
        {"key": "fc_best_many", "effectiveness": {"score": 1.0}},
        {"key": "fc_best_few", "effectiveness": {"score": 1.0}},
    ]


@pytest.mark.row("IX-2")
async def test_a_year_narrows_a_list(house: Runtime, somebody: Somebody) -> None:
    for year in (2022, 2023):
        vehicle = VehicleContext(make="Tata", model="Nexon EV", year=year)
        await plant(house, f"nexon_{year}", "Only of this year", vehicles=(vehicle,))
    keys = {
        year: {edge["node"]["key"] for edge in (await somebody().ask(OF_YEAR, year=year))["edges"]}
        for year in (2022, None)
    }
    assert "fc_nexon_2022" in keys[2022]
    assert "fc_nexon_2023" not in keys[2022]
    assert {"fc_nexon_2022", "fc_nexon_2023"} <= keys[None]


@pytest.mark.row("EF-4")
async def test_the_minutes_can_be_left_out(house: Runtime, somebody: Somebody) -> None:
    usage = Usage(matched=10, used=10, successes=10, actual_minutes=120, estimated_minutes=60)
    slow = await plant(house, "slow", "Takes twice the time", usage=usage)
    found = await somebody().ask(TIMING, id=slow.id)
    assert found["literal"]["score"] == 1.0
    assert found["counted"]["score"] == pytest.approx((0.35 + 0.20 + 0.20 * 0.5) / 0.75)


@pytest.mark.row("CA-27")
async def test_a_card_like_another_is_proposed_for_merge(
    house: Runtime, somebody: Somebody
) -> None:
    """The same signature in other words' order and case, written by two people."""
    manager = somebody(Role.MANAGER, PUNE)
    first = await manager.create(content("Belt squeals", "The drive belt squeals in the rain"))
    later = await manager.create(content("A noise", "In the RAIN the drive belt squeals"))
    for made in (first, later):
        made_now = await house.cards.get(made["key"], ALL)
        await handle_event(
            analysis_ports(house), replace(logged(made_now), type=EventType.CARD_CREATED)
        )
    waiting = await house.reviews.page(SYSTEM, first=500, kind=ReviewKind.MERGE)
    assert {(r.card, r.other) for r in waiting if r.card == later["key"]} == {
        (later["key"], first["key"])
    }


@pytest.fixture
def formal_house(
    clients: tuple[Graph, Records, Redis], house: Runtime, embedder: Embedder, home: Path
) -> Runtime:
    """The same house with the specification's own ranker."""
    settings = Settings(home=home, ranker=RankerName.FORMULA)
    return join_parts(settings, PATIENCE, (embedder, house.reader), clients)


def test_setting_asks_for_no_network(house: Runtime, formal_house: Runtime) -> None:
    assert (house.network is None, formal_house.network is None) == (False, True)


@pytest.fixture
async def formal(formal_house: Runtime) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build_application(formal_house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://battwheels.test") as client:
        yield client


@pytest.mark.row("MA-5")
async def test_the_learned_ranker_can_be_switched_off(
    formal: httpx.AsyncClient, somebody: Somebody
) -> None:
    """With `BATTWHEELS_RANKER=formula` the published sum orders and scores the cards."""
    said, vehicle = "Headlamp dims with each blink", {"make": "Ampere"}
    served = await somebody().match(said, vehicle=vehicle)
    found = await somebody(client=formal).match(said, vehicle=vehicle)
    assert (served["ranker"], found["ranker"]) == ("evidence-1", "formula")
    weights = {"CODE": 0.4, "VEHICLE": 0.3, "MEANING": 0.3}
    for match in found["matches"]:
        places = {c["source"] for c in match["contributions"]} & weights.keys()
        assert 0 < match["score"] <= sum(weights[source] for source in places) + 1e-9
    scores = [match["score"] for match in found["matches"]]
    assert scores == sorted(scores, reverse=True)
