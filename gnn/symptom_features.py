"""What the symptom classifier reads of a report: its words, its meaning, its vehicle, its codes.

A make, model or code that was not in the history has no column, so it says nothing (row ML-11).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from domain.vehicles import name_key
from gnn.learned_symptoms import ReportFacts
from gnn.text_features import GramKind, GramVocabulary, joined

# A gram of fewer texts is a typing error or a name.
FEWEST_TEXTS = 8
# Kilometres are told as ln(1 + km) over that of so many; a vehicle that tells none reads 0.
MOST_KM = 300_000


@dataclass(frozen=True, slots=True)
class SymptomFeatures:
    """Columns: n-grams, words, the sentence vector, then facts by name, then kilometres."""

    vocabularies: tuple[GramVocabulary, ...]
    facts: Mapping[str, int]

    @classmethod
    def learn(cls, reports: Sequence[ReportFacts]) -> Self:
        texts = [report.text for report in reports]
        named = sorted({name for report in reports for name in _names(report)})
        return cls(
            tuple(GramVocabulary.learn(kind, texts, FEWEST_TEXTS) for kind in GramKind),
            {name: n for n, name in enumerate(named)},
        )

    def rows(self, reports: Sequence[ReportFacts], vectors: NDArray[np.float32]) -> csr_matrix:
        """Give the features [reports, columns]; `vectors` are of the texts [reports, size]."""
        texts = [report.text for report in reports]
        grams = [one.rows(texts) for one in self.vocabularies]
        return joined([*grams, vectors, self._fact_rows(reports)])

    def write(self) -> bytes:
        """Give the columns as JSON; how much each gram tells stands beside it."""
        told = {
            "facts": sorted(self.facts, key=self.facts.__getitem__),
            "grams": {
                one.kind.value: [list(one.columns), [round(float(r), 6) for r in one.rarity]]
                for one in self.vocabularies
            },
        }
        return orjson.dumps(told)

    @classmethod
    def read(cls, said: bytes) -> Self:
        """Read what `write` wrote; raises KeyError, TypeError or ValueError for anything else."""
        told: dict[str, Any] = orjson.loads(said)
        return cls(
            tuple(_vocabulary(kind, *told["grams"][kind]) for kind in GramKind),
            {str(name): n for n, name in enumerate(told["facts"])},
        )

    def _fact_rows(self, reports: Sequence[ReportFacts]) -> NDArray[np.float32]:
        rows = np.zeros((len(reports), len(self.facts) + 1), dtype=np.float32)
        for row, report in zip(rows, reports, strict=True):
            row[[self.facts[name] for name in _names(report) if name in self.facts]] = 1.0
            row[-1] = min(1.0, log1p(max(0, report.odometer_km or 0)) / log1p(MOST_KM))
        return rows


def _names(report: ReportFacts) -> Iterable[str]:
    """Name the facts of a report; a maker's name is the same however it is written."""
    if report.make:
        yield f"make {name_key(report.make)}"
    if report.make and report.model:
        yield f"model {name_key(report.make)} {name_key(report.model)}"
    yield from (f"code {code}" for code in report.codes)


def _vocabulary(kind: GramKind, grams: Sequence[str], rarity: Sequence[float]) -> GramVocabulary:
    columns = {str(gram): n for n, gram in enumerate(grams)}
    if len(columns) != len(rarity):
        raise ValueError(kind)
    return GramVocabulary(kind, columns, np.array(rarity, dtype=np.float32))
