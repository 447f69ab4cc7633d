"""What every source of recall keeps to, on the shelf in memory and on the real graph."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from domain.access import Viewer
from domain.cards import FailureCard, RootCause, Signature, Visibility
from domain.codes import CodeKey
from domain.ids import GarageId
from domain.matches import Embedding, Source, UnderstoodReport
from domain.reports import FailureReport
from domain.tickets import SeenSymptom
from domain.vehicles import UNKNOWN, VehicleContext
from graph.cards import CardStore
from graph.database import Graph
from graph.read_model.search import ReadModelSearch
from graph.search import CardSearch
from matching import fusion
from matching.recall_sources import (
    CardFinder,
    Lists,
    RecallQuestion,
    RecallSource,
    build_sources,
)
from tests.graph.examples import card, only
from tests.graph.feeds import read_model
from tests.matching.fakes import Shelf, Shelved
from tests.matching.samples import facts

PUNE, AGRA = GarageId("garage_pune"), GarageId("garage_agra")
SYMPTOM, CODE, CAUSE = "SYM_BATT_001", CodeKey("ather:E401"), "Cells drifted apart"
TEXT = "charging stops early"
VEHICLE = VehicleContext(make="Ather", model="450X", year=2022)
ALIKE = Embedding(model="minilm", vector=[1.0, *[0.0] * 383])
LIMITS = {
    Source.CODE: 20,
    Source.VEHICLE: 20,
    Source.MEANING: 30,
    Source.WORDS: 30,
    Source.NEIGHBOUR: 20,
}
# More cards than any list holds, and some that only one garage may see.
OPEN, HIDDEN = [f"open_{n:02}" for n in range(35)], [f"agra_{n}" for n in range(5)]
SAID = UnderstoodReport(
    report=FailureReport(text=TEXT),
    codes=(CODE,),
    symptoms=(SeenSymptom(code=SYMPTOM, confidence=0.9),),
    vehicle=VEHICLE,
    embedding=ALIKE,
)
SILENT = UnderstoodReport(report=FailureReport(text="", codes=("E401",)), vehicle=UNKNOWN)
SOURCES = [type(source).__name__ for source in build_sources(Shelf([]))]


def _stored(name: str) -> FailureCard:
    said = Signature(text=TEXT, symptoms=(SYMPTOM,), error_codes=(CODE,))
    seen = only(AGRA) if name in HIDDEN else Visibility()
    cause = RootCause(primary=CAUSE)
    return card(name, signature=said, vehicles=(VEHICLE,), cause=cause, visibility=seen)


def _shelved(name: str) -> Shelved:
    told = facts(name, text=TEXT, codes=(CODE,), symptoms=(SYMPTOM,), causes=(CAUSE,))
    hidden = AGRA if name in HIDDEN else None
    return Shelved(facts=told, vehicle=VEHICLE, vector=ALIKE.vector, only=hidden)


@pytest.fixture(params=["fake", "graph", "read model"])
def searched(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def graph_if_real(request: pytest.FixtureRequest, searched: str) -> Graph | None:
    return None if searched == "fake" else request.getfixturevalue("graph")


@pytest.fixture
async def finder(graph_if_real: Graph | None, searched: str) -> AsyncGenerator[CardFinder]:
    names = [*OPEN, *HIDDEN]
    if graph_if_real is None:
        yield Shelf([_shelved(name) for name in names])
        return
    await CardStore(graph_if_real).load([(_stored(name), ALIKE) for name in names])
    if searched == "graph":
        yield CardSearch(graph_if_real)
        return
    async with read_model(graph_if_real) as model:
        yield ReadModelSearch(model, CardSearch(graph_if_real))


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest, finder: CardFinder) -> RecallSource:
    return {type(one).__name__: one for one in build_sources(finder)}[request.param]


def _question(said: UnderstoodReport, garage: GarageId = PUNE) -> RecallQuestion:
    return RecallQuestion(said=said, viewer=Viewer(garage=garage, region="west"))


async def test_each_list_is_full_once_each_and_best_first(source: RecallSource) -> None:
    question = _question(SAID)
    lists = await source.recall(question)
    assert set(lists) == set(source.lists(question))
    for name, hits in lists.items():
        scores = [hit.score for hit in hits]
        assert len({hit.card for hit in hits}) == len(hits) == LIMITS[name]
        assert scores == sorted(scores, reverse=True)


async def test_each_hit_brings_its_marks(source: RecallSource) -> None:
    lists = await source.recall(_question(SAID))
    marks = [(hit.card, hit.marks) for hits in lists.values() for hit in hits]
    assert all(mark is not None and mark.id == name for name, mark in marks)
    assert {(mark.codes, mark.symptoms) for _, mark in marks if mark} == {((CODE,), (SYMPTOM,))}


async def test_hidden_cards_are_for_their_garage_alone(source: RecallSource) -> None:
    others = await source.recall(_question(SAID))
    assert [hit.card for hits in others.values() for hit in hits if "agra" in hit.card] == []


async def test_a_report_that_says_little_is_answered_too(source: RecallSource) -> None:
    question = _question(SILENT)
    lists: Lists = await source.recall(question) if source.lists(question) else {}
    assert set(lists) == set(source.lists(question))


def test_every_list_has_one_source_and_a_weight() -> None:
    given = [name for one in build_sources(Shelf([])) for name in one.lists(_question(SAID))]
    assert sorted(given) == sorted(Source)
    assert set(fusion.WEIGHTS) == set(Source)


def test_a_report_of_codes_alone_asks_no_meaning() -> None:
    said = {
        type(one).__name__: one.lists(_question(replace(SILENT, codes=(CODE,))))
        for one in build_sources(Shelf([]))
    }
    assert said == {
        "CodeSource": (Source.CODE,),
        "WordsAndVehicleSource": (Source.VEHICLE,),
        "MeaningSource": (),
        "NeighbourSource": (Source.NEIGHBOUR,),
    }
