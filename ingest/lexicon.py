"""What a text is read against: symptom phrases, component names, known codes, makes and models."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Self

import numpy as np
import yaml

from domain.codes import CodeKey, ErrorCode
from domain.matches import Embedding
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Symptom
from ingest.gazetteer import Gazetteer
from ingest.symptom_examples import SymptomExamples
from ingest.word_stems import WordRole, near_spellings, split_clauses, stem_word

FOLDER = Path(__file__).parent
EXAMPLES = (FOLDER / "symptom_examples.yaml", FOLDER / "glosses" / "examples.yaml")
LEAST_TYPO_LENGTH = 5
# The part of a phrase's weight that a text must hold.
COVERED = 0.8
# Just below, since sums of weights depend on their order.
LIKELY = COVERED - 1e-9


class PhraseKind(StrEnum):
    CODE = "code"
    SYMPTOM = "symptom"
    COMPONENT = "component"
    QUANTITY = "quantity"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say something: its stems (without negators), and whether it says "not"."""

    kind: PhraseKind
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
        examples: what each symptom is like, by meaning and words; None until it is learned.
    """

    phrases: tuple[Phrase, ...]
    codes: Mapping[str, tuple[CodeKey, ...]]
    postings: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]
    typos: Mapping[str, tuple[str, ...]]
    gazetteer: Gazetteer
    examples: SymptomExamples | None = None

    @classmethod
    def from_vocabulary(
        cls,
        *,
        symptoms: Iterable[Symptom],
        components: Iterable[Component] = (),
        codes: Iterable[ErrorCode] = (),
        models: Iterable[VehicleModel] = (),
    ) -> Self:
        phrases = tuple(_make_phrases(symptoms, components))
        postings = _build_postings(phrases)
        return cls(
            phrases=phrases,
            codes=_group_by_bare_code(codes),
            postings=postings,
            weights={s: math.log(1 + len(phrases) / len(at)) for s, at in postings.items()},
            typos=_build_typos(postings),
            gazetteer=Gazetteer.from_models(models),
        )

    @cached_property
    def meant(self) -> tuple[Phrase, ...]:
        """The phrases that are compared by meaning: those of symptoms, and examples of them."""
        own = [p for p in self.phrases if p.kind is PhraseKind.SYMPTOM]
        codes = dict.fromkeys(p.value for p in own)
        more = (
            phrase
            for code in codes
            for text in symptom_examples().get(code, ())
            for phrase in _make_phrase(PhraseKind.SYMPTOM, code, text)
        )
        return (*own, *more)

    @cached_property
    def symptoms(self) -> frozenset[str]:
        """The symptoms that the vocabulary knows."""
        return frozenset(p.value for p in self.meant)

    @cached_property
    def symptom_texts(self) -> Mapping[str, str]:
        """What each symptom is called in English."""
        return {p.value: p.text for p in reversed(self.meant)}

    def knows(self, word: str) -> bool:
        """Say whether a word, or one that is a typo away from it, is of the vocabulary."""
        stem = stem_word(word)
        if stem in self.postings or len(stem) < LEAST_TYPO_LENGTH:
            return stem in self.postings
        return any(spelling in self.typos for spelling in (stem, *near_spellings(stem)))

    @cached_property
    def totals(self) -> tuple[float, ...]:
        """What the stems of each phrase weigh together."""
        return tuple(sum(self.weights[stem] for stem in p.stems) for p in self.phrases)

    @cached_property
    def leads(self) -> Mapping[str, tuple[int, ...]]:
        """Phrase numbers by the few telling words of which at least one must be there.

        Without all of them too little of the phrase's weight is left. Mostly it is one rare word,
        so a text meets few phrases where its common words alone stand in hundreds.
        """
        found: dict[str, list[int]] = {}
        for number, phrase in enumerate(self.phrases):
            for stem in self._leads_of(phrase, self.totals[number]):
                found.setdefault(stem, []).append(number)
        return {stem: tuple(numbers) for stem, numbers in found.items()}

    def _leads_of(self, phrase: Phrase, total: float) -> Iterator[str]:
        rest = total
        for stem in sorted(phrase.stems, key=lambda stem: -self.weights[stem]):
            if rest < LIKELY * total:
                return
            yield stem
            rest -= self.weights[stem]

    def with_examples(self, embeddings: Sequence[Embedding]) -> Self:
        """Give the lexicon with what a text is compared with; the embeddings are of `meant`."""
        vectors = np.array([e.vector for e in embeddings], dtype=np.float32)
        told = [(p.value, p.text) for p in self.meant]
        return replace(self, examples=SymptomExamples.of(told, vectors))


@cache
def symptom_examples() -> Mapping[str, Sequence[str]]:
    """Give more ways to tell a symptom, by its code, read once."""
    told: dict[str, list[str]] = {}
    for path in EXAMPLES:
        for code, texts in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            told.setdefault(code, []).extend(texts)
    return told


def _make_phrases(symptoms: Iterable[Symptom], components: Iterable[Component]) -> Iterable[Phrase]:
    for symptom in symptoms:
        for text in dict.fromkeys((symptom.text, *symptom.phrases)):
            yield from _make_phrase(PhraseKind.SYMPTOM, symptom.code, text)
    for component in components:
        yield from _make_phrase(PhraseKind.COMPONENT, component.id, component.name)


def _make_phrase(kind: PhraseKind, value: str, text: str) -> Iterable[Phrase]:
    words = [word for clause in split_clauses(text) for word in clause]
    stems = tuple(dict.fromkeys(w.stem for w in words if w.role is WordRole.CONTENT))
    if stems:
        yield Phrase(kind, value, text, stems, any(w.role is not WordRole.CONTENT for w in words))


def _build_postings(phrases: Sequence[Phrase]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        for stem in phrase.stems:
            found.setdefault(stem, []).append(number)
    return {stem: tuple(numbers) for stem, numbers in found.items()}


def _build_typos(stems: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for stem in stems:
        if len(stem) >= LEAST_TYPO_LENGTH:
            for spelling in {stem, *near_spellings(stem)}:
                found.setdefault(spelling, []).append(stem)
    return {spelling: tuple(found[spelling]) for spelling in found}


def _group_by_bare_code(codes: Iterable[ErrorCode]) -> dict[str, tuple[CodeKey, ...]]:
    found: dict[str, Counter[CodeKey]] = {}
    for code in codes:
        found.setdefault(code.key.rpartition(":")[2], Counter())[code.key] += 1
    return {bare: tuple(sorted(keys)) for bare, keys in found.items()}
