"""The command line: what it lists, what it refuses, and how files of reports are read."""

import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from secrets import token_bytes

import pytest

from domain.errors import ImportRefused
from domain.reports import FailureReport
from domain.vehicles import VehicleContext
from tests.commands import called
from web.cli.main import COMMANDS
from web.cli.report_file import NamedReport, read_reports
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
        ),
        # A model alone names no vehicle: it is left to the text.
        NamedReport("7", FailureReport(text="noise")),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json\n", ":1: line: Invalid JSON"),
        (b'{"text": "x"}\n', ":1: id: Field required"),
        (b'{"id": "a", "text": "x"}\n{"id": "b"}\n', ":2: text: is empty"),
        (b'{"id": "a", "text": "x", "year": "soon"}\n', ":1: year: Input should be"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_broken_report_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_bytes(content)
    with pytest.raises(ImportRefused) as refused:
        read_reports(file)
    assert said in str(refused.value)
