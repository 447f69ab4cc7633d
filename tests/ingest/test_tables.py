"""Files as people have them: letters, separators, titles above the header, JSON and XML."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.errors import ImportRefused, InvalidInput
from ingest import cards_file, code_lists, recalls
from ingest.batch import ImportBatch
from ingest.column_names import ColumnMap, known_form
from ingest.files import MOST_BYTES
from ingest.records_file import read_records
from tests.ingest.conftest import Written
from tests.ingest.test_recalls import RESULT, csv

TODAY = date(2026, 11, 29)
HEAD, ROW = list(RESULT), list(RESULT.values())
ODD = "Zellé “défectueuse” – l’unité"


def joined(sign: str, *rows: list[str]) -> str:
    return "\r\n".join(sign.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in r) for r in rows)


@pytest.fixture
def plain(written: Written) -> ImportBatch:
    return recalls.read_campaigns(written("plain.csv", csv(RESULT)))


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_separator_in_any_unicode(
    written: Written, plain: ImportBatch, sign: str, encoding: str
) -> None:
    content = joined(sign, HEAD, ROW).encode(encoding)
    assert recalls.read_campaigns(written("r.csv", content)).cards == plain.cards


@pytest.mark.parametrize(
    "above",
    [
        "sep=;\n",
        "Recalls of 2020\n\n",
        "Report;made;by;export\nCount;1;;\n;;;\n",
        "\n\n",
    ],
)
def test_what_stands_above_the_header_is_passed_over(
    written: Written, plain: ImportBatch, above: str
) -> None:
    content = above + joined(";", HEAD, ROW)
    assert recalls.read_campaigns(written("r.csv", content)).cards == plain.cards


@pytest.mark.parametrize("spelled", ["lower", "upper", "spaced", "parted"])
def test_headers_in_any_spelling(written: Written, plain: ImportBatch, spelled: str) -> None:
    forms = {
        "lower": [name.lower() for name in HEAD],
        "upper": [name.upper() for name in HEAD],
        "spaced": [f"  {name} " for name in HEAD],
        "parted": [name.replace("Number", " Number").replace("Year", "_year") for name in HEAD],
    }
    content = joined(",", forms[spelled], ROW)
    assert recalls.read_campaigns(written("r.csv", content)).cards == plain.cards


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman", "utf-16"])
def test_letters_are_told_by_the_words_they_make(written: Written, encoding: str) -> None:
    content = f"code;make;description\r\nE77;Ather;{ODD}\r\n".encode(encoding)
    [code] = code_lists.read_codes(written("c.csv", content)).codes
    assert code.description == ODD


def test_a_file_of_two_programs_is_read_line_by_line(written: Written) -> None:
    content = f"code;make;description\nE1;Ather;{ODD}\nE2;Ather;".encode()
    content += "l’unité".encode("cp1252")
    first, second = code_lists.read_codes(written("c.csv", content)).codes
    assert (first.description, second.description) == (ODD, "l’unité")


@pytest.mark.parametrize(
    "document",
    [
        [RESULT],
        {"Count": 1, "results": [RESULT]},
        {"Results": [RESULT]},
        {"data": {"recalls": [RESULT]}},
        RESULT,
        [RESULT | {"ModelYear": 2020}],
        [RESULT | {"ModelYear": 2020.0}],
        [RESULT | {"Notes": None}],
    ],
)
def test_json_in_its_variants(written: Written, plain: ImportBatch, document: object) -> None:
    for content in (json.dumps(document), json.dumps(document, indent=2)):
        assert recalls.read_campaigns(written("r.json", content)).cards == plain.cards


def test_json_lines_are_read_each_for_itself(written: Written, plain: ImportBatch) -> None:
    content = "\n".join([json.dumps(RESULT), "{broken", json.dumps(RESULT | {"Model": "KUGA"})])
    batch = recalls.read_campaigns(written("r.jsonl", content))
    assert {"KUGA", "ESCAPE"} <= {v.model for v in batch.cards[0].vehicles}
    assert [r.line for r in batch.refused] == [2]
    assert plain.cards[0].title == batch.cards[0].title


def test_numbers_and_days_as_a_sheet_writes_them(written: Written) -> None:
    line = RESULT | {"ModelYear": "2020.0", "ReportReceivedDate": "4-Mar-21"}
    [card] = recalls.read_campaigns(written("r.csv", csv(line))).cards
    assert card.provenance.created_at == datetime(2021, 3, 4, tzinfo=UTC)
    assert 2020 in {v.year for v in card.vehicles}
    cards = "Titel;Symptom;Ursache;Schritte;Marke;Modell;Baujahr;confidence;severity;labour\n"
    cards += "T;startet nicht;Stecker;Prüfen;Ather;450X;2022.0;80%;HIGH;1h\n"
    [made] = cards_file.read_cards(written("c.csv", cards), TODAY).cards
    assert (made.cause.confidence, made.resolution.labour_minutes) == (0.8, 60)
    assert (made.signature.severity.value, made.vehicles[0].year) == ("high", 2022)


def test_a_text_of_any_length_is_cut_with_a_note(written: Written) -> None:
    long = RESULT | {"Summary": RESULT["Summary"] + " The dealer will look." * 100_000}
    batch = recalls.read_campaigns(written("r.csv", csv(long)))
    [card] = batch.cards
    assert card.published is not None
    assert len(card.published.failure) <= 10_000
    [note] = batch.notes
    assert note.startswith("r.csv:2: 21V123000: summary has 2200")


def test_web_marks_are_no_words_of_a_title(written: Written) -> None:
    line = RESULT | {"Summary": 'The <A HREF="https://x">cable</A> &amp; plug may melt.'}
    [card] = recalls.read_campaigns(written("r.csv", csv(line))).cards
    assert card.title == "The cable & plug may melt"


def test_a_refusal_says_what_is_there_and_what_to_type(written: Written) -> None:
    path = written("liste.csv", "Rückrufnr;Mängel;Marke\n1;2;3\n")
    with pytest.raises(ImportRefused) as refused:
        recalls.read_campaigns(path)
    assert str(refused.value) == (
        "liste.csv: has no column for campaign, summary. Found (parted by semicolons, row 1): "
        "Rückrufnr, Mängel, Marke. If they are called otherwise, say how: battwheels ingest "
        "recalls liste.csv --map THEIRS=campaign --map THEIRS=summary. Nothing was written."
    )


def test_columns_can_be_told(written: Written) -> None:
    content = (
        "Rückrufnr;Mängel;Marke;Modell;Jahr\nKBA-0123;Der Stecker kann schmelzen.;VW;ID.3;2021\n"
    )
    told = ColumnMap.parse(["Rückrufnr=campaign", "mangel=summary", "Jahr=year"])
    [card] = recalls.read_campaigns(written("kba.csv", content), told).cards
    assert (card.id, card.provenance.author) == ("fc_recall_kba-0123", "recall")
    assert [(v.make, v.model, v.year) for v in card.vehicles] == [("Volkswagen", "ID.3", 2021)]


def test_columns_can_be_told_in_a_file(written: Written) -> None:
    content = "no;what;brand;type\nC-7;The plug may melt.;VW;ID.3\n"
    lines = "# ours\nno=campaign\nwhat=summary\nbrand=make\ntype=model\n"
    yaml = "'no': campaign\nwhat: summary\nbrand: make\ntype: model\n"
    for mapping in (lines, yaml):
        told = ColumnMap.parse((), written("map.txt", mapping))
        [card] = recalls.read_campaigns(written("l.csv", content), told).cards
        assert [(v.make, v.model) for v in card.vehicles] == [("Volkswagen", "ID.3")]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("colour", "map: 'colour' does not have the form theirs=ours"),
        ("a=colour", "map: 'colour' is none of "),
    ],
)
def test_a_wrong_map_is_refused(written: Written, told: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        recalls.read_campaigns(written("r.csv", csv(RESULT)), ColumnMap.parse([told]))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b" \r\n ", "is empty"),
        ("a.xlsx", b"PK\x03\x04", "is a workbook or an archive"),
        ("a.csv", b"\x00\x01\x02\x03" * 40, "is not a text file"),
        ("a.html", b"<html><table><tr><td>CAMPNO</td></tr></table></html>", "is a web page"),
        ("a.json", b'{"results": 5}', "has no column for"),
        ("a.json", b"[" * 100_000, "is not JSON"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
        ("a.xml", b"<a>" * 50, "has over 40 elements inside each other"),
        ("a.xml", b"<a><b>", "is not XML"),
    ],
)
def test_hostile_files_are_refused(written: Written, name: str, content: bytes, says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        recalls.read_campaigns(written(name, content))


def test_a_file_that_is_too_large_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    monkeypatch.setattr(Path, "open", None)
    with pytest.raises(ImportRefused, match="is over 512 MiB"):
        recalls.read_campaigns(path)


def test_a_bad_quote_costs_its_own_line_alone(written: Written) -> None:
    content = 'code,make,description\nE1,Ather,"in" words\nE2,Ather,"open"wrong"\nE3,Ather,good\n'
    batch = code_lists.read_codes(written("c.csv", content))
    assert [c.code for c in batch.codes] == ["E1", "E3"]
    assert [r.line for r in batch.refused] == [3]


def test_an_open_quote_says_where_it_opens(written: Written) -> None:
    content = 'code,make,description\nE1,Ather,good\nE2,Ather,"open\nE3,Ather,lost\n'
    batch = code_lists.read_codes(written("c.csv", content))
    assert [c.code for c in batch.codes] == ["E1"]
    assert [(r.line, r.reason) for r in batch.refused] == [
        (3, "a quote opens here and never closes; 2 lines cannot be read")
    ]


def test_a_quote_that_swallows_lines_loses_none_without_a_word(written: Written) -> None:
    content = 'code,make,description\nE1,Ather,"open\nE2,Ather,lost\n'
    content += 'E3,Ather,"good"\nE4,Ather,last\n'
    batch = code_lists.read_codes(written("c.csv", content))
    assert [c.code for c in batch.codes] == ["E4"]
    assert [(r.line, r.reason) for r in batch.refused] == [
        (2, "a quote opens here and never closes; 3 lines cannot be read")
    ]


def test_stray_empty_letters_and_formulas_are_text(written: Written) -> None:
    content = "code,make,description\nE1,Ather,a\0b\nE2,Ather,=cmd|' /C calc'!A0\n" + "x" * 0
    filler = "".join(f"E{n},Ather,filler\n" for n in range(3, 400))
    codes = code_lists.read_codes(written("c.csv", content + filler)).codes
    assert [c.description for c in codes[:2]] == ["ab", "=cmd|' /C calc'!A0"]


def test_columns_that_are_not_read_are_said(written: Written) -> None:
    batch = recalls.read_campaigns(written("r.csv", csv(RESULT | {"Colour": "red"})))
    assert batch.notes == ()
    content = csv(RESULT).replace("Notes", "Farbe", 1)
    assert recalls.read_campaigns(written("r.csv", content)).notes == (
        "r.csv: columns not read: Farbe",
    )


def test_elements_of_xml_are_rows(written: Written) -> None:
    content = (
        '<?xml version="1.0"?><list><alert><alertNumber>A1/00001/22</alertNumber>'
        "<product>Passenger car</product><danger>It &amp; burns.</danger></alert>"
        "<alert><alertNumber>A1/00002/22</alertNumber><product>Tyre</product>"
        "<danger>It bursts.</danger></alert></list>"
    )
    table = read_records(written("a.xml", content), [known_form("safety_gate")], "ingest recalls")
    assert [row.fields for row in table.rows] == [
        {"campaign": "A1/00001/22", "product": "Passenger car", "summary": "It & burns."},
        {"campaign": "A1/00002/22", "product": "Tyre", "summary": "It bursts."},
    ]
