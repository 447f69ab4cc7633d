"""A report finds its cards through the API: by every stage, ranked, with its reasons."""

import pytest

from domain.access import Role
from domain.codes import CodeKey
from domain.ids import CardId
from domain.usage import Usage
from domain.vehicles import VehicleContext
from tests.graph.examples import ADMIN as SEES_ALL
from tests.graph.examples import card
from tests.journeys.conftest import Somebody
from tests.journeys.planted_cards import plant
from web.wiring import Runtime

pytestmark = pytest.mark.journey
ATHER = {"make": "Ather", "model": "450X"}
ATHER_450X = VehicleContext(make="Ather", model="450X")
HARNESS = "fc_ather_450x_harness_chafe_head"
OTHER_CODE = CodeKey("ola:E777")
TOLD = """query($report: ReportInput!) { match(report: $report) { ... on Matches { matches {
  sentence english: sentence(language: ENGLISH)
  reasons { kind fits told text english: text(language: ENGLISH) } } } } }"""


@pytest.mark.row("MA-1", "PI-5")
async def test_all_codes_equal_rank_first(house: Runtime, somebody: Somebody) -> None:
    said = "Scooter stops dead with the handle turned and the lamps go out"
    more = (CodeKey("ather:E631"), OTHER_CODE)
    signature = card("near", said).signature
    for n in range(3):
        near = {"signature": type(signature)(text=said, error_codes=more)}
        await plant(house, f"near_{n}", said, vehicles=(ATHER_450X,), **near)
    found = await somebody(Role.TECHNICIAN).match(said, codes=["E631"], vehicle=ATHER)
    assert found["level"] == "AI"
    assert found["matches"][0]["cardKey"] == HARNESS
    assert found["matches"][0]["rank"] == 1


@pytest.mark.row("MA-2", "MA-1")
async def test_a_settled_code_ends_the_search(somebody: Somebody) -> None:
    vehicle = ATHER | {"year": 2023}
    found = await somebody().match("It stops on full lock", codes=["E631"], vehicle=vehicle)
    assert [m["cardKey"] for m in found["matches"]] == [HARNESS]
    assert [c["source"] for m in found["matches"] for c in m["contributions"]] == ["CODE"]


@pytest.mark.row("MA-3", "PI-5")
async def test_vehicle_and_symptom_find_a_card(house: Runtime, somebody: Somebody) -> None:
    text = "Trumpet assembly stays silent"
    sign = type(card("s").signature)(text=text, symptoms=("SYM_ELEC_006",))
    ultra = VehicleContext(make="Ultraviolette", model="F77")
    planted = await plant(house, "planted_symptom", text, vehicles=(ultra,), signature=sign)
    said = "horn nahi baj raha"
    found = await somebody().match(said, vehicle={"make": "Ultraviolette", "model": "F77"})
    [mine] = [m for m in found["matches"] if m["cardKey"] == planted.id]
    assert set(said.split()).isdisjoint(planted.wording.lower().split())
    assert mine["rank"] <= 5
    sources = {c["source"]: c["via"] for c in mine["contributions"]}
    assert "VEHICLE" in sources
    # Words may add to it: those of the symptom's English name, for a report in Hinglish.
    assert "CODE" not in sources
    assert "SYM_ELEC_006" in {r["subject"] for r in mine["reasons"]}


@pytest.mark.row(
    "MA-4",
    "PI-5",
    missing="a paraphrase of few words is found, but its chance is too small to be shown",
)
async def test_a_paraphrase_finds_its_card(
    house: Runtime, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found, whatever is worth showing of it."""
    monkeypatch.setattr(house.matcher, "chances", None)
    text = "Vehicle loses propulsion abruptly while climbing a steep slope"
    revolt = VehicleContext(make="Revolt", model="RV400")
    planted = await plant(house, "paraphrased", text, vehicles=(revolt,))
    said = "my bike suddenly quits going uphill"
    assert set(said.split()).isdisjoint(planted.wording.lower().split())
    found = await somebody().match(said, vehicle={"make": "Revolt", "model": "RV400"})
    [mine] = [m for m in found["matches"] if m["cardKey"] == planted.id]
    assert "MEANING" in {c["source"] for c in mine["contributions"]}
    assert mine["vehicleLevel"] == "MODEL"


@pytest.mark.row("PI-5", "PI-7")
async def test_every_stage_adds_its_part(somebody: Somebody) -> None:
    found = await somebody().match(
        "Headlamp dims with each blink of the indicator, horn weak, E08 on the display",
        vehicle={"make": "Ampere", "model": "Magnus EX"},
    )
    sources = {c["source"] for m in found["matches"] for c in m["contributions"]}
    assert sources == {"CODE", "VEHICLE", "MEANING", "WORDS", "NEIGHBOUR"}


@pytest.mark.row("PI-7", "MA-7")
async def test_five_cards_come_with_their_evidence(house: Runtime, somebody: Somebody) -> None:
    text = "Scooter does not charge and the charger light blinks red"
    for n in range(9):
        await plant(house, f"charge_{n}", f"{text}, case {n}")
    proven = Usage(matched=40, used=20, successes=19, failures=1)
    await plant(house, "charge_proven", text, usage=proven)

    found = await somebody(Role.TECHNICIAN).match(text)

    matches = found["matches"]
    assert [m["rank"] for m in matches] == [1, 2, 3, 4, 5]
    assert [m["score"] for m in matches] == sorted((m["score"] for m in matches), reverse=True)
    for match in matches:
        assert match["contributions"]
        assert all(c["rank"] >= 1 and c["share"] > 0 for c in match["contributions"])
        [tried] = [r["outcomes"] for r in match["reasons"] if r["kind"] == "OUTCOMES"]
        assert tried["n"] == match["card"]["usage"]["used"]
        assert match["sentence"].endswith(".")
    told = {m["cardKey"]: m for m in matches}["fc_charge_proven"]
    assert told["standing"] == "PROVEN"
    [rate] = [r["outcomes"] for r in told["reasons"] if r["kind"] == "OUTCOMES"]
    assert (rate["value"], rate["n"]) == (0.95, 20)
    assert 0.75 < rate["low"] < 0.95 < rate["high"] < 1
    assert {m["standing"] for m in matches if m is not told} == {"REFERENCE"}


async def test_a_reason_is_read_in_the_readers_language(somebody: Somebody) -> None:
    """A report in Hindi is answered in Hindi, and whoever reads English asks for it."""
    found = await somebody().ask(TOLD, report={"text": "हॉर्न नहीं बजता"})
    first = found["matches"][0]
    [told] = [one for one in first["reasons"] if one["kind"] == "SYMPTOM"]
    assert told == {
        "kind": "SYMPTOM",
        "fits": True,
        "told": ["Horn is silent or weak"],
        "text": "इसमें भी “हॉर्न नहीं बजता या धीमा बजता है” लिखा है",
        "english": "tells of “Horn is silent or weak” as you do",
    }
    assert told["text"] in first["sentence"]
    assert told["english"] in first["english"]


async def test_the_best_card_tells_its_cause(house: Runtime, somebody: Somebody) -> None:
    found = await somebody().match("Horn dead after rain", vehicle={"make": "Mahindra"})
    first = found["matches"][0]
    assert first["cardKey"] == "fc_treo_horn_relay_wet"
    stored = (await house.cards.many([CardId(first["cardKey"])], SEES_ALL))[first["cardKey"]]
    assert first["card"]["cause"] == {
        "primary": stored.cause.primary,
        "confidence": stored.cause.confidence,
    }
