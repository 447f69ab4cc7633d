"""A repair report cut into pieces: sentences, and in each what commas and "and" keep apart.

A piece knows the words of `repair_phrases.yaml` that it holds. Pieces are cut where a full stop, a
line, a comma or a dash stands, and before "and", "then" and "because" where another thing begins.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from ingest.hazards import WordGroups, normal

FILE = Path(__file__).with_name("repair_phrases.yaml")
# A figure with its points and commas is one word; a hyphen inside a word parts two.
TOKEN = re.compile(
    r"\d{1,9}(?:[.,]\d{1,6}){0,3}|[^\W\d_]{1,40}(?:['’][^\W\d_]{1,10}){0,2}|[.,;:!?()\n|\u0964]"
    r"|[-\u2013\u2014+&/](?=\s)|->|=>"
)
SENTENCE_ENDS = frozenset(".;!?\n|/\u0964")
PIECE_ENDS = frozenset({",", ":", "(", ")", "-", "\u2013", "\u2014", "+", "&", "->", "=>"})
JOINTS = frozenset("and then aur phir fir but lekin par also plus".split())
# What parts an effect from its cause, and a cause from its effect.
LINKS = ("because", "leads")
# "Rs. 400" and "no. 3" end no sentence.
SHORTENED = frozenset(
    "rs no nos approx mr mrs dr ltd qty pcs hrs hr min mins vs st max fig".split()
)
MOST_PIECES = 400
# What tells of something done wherever it stands in a piece.
DEEDS = frozenset({"does", "safety", "waits"})
# How far a joint looks for what is done on its sides.
REACH = 20
# Words of a heading before its colon.
LONGEST_HEADING = 3


@dataclass(frozen=True, slots=True)
class ReportWord:
    """A word, where it stands, and the groups that it, or a row of words from it on, is of."""

    text: str
    start: int
    end: int
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReportPiece:
    """What stands between two cuts: at least one word.

    Attributes:
        sentence: the number of its sentence; `heading` is the word of a form before it, if any.
        opened_by: the joint or the link that it begins behind ("and", "because"), if any.
    """

    words: tuple[ReportWord, ...]
    sentence: int
    heading: str | None = None
    opened_by: str | None = None

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(group for word in self.words for group in word.groups)

    def holds(self, *groups: str) -> bool:
        return any(group in word.groups for word in self.words for group in groups)

    def count(self, group: str) -> int:
        return sum(group in word.groups for word in self.words)


@cache
def repair_words() -> WordGroups:
    """Give the words of `repair_phrases.yaml`, read once."""
    return WordGroups(yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"])


def split_report(text: str) -> tuple[ReportPiece, ...]:
    """Give the pieces of a report in the order of the text, at most so many."""
    pieces: list[ReportPiece] = []
    for number, sentence in enumerate(_sentences(text)):
        pieces += _pieces_of(sentence, number)
        if len(pieces) >= MOST_PIECES:
            break
    return tuple(pieces[:MOST_PIECES])


def _sentences(text: str) -> Iterator[list[ReportWord]]:
    words: list[ReportWord] = []
    for found in TOKEN.finditer(text):
        piece = found[0]
        if piece in SENTENCE_ENDS:
            if piece == "." and not _ends_sentence(text, words, found.end()):
                continue
            if words:
                yield words
            words = []
        else:
            words.append(ReportWord(normal(piece), found.start(), found.end(), frozenset()))
    if words:
        yield words


def _ends_sentence(text: str, words: Sequence[ReportWord], end: int) -> bool:
    """Say whether a full stop is one: not that of a shortened word, nor one inside a name."""
    follows = text[end : end + 1]
    if follows and not follows.isspace():
        return False
    return not (words and words[-1].text in SHORTENED and text[end : end + 2].strip().isdigit())


def _pieces_of(sentence: Sequence[ReportWord], number: int) -> Iterator[ReportPiece]:
    words = _with_groups(sentence)
    heading, held, opened = None, list[ReportWord](), None
    for at, word in enumerate(words):
        if word.text == ":" and at <= LONGEST_HEADING and heading is None and held:
            heading = _heading_of(held)
            if heading is None:
                yield ReportPiece(tuple(held), number, None, opened)
            held = []
            continue
        cut = word.text in PIECE_ENDS or (bool(held) and _opens_piece(words, at, held))
        if cut and held:
            yield ReportPiece(tuple(held), number, heading, opened)
            held, opened = [], None
        if word.text in PIECE_ENDS:
            continue
        if cut and (word.text in JOINTS or not word.groups.isdisjoint(LINKS)):
            opened = next((link for link in LINKS if link in word.groups), word.text)
            continue
        held.append(word)
    if held:
        yield ReportPiece(tuple(held), number, heading, opened)


def _with_groups(sentence: Sequence[ReportWord]) -> list[ReportWord]:
    """Give each word its groups; a row of words stands at its first one."""
    known, texts = repair_words(), [word.text for word in sentence]
    found: list[ReportWord] = []
    for at, word in enumerate(sentence):
        rows = {name for _, name in known.rows_at(texts, at)}
        found.append(replace(word, groups=known.of(word.text[:40]) | rows))
    return found


def _heading_of(held: Sequence[ReportWord]) -> str | None:
    every = {group for word in held for group in word.groups}
    return next((name for name in sorted(every) if name.startswith("says_")), None)


def _opens_piece(words: Sequence[ReportWord], at: int, held: Sequence[ReportWord]) -> bool:
    """Say whether another thing begins at a joint: something is done on both sides of it."""
    word = words[at]
    if not word.groups.isdisjoint(LINKS) and len(held) > 1:
        return True
    if word.text not in JOINTS:
        return False
    rest = words[at + 1 : at + 1 + REACH]
    following = next((n for n, w in enumerate(rest) if w.text in PIECE_ENDS), len(rest))
    after = rest[:following]
    return (tells_deed(held[-REACH:]) and tells_deed(after)) or begins_deed(after)


def begins_deed(words: Sequence[ReportWord]) -> bool:
    """Say whether words begin with what somebody did: "cleaned the pins"."""
    # "Cut-off gone" does nothing, "cut the wire" does.
    first = words[0].groups if words else frozenset[str]()
    return "does" in first or ("does_first" in first and "noticed" not in first)


def tells_deed(words: Sequence[ReportWord]) -> bool:
    """Say whether words tell something done: first in English, anywhere as "was replaced" says it,
    last in Hindi.
    """
    if begins_deed(words) or any(not w.groups.isdisjoint(DEEDS) for w in words):
        return True
    return any("does_hindi" in word.groups for word in words[-6:])
