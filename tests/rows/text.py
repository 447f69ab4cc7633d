"""The rows as the specification words them, kept in docs/rows.toml because users lack its source.

`python -m tests.rows.text SPECIFICATION` reads them again from the specification's own table.
"""

import json
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = ROOT / "docs" / "rows.toml"
HEAD = (
    "# The rows of the specification, in its own words: `python -m tests.rows.text` writes this.\n"
)
SECTION = re.compile(r"^## (.+)$")
LINE = re.compile(r"^\| ([A-Z]{2,3}-\d+) \| (.+) \|$")
CELL = re.compile(r"(?<!\\) \| ")
# One row, a range of them, a decade of them, or all: MA-5, IX-1..8, ML-2x, GA-*.
REFERENCE = re.compile(r"\b([A-Z]{2,3})-(?:(\d+)(?:\.\.(?:\1-)?(\d+))?(x)?|\*)")
# What may stand around references in a row that is proved by other rows alone.
BESIDE = re.compile(r"\b(?:rows|pass|drills|and|CRUD|state-machine|tests)\b|[\W_]")
# An amount that somebody has to measure, against one that is a case to try.
FIGURE = re.compile(
    r"p9[59]|[≤≥<>] ?\d*\.?\d+ ?(?:%|s\b|ms\b|GiB|min\b)|[≥<] ?\.\d|\d ?[kM]\b|ECE|within \d+ s"
    r"|\b\d{2,}(?: \w+)? (?:races|runs|cases|reports|cards|concurrent|tickets|random|changes)"
    r"|\d+ threads|\d+ × \d+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One capability and the test that the specification accepts for it."""

    id: str
    section: str
    capability: str
    acceptance: str

    @property
    def measured(self) -> bool:
        """Say whether the acceptance test holds a figure that has to be measured."""
        return FIGURE.search(REFERENCE.sub("", self.acceptance)) is not None

    def follows(self, ids: list[str]) -> list[str]:
        """Give the rows that this one consists of; none where it has a test of its own."""
        if BESIDE.sub("", REFERENCE.sub("", self.acceptance)):
            return []
        found = [row for one in REFERENCE.finditer(self.acceptance) for row in _meant(one, ids)]
        return [row for row in found if row != self.id]


def _meant(found: re.Match[str], ids: list[str]) -> list[str]:
    letters, first, last, decade = found.groups()
    kin = [(row, int(row.partition("-")[2])) for row in ids if row.startswith(f"{letters}-")]
    if first is None:
        return [row for row, _ in kin]
    low = int(first) * (10 if decade else 1)
    high = low + 9 if decade else int(last or low)
    return [row for row, number in kin if low <= number <= high]


def rows(text: Path = TEXT) -> list[Row]:
    """Give all rows in the order of the specification."""
    kept: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text.read_text())
    return [
        Row(id=name, section=section, **row)
        for section, held in kept.items()
        for name, row in held.items()
    ]


def of_specification(page: str) -> list[Row]:
    """Read the rows from the specification's tables."""
    found: list[Row] = []
    section = ""
    for line in page.splitlines():
        if heading := SECTION.match(line):
            section = heading[1]
        elif row := LINE.match(line):
            capability, *_, acceptance = CELL.split(row[2])
            found.append(
                Row(id=row[1], section=section, capability=capability, acceptance=acceptance)
            )
    return found


def written(found: list[Row]) -> str:
    """Give the rows as docs/rows.toml holds them."""
    lines = [HEAD]
    section = ""
    for row in found:
        if row.section != section:
            section = row.section
            lines.append(f"\n[{_quoted(section)}]\n")
        told = f"capability = {_quoted(row.capability)}, acceptance = {_quoted(row.acceptance)}"
        lines.append(f"{row.id} = {{ {told} }}\n")
    return "".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    TEXT.write_text(written(of_specification(Path(sys.argv[1]).read_text())))
