"""The phrases of `phrases.cypher`: what an engineer types, and the query that answers it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import LiteralString, cast

NAME = re.compile(r"^// name: (\w+)$", re.MULTILINE)
TEXT = re.compile(r"^// text: (.+)$", re.MULTILINE)
PARAM = re.compile(r"^// param: (\w+) (\w+) (\w+) (\w+)$", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PhraseParameter:
    """A value that is typed: `kind` as Bloom calls it, suggested from the label's property."""

    name: str
    kind: str
    label: str
    prop: str


@dataclass(frozen=True, slots=True)
class SearchPhrase:
    name: str
    text: str
    params: tuple[PhraseParameter, ...]
    cypher: LiteralString


def read_phrases() -> tuple[SearchPhrase, ...]:
    """Give the phrases in the file's order."""
    return tuple(_phrases((resources.files("graph.bloom") / "phrases.cypher").read_text()))


def _phrases(text: str) -> Iterator[SearchPhrase]:
    pieces = NAME.split(text)[1:]
    for name, body in zip(pieces[::2], pieces[1::2], strict=True):
        [told] = TEXT.findall(body)
        params = tuple(PhraseParameter(*found) for found in PARAM.findall(body))
        # It ships with the code and no input reaches it.
        yield SearchPhrase(name, told, params, cast("LiteralString", COMMENT.sub("", body).strip()))
