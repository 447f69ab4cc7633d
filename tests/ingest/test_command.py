"""`battwheels ingest`: a bad file starts no store, says why, and ends with an exit code."""

from typer.testing import CliRunner

from domain.errors import ImportRefused
from tests.ingest.conftest import Written
from web.cli.ingest import app


def test_refused_line_is_printed(written: Written) -> None:
    path = written("c.csv", "title,symptom_text,cause,year\nA,B,C,2022")
    result = CliRunner().invoke(app, ["cards", str(path)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "c.csv:2: A: make: is needed when a model or a year is named",
        "Nothing was written. Mend these lines, or repeat with --skip-bad.",
    ]


def test_other_file_is_refused(written: Written) -> None:
    path = written("c.csv", "a,b\n1,2")
    for command in ("cards", "codes", "recalls", "knowledge"):
        result = CliRunner().invoke(app, [command, str(path)])
        assert (result.exit_code, type(result.exception)) == (1, ImportRefused)
