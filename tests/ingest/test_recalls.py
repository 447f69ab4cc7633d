"""Recalls in every form the agency writes them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.cards import CardSource, CardStatus, FailureMode, Severity, SolutionType
from domain.errors import ImportRefused
from domain.vehicles import VehicleContext
from ingest import recall_text, recall_vehicles, recalls
from ingest.agencies.nhtsa import FLAT
from tests.ingest.conftest import Written

SUMMARY = (
    "Ford Motor Company (Ford) is recalling certain 2020-2021 Escape and 2021 Lincoln Corsair "
    "vehicles equipped with 2.5L engines.  The high voltage battery may short circuit.  As such, "
    "these vehicles fail to comply with the requirements of Federal Motor Vehicle Safety Standard "
    'number 305, "Electric-Powered Vehicles."'
)
CONSEQUENCE = "A short circuit increases the risk of a fire."
REMEDY = (
    "Ford will notify owners, and dealers will inspect the battery and replace it as necessary, "
    "free of charge.  The recall began May 4, 2021.  Owners may contact Ford customer service at "
    "1-866-436-7332.  Ford's number for this recall is 21S20."
)
RESULT = {
    "Manufacturer": "Ford Motor Company",
    "NHTSACampaignNumber": "21V123000",
    "ReportReceivedDate": "04/03/2021",
    "Component": "ELECTRICAL SYSTEM:PROPULSION SYSTEM:TRACTION BATTERY",
    "Summary": SUMMARY,
    "Consequence": CONSEQUENCE,
    "Remedy": REMEDY,
    "Notes": "",
    "ModelYear": "2020",
    "Make": "FORD",
    "Model": "ESCAPE",
}


def flat(**changes: str) -> str:
    """Give one line of the agency's flat file."""
    told = {
        "RECORD_ID": "1",
        "CAMPNO": "21V123000",
        "MAKETXT": "FORD",
        "MODELTXT": "ESCAPE",
        "YEARTXT": "2020",
        "COMPNAME": RESULT["Component"],
        "MFGTXT": "Ford Motor Company",
        "RCDATE": "20210304",
        "DESC_DEFECT": SUMMARY,
        "CONEQUENCE_DEFECT": CONSEQUENCE,
        "CORRECTIVE_ACTION": REMEDY,
        "PARK_OUTSIDE": "No",
    } | changes
    return "\t".join(told.get(column, "") for column in FLAT)


def csv(*lines: dict[str, str]) -> str:
    quoted = (",".join('"' + v.replace('"', '""') + '"' for v in line.values()) for line in lines)
    return "\n".join([",".join(RESULT), *quoted])


def test_campaign_becomes_a_card(written: Written) -> None:
    batch = recalls.read_campaigns(written("r.json", json.dumps({"Count": 1, "results": [RESULT]})))
    [card] = batch.cards
    assert (card.id, card.source, card.status) == (
        "fc_nhtsa_21v123000",
        CardSource.RECALL,
        CardStatus.VERIFIED,
    )
    assert card.title == "The high voltage battery may short circuit"
    assert card.signature.text == f"The high voltage battery may short circuit. {CONSEQUENCE}"
    assert card.signature.component == "nhtsa.electrical_system.propulsion_system.traction_battery"
    assert card.signature.failure_mode is FailureMode.SHORT_CIRCUIT
    assert card.signature.severity is Severity.HIGH
    assert card.cause.primary == "The high voltage battery may short circuit."
    assert card.resolution.type is SolutionType.COMPONENT_REPLACEMENT
    assert [s.action for s in card.resolution.steps] == [
        "Inspect the battery and replace it as necessary."
    ]
    assert (card.resolution.labour_minutes, card.resolution.high_voltage) == (0, False)
    assert (card.provenance.campaign, card.provenance.garage) == ("21V123000", None)
    assert card.provenance.created_at == datetime(2021, 3, 4, tzinfo=UTC)
    assert [(v.make, v.model, v.year) for v in card.vehicles] == [
        ("Ford", "ESCAPE", 2020),
        ("Ford", "ESCAPE", 2021),
    ]
    assert [(c.id, c.part_of) for c in batch.components] == [
        ("nhtsa.electrical_system", None),
        ("nhtsa.electrical_system.propulsion_system", "nhtsa.electrical_system"),
        (
            "nhtsa.electrical_system.propulsion_system.traction_battery",
            "nhtsa.electrical_system.propulsion_system",
        ),
    ]


def test_all_forms_read_alike(written: Written) -> None:
    found = [
        recalls.read_campaigns(written("a.json", json.dumps({"results": [RESULT]}))),
        recalls.read_campaigns(written("b.csv", csv(RESULT))),
        recalls.read_campaigns(written("c.txt", flat() + "\r\n")),
    ]
    assert found[0].cards == found[1].cards == found[2].cards


def test_each_line_adds_its_vehicle(written: Written) -> None:
    other = RESULT | {"Model": "MUSTANG MACH-E", "ModelYear": "2022"}
    unknown = RESULT | {"Model": "Truck", "ModelYear": "9999"}
    [card] = recalls.read_campaigns(written("b.csv", csv(RESULT, other, unknown))).cards
    named = {(v.model, v.year) for v in card.vehicles}
    assert {("MUSTANG MACH-E", 2022), ("Truck", None)} <= named


def test_flat_file_names_part_and_warning(written: Written) -> None:
    line = flat(
        MFR_COMP_NAME="BATTERY ASSY", MFR_COMP_PTNO="LX68-10B759 / LX68-10C759", PARK_OUTSIDE="Yes"
    )
    batch = recalls.read_campaigns(written("c.txt", line))
    finest = "nhtsa.electrical_system.propulsion_system.traction_battery.battery_assembly"
    assert batch.cards[0].signature.component == finest
    assert batch.cards[0].signature.severity is Severity.CRITICAL
    assert [(p.id, p.component) for p in batch.parts] == [
        ("LX68-10B759", finest),
        ("LX68-10C759", finest),
    ]


def test_bad_lines_are_named(written: Written) -> None:
    bad = RESULT | {"NHTSACampaignNumber": "none"}
    empty = RESULT | {"Summary": ""}
    wrong = RESULT | {"ModelYear": "soon"}
    batch = recalls.read_campaigns(
        written("b.csv", csv(RESULT, bad, empty, wrong) + "\nshort,line")
    )
    assert len(batch.cards) == 1
    assert [(r.line, r.reason) for r in batch.refused] == [
        (3, "campaign number: 'none' does not have the form 20V543000"),
        (4, "summary: is empty"),
        (5, "model year: 'soon' is not a year"),
        (6, "has 2 fields where the header has 11"),
    ]


@pytest.mark.parametrize(
    "content",
    ["", "a,b,c\n1,2,3", "{", '{"results": 5}', b"\x89PNG\0\0", 'NHTSACampaignNumber,"open'],
)
def test_other_files_are_refused(written: Written, content: str | bytes) -> None:
    path = written("odd.csv", content)
    with pytest.raises(ImportRefused, match=r"odd\.csv"):
        recalls.read_campaigns(path)


def test_text_keeps_only_the_failure() -> None:
    assert recall_text.failure_text(SUMMARY) == "The high voltage battery may short circuit."
    assert recall_text.remedy_steps("Owners may contact Ford customer service.") == (
        "Owners may contact Ford customer service.",
    )


def test_listed_years_carry_over() -> None:
    text = "Tesla is recalling certain 2023 Model S, Model X, and 2021-2022 Model Y vehicles."
    models = ("Model S", "Model X", "Model Y")
    assert recall_vehicles.named_vehicles(text, "Tesla", models) == [
        VehicleContext(make="Tesla", model="Model S", year=2023),
        VehicleContext(make="Tesla", model="Model X", year=2023),
        VehicleContext(make="Tesla", model="Model Y", year=2021),
        VehicleContext(make="Tesla", model="Model Y", year=2022),
    ]


def test_real_campaigns_all_become_cards(data: Path) -> None:
    batch = recalls.read_campaigns(data / "nhtsa")
    assert (len(batch.cards), batch.refused) == (628, ())
    assert all(card.resolution.steps for card in batch.cards)
    assert len({card.signature.text for card in batch.cards}) > 500
    assert len(batch.suppliers) == 28
    components = {c.id for c in batch.components}
    assert {c.signature.component for c in batch.cards} <= components
    assert {c.part_of for c in batch.components} <= components | {None}
    assert {p.component for p in batch.parts} <= components
    # Every word of a recall card is the recall's own.
    assert not [c for c in batch.cards if c.resolution.high_voltage or c.resolution.parts]
