"""A simulated year in the service: told at its own moments, marked, and taken out again."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime

import pytest

from domain.access import Role
from domain.repair_history import RepairHistory
from gnn.history_files import read_history
from ingest.batch import ImportBatch
from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.playback import Playback
from simulation.settings import PLAINS
from simulation.trade import Trade
from simulation.year import simulate_year
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE
from web.playback import HouseDoor, clear_synthetic, open_door
from web.wiring import Runtime

pytestmark = pytest.mark.journey
SETTINGS = replace(
    PLAINS,
    garages=2,
    repairs=10,
    months=2,
    technicians=2,
    invented=60,
    unknown=4,
    defects=0,
    transfers=0,
    lapses=1,
    seasons=1,
    wrong_cards=1,
)
LISTED = """{ tickets(first: 100) { edges { node { key synthetic openedAt closedAt status
  garage { key synthetic } } } } }"""
CARDS = "{ cards(first: 100) { edges { node { key synthetic } } } }"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, shipped: ImportBatch) -> RepairHistory:
    folder = tmp_path_factory.mktemp("year")
    trade = Trade(
        cards=shipped.cards,
        symptoms=shipped.symptoms,
        codes=shipped.codes,
        components=shipped.components,
        parts=shipped.parts,
        vehicles=shipped.vehicles,
    )
    write_tables(folder, Journal(simulate_year(trade, SETTINGS)))
    return read_history(folder)


@pytest.fixture(scope="module")
async def played(house: Runtime) -> AsyncGenerator[HouseDoor]:
    async with open_door(house) as door:
        yield door


@pytest.mark.long  # some fifteen seconds: ten repairs twice, each with its search
async def test_a_year_is_told_marked_and_taken_out(
    house: Runtime, played: HouseDoor, history: RepairHistory, somebody: Somebody
) -> None:
    admin = somebody(Role.ADMIN)
    mine = await somebody(garage=PUNE).report("It hums")
    count = await Playback(played, history, lambda _: None).run()
    listed = [edge["node"] for edge in (await admin.ask(LISTED))["edges"]]
    told = [node for node in listed if node["synthetic"]]

    assert count.repairs == len(history.repairs)
    assert count.refused == {}
    assert {datetime.fromisoformat(node["openedAt"]) for node in told} == {
        repair.opened_at for repair in history.repairs
    }
    assert {node["garage"]["synthetic"] for node in told} == {True}
    assert [node["key"] for node in listed if not node["synthetic"]] == [mine["key"]]

    assert (await Playback(played, history, lambda _: None).run()).refused == {}
    assert len((await admin.ask(LISTED))["edges"]) == len(listed)

    cleared = await clear_synthetic(house, played)
    assert (cleared.tickets, cleared.kept) == (len(told), {})
    left = [edge["node"] for edge in (await admin.ask(LISTED))["edges"]]
    assert [node["key"] for node in left] == [mine["key"]]
