"""`battwheels queries`: every query has a name that stands in the code, and is printed whole."""

import re
from pathlib import Path

from typer.testing import CliRunner

from web.cli.main import app
from web.cli.queries import every_query

ROOT = Path(__file__).parents[2]
PACKAGES = ("access", "billing", "graph", "ingest", "matching", "records", "repair", "sync", "web")


def test_prints_one_query_whole() -> None:
    printed = CliRunner().invoke(app, ["queries", "by_codes"]).stdout
    assert printed.startswith("// graph/queries/search.cypher: by_codes\n")
    assert "MATCH" in printed
    assert not re.search(r"\b(SEEN|HIT|LEVEL|COSINE|MARKS)\b", printed)


def test_prints_all_queries() -> None:
    printed = CliRunner().invoke(app, ["queries"]).stdout
    heads = re.findall(r"^(?://|--) (\S+): (\w+)$", printed, re.MULTILINE)
    assert heads == [(file, name) for file, name, _ in every_query()]


def test_says_when_no_query_is_called_so() -> None:
    result = CliRunner().invoke(app, ["queries", "by_magic"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "No query is called by_magic. `battwheels queries` prints them all.\n"


def test_every_query_name_stands_in_the_code() -> None:
    code = "\n".join(
        path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    spoken = set(re.findall(r'"(\w+)"', code))
    unspoken = {name for _, name, _ in every_query() if name not in spoken}
    assert {name for name in unspoken if not name.startswith("page_from_")} == set()


def test_no_query_name_is_put_together() -> None:
    made = re.compile(r"\b(QUERIES|READS|WRITES|EDGES|PIECES)\[f\"")
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert [path.name for path in files if made.search(path.read_text())] == []
