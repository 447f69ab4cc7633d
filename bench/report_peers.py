"""What the network for reports has to beat: seven ways to score cards that need no training.

Each gives [C] for a case, and sees what was known when the report came in.

    popular     how often a card ended repairs of this model and these codes, then of all
    words       BM25 of the report against the card's text
    meaning     cosine of the sentence model
    ranks       words and meaning by reciprocal ranks, k = 60
    convex      a share of each, chosen on the validation side
    overlap     what both name, each thing by how rare it is among the cards
    neighbours  a vote of the most similar old reports for the cards that ended them
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from domain.repair_history import CardRecord, RepairRecord
from gnn.ngrams import ROWS, text_rows, words_of
from gnn.repair_graph import RepairGraph, seconds

Floats = NDArray[np.float64]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]
K1, B, RRF = 1.2, 0.75, 60
NEIGHBOURS = 40


class WordPeer:
    """BM25 over title, symptoms, cause and fix."""

    def __init__(self, cards: Sequence[CardRecord]) -> None:
        texts = [words_of(f"{c.title} {c.symptom_text} {c.cause} {c.fix}") for c in cards]
        self._lengths = np.array([len(text) for text in texts], dtype=float)
        self._lengths /= max(self._lengths.mean(), 1)
        self._counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for card, text in enumerate(texts):
            for word in text:
                self._counts[word][card] += 1

    def scores(self, report: RepairRecord) -> Floats:
        found = np.zeros(len(self._lengths))
        for word in set(words_of(report.text)):
            cards = self._counts.get(word, {})
            rare = log(1 + (len(found) - len(cards) + 0.5) / (len(cards) + 0.5))
            for card, count in cards.items():
                norm = K1 * (1 - B + B * self._lengths[card])
                found[card] += rare * count * (K1 + 1) / (count + norm)
        return found


class PastPeers:
    """Votes of solved repairs: of the same model and code, and of the most similar reports."""

    def __init__(self, graph: RepairGraph) -> None:
        solved = [r for r in graph.tickets if r.resolved_by in graph.card_places]
        self._solved = sorted(solved, key=lambda r: r.closed_at)
        self._closed = np.array([seconds(r.closed_at) for r in self._solved])
        self._cards = np.array(
            [graph.card_places[r.resolved_by] for r in self._solved if r.resolved_by]
        )
        self._count = len(graph.cards)
        self._texts = _unit_rows([r.text for r in self._solved])
        self._rare = np.log(1 + len(solved) / (1 + np.diff(self._texts.tocsc().indptr)))
        self._texts = _unit(self._texts.multiply(self._rare[None, :]).tocsr())

    def popular(self, report: RepairRecord) -> Floats:
        before = int(np.searchsorted(self._closed, seconds(report.opened_at)))
        codes = set(report.codes)
        found = np.zeros(self._count)
        found += 1e-3 * np.bincount(self._cards[:before], minlength=self._count)
        for row, old in enumerate(self._solved[:before]):
            if (old.make, old.model) == (report.make, report.model):
                found[self._cards[row]] += 1 + 4 * bool(codes & set(old.codes))
        return found

    def neighbours(self, report: RepairRecord) -> Floats:
        before = int(np.searchsorted(self._closed, seconds(report.opened_at)))
        own = _unit(_unit_rows([report.text]).multiply(self._rare[None, :]).tocsr())
        near = np.asarray((self._texts[:before] @ own.T).todense()).ravel()
        chosen = np.argsort(-near, kind="stable")[:NEIGHBOURS]
        votes = np.bincount(self._cards[chosen], near[chosen] ** 2, minlength=self._count)
        return votes.astype(np.float64)


class MeaningPeer:
    """Cosine of the sentence model; reports are encoded once."""

    def __init__(
        self, cards: Sequence[CardRecord], reports: Sequence[RepairRecord], encode: Encode
    ) -> None:
        self._cards = encode([f"{card.title}. {card.symptom_text}" for card in cards])
        vectors = encode([report.text for report in reports])
        self._reports = {r.ticket: v for r, v in zip(reports, vectors, strict=True)}

    def scores(self, report: RepairRecord) -> Floats:
        return (self._cards @ self._reports[report.ticket]).astype(np.float64)


def reciprocal_ranks(*parts: Floats) -> Floats:
    """Give the sum of 1 / (60 + rank)."""
    ranks = [np.argsort(np.argsort(-part, kind="stable"), kind="stable") + 1 for part in parts]
    return sum((1 / (RRF + rank) for rank in ranks), np.zeros(len(parts[0])))


def convex(share: float, words: Floats, meaning: Floats) -> Floats:
    """Give share * meaning + (1 - share) * words, both between 0 and 1."""
    return share * (meaning + 1) / 2 + (1 - share) * words / max(words.max(), 1e-9)


def _unit_rows(texts: Sequence[str]) -> Any:  # noqa: ANN401 - SciPy tells no types
    rows = [np.unique(text_rows(text)) for text in texts]
    begins = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.concatenate(rows) if rows else np.empty(0, np.int64)
    return sparse.csr_matrix((np.ones(len(columns)), columns, begins), (len(rows), ROWS))


def _unit(rows: Any) -> Any:  # noqa: ANN401 - as above
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.diags(1 / np.maximum(norms, 1e-9)) @ rows
