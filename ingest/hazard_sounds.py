"""A danger told in words that `hazards.yaml` does not know, by how the words of a text sound.

A linear fit on pieces of words: words of every script are written in Latin letters and brought to
the key that spellings share, so that one fit hears all languages. What of a text is known, words of
danger that make no pattern and concepts, is weighed beside them. It adds to what the words tell and
never takes anything back. `bench/hazard_fit.py` made the weights, chose the threshold and says what
they have seen; a text of more words than they saw is not asked, so the time is bounded.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, combinations, pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.hazards import HazardKind, SeenHazard
from ingest import concepts
from ingest.hazard_lexicon import lexicon
from ingest.transliteration import latin_letters, sound_key
from ingest.word_groups import (
    KEPT_WORDS,
    LONGEST_WORD,
    WordGroups,
    WordLookup,
    normal,
    split_sentences,
)

FILE = Path(__file__).with_suffix(".npz")
# Words; of longer texts the fit has seen no more, and in them one sentence drowns.
MOST_WORDS = 60
# "It held": so little tells nothing.
LEAST_WORDS = 3
# Letters of any script with their vowel signs, or a figure.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0d7f\u200c\u200d])*+|[\u0900-\u0d7f]+|-?\d+")
SENTENCE_END = re.compile(r"[.!?;\n\u0964]+")
# Of a figure only this is heard: below or above what is hot, or larger than degrees go.
FIGURES = ((60, "0"), (200, "6"))
LARGE = "9"
# A piece of a word falls into one of so many places, what is known into as many behind them.
BUCKETS = 1 << 16
KIND_BUCKETS = 1 << 13
KEY_STARTS, WORD_STARTS, PIECES = (2, 3, 4, 5), (3, 4, 5, 6), (3, 4)
PAIRED = 4


@dataclass(frozen=True, slots=True, eq=False)
class SoundWeights:
    """Two linear fits over hashed pieces of words and what is known of them.

    Attributes:
        danger: [2 * BUCKETS], what each adds to the score of a danger.
        threshold: the score from which on a text tells one.
        kinds: [kinds, KIND_BUCKETS], what each adds to the score of a kind of danger.
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


@dataclass(frozen=True, slots=True)
class HeardText:
    """The places of what is heard in a text, each once; nothing of one too long or short."""

    pieces: Sequence[int]
    known: Sequence[int]

    def weighed(self) -> Iterator[tuple[int, float]]:
        """Yield the places with their weight: long texts and short ones count alike."""
        for places in (self.pieces, self.known):
            for place in places:
                yield place, len(places) ** -0.5


NOTHING = HeardText((), ())


def hear_hazard(text: str) -> SeenHazard | None:
    """Give the danger that a short text sounds like; None where it sounds like none."""
    heard = heard_text(text)
    if sound_margin(heard) < 0:
        return None
    fit = SoundWeights.read()
    places, weights = zip(*heard.weighed(), strict=True)
    scores = fit.kinds[:, np.array(places) % KIND_BUCKETS] @ np.array(weights)
    return SeenHazard(kind=fit.names[int(scores.argmax())], start=0, end=len(text))


def sound_margin(heard: HeardText) -> float:
    """Give how far above the threshold a text scores; less than 0 below it."""
    fit = SoundWeights.read()
    blocks = (places for places in (heard.pieces, heard.known) if places)
    score = sum(float(fit.danger[places].sum()) * len(places) ** -0.5 for places in blocks)
    return score - fit.threshold


def heard_text(text: str) -> HeardText:
    """Cut a text into the places that the fit weighs."""
    # A word and a space after it are no longer: what has more letters is not even cut into words.
    if len(text) > MOST_WORDS * (LONGEST_WORD + 1):
        return NOTHING
    sentences = [WORD.findall(part) for part in SENTENCE_END.split(normal(text))]
    if not LEAST_WORDS <= sum(map(len, sentences)) <= MOST_WORDS:
        return NOTHING
    pieces = {place for words in sentences for place in _places(words)}
    return HeardText(sorted(pieces), sorted({BUCKETS + _bucket(one) for one in _known(text)}))


def _places(words: Sequence[str]) -> Iterator[int]:
    heard = [_heard(word[:LONGEST_WORD]) for word in words]
    yield from chain.from_iterable(places for _, places in heard)
    for (one, _), (other, _) in pairwise(heard):
        yield _bucket(f"b{one[:PAIRED]} {other[:PAIRED]}")


def _known(text: str) -> Iterator[str]:
    """Yield the groups and concepts of a text's words, and which of them share a sentence."""
    for words in split_sentences(text, [lexicon().lookup, _concepts()]):
        groups = sorted({group for word in words for group in word.groups})
        yield from groups
        yield from (f"{one}+{other}" for one, other in combinations(groups, 2))


@cache
def _concepts() -> WordLookup:
    """Give the concepts of all languages at once: a short text may mix them."""
    spoken = [concepts.words_of(name) for name in (*concepts.languages(), concepts.SHARED)]
    names = dict.fromkeys(chain.from_iterable(spoken))
    words = {name: " ".join(own[name] for own in spoken if name in own) for name in names}
    return WordLookup(WordGroups(words))


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
