"""Fit how likely a symptom is told: `python -m bench.symptom_fit`.

Two logistic regressions on `ingest.symptom_chance.SymptomEvidence`. That of English and Hinglish
has seen `development_second.jsonl` alone: each fifth of it beside examples that lack that fifth, so
that no text finds itself among them. That of glosses has seen what `development.jsonl` and
`development_third.jsonl` have in other languages, and with less weight the sentences of
`tests/ingest/languages`. Printed is what a fit over the other fifths says of each fifth, and how
right the first is on `development.jsonl`, on which the patterns were tuned.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from itertools import chain, pairwise
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from bench.readers import PATIENCE_SECONDS
from bench.symptoms import BINS, TOLD, LabelledReport, Tally, labelled_reports
from domain.matches import Embedding
from ingest.concept_patterns import find_in_language
from ingest.embedder import Embedder
from ingest.extraction import TextFinding, find_in_text, split_text
from ingest.glosses import find_in_gloss, gloss_clauses
from ingest.knowledge import shipped_lexicon
from ingest.lexicon import Lexicon, PhraseKind
from ingest.questions import ends_as_question
from ingest.symptom_chance import FILE, ReadBy, SymptomEvidence, evidence_of
from ingest.symptom_examples import SymptomExamples
from ingest.unread_texts import told_language
from tests.ingest.languages import told_reports

LANGUAGES = {"en", "hinglish"}
FOLDS = 5
STRENGTH = 1.0
FIRST, SECOND, THIRD = "development", "development_second", "development_third"
# Sentences that were written together with the words prove little of how right the words are.
BESIDE = 0.3
DIGITS = 3
HEAD = "# How much each kind of evidence counts (`bench/symptom_fit.py` wrote it).\n"
Evidence = Sequence[tuple[str, SymptomEvidence]]
Weighed = Sequence[tuple[LabelledReport, Evidence]]


def clauses_of(text: str, lexicon: Lexicon) -> tuple[Sequence[TextFinding], Sequence[str]]:
    """Give what the words of an English text say, and the clauses that are compared."""
    said = find_in_text(text, lexicon)
    return said, [clause.text for clause in split_text(text, said)]


def glosses_of(text: str, lexicon: Lexicon) -> tuple[Sequence[TextFinding], Sequence[str]]:
    """Give what the words of a text in another language say, and its glosses."""
    language = told_language(text, lexicon)
    clauses = gloss_clauses(text, language)
    said = (
        *find_in_text(text, lexicon),
        *find_in_language(text, language, lexicon),
        *find_in_gloss(clauses, lexicon),
    )
    return said, [clause.text for clause in clauses]


Cut = Callable[[str, Lexicon], tuple[Sequence[TextFinding], Sequence[str]]]


class Fitted:
    """A logistic fit over evidence."""

    def __init__(self, weighed: Weighed, beside: Weighed = ()) -> None:
        rows = [
            (astuple(evidence), symptom in report.symptoms, weight)
            for reports, weight in ((weighed, 1.0), (beside, BESIDE))
            for report, each in reports
            for symptom, evidence in each
            if symptom not in report.also
        ]
        told = np.array([row for row, _, _ in rows])
        spread = told.std(axis=0) + 1e-9
        fit: Any = LogisticRegression(C=STRENGTH, max_iter=5_000)
        right = [right for _, right, _ in rows]
        fit.fit(told / spread, right, sample_weight=[weight for _, _, weight in rows])
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

    def weigh(
        self, reports: Sequence[LabelledReport], examples: SymptomExamples, cut: Cut = clauses_of
    ) -> Weighed:
        return [(report, list(self._evidence(report, examples, cut))) for report in reports]

    def _evidence(
        self, report: LabelledReport, examples: SymptomExamples, cut: Cut
    ) -> Iterator[tuple[str, SymptomEvidence]]:
        said, texts = cut(report.text, self.lexicon)
        found = [f for f in said if f.kind is PhraseKind.SYMPTOM]
        told: dict[str, float] = {}
        for finding in found:
            if not finding.negated:
                told[finding.value] = max(told.get(finding.value, 0.0), finding.confidence)
        denied = {f.value for f in found} - told.keys()
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
    reports = {name: labelled_reports(name) for name in (SECOND, FIRST, THIRD)}
    second, first = (
        [r for r in reports[name] if r.language in LANGUAGES] for name in (SECOND, FIRST)
    )
    lexicon = shipped_lexicon()
    others = [*_others(reports[FIRST]), *_others(reports[THIRD])]
    together = _told_together()
    clauses = (c for r in (*second, *first) for c in clauses_of(r.text, lexicon)[1])
    glosses = (c for r in (*others, *together) for c in glosses_of(r.text, lexicon)[1])
    texts = [*dict.fromkeys([*(p.text for p in lexicon.meant), *clauses, *glosses])]
    examples = Examples(lexicon, asyncio.run(embedded(texts)))
    folds = [second[number::FOLDS] for number in range(FOLDS)]
    weighed = [
        examples.weigh(fold, examples.without(frozenset(r.text for r in fold))) for fold in folds
    ]
    english = Fitted([w for fold in weighed for w in fold])
    show("development_second, each fifth by the others", _crossed(weighed))
    every = examples.without(frozenset())
    show("development", judged(english, examples.weigh(first, every)))
    glossed = [examples.weigh(others[n::FOLDS], every, glosses_of) for n in range(FOLDS)]
    beside = examples.weigh(together, every, glosses_of)
    show("other languages, each fifth by the others", _crossed(glossed, beside))
    gloss = Fitted([w for fold in glossed for w in fold], beside)
    told = {ReadBy.ENGLISH.value: english.written(), ReadBy.GLOSS.value: gloss.written()}
    FILE.write_text(HEAD + yaml.safe_dump(told, sort_keys=False), encoding="utf-8")


def _others(reports: Iterable[LabelledReport]) -> list[LabelledReport]:
    return [r for r in reports if r.language not in LANGUAGES]


def _told_together() -> list[LabelledReport]:
    """Give the sentences that were written together with the words of their languages."""
    return [
        LabelledReport(
            text=told.text,
            language=told.language,
            script="",
            kind="",
            symptoms=frozenset(each[0] for each in told.symptoms),
            also=frozenset(chain(told.also, *(each[1:] for each in told.symptoms))),
        )
        for told in told_reports("development")
    ]


def _crossed(
    folds: Sequence[Weighed], beside: Weighed = ()
) -> Sequence[tuple[LabelledReport, Mapping[str, float]]]:
    """Judge each fold by a fit over the others."""
    return [
        each
        for number, fold in enumerate(folds)
        for each in judged(
            Fitted([w for n, other in enumerate(folds) if n != number for w in other], beside),
            fold,
        )
    ]


if __name__ == "__main__":
    main()
