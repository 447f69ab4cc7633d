"""The command line: what it lists, what it refuses, and how files of reports are read."""

import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from secrets import token_bytes

import orjson
import pytest

from domain.errors import ImportRefused
from domain.personal_records import DataPurpose, RecordKind
from domain.reports import FailureReport
from domain.vehicles import VehicleContext
from ingest.column_names import ColumnMap
from ingest.recalls import read_campaigns
from tests.commands import called
from web.cli.main import COMMANDS
from web.cli.report_file import NamedReport, RefusedReport, read_reports
from web.cli.report_options import print_heading

VAULT_KEYS = " ".join(
    f"{name}:{b64encode(token_bytes(32)).decode()}" for name in ("first", "index")
)


def test_help_lists_every_command() -> None:
    code, shown, _ = called("--help", COLUMNS="200")
    assert code == 0
    assert [name for name in COMMANDS if f" {name} " not in shown] == []


def test_help_imports_nothing_heavy() -> None:
    heavy = "torch", "sentence_transformers", "strawberry", "neo4j", "psycopg", "langchain_core"
    listing = f"import web.cli.main, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_kind_of_record_is_told_with_its_time() -> None:
    code, shown, _ = called("personal", "kinds")
    told = shown.splitlines()
    assert (code, [line.partition(" (")[0] for line in told]) == (0, [*RecordKind])
    assert f"session ({DataPurpose.SIGN_IN}): 90 days after it is over" in told
    assert f"try to sign in ({DataPurpose.SIGN_IN}): a day after the last of them" in told


def test_tokens_are_refused_in_production(tmp_path: Path) -> None:
    safe = {
        "BATTWHEELS_ENV": "production",
        "BATTWHEELS_OWN_STORES": "127.0.0.1",
        "BATTWHEELS_HOME": str(tmp_path),
        "NEO4J_URI": "bolt://127.0.0.1:1",
        "NEO4J_PASSWORD": "kV7q-3mXz-Lw9T-pR2c",
        "POSTGRES_URL": "postgresql://b:hN4d-8sYf-Qb6J-uE5g@127.0.0.1:1/b",
        "REDIS_URL": "redis://:xC2w-7tGk-Zn9P-aM3r@127.0.0.1:1/0",
        "BATTWHEELS_TOKEN_SECRET": "mQ8v-2rTk-Xz5L-hW7c-bN4j-yP9d-fG3s-aU6e-kD1x",
        "BATTWHEELS_VAULT_KEYS": VAULT_KEYS,
    }
    refused = called("token", **safe)
    assert refused == (1, "", "battwheels token: mints tokens for development only\n")


@pytest.mark.parametrize("command", ["match", "diagnose", "draft"])
def test_empty_report_is_refused(command: str) -> None:
    assert called(command, "   ") == (1, "", "text: is empty\n")


def test_a_file_brings_its_own_codes(tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_text('{"id": "a", "text": "no charge"}\n')
    said = "text: give a report with its codes and vehicle, or --file, not both\n"
    assert called("match", "--file", str(file), "--code", "P0A80") == (1, "", said)


def test_a_report_is_shown_as_it_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    print_heading(NamedReport("R7", FailureReport(text="light [/] blinks [red] once")), None)
    assert capsys.readouterr().out == "Report R7 light [/] blinks [red] once\n"


def test_reports_are_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_text(
        '{"id": "a", "text": "no charge", "codes": ["p0a80"], "make": "Ather", "year": 2022}\n'
        "\n"
        '{"id": 7, "text": "noise", "model": "450X"}\n'
    )
    assert read_reports(file) == [
        NamedReport(
            "a",
            FailureReport(
                text="no charge",
                codes=("p0a80",),
                vehicle=VehicleContext(make="Ather", year=2022),
            ),
            line=1,
        ),
        # A model alone names no vehicle: it is left to the text.
        NamedReport("7", FailureReport(text="noise"), line=3),
    ]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("not json", RefusedReport("2", 2, "line: is not JSON")),
        ("[1]", RefusedReport("2", 2, "line: is not a JSON object")),
        ('{"id": "b"}', RefusedReport("b", 2, "text: is empty")),
        ('{"text": ""}', RefusedReport("2", 2, "text: is empty")),
        (
            '{"id": "b", "text": "x", "year": "soon"}',
            RefusedReport("b", 2, "year: Input should be a valid integer"),
        ),
        (
            '{"id": "b", "text": "x", "year": 3000}',
            RefusedReport("b", 2, "year: 3000 is not between 1950 and 2100"),
        ),
    ],
)
def test_a_bad_line_keeps_its_place_among_the_good(
    tmp_path: Path, line: str, refused: RefusedReport
) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_text(f'{{"id": "a", "text": "x"}}\n{line}\n{{"id": "c", "text": "y"}}\n')
    first, bad, last = read_reports(file)
    assert (first, last) == (
        NamedReport("a", FailureReport(text="x"), line=1),
        NamedReport("c", FailureReport(text="y"), line=3),
    )
    assert isinstance(bad, RefusedReport)
    assert (bad.id, bad.line) == (refused.id, refused.line)
    assert bad.reason.startswith(refused.reason)


@pytest.mark.parametrize("content", [b"", b"\0\1\2\3", b"\x89PNG\0\0", b"PK\x03\x04zip"])
def test_what_is_no_text_is_no_file_of_reports(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_bytes(content)
    with pytest.raises(ImportRefused, match=r"reports\.jsonl"):
        read_reports(file)


def test_a_table_of_complaints_is_a_file_of_reports(tmp_path: Path) -> None:
    file = tmp_path / "complaints.csv"
    file.write_text(
        "ODINO,MAKETXT,MODELTXT,YEARTXT,COMPDESC,CDESCR\n"
        '11,KIA,SOUL,2018.0,BRAKES,"It stops, then starts"\n12,KIA,EV6,9999,NONE,Dead\n'
    )
    kia = VehicleContext(make="KIA", model="SOUL", year=2018)
    assert read_reports(file) == [
        NamedReport("11", FailureReport(text="It stops, then starts", vehicle=kia), line=2),
        NamedReport(
            "12",
            FailureReport(text="Dead", vehicle=VehicleContext(make="KIA", model="EV6")),
            line=3,
        ),
    ]


def test_the_flat_file_of_complaints_has_no_header(tmp_path: Path) -> None:
    cells = ["1", "11468315", "Kia", "KIA", "EV6", "2022", *[""] * 13, "It will not charge"]
    file = tmp_path / "FLAT_CMPL.txt"
    file.write_text("\t".join([*cells, *[""] * 29]) + "\n")
    kia = VehicleContext(make="KIA", model="EV6", year=2022)
    report = FailureReport(text="It will not charge", vehicle=kia)
    assert read_reports(file) == [NamedReport("11468315", report, line=1)]
    with pytest.raises(ImportRefused, match="battwheels match --file"):
        read_campaigns(file)


def test_columns_of_reports_can_be_told(tmp_path: Path) -> None:
    file = tmp_path / "jobs.csv"
    file.write_text("Auftrag;Kundenwunsch;Code\nA7;startet nicht;P0A80, U0100\n")
    with pytest.raises(ImportRefused) as refused:
        read_reports(file)
    assert "Found (parted by semicolons, row 1): Auftrag, Kundenwunsch, Code" in str(refused.value)
    assert "battwheels match --file jobs.csv --map THEIRS=text" in str(refused.value)
    told = ColumnMap.parse(["Auftrag=id", "kundenwunsch=text"])
    assert read_reports(file, told) == [
        NamedReport("A7", FailureReport(text="startet nicht", codes=("P0A80", "U0100")), line=2)
    ]


def test_a_long_text_is_cut_with_a_note(tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_text(orjson.dumps({"id": "a", "text": "horn " * 4_000}).decode())
    [found] = read_reports(file)
    assert isinstance(found, NamedReport)
    assert found.report.note == "Only the first 10,000 of its 20,000 characters were read."
    assert len(found.report.text) == 9_999


def test_when_no_line_is_a_report_every_line_says_why(tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_text('{"id": "a", "text": ""}\n{"id": "b"}\n')
    code, shown, said = called("match", "--file", str(file), "--format", "jsonl")
    assert [orjson.loads(line) for line in shown.splitlines()] == [
        {"id": "a", "line": 1, "error": "text: is empty"},
        {"id": "b", "line": 2, "error": "text: is empty"},
    ]
    assert (code, said) == (1, "2 of 2 reports could not be answered.\n")
