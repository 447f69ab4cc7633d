"""The words of a repair report by sentence, with their groups out of `repair_phrases.yaml`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from ingest.word_groups import WordGroups, normal

FILE = Path(__file__).with_name("repair_phrases.yaml")
# A figure with its points and commas is one word; a hyphen inside a word parts two.
TOKEN = re.compile(
    r"\d{1,9}(?:[.,]\d{1,6}){0,3}|[^\W\d_]{1,40}(?:['’][^\W\d_]{1,10}){0,2}|[.,;:!?()\n|\u0964]"
    r"|[-\u2013\u2014+&/](?=\s)|->|=>"
)
SENTENCE_ENDS = frozenset(".;!?\n|/\u0964")
# "Rs. 400" and "no. 3" end no sentence.
SHORTENED = frozenset(
    "rs no nos approx mr mrs dr ltd qty pcs hrs hr min mins vs st max fig".split()
)
# "Re-plugged" is done again, as "plugged" is.
AGAIN = "re"
DONE = frozenset({"does", "does_first"})


@dataclass(frozen=True, slots=True)
class ReportWord:
    """A word, where it stands, and the groups that it, or a row of words from it on, is of."""

    text: str
    start: int
    end: int
    groups: frozenset[str]


@cache
def repair_words() -> WordGroups:
    """Give the words of `repair_phrases.yaml`, read once."""
    return WordGroups(yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"])


def split_words(text: str) -> Iterator[list[ReportWord]]:
    """Yield the words of each sentence, and the signs between them."""
    words: list[ReportWord] = []
    for found in TOKEN.finditer(text):
        piece = found[0]
        if piece in SENTENCE_ENDS:
            if piece == "." and not _ends_sentence(text, words, found.end()):
                continue
            # "Sealed w/ new gasket".
            if piece == "/" and words and words[-1].text == "w":
                continue
            if words:
                yield _with_groups(words)
            words = []
        else:
            words.append(ReportWord(normal(piece), found.start(), found.end(), frozenset()))
    if words:
        yield _with_groups(words)


def _ends_sentence(text: str, words: Sequence[ReportWord], end: int) -> bool:
    """Say whether a full stop is one: not that of a shortened word, nor one inside a name."""
    follows = text[end : end + 1]
    if follows and not follows.isspace():
        return False
    # "40 min. 9800 km": a unit ends its sentence.
    counted = len(words) > 1 and words[-2].text[0].isdigit()
    shortened = bool(words) and words[-1].text in SHORTENED and not counted
    return not (shortened and text[end : end + 2].strip().isdigit())


def _with_groups(sentence: Sequence[ReportWord]) -> list[ReportWord]:
    """Give each word its groups; a row of words stands at its first one."""
    known, texts = repair_words(), [word.text for word in sentence]
    found: list[ReportWord] = []
    for at, word in enumerate(sentence):
        own = known.of(word.text[:40]) | {name for _, name in known.rows_at(texts, at)}
        if not own and _done_again(texts, at, known):
            own |= {"does"}
        found.append(replace(word, groups=own))
    return found


def _done_again(texts: Sequence[str], at: int, known: WordGroups) -> bool:
    word = texts[at]
    if word == AGAIN and at + 1 < len(texts):
        groups = known.of(texts[at + 1][:40])
        return not DONE.isdisjoint(groups) or (not groups and texts[at + 1].endswith("ed"))
    return word.startswith(AGAIN) and not DONE.isdisjoint(known.of(word[2:40]))
