"""A danger told in words that `hazards.yaml` does not know, by how the words of a text sound.

A linear fit on pieces of words: words of every script are written in Latin letters and brought to
the key that spellings share, so that one fit hears all languages. It adds to what the words tell
and never takes anything back. `bench/hazard_fit.py` made the weights, chose the threshold and says
what they have seen; a text of more words than they saw is not asked, so the time is bounded.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.hazards import HazardKind, SeenHazard
from ingest.transliteration import latin_letters, sound_key
from ingest.word_groups import KEPT_WORDS, LONGEST_WORD, normal

FILE = Path(__file__).with_suffix(".npz")
# Words; of longer texts the fit has seen no more, and in them one sentence drowns.
MOST_WORDS = 60
# Letters of any script with their vowel signs, or a figure.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0d7f\u200c\u200d])*|[\u0900-\u0d7f]+|-?\d+")
SENTENCE_END = re.compile(r"[.!?;\n\u0964]+")
# Of a figure only this is heard: below or above what is hot, or larger than degrees go.
FIGURES = ((60, "0"), (200, "6"))
LARGE = "9"
# Two languages' worth of places: a piece of a word falls into one of so many.
BUCKETS = 1 << 16
KIND_BUCKETS = 1 << 13
KEY_STARTS, WORD_STARTS, PIECES = (2, 3, 4, 5), (3, 4, 5, 6), (3, 4)
PAIRED = 4


@dataclass(frozen=True, slots=True, eq=False)
class SoundWeights:
    """Two linear fits over hashed pieces of words.

    Attributes:
        danger: [BUCKETS], what each piece adds to the score of a danger.
        threshold: the score from which on a text tells one.
        kinds: [kinds, KIND_BUCKETS], what each piece adds to the score of a kind of danger.
    """

    danger: NDArray[np.float32]
    threshold: float
    kinds: NDArray[np.float32]
    names: tuple[HazardKind, ...]

    @classmethod
    @cache
    def read(cls) -> Self:
        with np.load(FILE, allow_pickle=False) as told:
            return cls(
                danger=told["danger"] * np.float32(told["danger_scale"]),
                threshold=float(told["threshold"]),
                kinds=told["kinds"] * np.float32(told["kinds_scale"]),
                names=tuple(HazardKind(str(name)) for name in told["names"]),
            )


def hear_hazard(text: str) -> SeenHazard | None:
    """Give the danger that a short text sounds like; None where it sounds like none."""
    places = heard_places(text)
    if sound_margin(places) < 0:
        return None
    fit = SoundWeights.read()
    likeliest = fit.kinds[:, [place % KIND_BUCKETS for place in places]].sum(axis=1).argmax()
    return SeenHazard(kind=fit.names[int(likeliest)], start=0, end=len(text))


def sound_margin(places: Sequence[int]) -> float:
    """Give how far above the threshold pieces of words score; less than 0 below it."""
    fit = SoundWeights.read()
    if not places:
        return -fit.threshold
    return float(fit.danger[places].sum()) / len(places) ** 0.5 - fit.threshold


def heard_places(text: str) -> Sequence[int]:
    """Give the places of the pieces of a text's words, each once; none of one that is too long."""
    # No word is shorter than a letter and a space: what is longer is not even cut into words.
    if len(text) > MOST_WORDS * (LONGEST_WORD + 1):
        return ()
    sentences = [WORD.findall(part) for part in SENTENCE_END.split(normal(text))]
    if sum(map(len, sentences)) > MOST_WORDS:
        return ()
    return sorted({place for words in sentences for place in _places(words)})


def _places(words: Sequence[str]) -> Iterator[int]:
    heard = [_heard(word[:LONGEST_WORD]) for word in words]
    yield from chain.from_iterable(places for _, places in heard)
    for (one, _), (other, _) in pairwise(heard):
        yield _bucket(f"b{one[:PAIRED]} {other[:PAIRED]}")


@lru_cache(KEPT_WORDS)
def _heard(word: str) -> tuple[str, tuple[int, ...]]:
    """Give the key of a word and the places of its pieces."""
    latin = _figure(word) if word[-1].isdigit() else latin_letters(word)
    key = sound_key(latin, "") or latin
    return key, tuple(dict.fromkeys(map(_bucket, _pieces(latin, key))))


def _figure(digits: str) -> str:
    # "²" is a digit that no number is read from.
    value = int(digits) if digits.lstrip("-").isdecimal() else 0
    return next((name for below, name in FIGURES if value < below), LARGE)


def _pieces(latin: str, key: str) -> Iterator[str]:
    yield f"K{key}"
    yield f"L{latin}"
    yield from (f"p{key[:n]}" for n in KEY_STARTS if len(key) > n)
    yield from (f"q{latin[:n]}" for n in WORD_STARTS if len(latin) > n)
    bounded = f"^{key}$"
    yield from (f"k{bounded[i : i + n]}" for n in PIECES for i in range(len(bounded) - n + 1))


def _bucket(piece: str) -> int:
    return zlib.crc32(piece.encode()) % BUCKETS
