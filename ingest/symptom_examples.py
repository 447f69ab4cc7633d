"""Ways in which people tell each symptom: what a text is compared with, by meaning and by words.

A symptom is as like a text as the mean of its three likest examples, so that one odd example
decides nothing. Words count by the groups of `symptom_patterns.yaml`, the rare ones more.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ingest.symptom_patterns import group_keys

LIKEST = 3
# Less than any likeness: stands where a symptom has fewer examples than another.
NOTHING = -2.0

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ExampleWord:
    """The examples in which a word stands, what it weighs in each, and in any text."""

    examples: NDArray[np.intp]
    weights: Matrix
    rarity: float


@dataclass(frozen=True, slots=True, eq=False)
class SymptomExamples:
    """Every example of every symptom; `table` holds the numbers of a symptom's, [symptoms, most].

    Attributes:
        vectors: a unit vector for each example.
        rarest: what a word weighs that stands in no example.
    """

    symptoms: tuple[str, ...]
    table: NDArray[np.intp]
    vectors: Matrix
    words: Mapping[Hashable, ExampleWord]
    rarest: float

    @classmethod
    def of(cls, told: Sequence[tuple[str, str]], vectors: Matrix) -> Self:
        """Take examples as symptom and text."""
        numbers = defaultdict[str, list[int]](list)
        for number, (symptom, _) in enumerate(told):
            numbers[symptom].append(number)
        most = max(map(len, numbers.values()))
        keys = [Counter(group_keys(text)) for _, text in told]
        return cls(
            symptoms=tuple(numbers),
            table=np.array([each + [len(told)] * (most - len(each)) for each in numbers.values()]),
            vectors=vectors,
            words=_weighed_words(keys),
            rarest=1 + math.log(1 + len(told)),
        )

    def likeness_of_meaning(self, vectors: Matrix) -> Matrix:
        """Give how much each symptom means what each vector does, [vectors, symptoms]."""
        return self._of_symptoms(vectors @ self.vectors.T)

    def likeness_of_words(self, texts: Iterable[str]) -> Matrix:
        """Give how many telling words each symptom shares with each text, [texts, symptoms]."""
        return self._of_symptoms(np.stack([self._like_words(text) for text in texts]))

    def _like_words(self, text: str) -> Matrix:
        like = np.zeros(len(self.vectors), dtype=np.float32)
        whole = 0.0
        for key, times in Counter(group_keys(text)).items():
            word = self.words.get(key)
            weight = (1 + math.log(times)) * (word.rarity if word else self.rarest)
            whole += weight**2
            if word:
                like[word.examples] += weight * word.weights
        return like / math.sqrt(whole) if whole else like

    def _of_symptoms(self, like: Matrix) -> Matrix:
        """Give the mean of each symptom's likest examples."""
        padded = np.pad(like, ((0, 0), (0, 1)), constant_values=NOTHING)[:, self.table]
        least = max(0, padded.shape[2] - LIKEST)
        likest = np.partition(padded, least, axis=2)[:, :, least:]
        there = likest > NOTHING
        return np.where(there, likest, 0.0).sum(axis=2) / there.sum(axis=2)


def _weighed_words(keys: Sequence[Mapping[Hashable, int]]) -> dict[Hashable, ExampleWord]:
    """Give each word's weight in each example, of unit length together."""
    held = Counter(key for each in keys for key in each)
    rarity = {key: 1 + math.log((1 + len(keys)) / (1 + n)) for key, n in held.items()}
    standing = defaultdict[Hashable, list[tuple[int, float]]](list)
    for number, each in enumerate(keys):
        weights = {key: (1 + math.log(times)) * rarity[key] for key, times in each.items()}
        length = math.sqrt(sum(weight**2 for weight in weights.values()))
        for key, weight in weights.items():
            standing[key].append((number, weight / length))
    return {
        key: ExampleWord(
            np.array([number for number, _ in found]),
            np.array([weight for _, weight in found], dtype=np.float32),
            rarity[key],
        )
        for key, found in standing.items()
    }
