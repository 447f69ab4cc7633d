"""What people speak of ("battery", "not", "hot"), with the words that each language has for it.

`concepts/` holds a file for each language: what stands there in Latin letters is how its speakers
type it, and everything else is its own script. `en.yaml` holds what all of them call by its English
name.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).with_suffix("")
SHARED = "en"


@cache
def languages() -> tuple[str, ...]:
    """Give the languages that have words here, English aside."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != SHARED))


@cache
def words_of(language: str) -> Mapping[str, str]:
    """Give the words by concept, as `WordGroups` takes them."""
    return yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))


def native_words(language: str) -> dict[str, str]:
    """Give those in the language's own script."""
    return _chosen(language, in_latin=False)


def latin_words(language: str) -> dict[str, str]:
    """Give those in Latin letters."""
    return _chosen(language, in_latin=True)


def _chosen(language: str, *, in_latin: bool) -> dict[str, str]:
    return {
        concept: " ".join(word for word in words.split() if word.isascii() is in_latin)
        for concept, words in words_of(language).items()
    }


def each_word(words: Mapping[str, str]) -> Iterator[str]:
    """Yield what stands alone: words and beginnings, each once."""
    every = (word for of_concept in words.values() for word in of_concept.split())
    yield from dict.fromkeys(word for word in every if "_" not in word)
