"""The knowledge base: what ships is sound, and every kind of mistake is named."""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from domain.cards import CardSource, CardStatus, SolutionType
from domain.errors import ImportRefused
from domain.vehicles import VehicleCategory, slug
from ingest import knowledge
from ingest.batch import ImportBatch
from ingest.knowledge_schema import KnowledgeDocument
from tests.ingest.conftest import Written

BASE = """
vehicles:
  - {id: ather-450x, make: Ather, model: 450X, years: [2020, 2026], category: two_wheeler_electric}
components:
  - {id: pack, name: Pack, part_of: null}
symptoms:
  - {code: SYM_TEST_001, text: Nothing happens, component: pack, phrases: [dead]}
parts:
  - {id: BW-FUSE-1, name: Fuse, hsn: "853610", component: pack}
"""
DANGERS = frozenset(
    """SYM_BATT_016 SYM_BATT_017 SYM_BATT_018 SYM_BATT_019 SYM_BATT_020 SYM_ELEC_013 SYM_CHRG_014
    SYM_BRAK_010 SYM_STER_010 SYM_STER_011 SYM_STER_013 SYM_MOTR_010""".split()
)
STEPS = [
    {"action": "Key off, service disconnect out, lock and tag", "minutes": 5, "safety": True},
    {"action": "Wait ten minutes for the capacitors", "minutes": 10, "safety": True},
    {"action": "Prove zero voltage in class 0 gloves", "minutes": 5, "safety": True},
    {"action": "Measure the fuse", "minutes": 5},
]


def card(**changes: object) -> str:
    """Give a whole knowledge file with one card, sound unless changed."""
    told: dict[str, object] = {
        "id": "fc_test_card",
        "title": "Fuse blown",
        "vehicles": [{"model": "ather-450x", "years": [2021, 2022]}],
        "symptoms": ["SYM_TEST_001"],
        "symptom_text": "Nothing happens when the key is turned.",
        "error_codes": ["P0A7F"],
        "component": "pack",
        "failure_mode": "open_circuit",
        "severity": "medium",
        "occurrence": "constant",
        "environment": None,
        "cause": {"primary": "blown fuse"},
        "confidence": 0.8,
        "solution": {
            "type": "component_replacement",
            "high_voltage": True,
            "steps": STEPS,
            "parts": [{"part": "BW-FUSE-1"}],
            "labour_hours": 0.5,
        },
    }
    codes = "error_codes:\n  - {code: P0A7F, scope: sae, description: Worn pack, component: pack}\n"
    return BASE + codes + yaml.safe_dump({"cards": [told | changes]})


def test_shipped_knowledge_is_sound(shipped: ImportBatch) -> None:
    assert shipped.refused == ()
    assert {c.source for c in shipped.cards} == {CardSource.REFERENCE}
    assert {c.status for c in shipped.cards} == {CardStatus.VERIFIED}
    assert {c.provenance.garage for c in shipped.cards} == {None}


def test_shipped_knowledge_is_wide_enough(shipped: ImportBatch) -> None:
    models = {(v.make, v.model) for c in shipped.cards for v in c.vehicles}
    categories = {v.category for c in shipped.cards for v in c.vehicles}
    assert len(shipped.cards) >= 300
    assert len(models) >= 25
    assert len(shipped.symptoms) >= 160
    assert len(shipped.codes) >= 180
    assert len([p for p in shipped.parts if p.hsn]) >= 220
    assert len(shipped.components) >= 160
    assert categories >= {
        VehicleCategory.TWO_WHEELER,
        VehicleCategory.THREE_WHEELER,
        VehicleCategory.FOUR_WHEELER,
    }


def test_every_symptom_and_code_leads_to_a_card(shipped: ImportBatch) -> None:
    told = {symptom for c in shipped.cards for symptom in c.signature.symptoms}
    keys = {key for c in shipped.cards for key in c.signature.error_codes}
    assert [s.code for s in shipped.symptoms if s.code not in told] == []
    assert [c.key for c in shipped.codes if c.key not in keys] == []


def test_a_part_fits_every_vehicle_of_its_card(shipped: ImportBatch) -> None:
    fits = {part.id: set(part.fits) for part in shipped.parts}
    wrong = [
        (card.id, used.part)
        for card in shipped.cards
        for used in card.resolution.parts
        if not {slug(v.make or "", v.model or "") for v in card.vehicles} <= fits[used.part]
    ]
    assert wrong == []


def test_what_hurts_people_is_told_apart_and_guarded(shipped: ImportBatch) -> None:
    """Smoke, fire, shock, lost brakes or steering: the first step protects, whatever the work."""
    cards = [c for c in shipped.cards if DANGERS.intersection(c.signature.symptoms)]
    assert {s for c in cards for s in c.signature.symptoms} & DANGERS == DANGERS
    assert [c.id for c in cards if not c.resolution.steps[0].safety] == []
    assert [c.id for c in cards if not c.cause.differential] == []


def test_suppliers_are_shared_between_makes(shipped: ImportBatch) -> None:
    suppliers = Counter(s for c in shipped.components for s in c.suppliers)
    assert {s for s, n in suppliers.items() if n > 1}


def test_schema_for_editors_is_current() -> None:
    written = json.loads((knowledge.SHIPPED / "schema.json").read_text())
    assert written == KnowledgeDocument.model_json_schema()


def test_loading_twice_reads_the_same(shipped: ImportBatch) -> None:
    assert knowledge.read_knowledge() == shipped


@pytest.mark.row("CA-21")
def test_high_voltage_work_starts_with_isolation(shipped: ImportBatch) -> None:
    dangerous = [c.resolution.steps for c in shipped.cards if c.resolution.high_voltage]
    assert dangerous
    assert all(steps[0].safety for steps in dangerous)


def test_card_expands_its_years(written: Written) -> None:
    batch = knowledge.read_knowledge(written("mine.yaml", card()))
    [found] = batch.cards
    assert batch.refused == ()
    assert [(v.make, v.model, v.year) for v in found.vehicles] == [
        ("Ather", "450X", 2021),
        ("Ather", "450X", 2022),
    ]
    assert found.signature.error_codes == ("sae:P0A7F",)
    assert found.resolution.labour_minutes == 30
    assert found.resolution.type is SolutionType.COMPONENT_REPLACEMENT


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"symptoms": ["SYM_TEST_999"]}, "symptoms: there is no 'SYM_TEST_999'"),
        ({"component": "engine"}, "component: there is no 'engine'"),
        ({"error_codes": ["Ather:E000"]}, "error_codes: there is no 'ather:E000'"),
        (
            {"vehicles": [{"model": "ather-450x", "years": [2019, 2022]}]},
            "vehicles: ather-450x has model years [2020, 2026], not [2019, 2022]",
        ),
        ({"vehicles": [{"model": "ather-9", "years": [2022, 2022]}]}, "vehicles: there is no"),
        ({"vehicles": [{"model": "ather-450x", "years": [2024, 2022]}]}, "are reversed"),
        ({"severity": "awful"}, "severity: Input should be"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"confidence": "high"}, "confidence: Input should be a valid number"),
        (
            {"environment": {"temperature_c": [45, 35], "humidity": None, "usage": None}},
            "45.0 to 35.0 °C is reversed; put the lower first",
        ),
    ],
)
def test_mistake_is_named(written: Written, changes: dict[str, object], reason: str) -> None:
    batch = knowledge.read_knowledge(written("mine.yaml", card(**changes)))
    assert batch.cards == ()
    assert [(r.source, r.id) for r in batch.refused] == [("mine.yaml", "fc_test_card")]
    assert reason in batch.refused[0].reason
    assert batch.refused[0].line is not None


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([STEPS[1], STEPS[0], *STEPS[2:]], "to wait"),
        ([STEPS[0], STEPS[2], STEPS[3]], "to wait"),
        ([STEPS[0], STEPS[1], STEPS[3]], "to prove zero voltage"),
        ([STEPS[3], *STEPS[:3]], "to isolate"),
    ],
)
def test_unsafe_order_is_refused(
    written: Written, steps: list[dict[str, object]], reason: str
) -> None:
    solution = {"type": "repair", "high_voltage": True, "steps": steps, "labour_hours": 1.0}
    batch = knowledge.read_knowledge(written("mine.yaml", card(solution=solution)))
    assert batch.cards == ()
    assert batch.refused[0].reason.endswith(reason)


def test_component_loop_is_refused(written: Written) -> None:
    text = "components:\n  - {id: aa, name: One, part_of: bb}\n  - {id: bb, name: Two, part_of: aa}"
    batch = knowledge.read_knowledge(written("mine.yaml", text))
    assert [r.id for r in batch.refused] == ["aa", "bb"]


def test_repeated_id_is_refused(written: Written) -> None:
    text = "suppliers:\n  - {id: ab, name: One}\n  - {id: ab, name: Two}"
    batch = knowledge.read_knowledge(written("mine.yaml", text))
    assert [(r.line, r.reason) for r in batch.refused] == [(3, "stands here a second time")]


@pytest.mark.parametrize(
    "content", ["", "a: [", "- just\n- a list", "garages: []", "cards: {}", b"\0\1\2", "cards:"]
)
def test_other_files_are_refused(written: Written, content: str | bytes) -> None:
    path = written("mine.yaml", content)
    with pytest.raises(ImportRefused, match=r"mine\.yaml"):
        knowledge.read_knowledge(path)


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        knowledge.read_knowledge(tmp_path / "none")
