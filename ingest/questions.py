"""Whether a text only asks something, so that no card is an answer to it."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import yaml

from domain.characters import plain_text

FILE = Path(__file__).with_suffix(".yaml")
WORD = re.compile(r"[0-9A-Za-z'\u00c0-\u024f\u0900-\u0963\u0966-\u0d7f]{1,40}")
# A question is short; what goes on longer tells a story, and a failure in it.
LONGEST = 400
LONGEST_PHRASE = 3


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of `questions.yaml`, ready to be looked up."""

    asks: frozenset[str]
    trouble: frozenset[str]
    mild: frozenset[str]

    @classmethod
    @cache
    def read(cls) -> Self:
        told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        return cls(
            **{name: frozenset(map(str.strip, told[name].split(","))) for name in told},
        )


def is_question(text: str) -> bool:
    """Say whether a text asks, and no word of it tells of trouble."""
    if len(text) > LONGEST:
        return False
    known = QuestionWords.read()
    words = [found[0] for found in WORD.finditer(plain_text(text).casefold())]
    phrases = {
        " ".join(words[first : first + length])
        for first in range(len(words))
        for length in range(1, LONGEST_PHRASE + 1)
    }
    asks, marked = bool(phrases & known.asks), "?" in text
    told = phrases & known.trouble or (phrases & known.mild and not (asks and marked))
    return not told and (asks or marked)


def ends_as_question(text: str) -> bool:
    """Say whether a text asks to its last sign: what it names is then asked about, not told."""
    return text.rstrip().endswith("?") and is_question(text)
