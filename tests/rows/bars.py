"""What the last figures of docs/benchmarks.md, a line for a bar, say of rows."""

import re
from collections.abc import Mapping
from pathlib import Path

from bench.rows import ROWS
from tests.rows.states import Claim
from tests.rows.text import ROOT

FIGURES = ROOT / "docs" / "benchmarks.md"
LINE = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAME = re.compile(r"`(\w+)`")


def claims(page: str | None = None, rows: Mapping[str, tuple[str, ...]] = ROWS) -> list[Claim]:
    """Give what each bar that stands on the page shows of its rows."""
    found: list[Claim] = []
    for names, goal, measured, state in LINE.findall(page or Path(FIGURES).read_text()):
        short = None if state.startswith("pass") else f"measured {measured}, goal {goal}"
        for name in NAME.findall(names):
            by = f"bench {name}: {measured}"
            found += [
                Claim(row=row, by=by, missing=short, figure=True) for row in rows.get(name, ())
            ]
    return found
