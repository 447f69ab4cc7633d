"""The specification's card fields in the graph: each reads back, and is where queries look."""

import random
from dataclasses import replace
from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest

from domain.cards import (
    CardStatus,
    Environment,
    Evidence,
    FailureCard,
    FailureMode,
    Occurrence,
    Reading,
    RootCause,
    Severity,
    SolutionType,
    Visibility,
)
from domain.errors import StaleVersion
from domain.ids import CardId, GarageId, PersonId, TicketId
from domain.signature import symptom_hash
from domain.usage import Usage
from domain.vehicles import UNKNOWN, VehicleContext
from graph.card_pages import CardFilter
from graph.cards import CardStore
from graph.database import Graph, Row, Transaction, run_query
from graph.garages import Garage, GarageStore
from graph.outbox import GraphOutbox, leave_events
from graph.tickets import TicketStore
from graph.vocabulary import UnknownName, VocabularyStore
from tests.graph.examples import ADMIN, ATHER, DELHI, FULL, NOW, PUNE, card, event, only
from tests.sizes import short_and_full
from tests.stores.test_ticket_store import TICKET


@pytest.fixture
def cards(graph: Graph) -> CardStore:
    return CardStore(graph)


async def ends(graph: Graph, kind: str) -> list[Row]:
    """Give what edges of one type from FULL lead to, by the edge's rank or `n`, else by name."""
    return await graph.read(
        "MATCH (:FailureCard {id: $id})-[r]->(b) WHERE type(r) = $kind "
        "RETURN properties(b) AS node, properties(r) AS edge "
        "ORDER BY r.rank, r.n, coalesce(b.key, b.code, b.id, b.name)",
        id=FULL.id,
        kind=kind,
    )


ROUND_TRIPS = {
    "CA-4": {"vehicles": (ATHER, VehicleContext(make="Tata"), UNKNOWN)},
    "CA-9": {"signature": replace(FULL.signature, failure_mode=FailureMode.CALIBRATION_DRIFT)},
    "CA-10": {"signature": replace(FULL.signature, severity=Severity.CRITICAL)},
    "CA-11": {"signature": replace(FULL.signature, occurrence=Occurrence.ONE_TIME)},
    "CA-12": {"signature": replace(FULL.signature, environment=Environment(low_c=-4.5))},
    "CA-15": {"evidence": Evidence(readings=(Reading(name="temperature_delta", value=-1e-9),))},
    "CA-17": {"cause": RootCause(primary="x", confidence=1.0)},
    "CA-18": {"cause": replace(FULL.cause, cites=(CardId("fc_cited"),))},
    "CA-19": {"verification": None},
    "CA-20": {"resolution": replace(FULL.resolution, type=SolutionType.NO_FAULT_FOUND)},
    "CA-21": {"resolution": replace(FULL.resolution, steps=FULL.resolution.steps[:1])},
    "CA-22": {"resolution": replace(FULL.resolution, parts=FULL.resolution.parts * 2)},
    "CA-30": {"provenance": replace(FULL.provenance, garage=None, ticket=None, campaign=None)},
    "CA-33": {"visibility": Visibility(garages=(GarageId("garage_delhi"),), regions=("north",))},
}


@pytest.mark.parametrize(
    "changes",
    [
        *(pytest.param(c, id=row, marks=pytest.mark.row(row)) for row, c in ROUND_TRIPS.items()),
        pytest.param({"evidence": replace(FULL.evidence, tool=None)}, id="no tool"),
        pytest.param({"resolution": replace(FULL.resolution, labour_minutes=0)}, id="no labour"),
    ],
)
async def test_field_reads_back_exactly(cards: CardStore, changes: dict[str, object]) -> None:
    changed = replace(FULL, **changes)  # pyright: ignore[reportArgumentType]
    await cards.add(changed, [])
    assert await cards.get(FULL.id, ADMIN) == changed


@pytest.mark.row("CA-3")
@pytest.mark.parametrize("status", list(CardStatus))
async def test_every_status_reads_back(cards: CardStore, status: CardStatus) -> None:
    await cards.add(card("one", status=status), [])
    assert (await cards.get(CardId("fc_one"), PUNE)).status is status


@pytest.mark.row("CA-6")
async def test_long_and_mixed_text_reads_back(cards: CardStore) -> None:
    text = ("गाड़ी चार्ज नहीं हो रही 🛵 gaadi charge nahi 80 % 'quoted' \\ \" { } " * 200)[
        :10_000
    ].strip()
    await cards.add(card("long", text), [])
    assert (await cards.get(CardId("fc_long"), PUNE)).signature.text == text


@pytest.mark.row("CA-5", "CA-7", "CA-8", "CA-16", "RA-6")
async def test_what_a_card_points_at(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [])
    assert [row["node"]["code"] for row in await ends(graph, "SHOWS")] == [
        "SYM_BATT_001",
        "SYM_CHRG_002",
    ]
    assert [row["node"]["key"] for row in await ends(graph, "REPORTS")] == [
        "ather:E401",
        "sae:P0A7F",
    ]
    assert [row["node"]["id"] for row in await ends(graph, "AFFECTS")] == ["bms_module"]
    assert await ends(graph, "CAUSED_BY") == [
        {
            "node": {"key": "cell-voltage-imbalance", "text": "Cell voltage imbalance"},
            "edge": {"rank": 1},
        },
        {
            "node": {"key": "balancing-resistor-drift", "text": "Balancing resistor drift"},
            "edge": {"rank": 2},
        },
    ]
    [part] = await ends(graph, "USES")
    assert (part["node"]["id"], part["edge"]) == ("BW-BMS-48-16S", {"quantity": 1})


@pytest.mark.row("CA-5")
async def test_unknown_words_wait_for_review(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [])
    assert await VocabularyStore(graph).awaiting_review() == [
        UnknownName("Component", "bms_module"),
        UnknownName("ErrorCode", "ather:E401"),
        UnknownName("ErrorCode", "sae:P0A7F"),
        UnknownName("Part", "BW-BMS-48-16S"),
        UnknownName("Symptom", "SYM_BATT_001"),
        UnknownName("Symptom", "SYM_CHRG_002"),
    ]


@pytest.mark.row("CA-4")
async def test_vehicle_becomes_its_model(graph: Graph, cards: CardStore) -> None:
    older = replace(ATHER, firmware="4.1.0", mileage_km=3)
    await cards.add(replace(FULL, vehicles=(ATHER, older)), [])
    [applies] = await ends(graph, "APPLIES_TO")
    assert applies["edge"] == {"firmware": ["4.1.0", "4.2.1"]}
    assert applies["node"] == {
        "id": "ather-450x-gen-3-2023",
        "make": "Ather",
        "model": "450X",
        "variant": "Gen 3",
        "year": 2023,
        "category": "two_wheeler_electric",
        "make_key": "ather",
        "model_key": "450x",
    }


@pytest.mark.row("CA-21")
async def test_steps_stand_in_order(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [])
    found = await ends(graph, "HAS_STEP")
    assert [row["edge"]["n"] for row in found] == [1, 2, 3]
    assert found[0]["node"] == {
        "action": "Key off, pull the service plug, wear class 0 gloves",
        "minutes": 10,
        "tools": ["insulated_gloves"],
        "safety": True,
    }


@pytest.mark.row("CA-15")
async def test_evidence_is_by_key_and_hash(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [])
    assert [row["node"] for row in await ends(graph, "EVIDENCED_BY")] == [
        {"kind": "sensor_log", "key": "cards/1/bms.csv", "sha256": "cd" * 32},
        {"kind": "photo", "key": "cards/1/pack.jpg", "sha256": "ab" * 32},
    ]
    assert [row["node"] for row in await ends(graph, "READS")] == [
        {"name": "cell_voltage_variance", "value": 0.15, "unit": "V"},
        {"name": "soc_accuracy", "value": 92.0, "unit": "%"},
    ]


@pytest.mark.row("CA-18", "CA-19", "CA-30")
async def test_provenance_is_walked(graph: Graph, cards: CardStore) -> None:
    await TicketStore(graph).add(replace(TICKET, id=TicketId("tkt_first")), [])
    await cards.add(card("cited"), [])
    cites = replace(FULL.cause, cites=(CardId("fc_cited"), CardId("fc_never_seen")))
    await cards.add(replace(FULL, cause=cites), [])
    assert [row["node"]["id"] for row in await ends(graph, "AUTHORED_BY")] == ["tech_asha"]
    [checked] = await ends(graph, "VERIFIED_BY")
    assert checked["node"]["id"] == "tech_ravi"
    assert checked["edge"]["at"].to_native() == NOW
    assert [row["node"]["id"] for row in await ends(graph, "DISCOVERED_AT")] == ["garage_delhi"]
    assert [row["node"]["id"] for row in await ends(graph, "FOUNDED_ON")] == ["tkt_first"]
    assert [row["node"]["id"] for row in await ends(graph, "CITES")] == ["fc_cited"]


@pytest.mark.row("CA-24", "CA-27", "CA-28", "CA-29")
async def test_derived_values_lie_on_the_node(graph: Graph, cards: CardStore) -> None:
    usage = Usage(matched=234, used=189, successes=178, failures=11)
    await cards.add(replace(FULL, usage=usage), [])
    [row] = await graph.read("MATCH (c:FailureCard) RETURN properties(c) AS node")
    node = row["node"]
    assert node["symptom_hash"] == symptom_hash(FULL.signature)
    assert node["category"] == "two_wheeler_electric"
    assert (node["severity"], node["severity_level"]) == ("high", 3)
    assert (node["times_matched"], node["times_used"]) == (234, 189)
    assert (node["successes"], node["failures"]) == (178, 11)
    assert round(node["effectiveness"], 4) == 0.8930


@pytest.mark.row("CA-31")
async def test_next_version_redraws_edges(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [])
    moved = replace(
        FULL,
        version=2,
        vehicles=(),
        signature=replace(FULL.signature, symptoms=("SYM_BATT_009",), error_codes=()),
        resolution=replace(FULL.resolution, steps=FULL.resolution.steps[:1], parts=()),
        evidence=Evidence(),
        verification=None,
        visibility=only("garage_delhi"),
    )
    await cards.put(moved, [], expected=1)
    left = await graph.read(
        "MATCH (:FailureCard {id: $id})-[r]->() "
        "RETURN type(r) AS kind, count(*) AS n ORDER BY kind",
        id=FULL.id,
    )
    assert {row["kind"]: row["n"] for row in left} == {
        "AFFECTS": 1,
        "AUTHORED_BY": 1,
        "CAUSED_BY": 2,
        "DISCOVERED_AT": 1,
        "HAD": 2,
        "HAS_STEP": 1,
        "SHOWS": 1,
        "VISIBLE_TO": 1,
    }
    [strays] = await graph.read("MATCH (n:Step|Reading|Evidence) RETURN count(n) AS n")
    assert strays["n"] == 1


@pytest.mark.row("CA-31")
async def test_merged_card_points_onward(graph: Graph, cards: CardStore) -> None:
    await cards.add(card("other"), [])
    await cards.add(FULL, [])
    merged = replace(FULL, version=2, status=CardStatus.MERGED, merged_into=CardId("fc_other"))
    await cards.put(merged, [], expected=1)
    assert [row["node"]["id"] for row in await ends(graph, "MERGED_INTO")] == ["fc_other"]


async def test_event_and_card_live_and_die_together(graph: Graph, cards: CardStore) -> None:
    class Killed(Exception):
        pass

    async def work(tx: Transaction) -> None:
        await run_query(tx, "CREATE (:FailureCard {id: 'fc_half', version: 1})")
        await leave_events(tx, [event("half", "fc_half")])
        raise Killed

    with pytest.raises(Killed):
        await graph.write(work)
    assert await cards.count(ADMIN) == 0
    assert await GraphOutbox(graph).pending(10) == []


async def test_refused_put_leaves_nothing(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [event("1", FULL.id)])
    before = await graph.read("MATCH (n) RETURN count(n) AS nodes")
    stale = replace(FULL, version=3, title="From nowhere")
    with pytest.raises(StaleVersion):
        await cards.put(stale, [event("2", FULL.id, 3)], expected=2)
    assert await graph.read("MATCH (n) RETURN count(n) AS nodes") == before
    assert await cards.get(FULL.id, DELHI) == FULL


async def test_imported_events_are_one_each(graph: Graph, cards: CardStore) -> None:
    shelf: list[tuple[FailureCard, None]] = [(card(f"number_{n}"), None) for n in range(3)]
    await cards.load(shelf)
    first = await GraphOutbox(graph).pending(10)
    await cards.load(shelf)
    assert await GraphOutbox(graph).pending(10) == first
    assert sorted((e.type, e.entity, e.version) for e in first) == [
        ("failure_card.created", f"fc_number_{n}", 1) for n in range(3)
    ]


async def test_import_spans_many_batches(cards: CardStore) -> None:
    shelf: list[tuple[FailureCard, None]] = [(card(f"number_{n:04d}"), None) for n in range(520)]
    counted = await cards.load([*shelf, *shelf])
    assert (counted.created, counted.changed, counted.unchanged) == (520, 0, 0)
    assert await cards.count(ADMIN) == 520


@pytest.mark.row("IX-6", "RA-4", figure="10 k cards")
@short_and_full("many", 1_500, 10_000)
async def test_near_is_as_the_globe_is_round(graph: Graph, cards: CardStore, many: int) -> None:
    """Ten thousand cards of 500 garages all over India, against a search by hand."""
    dice = random.Random(4)  # noqa: S311 - a mixture, not a secret
    places = {
        f"garage_{n:03}": (dice.uniform(8.0, 35.0), dice.uniform(69.0, 97.0)) for n in range(500)
    }
    await GarageStore(graph).load_garages(
        [
            Garage(id=GarageId(name), name=name, lat=lat, lon=lon, region="everywhere")
            for name, (lat, lon) in places.items()
        ]
    )
    shelf = [(card(f"at_{n:05}"), dice.choice(sorted(places))) for n in range(many)]
    found_at = [
        replace(one, provenance=replace(FULL.provenance, garage=GarageId(garage), ticket=None))
        for one, garage in shelf
    ]
    await cards.load([(one, None) for one in found_at])
    hidden = replace(found_at[0], id=CardId("fc_hidden"), visibility=only("garage_pune"))
    await cards.add(hidden, [])
    delhi, pune = (28.6139, 77.2090), (18.5204, 73.8567)
    for here, km in ((delhi, 50), (delhi, 250), (pune, 400), (pune, 3_000), (pune, 0)):
        away = {one.id: haversine(here, places[garage]) for one, garage in shelf}
        nearest = sorted((distance, key) for key, distance in away.items() if distance <= km)
        wanted = [key for _, key in nearest][:1_000]
        assert [c.id for c in await cards.cards_near(*here, km, DELHI, limit=1_000)] == wanted


async def test_card_gets_its_place_later(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [])
    assert await cards.cards_near(28.6, 77.2, 50, DELHI) == []
    delhi = Garage(id=GarageId("garage_delhi"), name="Delhi", lat=28.6, lon=77.2, region="north")
    await GarageStore(graph).load_garages([delhi])
    assert await cards.cards_near(28.6, 77.2, 50, DELHI) == [FULL]
    assert await GarageStore(graph).garages() == [delhi]


@pytest.mark.row("IX-7")
async def test_best_first_ties_by_uses(cards: CardStore) -> None:
    def counted(name: str, used: int, successes: int) -> FailureCard:
        usage = Usage(matched=used, used=used, successes=successes)
        return card(name, usage=usage)

    shelf = [counted("few", 5, 5), counted("many", 50, 50), counted("poor", 50, 10)]
    draft = card("draft", status=CardStatus.DRAFT, usage=Usage(matched=99, used=99, successes=99))
    for one in (*shelf, draft):
        await cards.add(one, [])
    assert [c.id for c in await cards.best(PUNE, 10)] == ["fc_many", "fc_few", "fc_poor"]
    assert [c.id for c in await cards.best(PUNE, 10, least=0.9)] == ["fc_many", "fc_few"]


async def test_author_of_a_version_is_who_acted(graph: Graph, cards: CardStore) -> None:
    await cards.add(FULL, [])
    edited = replace(FULL, version=2, title="Edited")
    await cards.put(edited, [replace(event("2", FULL.id, 2), actor=PersonId("boss"))], expected=1)
    assert [v.by for v in await cards.versions(FULL.id, ADMIN)] == ["boss", "tech_asha"]


def haversine(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = [(radians(a), radians(b)) for a, b in (one, other)]
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371 * asin(sqrt(h))


@pytest.mark.row("IX-2")
async def test_a_year_brings_its_cards_and_those_of_every_year(cards: CardStore) -> None:
    nexon = [
        VehicleContext(make="Tata", model="Nexon EV", year=year) for year in (None, 2021, 2022)
    ]
    for name, vehicle in zip(("every", "older", "newer"), nexon, strict=True):
        await cards.add(card(name, vehicles=(vehicle,), signature=FULL.signature), [])

    async def found(**wanted: Any) -> list[str]:  # noqa: ANN401 - fields of a filter
        page = await cards.page(PUNE, first=10, filter=CardFilter(make="tata", **wanted))
        return [one.id for one in page]

    assert await found(model="NEXON ev", year=2022) == ["fc_every", "fc_newer"]
    assert await found(model="Nexon EV", year=2019) == ["fc_every"]
    assert await found(model="Nexon EV") == ["fc_every", "fc_newer", "fc_older"]
    code = FULL.signature.error_codes[0]
    assert await found(model="Nexon EV", year=2021, code=code) == ["fc_every", "fc_older"]
