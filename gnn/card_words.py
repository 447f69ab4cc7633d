"""Full-text scores of cards in memory, as the service's index gives them (BM25 over stems)."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graph.full_text import stem_word, stemmed_words, weighted_terms

SATURATION = 1.2
LENGTH = 0.75


class CardWords:
    """The words of some texts; BM25 as Lucene has it, words that owners always write weigh less."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [Counter(stemmed_words(text).split()) for text in texts]
        lengths = np.array([sum(one.values()) for one in counted], dtype=np.float64)
        self._norm = SATURATION * (1 - LENGTH + LENGTH * lengths / max(lengths.mean(), 1.0))
        found = defaultdict[str, list[tuple[int, int]]](list)
        for row, words in enumerate(counted):
            for word, count in words.items():
                found[word].append((row, count))
        self._places = {word: np.array(rows, dtype=np.int64) for word, rows in found.items()}
        self._size = len(texts)

    def scores(self, text: str) -> NDArray[np.float64]:
        """Give the score of each text [texts]; 0 for one that shares no word."""
        total = np.zeros(self._size)
        for word, weight in weighted_terms(text).items():
            places = self._places.get(stem_word(word))
            if places is None:
                continue
            rows, counts = places.T
            rarity = np.log1p((self._size - len(rows) + 0.5) / (len(rows) + 0.5))
            total[rows] += weight * rarity * counts / (counts + self._norm[rows])
        return total
