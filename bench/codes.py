"""Trouble codes read out of texts: F1 on texts that the reader never saw, beside its own.

The texts and what counts as a code stand in `tests/ingest/codes`. The bar is the kept set's alone.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.bars import Bar, Better
from bench.quality import NHTSA
from ingest import knowledge
from ingest.lexicon import Lexicon
from tests.ingest.codes import DEVELOPMENT, KEPT, labelled_texts, read_codes, score_texts

GOAL = 0.98
REPORTS = NHTSA.parent / "reports" / "reports.jsonl"


async def run() -> list[Bar]:
    """Read all of them; without the kept set the bar is not met, whatever the others say."""
    lexicon = _lexicon()
    scores = {
        path.stem: score_texts(labelled_texts(path), lexicon)
        for path in (DEVELOPMENT, KEPT)
        if path.exists()
    }
    for name, score in scores.items():
        print(
            f"  {name}: F1 {score.f1:.3f} ({score.right} right, {score.missed} missed,"
            f" {score.wrong} wrong), status right {score.status_share:.3f} of {score.statuses}"
        )
    if REPORTS.exists():
        _print_reports(REPORTS, lexicon)
    if KEPT.stem not in scores:
        print("  the kept set is not there: nothing proves how well unseen texts are read")
    kept = scores[KEPT.stem].f1 if KEPT.stem in scores else 0.0
    return [Bar(name="code_f1", measured=kept, goal=GOAL, better=Better.HIGHER)]


def _lexicon() -> Lexicon:
    shipped = knowledge.read_knowledge()
    return Lexicon.from_vocabulary(
        symptoms=(), codes=shipped.codes, models=shipped.vehicles, components=()
    )


def _print_reports(path: Path, lexicon: Lexicon) -> None:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    asked = [line for line in lines if "codes" in str(line["expected"])]
    right = [line["id"] for line in asked if is_right(line, lexicon)]
    wrong = [line["id"] for line in asked if line["id"] not in right]
    print(f"  reports met for the first time: {len(right)} of {len(asked)} right; not: {wrong}")


def is_right(line: Mapping[str, Any], lexicon: Lexicon) -> bool:
    """Say whether a report's codes are read as it expects."""
    seen = read_codes(line["text"], lexicon, line.get("make"))
    read = {code.bare for code in seen if not code.negated}
    expected = line["expected"]
    wanted, unwanted = expected.get("codes_read", []), expected.get("codes_not", [])
    none = bool(read) and expected.get("codes_none", False)
    return not none and read >= set(wanted) and read.isdisjoint(unwanted)
