"""How many personal values stand in clear in any file that the stores and the service wrote.

Real: every personal field is written through the API, and everything that people type into free
words and that has a form; then the stores write down all they hold, and each file of each store and
every log is searched (`tests/journeys/test_dumps.py`, which shows that the search finds what is
there). This runs that test, and reads how many it found.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree.ElementTree import parse

from bench.bars import Bar, Better

NAME = "personal_data_in_clear"
TEST = "tests/journeys/test_dumps.py"


async def run() -> list[Bar]:
    found = await asyncio.to_thread(_found)
    return [Bar(name=NAME, measured=found, goal=0.0, better=Better.LOWER)]


def _found() -> float:
    """Give how many values were found; without an end where the test did not come to the search."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "0",
            TEST,
            "-o",
            "junit_family=xunit1",
            f"--junitxml={told}",
        ]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        print(ran.stdout.strip().splitlines()[-1:])
        if not told.exists():
            return float("inf")
        properties = parse(told).iter("property")  # noqa: S314 - our own file
        return next(
            (float(p.attrib["value"]) for p in properties if p.attrib["name"] == NAME), float("inf")
        )
