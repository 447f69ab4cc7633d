"""Cards and codes that somebody else wrote."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from domain.cards import CardSource, CardStatus, Humidity, PartUse, RepairStep
from domain.codes import ACCEPTED, ErrorCode
from domain.errors import ImportRefused
from ingest import cards_file, code_lists
from ingest.column_names import ColumnMap
from ingest.makers import maker_name
from tests.ingest.conftest import Written

TODAY = date(2026, 11, 23)
LINE = {
    "title": "Fuse blown",
    "symptom_text": "Nothing at key on",
    "cause": "Shorted horn wire",
    "make": "ather",
    "model": "450X",
    "year": "2022",
    "year_to": "2023",
    "steps": "SAFETY: Key off | Find the short | Replace the fuse",
    "symptoms": "SYM_ELEC_002; SYM_ELEC_006",
    "error_codes": "P0562; Ather:E401",
    "parts": "BW-FUSE-10A x2",
    "temperature": "35-45C",
    "humidity": "high",
    "labour_minutes": "30",
}


def csv(*lines: dict[str, str]) -> str:
    return "\n".join([",".join(LINE), *(",".join(line.values()) for line in lines)])


def test_csv_line_becomes_a_card(written: Written) -> None:
    [card] = cards_file.read_cards(written("c.csv", csv(LINE)), TODAY).cards
    assert (card.source, card.status) == (CardSource.IMPORT, CardStatus.PROVISIONAL)
    assert card.resolution.steps == (
        RepairStep(action="Key off", safety=True),
        RepairStep(action="Find the short"),
        RepairStep(action="Replace the fuse"),
    )
    assert [(v.make, v.model, v.year) for v in card.vehicles] == [
        ("Ather", "450X", 2022),
        ("Ather", "450X", 2023),
    ]
    assert card.signature.error_codes == ("sae:P0562", "ather:E401")
    assert card.signature.symptoms == ("SYM_ELEC_002", "SYM_ELEC_006")
    assert card.resolution.parts == (PartUse(part="BW-FUSE-10A", quantity=2),)
    assert card.signature.environment is not None
    assert card.signature.environment.humidity is Humidity.HIGH


@pytest.mark.row("CA-12")
def test_temperature_range_is_read(written: Written) -> None:
    [card] = cards_file.read_cards(written("c.csv", csv(LINE)), TODAY).cards
    environment = card.signature.environment
    assert environment is not None
    assert (environment.low_c, environment.high_c) == (35.0, 45.0)


@pytest.mark.row("CA-12")
def test_reversed_temperature_is_refused(written: Written) -> None:
    batch = cards_file.read_cards(written("c.csv", csv(LINE | {"temperature": "45-35C"})), TODAY)
    assert batch.cards == ()
    assert [r.reason for r in batch.refused] == ["temperature: '45-35C' is reversed"]


def test_same_line_is_the_same_card(written: Written) -> None:
    path = written("c.csv", csv(LINE))
    assert cards_file.read_cards(path, TODAY) == cards_file.read_cards(path, TODAY)


def test_jsonl_takes_lists_and_objects(written: Written) -> None:
    line = {
        "id": "fc_mine_1",
        "title": "Fuse blown",
        "symptom_text": "Dead",
        "cause": "Short",
        "steps": ["Test", {"action": "Fit fuse", "minutes": 5, "tools": ["pliers"]}],
        "error_codes": ["P0562"],
        "labour_minutes": 12,
    }
    [card] = cards_file.read_cards(written("c.jsonl", json.dumps(line)), TODAY).cards
    assert card.id == "fc_mine_1"
    assert card.resolution.steps == (
        RepairStep(action="Test"),
        RepairStep(action="Fit fuse", minutes=5, tools=("pliers",)),
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": ""}, "title: Field required"),
        ({"year": "2009", "year_to": "2009"}, "year: 2009 is not between 2010 and 2027"),
        ({"year": "2024", "year_to": "2022"}, "year_to: 2024 to 2022 is no range of years"),
        ({"make": ""}, "make: is needed when a model or a year is named"),
        ({"error_codes": "E401"}, "error code: 'E401' needs its make, as in Ather:E401"),
        ({"symptoms": "BATT_1"}, "symptom code: 'BATT_1' does not have the form SYM_BATT_001"),
        ({"humidity": "wet"}, "humidity: Input should be 'low', 'normal' or 'high'"),
    ],
)
def test_bad_line_says_why(written: Written, changes: dict[str, str], reason: str) -> None:
    batch = cards_file.read_cards(written("c.csv", csv(LINE, LINE | changes)), TODAY)
    assert len(batch.cards) == 1
    assert [(r.line, r.reason) for r in batch.refused] == [(3, reason)]


def test_unknown_column_is_refused_unless_it_is_told_or_left_out(written: Written) -> None:
    path = written("c.csv", "title,symptom_text,cause,colour\nA,B,C,red")
    with pytest.raises(ImportRefused) as refused:
        cards_file.read_cards(path, TODAY)
    assert refused.value.reason == (
        "colour: no column of a card is called so. Say which is meant (--map 'colour=COLUMN'), "
        "or leave it out (--map 'colour=')."
    )
    for told, variant in (("colour=", None), ("colour=variant", "red")):
        path = written("c.csv", "title,symptom_text,cause,make,colour\nA,B,C,Ather,red")
        [card] = cards_file.read_cards(path, TODAY, ColumnMap.parse([told])).cards
        assert [v.variant for v in card.vehicles] == [variant]


@pytest.mark.parametrize("content", ["", "a,b\n1,2", b"\0", "title,symptom_text,cause"])
def test_other_files_are_refused(written: Written, content: str | bytes) -> None:
    path = written("c.csv", content)
    with pytest.raises(ImportRefused):
        cards_file.read_cards(path, TODAY)


def test_codes_come_from_csv_and_jsonl(written: Written) -> None:
    lines = "code,manufacturer,description\np0a80,FORD,Cause list\nP0A80,GENERIC,Replace pack\n"
    lines += "e-401,ATHER,Cells apart\n"
    expected = (
        ErrorCode(code="P0A80", scope="sae", description="Replace pack"),
        ErrorCode(code="E401", scope="Ather", description="Cells apart"),
    )
    jsonl = '{"code": "P0A80", "description": "Replace pack"}\n'
    jsonl += '{"code": "E401", "make": "Ather", "description": "Cells apart"}'
    assert code_lists.read_codes(written("a.csv", lines)).codes == expected
    assert code_lists.read_codes(written("a.jsonl", jsonl)).codes == expected


def test_bad_codes_are_named(written: Written) -> None:
    lines = "code,manufacturer,description\n!!,FORD,What\nE1,ATHER,\n"
    batch = code_lists.read_codes(written("a.csv", lines))
    assert [(r.line, r.id, r.reason) for r in batch.refused] == [
        (2, "!!", f"error code: '!!' does not read as a trouble code; {ACCEPTED}"),
        (3, "E1", "description: is empty"),
    ]


def test_other_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table t (a)")
        database.commit()
    with pytest.raises(ImportRefused, match=r"x\.db: is no list of codes"):
        code_lists.read_codes(path)


def test_real_code_list_is_read(data: Path) -> None:
    batch = code_lists.read_codes(data / "codes" / "dtc_codes.db")
    by_key = {code.key: code.description for code in batch.codes}
    assert (len(batch.codes), batch.refused) == (16_052, ())
    assert by_key["sae:P0A80"] == "Replace Hybrid/EV Battery Pack"  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FORD", "Ford"),
        ("tvs", "TVS"),
        ("Tata Motors Ltd", "Tata"),
        ("CHEVY", "Chevrolet"),
        ("Hero Electric", "Hero Electric"),
        ("bmw", "BMW"),
        ("KIA", "Kia"),
    ],
)
def test_makers_are_spelled_one_way(name: str, expected: str) -> None:
    assert maker_name(name) == expected
