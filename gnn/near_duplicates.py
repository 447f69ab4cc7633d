"""Texts that say the same in nearly the same words stay on one side of a split (row ML-12)."""

from collections.abc import Sequence

import numpy as np
import Stemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

# Of three-letter pieces, what two texts have in common by what they have together (Jaccard).
ALIKE = 0.6
PIECE = 3
ROWS_AT_ONCE = 500


def duplicate_groups(texts: Sequence[str], alike: float = ALIKE) -> NDArray[np.int64]:
    """Number the groups of near duplicates [texts]: alike, of the same stems, or through others."""
    pairs = _pairs_alike(texts, alike) + _pairs_same_stems(texts)
    ones = np.ones(len(pairs), dtype=np.int8)
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = csr_matrix((ones, (left, right)), shape=(len(texts), len(texts)))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def seen_before(
    texts: Sequence[str], known: Sequence[str], alike: float = ALIKE
) -> NDArray[np.bool_]:
    """Say of each text whether one of the `known` is nearly the same [texts]."""
    pieces = _pieces([*known, *texts])
    old, new = pieces[: len(known)], pieces[len(known) :]
    return np.concatenate(
        [
            (_likeness(new[start : start + ROWS_AT_ONCE], old) >= alike).any(axis=1)
            for start in range(0, max(1, len(texts)), ROWS_AT_ONCE)
        ]
    )


def _pairs_alike(texts: Sequence[str], alike: float) -> list[tuple[int, int]]:
    pieces, found = _pieces(texts), list[tuple[int, int]]()
    for start in range(0, len(texts), ROWS_AT_ONCE):
        likeness = _likeness(pieces[start : start + ROWS_AT_ONCE], pieces)
        rows, others = np.nonzero(likeness >= alike)
        found += zip((rows + start).tolist(), others.tolist(), strict=True)
    return found


def _pairs_same_stems(texts: Sequence[str]) -> list[tuple[int, int]]:
    stemmer, first = Stemmer.Stemmer("english"), dict[frozenset[str], int]()
    stems = [frozenset(stemmer.stemWords(text.lower().split())) for text in texts]
    return [(first.setdefault(words, n), n) for n, words in enumerate(stems)]


def _pieces(texts: Sequence[str]) -> csr_matrix:
    """Give which three-letter pieces each text has [texts, pieces]."""
    columns, places, ends = dict[str, int](), list[int](), [0]
    for text in texts:
        padded = f"  {' '.join(text.lower().split())} "
        own = {padded[n : n + PIECE] for n in range(len(padded) - PIECE + 1)}
        places += [columns.setdefault(piece, len(columns)) for piece in own]
        ends.append(len(places))
    ones = np.ones(len(places), dtype=np.float32)
    return csr_matrix((ones, places, ends), shape=(len(texts), len(columns)))


def _likeness(some: csr_matrix, all: csr_matrix) -> NDArray[np.float32]:
    """Give the Jaccard likeness of rows [some, all]."""
    common = (some @ all.T).toarray()
    together = some.sum(axis=1) + all.sum(axis=1).T - common
    return np.asarray(common / np.maximum(together, 1), dtype=np.float32)
