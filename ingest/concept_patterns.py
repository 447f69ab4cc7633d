"""Symptoms and components read in the languages of India, by concepts that stand together.

A pattern of `concept_patterns.yaml` combines concepts ("charge not"), and `concepts` holds the
words of each in every language: so one pattern reads "चार्ज नहीं हो रही", "சார்ஜ் ஆகவில்லை" and
"charge aagala". Only texts of these languages are read so; English and Hinglish have phrases of
their own.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Self

import yaml

from ingest import concepts
from ingest.extraction import TextFinding
from ingest.languages import ENGLISH, HINGLISH, LATIN, UNKNOWN
from ingest.lexicon import Lexicon, PhraseKind
from ingest.transliteration import latin_letters, sound_key
from ingest.word_groups import (
    Word,
    WordGroups,
    WordLookup,
    normal,
    place_groups,
    split_sentences,
)

FILE = Path(__file__).with_suffix(".yaml")
NOT, NOTHING, BUT, AND = "not", "nothing", "but", "and"
COMMA = ","
# Words of one pattern stand among so many; those around a "not" closer, since it denies one thing.
WINDOW, NOT_WINDOW = 9, 6
# "Not" stands so near behind what it denies.
DENIES = 2
# A key of fewer letters is that of too many words; so is the key of a beginning.
LEAST_KEY, LEAST_BEGINNING = 3, 4
# As sure as a reading is by how many concepts stand together; no native speaker checked the words.
CONFIDENCES = (0.6, 0.7, 0.8, 0.85)


@dataclass(frozen=True, slots=True)
class ConceptPattern:
    """Concepts that tell a symptom together; each slot takes one of several.

    Attributes:
        needed: those of which no other may take the place.
        without: none of them may stand between.
        absent: none of them may stand near.
        negates: "not" is part of what it says.
        crosses: a comma may part it: "I plug it in, after a while it stops".
    """

    symptom: str
    slots: frozenset[frozenset[str]]
    needed: frozenset[str]
    without: frozenset[str]
    absent: frozenset[str]
    negates: bool
    crosses: bool

    @classmethod
    def read(cls, symptom: str, written: str) -> Self:
        """Read it as `concept_patterns.yaml` writes it."""
        words = written.removeprefix(COMMA).split()
        slots = frozenset(frozenset(w.split("|")) for w in words if not w.startswith("-"))
        needed = frozenset(concept for slot in slots if len(slot) == 1 for concept in slot)
        return cls(
            symptom=symptom,
            slots=slots,
            needed=needed,
            without=frozenset(w[1:] for w in words if w.startswith("-")),
            absent=frozenset(w[2:] for w in words if w.startswith("--")),
            negates=NOT in needed,
            crosses=written.startswith(COMMA),
        )

    def is_part_of(self, other: Self) -> bool:
        """Say whether the other says all of this and more."""
        return len(self.slots) < len(other.slots) and all(
            any(own <= slot or slot <= own for slot in other.slots) for own in self.slots
        )


@dataclass(frozen=True, slots=True)
class PatternSeen:
    """A pattern told between two places of a text."""

    pattern: ConceptPattern
    start: int
    end: int
    negated: bool

    @property
    def confidence(self) -> float:
        return CONFIDENCES[min(len(self.pattern.slots), len(CONFIDENCES)) - 1]


class PatternLexicon:
    """The patterns by the concepts of their slots, and the words of each language."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.not_endings = {
            language: tuple(map(normal, endings.split()))
            for language, endings in told["not_endings"].items()
        }
        self.components = {concept: component for component, concept in told["components"].items()}
        self.patterns: dict[str, list[ConceptPattern]] = {}
        for symptom, patterns in told["symptoms"].items():
            for pattern in (ConceptPattern.read(symptom, written) for written in patterns):
                for concept in frozenset[str]().union(*pattern.slots):
                    self.patterns.setdefault(concept, []).append(pattern)

    def possible(self, own: Iterable[str], present: frozenset[str]) -> Iterable[ConceptPattern]:
        """Give the patterns with one of a word's own concepts whose others are present too."""
        found = (
            pattern
            for concept in own
            for pattern in self.patterns.get(concept, ())
            if pattern.needed <= present and pattern.absent.isdisjoint(present)
        )
        return {id(pattern): pattern for pattern in found}.values()


@cache
def pattern_lexicon() -> PatternLexicon:
    """Give the shipped patterns, read once."""
    return PatternLexicon(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def reads(language: str) -> bool:
    """Say whether texts of a language are read by patterns."""
    return language not in {ENGLISH, HINGLISH, UNKNOWN}


def find_patterns(sentences: Iterable[Sequence[Word]], language: str) -> Iterator[PatternSeen]:
    """Yield what sentences in an Indian language tell, the fullest pattern of each place."""
    for words in sentences:
        yield from _fullest(list(_seen_in(words, language)))


def find_in_language(text: str, language: str, lexicon: Lexicon) -> tuple[TextFinding, ...]:
    """Give the symptoms and components that the words of an Indian language tell.

    None that the vocabulary lacks: a graph may hold fewer symptoms than are read here.
    """
    known, sentences = lexicon.symptom_texts, list(grouped_sentences(text, language))
    symptoms = (
        TextFinding(PhraseKind.SYMPTOM, p.pattern.symptom, p.start, p.end, p.confidence, p.negated)
        for p in find_patterns(sentences, language)
        if p.pattern.symptom in known
    )
    return (*symptoms, *_components(chain.from_iterable(sentences)))


def _components(words: Iterable[Word]) -> Iterator[TextFinding]:
    """Yield each component that a text names once, where it is named first."""
    components, found = pattern_lexicon().components, set[str]()
    for word in words:
        for concept in sorted(word.groups & components.keys()):
            if concept not in found:
                found.add(concept)
                yield TextFinding(
                    PhraseKind.COMPONENT, components[concept], word.start, word.end, 1.0
                )


def grouped_sentences(text: str, language: str) -> Iterator[list[Word]]:
    """Yield the sentences of a text in an Indian language, each word with its concepts."""
    if reads(language):
        yield from split_sentences(text, word_lookups(language))


@cache
def word_lookups(language: str) -> tuple[WordLookup, ...]:
    """Give where the words of a text in a language are looked up."""
    spoken = language.removesuffix(LATIN)
    if language == spoken:
        each = [concepts.native_words(one) for one in concepts.languages()]
        return lookups_of(language, each)
    return lookups_of(language, [concepts.native_words(spoken)])


def lookups_of(
    language: str, native: Iterable[Mapping[str, str]], groups: type[WordGroups] = WordGroups
) -> tuple[WordLookup, ...]:
    """Give where words are looked up, by native words and those that all languages share.

    In Latin letters everybody spells otherwise: there a word is also looked up by its sound.
    """
    spoken = language.removesuffix(LATIN)
    shared = concepts.words_of(concepts.SHARED)
    if language == spoken:
        return (WordLookup(groups(_joined([shared, *native]))),)
    own = groups(_joined([shared, concepts.latin_words(spoken)]))
    heard = groups(_by_sound(_joined(native), spoken))
    return WordLookup(own), WordLookup(heard, partial(_sound_of_unknown, own, language=spoken))


def _sound_of_unknown(own: WordGroups, word: str, language: str) -> str:
    """Give the key of a word's sound; none for one that is known as it is spelled."""
    return "" if own.of(word) else sound_key(word, language)


def _joined(each: Iterable[Mapping[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for groups in each:
        for concept, words in groups.items():
            joined[concept] = f"{joined.get(concept, '')} {words}"
    return joined


def _by_sound(native: Mapping[str, str], language: str) -> dict[str, str]:
    """Give the keys of a language's own words by concept."""
    return {concept: " ".join(_keys(words.split(), language)) for concept, words in native.items()}


def _keys(words: Iterable[str], language: str) -> Iterator[str]:
    for word in words:
        if "_" not in word:
            key = sound_key(latin_letters(word.rstrip("*")), language)
            begins = word.endswith("*")
            if len(key) >= (LEAST_BEGINNING if begins else LEAST_KEY):
                yield f"{key}*" if begins else key


def _seen_in(words: Sequence[Word], language: str) -> Iterator[PatternSeen]:
    known = pattern_lexicon()
    endings = known.not_endings.get(language, ())
    told = [word.groups | {NOT} if word.text.endswith(endings) else word.groups for word in words]
    says_not = [NOT in concepts for concepts in told]
    near = deque[int](maxlen=WINDOW)
    for at, own in enumerate(told):
        near.append(at)
        if own:
            present = frozenset[str]().union(*(told[place] for place in near))
            for pattern in known.possible(own, present):
                seen = _placed(pattern, words, says_not, near)
                if seen is not None:
                    yield seen


def _placed(
    pattern: ConceptPattern, words: Sequence[Word], says_not: Sequence[bool], near: Iterable[int]
) -> PatternSeen | None:
    """Give the pattern if a word of its own stands for each slot, the last of them here.

    "Not" may be the end of a verb that stands for another slot.
    """
    *before, here = near
    reach = [*before[-NOT_WINDOW + 1 :], here] if pattern.negates else [*near]
    within = _clause(words, reach, crosses=pattern.crosses)
    slots = (slot for slot in pattern.slots if NOT not in slot)
    places = place_groups(
        [at for at in within if not slot.isdisjoint(words[at].groups)] for slot in slots
    )
    if places is None:
        return None
    if pattern.negates:
        denials = [at for at in within if says_not[at]]
        nearest = min(denials, key=lambda at: abs(at - max(places)), default=None)
        if nearest is None:
            return None
        told = [*places, nearest]
    else:
        told = places
    if here not in told:
        return None
    first, last = min(told), max(told)
    between = (words[at].groups for at in range(first, last + 1) if at not in places)
    if any(not pattern.without.isdisjoint(groups) for groups in between):
        return None
    denies = pattern.negates or NOTHING in pattern.needed
    negated = not denies and _is_denied(words, says_not, last)
    return PatternSeen(pattern, words[first].start, words[last].end, negated)


def _clause(words: Sequence[Word], near: Sequence[int], *, crosses: bool) -> Sequence[int]:
    """Give the places after the last "but" or "and", or comma."""
    parted = (
        n
        for n, at in enumerate(near)
        if words[at].groups & {BUT, AND} or (words[at].text == COMMA and not crosses)
    )
    behind = max(parted, default=-1)
    return near[behind + 1 :]


def _is_denied(words: Sequence[Word], says_not: Sequence[bool], last: int) -> bool:
    """Say whether "not" stands right behind: these languages say it at the end, or in the verb."""
    if says_not[last] and NOT not in words[last].groups:
        return True
    for at in range(last + 1, min(len(words), last + DENIES + 1)):
        if words[at].text == COMMA or words[at].groups & {BUT, AND}:
            return False
        if says_not[at]:
            return True
    return False


def _fullest(seen: Sequence[PatternSeen]) -> Iterator[PatternSeen]:
    """Leave out what a fuller pattern at the same place says better, and what is told twice."""
    best: dict[tuple[str, bool], PatternSeen] = {}
    told_better = set(_told_better(seen))
    for number, one in enumerate(seen):
        if number not in told_better:
            kept = best.setdefault((one.pattern.symptom, one.negated), one)
            if len(one.pattern.slots) > len(kept.pattern.slots):
                best[one.pattern.symptom, one.negated] = one
    yield from best.values()


def _told_better(seen: Sequence[PatternSeen]) -> Iterator[int]:
    """Yield the numbers of those that another one at their place says more than.

    In the text's order, and a place that ended is let go: only the few around one are compared.
    """
    around: list[int] = []
    for number in sorted(range(len(seen)), key=lambda n: seen[n].start):
        one = seen[number]
        around = [other for other in around if seen[other].end > one.start]
        for other in around:
            if one.pattern.is_part_of(seen[other].pattern):
                yield number
            elif seen[other].pattern.is_part_of(one.pattern):
                yield other
        around.append(number)
