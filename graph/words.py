"""Full-text queries made of a report's words: never its punctuation, never more than can be paid.

Lucene's query language gives meaning to quotes, slashes, brackets, capitals AND, OR and NOT; a
report may hold any of them. Every word is therefore taken out of the text and quoted by itself.
"""

from collections.abc import Mapping, Sequence

from domain import codes, signature
from domain.errors import InvalidInput

WORDS_KEPT = 64
# How much a word weighs in each field of the index.
WEIGHTS: Mapping[str, float] = {
    "title": 1.0,
    "symptom_text": 1.0,
    "cause_text": 1.0,
    "step_text": 0.5,
    "code_words": 1.0,
}


def tokens(text: str, most: int = WORDS_KEPT) -> list[str]:
    """Give up to `most` distinct words, the longest first: length stands for rarity.

    A word that reads as a trouble code is given as the one word it is stored as.
    """
    found = dict.fromkeys(_word(w) for w in signature.words(text))
    ranked = sorted(found, key=lambda word: (-_worth(word), word))
    return ranked[:most]


def query(
    words: Sequence[str], scopes: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> str:
    """Give the Lucene query for any of the words, in every one of the scopes.

    The scopes only narrow: they are weighed nothing.
    """
    asked = " ".join(_asked(word, weights) for word in words)
    narrowed = " ".join(f"+scope:({' '.join(scope)})^0" for scope in scopes)
    return f"{narrowed} +({asked})"


def _asked(word: str, weights: Mapping[str, float]) -> str:
    return " ".join(f'{field}:"{word}"^{weight:g}' for field, weight in weights.items() if weight)


def _worth(word: str) -> int:
    return len(word) + 20 * any(c.isdigit() for c in word)


def _word(word: str) -> str:
    bare = word.rstrip("%")
    if not any(c.isdigit() for c in bare) or not any(c.isalpha() for c in bare):
        return bare
    try:
        return codes.normal(bare).lower()
    except InvalidInput:
        return bare
