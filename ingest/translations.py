"""The sentences of the shipped knowledge in other languages, as `translations.yaml` has them,
and the names of symptoms and components (`name_translations.yaml`).

A machine wrote them and no native speaker has checked them. They are looked up by the English
itself: when it changes, its old translation is not shown any more.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from domain.languages import Language
from ingest.knowledge_file import LOADER

FILE = Path(__file__).with_suffix(".yaml")
# Apart from the sentences: reasons need the names alone, and those are read in no time.
NAMES = Path(__file__).with_name("name_translations.yaml")


def translate_sentence(sentence: str, language: str) -> str | None:
    """Give a sentence in a language (as BCP 47 says it); None where there is no translation."""
    return read_translations().get(language, {}).get(sentence)


def translate_name(name: str, language: Language) -> str | None:
    """Give the name of a symptom or a component; None where it has no translation."""
    return name if language is Language.ENGLISH else read_names().get(language, {}).get(name)


@cache
def read_names() -> Mapping[str, Mapping[str, str]]:
    """Give the names of symptoms and components by language and English name."""
    return yaml.load(NAMES.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506


@cache
def read_translations() -> Mapping[str, Mapping[str, str]]:
    """Give the translations by language and English sentence."""
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506
