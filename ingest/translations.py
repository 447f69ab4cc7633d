"""The sentences of the shipped knowledge in other languages, as `translations.yaml` has them.

A machine wrote them and no native speaker has checked them. They are looked up by the English
sentence itself: when it changes, its old translation is not shown any more.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_suffix(".yaml")


def translate_sentence(sentence: str, language: str) -> str | None:
    """Give a sentence in a language (as BCP 47 says it); None where there is no translation."""
    return read_translations().get(language, {}).get(sentence)


@cache
def read_translations() -> Mapping[str, Mapping[str, str]]:
    """Give the translations by language and English sentence."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))
