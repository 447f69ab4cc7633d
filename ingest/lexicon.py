"""What a text is read against: symptom phrases, component names, known codes, makes and models."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.codes import CodeKey, ErrorCode
from domain.matches import Embedding
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Symptom
from ingest.gazetteer import Gazetteer
from ingest.words import Role, clauses, near

LEAST_TYPO_LENGTH = 5


class Kind(StrEnum):
    CODE = "code"
    SYMPTOM = "symptom"
    COMPONENT = "component"
    QUANTITY = "quantity"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say something: its stems (without negators), and whether it says "not"."""

    kind: Kind
    value: str
    text: str
    stems: tuple[str, ...]
    negates: bool


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """Everything a text is compared with; built once, read by every report.

    Attributes:
        codes: keys of the known codes by bare code.
        postings: phrase numbers by stem.
        weights: how telling a stem is (inverse document frequency over the phrases).
        typos: known stems by each spelling that lacks one of their letters.
        meanings: unit vectors of `meant`, [phrases, dimensions]; None while there are none.
    """

    phrases: tuple[Phrase, ...]
    codes: Mapping[str, tuple[CodeKey, ...]]
    postings: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]
    typos: Mapping[str, tuple[str, ...]]
    gazetteer: Gazetteer
    meanings: NDArray[np.float32] | None = None

    @classmethod
    def of(
        cls,
        *,
        symptoms: Iterable[Symptom],
        components: Iterable[Component] = (),
        codes: Iterable[ErrorCode] = (),
        models: Iterable[VehicleModel] = (),
    ) -> Self:
        phrases = tuple(_phrases(symptoms, components))
        postings = _postings(phrases)
        return cls(
            phrases=phrases,
            codes=_by_bare_code(codes),
            postings=postings,
            weights={s: math.log(1 + len(phrases) / len(at)) for s, at in postings.items()},
            typos=_typos(postings),
            gazetteer=Gazetteer.of(models),
        )

    @cached_property
    def meant(self) -> tuple[Phrase, ...]:
        """The phrases that are compared by meaning: those of symptoms."""
        return tuple(p for p in self.phrases if p.kind is Kind.SYMPTOM)

    @cached_property
    def totals(self) -> tuple[float, ...]:
        """What the stems of each phrase weigh together."""
        return tuple(sum(self.weights[stem] for stem in p.stems) for p in self.phrases)

    def with_meanings(self, embeddings: Sequence[Embedding]) -> Self:
        """Give the lexicon with the embeddings of `meant`, in its order."""
        matrix = np.array([e.vector for e in embeddings], dtype=np.float32)
        return replace(self, meanings=matrix)


def _phrases(symptoms: Iterable[Symptom], components: Iterable[Component]) -> Iterable[Phrase]:
    for symptom in symptoms:
        for text in dict.fromkeys((symptom.text, *symptom.phrases)):
            yield from _phrase(Kind.SYMPTOM, symptom.code, text)
    for component in components:
        yield from _phrase(Kind.COMPONENT, component.id, component.name)


def _phrase(kind: Kind, value: str, text: str) -> Iterable[Phrase]:
    words = [word for clause in clauses(text) for word in clause]
    stems = tuple(dict.fromkeys(w.stem for w in words if w.role is Role.CONTENT))
    if stems:
        yield Phrase(kind, value, text, stems, any(w.role is not Role.CONTENT for w in words))


def _postings(phrases: Sequence[Phrase]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        for stem in phrase.stems:
            found.setdefault(stem, []).append(number)
    return {stem: tuple(numbers) for stem, numbers in found.items()}


def _typos(stems: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for stem in stems:
        if len(stem) >= LEAST_TYPO_LENGTH:
            for spelling in {stem, *near(stem)}:
                found.setdefault(spelling, []).append(stem)
    return {spelling: tuple(found[spelling]) for spelling in found}


def _by_bare_code(codes: Iterable[ErrorCode]) -> dict[str, tuple[CodeKey, ...]]:
    found: dict[str, Counter[CodeKey]] = {}
    for code in codes:
        found.setdefault(code.key.rpartition(":")[2], Counter())[code.key] += 1
    return {bare: tuple(sorted(keys)) for bare, keys in found.items()}
