"""Synthetic phrasings and labels of dangers: which file the words have seen, and which not.

A language model that never saw the words wrote them; two others labelled real complaints.

`seen.jsonl` was committed before the reader. `development.jsonl` and `natural.jsonl` were tuned on,
and so were, after a first run, the files that had been kept back. When first run, of the dangers in
`kept_first.jsonl` .83 were found and in `kept_second.jsonl` .95. In `kept_third.jsonl` it was .75,
then .967 after the words were widened without reading it (.150 of its harmless lines alarmed).
In `kept_fourth.jsonl` it was .883, and .467 of its harmless lines, made to mislead, gave an alarm.
`kept_fifth.jsonl` is kept back: neither the words nor the fit have seen it.

Whoever wrote the words wrote `natural.jsonl` and `development_second.jsonl` too: of the latter's
first 347 dangers the words found .59 when they were written, of the next 239 .73, of 80 that only
hint .58, of the rest .82. `development_third.jsonl` is theirs
as well: when they were written, the words found .90 of its first 58 dangers and took .15 of 107
harmless lines for one; of the next, .91 of 35 and .35 of 55; then, with the meaning, .97 of 34 and
.40 of 42. Its last 80 harmless lines are ordinary ones, for the fit.

`development_fourth` to `development_tenth` are of one more writer, who meant to use words that no
list has, and wrote as many harmless near misses: of their dangers the words found .53, .50, .56,
.05, .16 and .28 as they were written (the last has none). The fits have seen them; the words were
not tuned on them.

Of the complaints, `tuned` were tuned on. Of `fresh`, 5.2 % raised an alarm at first, and what was
plainly wrong there was mended twice: what they give since then is no longer what new ones would.
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
    "development_third",
    "kept_first",
    "kept_second",
    "natural",
    "kept_third",
    "kept_fourth",
)
HELD_BACK = ("kept_fifth",)
# One writer wrote these after the words; the fits have seen them, the words have not.
ONE_WRITER = (
    "development_fourth",
    "development_fifth",
    "development_sixth",
    "development_seventh",
    "development_eighth",
    "development_ninth",
    "development_tenth",
)
# What the fits have seen: nothing that was ever held back.
FITTED_ON = (
    "seen",
    "development",
    "development_second",
    "development_third",
    "natural",
    *ONE_WRITER,
)


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
