"""Symptoms read out of labelled reports: right among those read, and read among those told.

A language model wrote and labelled the reports (`tests/ingest/reports`). The reader was tuned on
`development.jsonl`, `development_second.jsonl` and `development_third.jsonl`; whoever wrote it saw
totals over `kept.jsonl` and of `kept_second.jsonl`, which the bars hold, and no line of them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.bars import Bar, Better
from bench.quality import NHTSA
from bench.readers import shipped_reader
from domain.matches import UnderstoodReport
from domain.reports import FailureReport
from ingest.extraction import find_in_text
from ingest.lexicon import Lexicon, PhraseKind
from ingest.report_reader import ReportReader

REPORTS = Path(__file__).parents[1] / "tests/ingest/reports"
WORK_ORDERS = NHTSA.parent / "workorders" / "failure_modes_test.txt"
PRECISION_GOAL, RECALL_GOAL = 0.90, 0.80
# Below it a finding is a guess that is not counted on.
TOLD = 0.5
BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class LabelledReport:
    """A text with the symptoms that must be read and those that may be."""

    text: str
    language: str
    script: str
    kind: str
    symptoms: frozenset[str]
    also: frozenset[str]


@dataclass(slots=True)
class Tally:
    """How many symptoms were read rightly, read wrongly, and not read."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, labelled: LabelledReport, read: frozenset[str]) -> None:
        self.right += len(read & labelled.symptoms)
        self.wrong += len(read - labelled.symptoms - labelled.also)
        self.missed += len(labelled.symptoms - read)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f} ({self.right} right)"


def labelled_reports(name: str) -> Sequence[LabelledReport]:
    """Read a file of labelled reports."""
    lines = (REPORTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        LabelledReport(
            text=one["text"],
            language=one["language"],
            script=one["script"],
            kind=one["kind"],
            symptoms=frozenset(one["symptoms"]),
            also=frozenset(one["also"]),
        )
        for one in map(json.loads, lines)
    ]


async def run() -> list[Bar]:
    """Read all reports of the files; the bars hold for the last."""
    async with shipped_reader() as reader:
        for name in ("development", "development_third", "kept"):
            await _show(name, reader)
        kept = await _show("kept_second", reader)
        _show_work_orders(reader.lexicon)
    higher = Better.HIGHER
    return [
        Bar(
            name="symptom_precision",
            measured=kept.precision,
            goal=PRECISION_GOAL,
            better=higher,
        ),
        Bar(name="symptom_recall", measured=kept.recall, goal=RECALL_GOAL, better=higher),
    ]


async def understood_reports(
    reports: Iterable[LabelledReport], reader: ReportReader
) -> list[tuple[LabelledReport, UnderstoodReport]]:
    return [(r, await reader.understand(FailureReport.parse(r.text))) for r in reports]


async def _show(name: str, reader: ReportReader) -> Tally:
    """Print the totals of a file: all, by language, by kind, and how sure against how right."""
    understood = await understood_reports(labelled_reports(name), reader)
    every = _tallies(understood, lambda _: "all")["all"]
    print(f"  {name}: {every}")
    for title, tallies in (
        ("language", _tallies(understood, lambda r: f"{r.language} {r.script}")),
        ("kind", _tallies(understood, lambda r: r.kind)),
    ):
        for value, tally in sorted(tallies.items()):
            print(f"    {title} {value}: {tally}")
    for low, high in pairwise(BINS):
        tally = Tally()
        for report, read in understood:
            inside = frozenset(s.code for s in read.symptoms if low <= s.confidence < high)
            tally.add(report, inside)
        if tally.right + tally.wrong:
            print(f"    sure {low:.1f}..{high:.1f}: {tally.precision:.2f} right")
    return every


def _show_work_orders(lexicon: Lexicon) -> None:
    """Print what is found in texts of other trades beside their gold labels; no bar hangs on it."""
    if not WORK_ORDERS.exists():
        print("  work orders: no data here")
        return
    found: Counter[tuple[str, str]] = Counter()
    told: Counter[str] = Counter()
    for line in WORK_ORDERS.read_text(encoding="utf-8").splitlines():
        text, _, gold = line.partition(",")
        told[gold] += 1
        for finding in find_in_text(text, lexicon):
            if finding.kind is PhraseKind.SYMPTOM and not finding.negated:
                found[gold, finding.value] += 1
    for gold, number in told.most_common(8):
        most = [f"{s} {n}" for (g, s), n in found.most_common() if g == gold][:3]
        print(f"    {gold}: {number} texts, most found {', '.join(most) or 'nothing'}")


def _tallies(
    understood: Sequence[tuple[LabelledReport, UnderstoodReport]],
    group: Callable[[LabelledReport], str],
) -> Mapping[str, Tally]:
    tallies = defaultdict[str, Tally](Tally)
    for report, read in understood:
        told = frozenset(s.code for s in read.symptoms if s.confidence >= TOLD)
        tallies[group(report)].add(report, told)
    return tallies
