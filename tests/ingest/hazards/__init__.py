"""Synthetic phrasings and labels of dangers: which file the words have seen, and which not.

A language model that never saw the words wrote them; two others labelled real complaints.

`seen.jsonl` was committed before the reader. `development.jsonl`, `kept_first.jsonl` (kept back at
first: recall .83 when it was first run), `kept_second.jsonl` (.95) and `natural.jsonl`
were tuned on since; `kept_third.jsonl` (.75 when first run) and `kept_fourth.jsonl` were not.
Whoever wrote the words wrote `natural.jsonl` and `development_second.jsonl` too: of the latter's
first 347 dangers the words found .59 when they were written, of the next 239 .73, of 80 that only
hint .58, of the rest .82.
Of the complaints, `tuned` were tuned on; of `fresh`, 5.2 % raised an alarm at first, and what was
plainly wrong there was mended once.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
TUNED_ON = (
    "seen",
    "development",
    "development_second",
    "kept_first",
    "kept_second",
    "natural",
)
HELD_BACK = ("kept_third", "kept_fourth")


@dataclass(frozen=True, slots=True)
class Phrasing:
    text: str
    danger: bool
    hazard: str
    language: str


def phrasings(name: str) -> Sequence[Phrasing]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    read = [json.loads(line) for line in lines]
    return [Phrasing(one["text"], one["danger"], one["hazard"], one["language"]) for one in read]


def harmless_complaints(part: str, complaints: Path) -> Sequence[str]:
    """Give the texts of complaints that both readers labelled as telling no danger."""
    with (FOLDER / "complaints.csv").open(newline="") as labels:
        wanted = {
            row["id"]
            for row in csv.DictReader(labels)
            if row["part"] == part and row["first_reader"] == row["second_reader"] == "none"
        }
    with complaints.open(newline="", encoding="utf-8") as rows:
        texts = {row["ODINO"]: row["CDESCR"] for row in csv.DictReader(rows)}
    return [texts[one] for one in sorted(wanted)]
