"""Full-text queries made of a report's words: never its punctuation, never more than can be paid.

Lucene's query language gives meaning to quotes, slashes, brackets, capitals AND, OR and NOT; a
report may hold any of them. Every word is therefore taken out of the text and quoted by itself.

Each stem is asked for once. Words that owners write whatever the fault ("contact", "recall",
"dealer") weigh less: `word_frequencies.json` holds the thousand commonest stems of complaints,

    weight = ln((n + 1) / (df + 1)) / ln((n + 1) / (df of the 1,001st + 1))

counted over public complaints by `bench/word_frequencies.py`; every other stem weighs 1.
"""

import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import cast

import Stemmer

from domain import codes
from domain.errors import InvalidInput
from graph.visibility import place_mark

WORDS_KEPT = 128
# Letters and digits, with the vowel signs that Indian scripts write around them.
WORD = re.compile(r"[^\W_](?:(?!_)[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff])*")
# A word as Lucene parts them (UAX 29): a sign between two letters or digits does not end it.
STORED_WORD = re.compile(
    rf"{WORD.pattern}(?:(?:(?<=\d)[.,;'](?=\d)|(?<=[^\W\d_])[.:'\u00b7](?=[^\W\d_])"
    rf"|_{{1,8}}(?=[^\W_])){WORD.pattern})*"
)
# Lucene's English stop words: the index does not hold them.
STOP_WORDS = frozenset(
    """a an and are as at be but by for if in into is it no not of on or such that the their then
    there these they this to was will with""".split()
)
HABITS: Mapping[str, float] = json.loads(
    (resources.files("graph") / "word_frequencies.json").read_text()
)
STEMMER = Stemmer.Stemmer("porter")  # pyright: ignore[reportUnknownVariableType]


def stem_word(word: str) -> str:
    """Give the stem as Lucene's English analyzer gives it (Porter 1980)."""
    return cast("str", STEMMER.stemWord(word))


def stemmed_words(text: str) -> str:
    """Give the stems that the full-text index holds of a text, parted by spaces."""
    words = (word.removesuffix("'s") for word in _stored_words(text))
    return " ".join(stem_word(word) for word in words if word not in STOP_WORDS)


def _stored_words(text: str) -> list[str]:
    return STORED_WORD.findall(text.casefold().replace("\u2019", "'"))


def weighted_terms(text: str, most: int = WORDS_KEPT) -> dict[str, float]:
    """Give up to `most` words of a text, one a stem, with their weights; the weightiest are kept.

    Of equally weighty words the longer is kept, since length stands for rarity.
    """
    stems: dict[str, str] = {}
    for word in WORD.findall(text.casefold()):
        if word not in STOP_WORDS:
            stems.setdefault(stem_word(word), word)
    weighed = [(HABITS.get(root, 1.0), word) for root, word in stems.items()]
    kept = sorted(weighed, key=lambda w: (-w[0], -len(w[1]), w[1]))[:most]
    return {word: weight for weight, word in kept}


def full_text_query(asked: Mapping[str, float], narrowed: str = "") -> str:
    """Give the Lucene query for any of the words, narrowed by clauses of our own making."""
    words = " ".join(f'full_text:"{word}"^{weight:g}' for word, weight in asked.items())
    named = " ".join(f'code_words:"{code}"' for code in code_terms(asked))
    return f"+({words} {named}) {narrowed}"


def with_marks(fits: Sequence[str], symptoms: Sequence[str]) -> str:
    """Give the query for cards of a model: shared symptoms first, then the same model year."""
    model = place_mark("fits", fits[1])
    year = [f"marks:{place_mark('fits', key)}" for key in fits[2:]]
    shown = [f"marks:{place_mark('symptom', code)}^2" for code in symptoms]
    return " ".join((f"+marks:{model}^0", *year, *shown))


def code_terms(asked: Mapping[str, float]) -> list[str]:
    """Give the words that read as trouble codes, as they are stored."""
    found: list[str] = []
    for word in asked:
        if any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
            try:
                found.append(codes.normalise_code(word).lower())
            except InvalidInput:
                continue
    return found
