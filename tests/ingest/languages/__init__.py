"""Reports in the languages of India, labelled: what must be read, what may be, and the language.

`development.jsonl` was written together with the words: it proves that nothing is lost, and
not how well others are read. `symptoms` holds groups of which one must be read; `also` may be.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ToldReport:
    text: str
    language: str
    symptoms: Sequence[Sequence[str]]
    also: Sequence[str]


def told_reports(name: str) -> Sequence[ToldReport]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        ToldReport(one["text"], one["language"], one["symptoms"], one["also"])
        for one in map(json.loads, lines)
    ]
