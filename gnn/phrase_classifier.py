"""One label for a short phrase: n-grams, words and sentence vectors into one logistic regression.

Twenty failure modes of ISO 14224 out of phrases of three words are what it is measured on
(bar `failure_mode_f1`); the symptoms of reports have many labels each (`gnn.symptom_classifier`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from gnn.recipes import Encode
from gnn.text_features import GramKind, GramVocabulary, joined

# How little the weights are held down; chosen before any figure was seen, and never tuned.
LOOSENESS = 10.0
ROUNDS = 2_000


@dataclass(frozen=True, slots=True)
class PhraseClassifier:
    vocabularies: tuple[GramVocabulary, ...]
    head: LogisticRegression
    encode: Encode

    @classmethod
    def learn(cls, phrases: Sequence[str], labels: Sequence[str], encode: Encode) -> Self:
        """Learn from phrases with one label each; the same ones give the same classifier."""
        vocabularies = tuple(GramVocabulary.learn(kind, phrases) for kind in GramKind)
        rows = _rows(vocabularies, phrases, encode)
        head = LogisticRegression(C=LOOSENESS, max_iter=ROUNDS).fit(rows, np.asarray(labels))
        return cls(vocabularies, head, encode)

    def labels(self, phrases: Sequence[str]) -> NDArray[np.str_]:
        """Give the likeliest label of each phrase [phrases]."""
        rows = _rows(self.vocabularies, phrases, self.encode)
        return np.asarray(self.head.predict(rows), dtype=np.str_)


def _rows(
    vocabularies: Sequence[GramVocabulary], phrases: Sequence[str], encode: Encode
) -> csr_matrix:
    """Give three blocks of length 1 beside each other: none of them weighs more than another."""
    return joined([*(one.rows(phrases) for one in vocabularies), encode(phrases)])
