"""How much a word tells: little when many cards say it, or owners write it whatever the fault.

    rarity(word) = habit(word) × ln((n + 101) / (df + 1)) / ln(n + 101)        0 (all cards) to 1

`df` is the number of cards, of a sample of `n`, whose failure text holds the word's stem; `habit`
is its weight in complaints (`graph/word_frequencies.json`). Both are counts: no list says what is
boilerplate. A hundred cards that say nothing stand beside the sample, so that the words of a
graph's first card are not taken for what every card says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from typing import Self

from domain.signature import split_words
from graph.full_text import HABITS, stem_word

BESIDE = 101
# A card that is found again is not read again; reports never come back, and are not kept.
CARDS_KEPT = 1_024


@dataclass(frozen=True, slots=True)
class WordRarity:
    """The cards of a sample, and in how many of them each stem stands."""

    cards: int = 0
    spread: Mapping[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> Self:
        """Count the stems of these cards' failure texts."""
        stems = [read_stems(text) for text in texts]
        return cls(len(stems), Counter(stem for found in stems for stem in found))

    def weight(self, stem: str) -> float:
        """Give how much a stem tells, 0..1."""
        of = self.cards + BESIDE
        return HABITS.get(stem, 1.0) * log(of / (self.spread.get(stem, 0) + 1)) / log(of)

    def total(self, stems: Iterable[str]) -> float:
        """Give how much several stems tell together."""
        return sum(self.weight(stem) for stem in stems)


def read_stems(text: str) -> frozenset[str]:
    """Give the stems of a text's telling words; a bare figure tells of no failure."""
    return frozenset(
        stem_word(word) for word in split_words(text) if len(word) > 1 and not word[0].isdigit()
    )


# As `read_stems`, of the texts of cards.
read_card_stems = lru_cache(maxsize=CARDS_KEPT)(read_stems)
