"""Agencies: each writes numbers, kinds and vehicles its own way, and only vehicles become cards."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.cards import CardStatus
from domain.errors import ImportRefused
from ingest import cards_file, code_lists, recalls
from tests.ingest.conftest import Written
from tests.ingest.test_recalls import RESULT, csv, flat

DVSA = (
    "Launch Date,Recalls Number,Make,Recalls Model,Concern,Defect,Remedy,Build Start,Build End\n"
    "12/05/2021,{number},MG,ZS EV,HIGH VOLTAGE BATTERY,The battery may lose isolation.,"
    "Replace the seal.,01/02/2019,30/04/2020\n"
)
GATE = (
    "Alert number;Category;Product;Brand;Name;Risk type;Risk description;Measures\n"
    "A12/00328/22;{category};{product};Opel;Insignia;Injuries;The rod may break.;Recall\n"
)
AUSTRALIA = (
    "PRA number,Recall title,Product,Defect,Hazard,Remedy,Published\n"
    "2021/19012,{product} 2018-2020,{product},It may short circuit.,Fire,Call us,2021-04-23\n"
)


def test_a_british_recall_becomes_a_card(written: Written) -> None:
    [card] = recalls.read_campaigns(written("d.csv", DVSA.format(number="R/2021/123"))).cards
    assert (card.id, card.provenance.campaign) == ("fc_dvsa_r-2021-123", "R/2021/123")
    assert (card.status, card.provenance.author) == (CardStatus.VERIFIED, "dvsa")
    assert card.provenance.created_at == datetime(2021, 5, 12, tzinfo=UTC)
    assert card.signature.component == "dvsa.high_voltage_battery"
    assert [(v.make, v.model, v.year) for v in card.vehicles] == [
        ("MG", "ZS EV", 2019),
        ("MG", "ZS EV", 2020),
    ]


def test_a_european_alert_becomes_a_card(written: Written) -> None:
    content = GATE.format(category="Motor vehicles", product="Passenger car")
    [card] = recalls.read_campaigns(written("g.csv", content)).cards
    assert (card.id, card.title) == ("fc_safety_gate_a12-00328-22", "The rod may break")
    assert card.provenance.created_at.year == 2022
    assert [(v.make, v.model, v.year) for v in card.vehicles] == [("Opel", "Insignia", None)]


def test_an_australian_recall_becomes_a_card(written: Written) -> None:
    content = AUSTRALIA.format(product="Hyundai Kona Electric")
    [card] = recalls.read_campaigns(written("a.csv", content)).cards
    assert card.id == "fc_australia_2021-19012"
    assert [(v.make, v.model, v.year) for v in card.vehicles] == [
        ("Hyundai", "Kona Electric", 2018),
        ("Hyundai", "Kona Electric", 2019),
        ("Hyundai", "Kona Electric", 2020),
    ]


@pytest.mark.parametrize(
    ("content", "passed"),
    [
        (flat(CAMPNO="02E009000", RCLTYPECD="E"), "1 of equipment"),
        (flat(CAMPNO="99T005000", RCLTYPECD="T"), "1 of tyres"),
        (flat(CAMPNO="05C003000", RCLTYPECD="C"), "1 of child seats"),
        (csv(RESULT | {"NHTSACampaignNumber": "20T001000"}), "1 of tyres"),
        (csv(RESULT | {"NHTSACampaignNumber": "20E001"}), "1 of equipment"),
        (DVSA.format(number="RCOMP/2021/003"), "1 of equipment"),
        (GATE.format(category="Motor vehicles", product="Tyres"), "1 of tyres"),
        (GATE.format(category="Motor vehicles", product="Child seat"), "1 of child seats"),
        (GATE.format(category="Motor vehicles", product="Brake pads"), "1 of equipment"),
        (GATE.format(category="Toys", product="Toy car"), "1 of other products"),
        (AUSTRALIA.format(product="Dometic fridge"), "1 of other products"),
        (AUSTRALIA.format(product="Britax booster seat"), "1 of child seats"),
    ],
)
def test_what_is_no_vehicle_makes_no_card_and_is_counted(
    written: Written, content: str, passed: str
) -> None:
    batch = recalls.read_campaigns(written("r.csv", content))
    assert (batch.cards, batch.refused) == ((), ())
    [said] = batch.skipped
    assert said.startswith(f"{passed}, which make no cards: ")


def test_complaints_are_reports_and_the_command_is_said(written: Written) -> None:
    content = "ODINO,MAKETXT,MODELTXT,YEARTXT,COMPDESC,CDESCR\n11,KIA,SOUL,2018,BRAKES,It stops\n"
    with pytest.raises(ImportRefused) as refused:
        recalls.read_campaigns(written("complaints.csv", content))
    assert str(refused.value) == (
        "complaints.csv: holds complaints: reports of single vehicles, no recalls. "
        "Type: battwheels match --file complaints.csv. Nothing was written."
    )


@pytest.mark.parametrize(("width", "reads"), [(22, True), (24, True), (29, True), (19, False)])
def test_a_flat_file_of_any_year_is_read(written: Written, width: int, *, reads: bool) -> None:
    lines = ["\t".join(flat(CAMPNO=f"21V12{n}000").split("\t")[:width]) for n in range(3, 6)]
    path = written("flat.txt", "\n".join(lines))
    if reads:
        assert len(recalls.read_campaigns(path).cards) == 3
    else:
        with pytest.raises(ImportRefused):
            recalls.read_campaigns(path)


def test_a_line_that_was_cut_or_run_together_is_refused(written: Written) -> None:
    whole = flat()
    cut = "\t".join(flat(CAMPNO="21V124000").split("\t")[:22])
    together = flat(CAMPNO="21V125000") + "\t" + flat(CAMPNO="21V126000")
    batch = recalls.read_campaigns(written("flat.txt", f"{whole}\n{whole}\n{cut}\n{together}"))
    assert [card.id for card in batch.cards] == ["fc_nhtsa_21v123000"]
    assert [(r.line, r.id) for r in batch.refused] == [(3, "21V124000"), (4, "21V125000")]


def test_failure_types_stay_apart_under_their_code(written: Written) -> None:
    content = (
        "code,manufacturer,description\nP1A0F13,Mahindra,Circuit open\n"
        "P1A0F,Mahindra,Contactor circuit\nP1A0F-16,Mahindra,Voltage low\n"
        "0x0A1F,Mahindra,Raw\n18 650,Ather,A cell\n"
    )
    batch = code_lists.read_codes(written("c.csv", content))
    assert [(c.key, c.description) for c in batch.codes] == [
        ("mahindra:P1A0F", "Contactor circuit; 13: Circuit open; 16: Voltage low"),
        ("sae:P0A1F", "Raw"),
    ]
    assert [(r.line, r.id) for r in batch.refused] == [(6, "18 650")]
    assert batch.hearsay == ("sae:P0A1F",)
    assert batch.notes == (
        "c.csv:4: P1A0F-16 is P1A0F with failure type 16; kept in the description of P1A0F",
    )


def test_two_spellings_of_one_code_are_not_joined_without_a_word(written: Written) -> None:
    content = "code,make,description\nE1-2,TVS,Pump\nE12,TVS,Fan\n"
    batch = code_lists.read_codes(written("c.csv", content))
    assert [c.description for c in batch.codes] == ["Pump"]
    assert batch.notes == ("c.csv:3: E12 is E12 of TVS once more; kept: 'Pump', left out: 'Fan'",)


FILES = {
    "FLAT_RCL_broken_line.txt": (3, 2),
    "FLAT_RCL_kinds.txt": (2, 1),
    "api_Results.json": (36, 0),
    "api_int_year.json": (4, 0),
    "api_lines.jsonl": (36, 0),
    "api_one_vehicle.json": (2, 0),
    "au.csv": (1, 0),
    "dash_campaign.csv": (36, 0),
    "dvsa.csv": (1, 0),
    "excel_date.csv": (36, 0),
    "excel_date2.csv": (36, 0),
    "excel_year.csv": (36, 0),
    "html.csv": (3, 0),
    "long_summary.csv": (3, 0),
    "lower.csv": (36, 0),
    "mac_roman.csv": (1, 0),
    "pipe.csv": (36, 0),
    "rapex.csv": (1, 0),
    "rapex.xml": (1, 0),
    "semicolon.csv": (36, 0),
    "sep_line.csv": (36, 0),
    "utf16.csv": (36, 0),
}


@pytest.fixture
def people(data: Path) -> Path:
    """The files as people have them."""
    folder = data / "reports" / "ingest"
    if not folder.is_dir():
        pytest.skip("the files that people have lie beside the project and are not there")
    return folder


@pytest.mark.parametrize("name", FILES)
def test_recalls_as_people_have_them(people: Path, name: str) -> None:
    batch = recalls.read_campaigns(people / name)
    assert (len(batch.cards), len(batch.refused)) == FILES[name]
    letters = "".join(card.title + card.full_text for card in batch.cards)
    assert "\ufffd" not in letters
    assert "</" not in letters


def test_cards_and_codes_as_people_have_them(people: Path) -> None:
    today = datetime(2026, 11, 29, tzinfo=UTC).date()
    for name in ("cards_de.csv", "cards_ok.csv", "cards_utf16.txt", "cards_year.csv"):
        batch = cards_file.read_cards(people / name, today)
        assert (len(batch.cards), batch.refused) == (1, ())
    counts = {"codes_semicolon.csv": 1, "codes_types.csv": 9, "codes_upper.csv": 1}
    assert {name: len(code_lists.read_codes(people / name).codes) for name in counts} == counts
