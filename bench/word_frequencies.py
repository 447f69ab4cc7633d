"""`python -m bench.word_frequencies COMPLAINTS.csv`: count what owners write whatever the fault.

It writes graph/word_frequencies.json. The complaints are public (NHTSA); those labelled for the
quality bar are left out of the count.
"""

import csv
import json
import sys
from collections import Counter
from math import log
from pathlib import Path

from graph.full_text import STOP_WORDS, WORD, stem_word

KEPT = 1_000
HABITS = Path(__file__).parent.parent / "graph" / "word_frequencies.json"


def main(complaints: Path) -> None:
    csv.field_size_limit(10_000_000)
    labelled = _column(complaints.parent / "labelled_complaints.csv", "odi")
    texts = _column(complaints, "CDESCR", without=set(labelled))
    frequencies = Counter(root for text in texts for root in _stems(text))
    HABITS.write_text(json.dumps(weights(frequencies, len(texts)), indent=0, sort_keys=True) + "\n")


def weights(frequencies: Counter[str], reports: int) -> dict[str, float]:
    """Give the weight, below 1, of each of the commonest stems."""
    most = sorted(frequencies.items(), key=lambda item: (-item[1], item[0]))[: KEPT + 1]
    rarest = log((reports + 1) / (most[-1][1] + 1))
    return {root: round(log((reports + 1) / (n + 1)) / rarest, 2) for root, n in most[:KEPT]}


def _stems(text: str) -> set[str]:
    found = WORD.findall(text.casefold())
    return {stem_word(word) for word in found if word not in STOP_WORDS}


def _column(path: Path, name: str, without: set[str] | None = None) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row[name] for row in rows if not without or row["ODINO"] not in without]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
