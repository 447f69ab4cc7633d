"""A card as it is kept to be found: its marks, who may see it, its words and its vector."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from domain.codes import CodeKey
from domain.ids import CardId
from graph.full_text import stemmed_words
from graph.visibility import LISTED

Numbers = NDArray[np.float32]
# Tuples that many cards share are kept once.
Shared = dict[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class VectorKind:
    """Which model makes the vectors, and of how many numbers."""

    model: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedCard:
    """What stays in memory of a card; `places` are those that may see it, `all` for everyone."""

    id: CardId
    version: int
    places: tuple[str, ...]
    codes: tuple[CodeKey, ...]
    symptoms: tuple[str, ...]
    fits: tuple[str, ...]
    models: int
    effectiveness: float
    model: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryText:
    """What goes into the index of words: stems, codes, marks."""

    words: str
    codes: str
    marks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCard:
    """A card as it was read from the graph; `unembedded`, its words have no vector yet."""

    entry: IndexedCard
    text: EntryText
    vector: Numbers | None
    unembedded: bool = False


def read_entry(row: Sequence[Any], shared: Shared) -> ReadCard:
    """Read one entry of `read_model.cypher`."""
    id, version, visibility, listed, codes, symptoms, fits, models = row[:8]  # noqa: A001
    effectiveness, text, code_words, marks, model, vector, unembedded = row[8:]
    entry = IndexedCard(
        id=CardId(id),
        version=version,
        places=_kept_once(listed if visibility == LISTED else [visibility], shared),
        codes=cast("tuple[CodeKey, ...]", _kept_once(codes, shared)),
        symptoms=_kept_once(symptoms, shared),
        fits=_kept_once(fits, shared),
        models=models,
        effectiveness=effectiveness,
        model=None if model is None else sys.intern(model),
    )
    return ReadCard(
        entry=entry,
        text=EntryText(words=stemmed_words(text), codes=code_words.lower(), marks=marks),
        vector=None if vector is None else np.frombuffer(vector.raw(), ">f4"),
        unembedded=unembedded,
    )


def _kept_once(values: Sequence[str] | None, shared: Shared) -> tuple[str, ...]:
    found = tuple(map(sys.intern, values or ()))
    return shared.setdefault(found, found)
