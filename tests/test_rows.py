"""The rows: the plugin on a tiny suite, the verdicts, and the page and its text as they stand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import BENCHES
from bench.rows import ROWS
from tests.conftest import DATA
from tests.rows import bars
from tests.rows.page import page
from tests.rows.plugin import FEATURES, FILES, MARKED
from tests.rows.states import Claim, State, judged
from tests.rows.text import TEXT, Row, of_specification, rows, written

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ("-p", "tests.rows.plugin", "-p", "xdist")
TINY_ROWS = r"""
["1 Letters"]
AA-1 = { capability = "passes: by two", acceptance = "it passes" }
AA-2 = { capability = "fails \\| once", acceptance = "it passes" }
AA-3 = { capability = "is skipped", acceptance = "it passes" }
AA-4 = { capability = "is expected to fail", acceptance = "it passes" }
AA-5 = { capability = "nobody tests", acceptance = "it passes" }
AA-6 = { capability = "breaks down after", acceptance = "it passes" }
AA-7 = { capability = "lacks a wheel", acceptance = "it rolls" }
AA-8 = { capability = "is fast", acceptance = "p95 < 5 s" }
AA-9 = { capability = "is fast, measured", acceptance = "p95 < 5 s" }

["2 Sums"]
BB-1 = { capability = "all", acceptance = "AA-* rows" }
BB-2 = { capability = "the proved ones", acceptance = "AA-1/AA-9 rows" }
BB-3 = { capability = "an open one", acceptance = "AA-5" }
"""
SUITE = """
import pytest

pytestmark = pytest.mark.row("AA-1")

@pytest.mark.row("AA-1")
@pytest.mark.parametrize("n", [1, 2, 3])
def test_two(n): pass

def test_one(): pass

class TestOthers:
    pytestmark = pytest.mark.row("AA-2")

    def test_good(self): pass

@pytest.mark.row("AA-7")
def test_three_wheels(): pass

@pytest.mark.row("AA-7", missing="the fourth wheel")
@pytest.mark.row("AA-9", figure="p95 < 5 s")
def test_measured(): pass

@pytest.mark.row("AA-8")
def test_unmeasured(): pass
"""
FAILING = """
import pytest

@pytest.mark.row("AA-2")
@pytest.mark.parametrize("n", [1, 2])
def test_bad(n): assert n == 1

@pytest.mark.row("AA-3")
@pytest.mark.skip(reason="no")
def test_skipped(): pass

@pytest.mark.row("AA-4")
@pytest.mark.xfail(reason="not yet")
def test_expected(): assert False

@pytest.fixture
def broken():
    yield
    raise ValueError

@pytest.mark.row("AA-6")
def test_broken(broken): pass
"""
INI = """[pytest]
markers = row(id, ...): rows
addopts = --rows-text=rows.toml --rows-page=rows.md
"""
ONES = "test_tiny.py::TestOthers::test_good test_tiny.py::test_measured test_tiny.py::test_one"
TWOS = "test_tiny.py::test_three_wheels test_tiny.py::test_two test_tiny.py::test_unmeasured"
TOLD = f"""\
AA-1 proved {ONES} {TWOS}
AA-2 failed test_failing.py::test_bad
AA-3 open
AA-4 open
AA-5 open
AA-6 failed test_failing.py::test_broken
AA-7 partly the fourth wheel
AA-8 partly no test and no bar compares its figure
AA-9 proved test_tiny.py::test_measured
BB-1 partly AA-3, AA-4, AA-5, AA-7, AA-8
BB-2 proved AA-1 AA-9
BB-3 open
3 proved, 3 partly, 4 open, 2 failed
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "rows.toml").write_text(TINY_ROWS)
    (tmp_path / "test_tiny.py").write_text(SUITE)
    (tmp_path / "test_failing.py").write_text(FAILING)
    (tmp_path / "pytest.ini").write_text(INI)
    return tmp_path


def _run(suite: Path, *options: str) -> str:
    told = subprocess.run(  # noqa: S603 - this interpreter, a suite of ours
        [sys.executable, "-m", "pytest", *PLUGINS, *options],
        cwd=suite,
        env={k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
        | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return told.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "shared out"])
def test_each_row_is_told_once(suite: Path, workers: tuple[str, ...]) -> None:
    assert TOLD in _run(suite, "--rows", *workers)


def test_rows_are_silent_unasked(suite: Path) -> None:
    assert "AA-5" not in _run(suite)
    assert not (suite / "rows.md").exists()


def test_page_is_written_from_the_marks(suite: Path) -> None:
    _run(suite, "--rows-write", "--collect-only", "-m", "nothing", "test_tiny.py")
    lines = (suite / "rows.md").read_text().splitlines()
    first = "`test_tiny.py::TestOthers::test_good` and 5 more"
    assert f"| AA-1 | passes: by two | it passes | proved | {first} |" in lines
    assert "| AA-5 | nobody tests | it passes | open |  |" in lines
    assert "| AA-7 | lacks a wheel | it rolls | partly | the fourth wheel |" in lines


def _claim(row: str, missing: str | None = None) -> Claim:
    return Claim(row=row, by="test", missing=missing)


def test_a_short_bar_leaves_its_row_partly_proved() -> None:
    row = Row(id="AA-1", section="1", capability="is fast", acceptance="p95 < 5 s")
    line = "| `a_ms`, `b_ms` | ≤ 5 s | {} | {} (of 9) |"
    [met] = bars.claims(line.format("3 s", "pass"), {"b_ms": ("AA-1",)})
    [missed] = bars.claims(line.format("7 s", "**short**"), {"b_ms": ("AA-1",)})
    assert judged([row], [_claim("AA-1"), met])["AA-1"].state is State.PROVED
    short = judged([row], [_claim("AA-1"), missed])["AA-1"]
    assert (short.state, short.missing) == (State.PARTLY, ("measured 7 s, goal ≤ 5 s",))


@pytest.mark.parametrize(
    ("acceptance", "followed"),
    [
        ("AA-* rows", ["AA-1", "AA-2", "AA-10", "AA-11"]),
        ("AA-1..2, BB-1 pass", ["AA-1", "AA-2", "BB-1"]),
        ("AA-1x rows", ["AA-10", "AA-11"]),
        ("AA-10", ["AA-10"]),
        ("AA-1 on ten machines", []),
        ("no row", []),
    ],
)
def test_rows_that_consist_of_rows(acceptance: str, followed: list[str]) -> None:
    row = Row(id="CC-1", section="1", capability="", acceptance=acceptance)
    assert row.follows(["AA-1", "AA-2", "AA-10", "AA-11", "BB-1", "CC-1"]) == followed


def test_text_is_that_of_the_specification() -> None:
    source = DATA.parent / "spec" / "features.md"
    if not source.is_file():
        pytest.skip("the specification lies beside the project and is not there")
    assert TEXT.read_text() == written(of_specification(source.read_text()))


def test_text_holds_every_row_once() -> None:
    ids = [row.id for row in rows()]
    assert len(ids) == len(set(ids)) == 362


def test_marks_and_bars_name_rows_that_exist(request: pytest.FixtureRequest) -> None:
    marked = {claim.row for claim in request.config.stash[MARKED]}
    barred = {row for named in ROWS.values() for row in named}
    assert (marked | barred) - {row.id for row in rows()} == set()


def test_bars_of_rows_are_measured_and_written_down() -> None:
    assert ROWS.keys() <= {bar for module in BENCHES.values() for bar in module}
    assert {claim.row for claim in bars.claims()} == {row for rows in ROWS.values() for row in rows}


def test_page_is_what_marks_and_figures_make_it(request: pytest.FixtureRequest) -> None:
    everything = set((ROOT / "tests").rglob("test_*.py"))
    if not everything <= request.config.stash[FILES]:
        pytest.skip("only a run that reads every test knows what the page should say")
    known = rows()
    made = page(known, judged(known, [*request.config.stash[MARKED], *bars.claims()]))
    assert FEATURES.read_text() == made, "run `make features`"
