"""The analysts' copy of a simulated year: notebooks that fail, and writes that its server takes.

Both are counted by the suite's own long tests (`tests/web/analyst/test_served_copy.py`).
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.bars import Bar, Better

TESTS = "tests/web/analyst/test_served_copy.py"
# The bars, by the test whose failures they count.
COUNTED = {
    "notebooks_failed": "test_a_notebook_runs_on_the_simulated_year",
    "analyst_writes_accepted": "test_a_write_is_refused_at_the_server",
}


async def run() -> list[Bar]:
    """Make the copy, try to write to it, and run every notebook on it."""
    return await asyncio.to_thread(_bars)


def _bars() -> list[Bar]:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        ran = subprocess.run(  # noqa: S603 - this interpreter
            [sys.executable, "-m", "pytest", "-q", "-n", "0", f"--junitxml={told}", TESTS],
            capture_output=True,
            text=True,
            check=False,
        )
        print("\n".join(ran.stdout.strip().splitlines()[-1 if ran.returncode == 0 else -40 :]))
        cases = list(ET.parse(told).iter("testcase"))  # noqa: S314 - pytest wrote it a moment ago
    return [
        Bar(name=bar, measured=_failed(cases, test), goal=0, better=Better.LOWER)
        for bar, test in COUNTED.items()
    ]


def _failed(cases: list[ET.Element], test: str) -> float:
    """Count the cases of a test that did not pass; where none ran, that is no 0."""
    of_test = [one for one in cases if one.get("name", "").startswith(test)]
    bad = [
        one for one in of_test if one.find("failure") is not None or one.find("error") is not None
    ]
    print(f"{test}: {len(of_test)} cases")
    return float(len(bad)) if of_test else float("inf")
