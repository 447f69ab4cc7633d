"""What leaks of the permission matrix, counted by the suite's own walks.

Five roles of two garages ask every field by every way, by text and by the ids of documents, closed
verbs, and things of others beside things that are not there (`tests/journeys/test_visibility.py`,
`test_permissions.py`): these are answered alike, and take as long, as wrong and unknown names do at
the door for signing in (`timed_answers.py`, walked here alone).
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.bars import Bar, Better

JOURNEYS = Path("tests/journeys")
WALKS = ("test_visibility.py", "test_permissions.py", "timed_answers.py")
# Only the older form of the report keeps what tests tell beside their outcome.
QUIETLY = ("-q", "-n", "0", "-o", "junit_family=xunit1")
# The bars, by the property under which a test tells what it counted.
COUNTED = {"matrix_leaks": "leaks"}


async def run() -> list[Bar]:
    """Walk, and print how many walks there were."""
    return await asyncio.to_thread(_bars)


def _bars() -> list[Bar]:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        files = [str(JOURNEYS / name) for name in WALKS]
        ran = subprocess.run(  # noqa: S603 - this interpreter
            [sys.executable, "-m", "pytest", *QUIETLY, f"--junitxml={told}", *files],
            capture_output=True,
            text=True,
            check=False,
        )
        said = ran.stdout.strip().splitlines()
        # Why a walk did not end is worth as much as how many did.
        print("\n".join(said[-1:] if ran.returncode == 0 else said[-40:]))
        counted = _counts(told, green=ran.returncode == 0)
    return [
        Bar(name=bar, measured=counted[said], goal=0, better=Better.LOWER)
        for bar, said in COUNTED.items()
    ]


def _counts(told: Path, *, green: bool) -> dict[str, float]:
    """Add up what the tests told; what nobody told, or a red test without any, is no 0."""
    counts = {name: list[int]() for name in COUNTED.values()}
    for said in ET.parse(told).iter("property"):  # noqa: S314 - pytest wrote it a moment ago
        if said.get("name") in counts:
            counts[said.get("name", "")].append(int(said.get("value", "")))
    print({name: f"{len(each)} walks" for name, each in counts.items()})
    wrong = not green and not any(sum(each) for each in counts.values())
    return {
        name: float("inf") if wrong or not each else float(sum(each))
        for name, each in counts.items()
    }
