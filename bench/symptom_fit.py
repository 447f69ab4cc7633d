"""Fit how likely a symptom is told: `python -m bench.symptom_fit`.

A logistic regression on `ingest.symptom_chance.SymptomEvidence`. It has seen
`development_second.jsonl` alone: each fifth of it beside examples that lack that fifth, so that no
text finds itself among them. Printed is what a fit over the other fifths says of each fifth, and
how right the same weights are on `development.jsonl`, on which the patterns were tuned.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from itertools import pairwise
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from bench.readers import PATIENCE_SECONDS, shipped_lexicon
from bench.symptoms import BINS, TOLD, LabelledReport, Tally, labelled_reports
from domain.matches import Embedding
from ingest.embedder import Embedder
from ingest.extraction import find_in_text, split_text
from ingest.lexicon import Lexicon, PhraseKind
from ingest.questions import ends_as_question
from ingest.symptom_chance import FILE, SymptomEvidence, evidence_of
from ingest.symptom_examples import SymptomExamples

LANGUAGES = {"en", "hinglish"}
FOLDS = 5
STRENGTH = 1.0
DIGITS = 3
HEAD = "# How much each kind of evidence counts (`bench/symptom_fit.py` wrote it).\n"
Evidence = Sequence[tuple[str, SymptomEvidence]]
Weighed = Sequence[tuple[LabelledReport, Evidence]]


class Fitted:
    """A logistic fit over evidence."""

    def __init__(self, weighed: Weighed) -> None:
        rows = [
            (astuple(evidence), symptom in report.symptoms)
            for report, each in weighed
            for symptom, evidence in each
            if symptom not in report.also
        ]
        told = np.array([row for row, _ in rows])
        spread = told.std(axis=0) + 1e-9
        fit: Any = LogisticRegression(C=STRENGTH, max_iter=5_000)
        fit.fit(told / spread, [right for _, right in rows])
        self.weights = fit.coef_[0] / spread
        self.intercept = float(fit.intercept_[0])

    def chance(self, evidence: SymptomEvidence) -> float:
        score = self.intercept + float(self.weights @ np.array(astuple(evidence)))
        return float(1 / (1 + np.exp(-score)))

    def written(self) -> Mapping[str, Any]:
        names = [field.name for field in fields(SymptomEvidence)]
        rounded = [round(float(weight), DIGITS) for weight in self.weights]
        return {
            "intercept": round(self.intercept, DIGITS),
            "weights": dict(zip(names, rounded, strict=True)),
        }


class Examples:
    """All examples with their vectors; those of some texts can be left out."""

    def __init__(self, lexicon: Lexicon, embedded: Mapping[str, Embedding]) -> None:
        self.lexicon, self.embedded = lexicon, embedded

    def without(self, texts: frozenset[str]) -> SymptomExamples:
        told = [(p.value, p.text) for p in self.lexicon.meant if p.text not in texts]
        return SymptomExamples.of(told, self.vectors([text for _, text in told]))

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.embedded[text].vector for text in texts], dtype=np.float32)

    def weigh(self, reports: Sequence[LabelledReport], examples: SymptomExamples) -> Weighed:
        return [(report, list(self._evidence(report, examples))) for report in reports]

    def _evidence(
        self, report: LabelledReport, examples: SymptomExamples
    ) -> Iterator[tuple[str, SymptomEvidence]]:
        said = find_in_text(report.text, self.lexicon)
        found = [f for f in said if f.kind is PhraseKind.SYMPTOM]
        told = {f.value: f.confidence for f in found if not f.negated}
        denied = {f.value for f in found} - told.keys()
        texts = [clause.text for clause in split_text(report.text, said)]
        if texts and not ends_as_question(report.text):
            for symptom, each in evidence_of(texts, self.vectors(texts), told, examples):
                if symptom not in denied:
                    yield symptom, each


async def embedded(texts: Sequence[str]) -> dict[str, Embedding]:
    embedder = Embedder(limit_s=PATIENCE_SECONDS)
    try:
        found = await embedder.embed(texts, patient=True)
        return dict(zip(texts, found, strict=True))
    finally:
        embedder.close()


def show(name: str, weighed: Sequence[tuple[LabelledReport, Mapping[str, float]]]) -> None:
    """Print the totals, and how sure against how right."""
    every = Tally()
    for report, chances in weighed:
        every.add(report, frozenset(s for s, c in chances.items() if c >= TOLD))
    print(f"{name}: {every}")
    for low, high in pairwise(BINS):
        tally = Tally()
        for report, chances in weighed:
            tally.add(report, frozenset(s for s, c in chances.items() if low <= c < high))
        print(f"  sure {low:.1f}..{high:.1f}: {tally.precision:.2f} of {tally.right + tally.wrong}")


def judged(fit: Fitted, weighed: Weighed) -> Sequence[tuple[LabelledReport, Mapping[str, float]]]:
    return [(report, {s: fit.chance(e) for s, e in each}) for report, each in weighed]


def main() -> None:
    """Fit, show, and write the weights beside the reader."""
    lexicon = shipped_lexicon()
    second, first = (
        [r for r in labelled_reports(name) if r.language in LANGUAGES]
        for name in ("development_second", "development")
    )
    clauses = (
        clause.text
        for report in (*second, *first)
        for clause in split_text(report.text, find_in_text(report.text, lexicon))
    )
    texts = [*dict.fromkeys([*(p.text for p in lexicon.meant), *clauses])]
    examples = Examples(lexicon, asyncio.run(embedded(texts)))
    folds = [second[number::FOLDS] for number in range(FOLDS)]
    weighed = [
        examples.weigh(fold, examples.without(frozenset(r.text for r in fold))) for fold in folds
    ]
    crossed = [
        each
        for number, fold in enumerate(weighed)
        for each in judged(
            Fitted([w for n, other in enumerate(weighed) if n != number for w in other]), fold
        )
    ]
    show("development_second, each fifth by the others", crossed)
    fit = Fitted([w for fold in weighed for w in fold])
    show("development", judged(fit, examples.weigh(first, examples.without(frozenset()))))
    FILE.write_text(HEAD + yaml.safe_dump(fit.written(), sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
