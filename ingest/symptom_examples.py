"""Ways in which people tell each symptom: what a text is compared with, by meaning and by words.

A symptom is as like a text as the mean of its three likest examples, so that one odd example
decides nothing. Words count by the groups of `symptom_patterns.yaml`, the rare ones more. What
tells a symptom from its neighbours is weighed by a linear fit over meaning and words, which is made
when the examples are learned.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ingest.symptom_patterns import group_keys

LIKEST = 3
# Less than any likeness: stands where a symptom has fewer examples than another.
NOTHING = -2.0
# A word is weighed by the fit if so many examples have it.
FREQUENT = 3
# How much the fit is held back, and what every text has in common.
RIDGE, COMMON = 0.3, 0.3

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
        fitted: what meaning, each of `frequent` words and the rest add to a symptom's score,
            [meaning + words + 1, symptoms].
    """

    symptoms: tuple[str, ...]
    table: NDArray[np.intp]
    vectors: Matrix
    words: Mapping[Hashable, ExampleWord]
    rarest: float
    frequent: Mapping[Hashable, int]
    fitted: Matrix

    @classmethod
    def of(cls, told: Sequence[tuple[str, str]], vectors: Matrix) -> Self:
        """Take examples as symptom and text."""
        numbers = defaultdict[str, list[int]](list)
        for number, (symptom, _) in enumerate(told):
            numbers[symptom].append(number)
        most = max(map(len, numbers.values()))
        keys = [Counter(group_keys(text)) for _, text in told]
        words = _weighed_words(keys)
        often = (key for key, word in words.items() if len(word.examples) >= FREQUENT)
        frequent = {key: at for at, key in enumerate(often)}
        return cls(
            symptoms=tuple(numbers),
            table=np.array([each + [len(told)] * (most - len(each)) for each in numbers.values()]),
            vectors=vectors,
            words=words,
            rarest=1 + math.log(1 + len(told)),
            frequent=frequent,
            fitted=_fit(list(numbers.values()), vectors, words, frequent),
        )

    def likeness_of_meaning(self, vectors: Matrix) -> Matrix:
        """Give how much each symptom means what each vector does, [vectors, symptoms]."""
        return self._of_symptoms(vectors @ self.vectors.T)

    def likeness_of_words(self, texts: Iterable[str]) -> Matrix:
        """Give how many telling words each symptom shares with each text, [texts, symptoms]."""
        return self._of_symptoms(np.stack([self._like_words(text) for text in texts]))

    def likeness_by_fit(self, texts: Sequence[str], vectors: Matrix) -> Matrix:
        """Give how much the fit takes each text for each symptom, [texts, symptoms]."""
        told = np.zeros((len(texts), len(self.fitted)), dtype=np.float32)
        told[:, : vectors.shape[1]] = vectors
        told[:, -1] = COMMON
        for row, text in zip(told, texts, strict=True):
            weights = dict(self._weighed(text))
            whole = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
            for key in weights.keys() & self.frequent.keys():
                row[vectors.shape[1] + self.frequent[key]] = weights[key] / whole
        return told @ self.fitted

    def _weighed(self, text: str) -> Iterator[tuple[Hashable, float]]:
        """Yield each word of a text with what it weighs there."""
        for key, times in Counter(group_keys(text)).items():
            word = self.words.get(key)
            yield key, (1 + math.log(times)) * (word.rarity if word else self.rarest)

    def _like_words(self, text: str) -> Matrix:
        like = np.zeros(len(self.vectors), dtype=np.float32)
        whole = 0.0
        for key, weight in self._weighed(text):
            word = self.words.get(key)
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


def _fit(
    numbers: Sequence[Sequence[int]],
    vectors: Matrix,
    words: Mapping[Hashable, ExampleWord],
    frequent: Mapping[Hashable, int],
) -> Matrix:
    """Fit a ridge regression of each symptom on its examples; a symptom counts by their root."""
    meaning = vectors.shape[1]
    told = np.zeros((len(vectors), meaning + len(frequent) + 1), dtype=np.float32)
    told[:, :meaning] = vectors
    told[:, -1] = COMMON
    for key, at in frequent.items():
        told[words[key].examples, meaning + at] = words[key].weights
    right = np.zeros((len(vectors), len(numbers)), dtype=np.float32)
    for at, own in enumerate(numbers):
        right[own, at] = 1 / math.sqrt(len(own))
    counted = told * right.max(axis=1, keepdims=True)
    held = counted.T @ told + RIDGE * np.eye(told.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(held, told.T @ right), dtype=np.float32)
