"""The rows plugin on a tiny suite, and the page of rows against the tests."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rows import FEATURES, LINE, known, written

ROOT = Path(__file__).resolve().parent.parent
QUOTED = re.compile(r'"([A-Z]{2,3}-\d+)"')
PROVED = re.compile(r"^\| ([A-Z]{2,3}-\d+) \| .* \| proved \| `(.+)::(.+)` \|$", re.MULTILINE)
PLUGINS = ("-p", "tests.rows", "-p", "xdist")
PAGE = """# Rows

| row | capability | state | proved by |
|---|---|---|---|
| AA-1 | passes: by two | open | |
| AA-2 | fails \\| once | proved | `test_tiny.py::test_gone` |
| AA-3 | is skipped | proved | `test_tiny.py::test_skipped` |
| AA-4 | is expected to fail | open | |
| AA-5 | nobody tests | open | |
| AA-6 | breaks down after | open | |
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
TOLD = """\
AA-1 pass test_tiny.py::TestOthers::test_good test_tiny.py::test_one test_tiny.py::test_two
AA-2 fail test_failing.py::test_bad
AA-3 absent
AA-4 absent
AA-5 absent
AA-6 fail test_failing.py::test_broken
1 pass, 2 fail, 3 absent
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "rows.md").write_text(PAGE)
    (tmp_path / "test_tiny.py").write_text(SUITE)
    (tmp_path / "test_failing.py").write_text(FAILING)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = row(id, ...): rows\n")
    return tmp_path


def _run(suite: Path, *options: str) -> str:
    told = subprocess.run(  # noqa: S603 - this interpreter, a suite of ours
        [sys.executable, "-m", "pytest", *PLUGINS, "--rows-page", "rows.md", *options],
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
    assert (suite / "rows.md").read_text() == PAGE


def test_page_is_brought_up_to_date(suite: Path) -> None:
    _run(suite, "--rows-write")
    assert (suite / "rows.md").read_text() == PAGE.replace(
        "| passes: by two | open | |",
        "| passes: by two | proved | `test_tiny.py::TestOthers::test_good` |",
    ).replace("proved | `test_tiny.py::test_gone` |", "open | |").replace(
        "proved | `test_tiny.py::test_skipped` |", "open | |"
    )


def test_writing_twice_changes_nothing() -> None:
    outcomes = {"AA-1": {"tests/a/test_b.py::test_c[1]": "passed"}, "AA-2": {"t.py::t": "skipped"}}
    once = written(PAGE, outcomes)
    assert "| AA-1 | passes: by two | proved | `a/test_b.py::test_c` |" in once
    assert written(once, outcomes) == once


def test_page_lists_every_row_once() -> None:
    rows = known()
    assert len(rows) == len(set(rows)) == len(LINE.findall(FEATURES.read_text())) == 362


def test_marks_name_rows_that_exist() -> None:
    assert {row for rows in _marks().values() for row in rows} - set(known()) == set()


def test_proved_rows_have_their_test() -> None:
    marks = _marks()
    unproved = [
        (row, file, test)
        for row, place, test in PROVED.findall(FEATURES.read_text())
        # A test in a class stands as file::class::test.
        for file in [place.partition("::")[0]]
        if row not in marks.get(file, set())
        or f"def {test.rpartition('::')[2]}(" not in (ROOT / "tests" / file).read_text()
    ]
    assert unproved == []


def _marks() -> dict[str, set[str]]:
    """Give the rows that each test file names, by its path under tests/."""
    letters = {row.partition("-")[0] for row in known()}
    files = [p for p in (ROOT / "tests").rglob("test_*.py") if p != Path(__file__)]
    return {
        str(p.relative_to(ROOT / "tests")): {
            word for word in QUOTED.findall(p.read_text()) if word.partition("-")[0] in letters
        }
        for p in files
    }
