"""Labelled texts of codes (see README.md), how the reader reads them, and how well.

`development.jsonl` was tuned on; `kept.jsonl` was written by somebody else, and its totals alone
are looked at.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.characters import plain_text
from domain.codes import CodeStatus
from domain.personal_data import mask_personal, without_masks
from ingest.lexicon import Lexicon
from ingest.text_codes import CodeSeen, find_codes

FOLDER = Path(__file__).parent
DEVELOPMENT, KEPT = FOLDER / "development.jsonl", FOLDER / "kept.jsonl"
GONE = frozenset({CodeStatus.CLEARED, CodeStatus.DENIED})

# A code and its failure type, and what is said of it.
Told = Mapping[tuple[str, str | None], CodeStatus]


@dataclass(frozen=True, slots=True)
class LabelledText:
    text: str
    make: str | None
    told: Told


@dataclass(frozen=True, slots=True)
class CodeScore:
    """How many codes that a text has were read, were missed, and were read wrongly."""

    right: int
    missed: int
    wrong: int
    statuses_right: int
    statuses: int

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.missed + self.wrong)

    @property
    def status_share(self) -> float:
        return self.statuses_right / max(1, self.statuses)


def labelled_texts(path: Path) -> Sequence[LabelledText]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_labelled(json.loads(line)) for line in lines if line.strip()]


def _labelled(line: Mapping[str, object]) -> LabelledText:
    codes: Iterable[Mapping[str, str]] = line["codes"]  # pyright: ignore[reportAssignmentType] - our own file
    told = {(c["code"], c.get("failure_type")): CodeStatus(c["status"]) for c in codes}
    make = line.get("make")
    return LabelledText(str(line["text"]), make if isinstance(make, str) else None, told)


def read_codes(text: str, lexicon: Lexicon, make: str | None = None) -> Sequence[CodeSeen]:
    """Give the codes of a text as a report's are read: cleaned, masked, makes and models known."""
    clean = without_masks(mask_personal(plain_text(text)))
    named = [(m.start, m.end) for m in lexicon.gazetteer.mentions(clean)]
    return find_codes(clean, lexicon.codes, named, make)


def told_codes(seen: Sequence[CodeSeen]) -> Told:
    """Give each code once; one that is told with its failure type and without is told with it."""
    typed = {code.bare for code in seen if code.failure_type is not None}
    return {
        (code.bare, code.failure_type): code.status
        for code in seen
        if code.failure_type is not None or code.bare not in typed
    }


def score_texts(texts: Iterable[LabelledText], lexicon: Lexicon) -> CodeScore:
    right = missed = wrong = statuses_right = statuses = 0
    for one in texts:
        read = told_codes(read_codes(one.text, lexicon, one.make))
        has = {code for code, status in one.told.items() if status not in GONE}
        found = {code for code, status in read.items() if status not in GONE}
        right += len(has & found)
        missed += len(has - found)
        wrong += len(found - has)
        statuses += len(one.told)
        statuses_right += sum(read.get(code) is status for code, status in one.told.items())
    return CodeScore(right, missed, wrong, statuses_right, statuses)
