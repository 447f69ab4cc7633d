"""Short texts as numbers: character n-grams and stemmed words, weighed by TF-IDF.

They stand beside the sentence vectors: vectors know what a phrase means, n-grams how it is typed,
in any script. A vocabulary is plain JSON, so it is kept without pickle; a text it does not know has
a row of zeros.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Self

import numpy as np
import Stemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

WORD = re.compile(r"\w+")
# Longest text that is cut up: a report; what stands behind it tells the same again.
MOST_CHARACTERS = 2_000
CHARACTERS, WORDS = (2, 5), (1, 2)


class GramKind(StrEnum):
    CHARACTERS = "characters"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class GramVocabulary:
    """Grams of one kind by column, and how much each tells: `rarity` [columns]."""

    kind: GramKind
    columns: Mapping[str, int]
    rarity: NDArray[np.float32]

    @classmethod
    def learn(cls, kind: GramKind, texts: Sequence[str], least: int = 1) -> Self:
        """Take the grams of at least so many texts; rarity is 1 + ln((1 + n) / (1 + with it))."""
        found = Counter[str]()
        for text in texts:
            found.update(set(_grams(kind, text)))
        kept = sorted(gram for gram, count in found.items() if count >= least)
        counts = np.array([found[gram] for gram in kept], dtype=np.float32)
        rarity = 1 + np.log((1 + len(texts)) / (1 + counts))
        return cls(kind, {gram: n for n, gram in enumerate(kept)}, rarity.astype(np.float32))

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """Give a row of length 1 for each text [texts, columns]; a count n weighs 1 + ln n."""
        data, places, ends = list[float](), list[int](), [0]
        for text in texts:
            counts = Counter(
                column
                for gram in _grams(self.kind, text)
                if (column := self.columns.get(gram)) is not None
            )
            found = [
                (column, (1 + np.log(n)) * self.rarity[column])
                for column, n in sorted(counts.items())
            ]
            length = float(np.sqrt(sum(weight * weight for _, weight in found))) or 1.0
            places += [column for column, _ in found]
            data += [weight / length for _, weight in found]
            ends.append(len(places))
        shape = (len(texts), len(self.columns))
        return csr_matrix((np.array(data, np.float32), places, ends), shape=shape)


def joined(parts: Iterable[csr_matrix | NDArray[np.float32]]) -> csr_matrix:
    """Put blocks of features of the same texts beside each other."""
    return csr_matrix(hstack([csr_matrix(part) for part in parts], format="csr"), dtype=np.float32)


def _grams(kind: GramKind, text: str) -> list[str]:
    low = text[:MOST_CHARACTERS].lower()
    if kind is GramKind.CHARACTERS:
        return [gram for word in low.split() for gram in _word_grams(word)]
    words = [_stem(word) for word in WORD.findall(low)]
    least, most = WORDS
    return [
        " ".join(words[start : start + length])
        for length in range(least, most + 1)
        for start in range(len(words) - length + 1)
    ]


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def _stem(word: str) -> str:
    return _stemmer().stemWord(word)


def _word_grams(word: str) -> list[str]:
    """Give the n-grams of a word and of the space around it; a short word is one gram itself."""
    padded, (least, most) = f" {word} ", CHARACTERS
    return [
        padded[start : start + length]
        for length in range(least, min(most, len(padded)) + 1)
        for start in range(len(padded) - length + 1)
    ]
