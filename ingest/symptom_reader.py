"""All symptoms that the words and figures of a text tell, each once, without near twins.

Three readers find them: patterns of word groups, phrases of the vocabulary, and figures. What a
text denies is given as negated. How sure each is follows from how it was found, and was held
against labelled reports (`bench/symptoms.py`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import chain

from ingest import symptom_figures, symptom_patterns
from ingest.lexicon import Lexicon, PhraseKind
from ingest.symptom_patterns import PatternReading
from ingest.text_phrases import PhraseSeen

# A phrase that is there as a whole, and one of which a part is missing.
WHOLE, PARTIAL = 0.8, 0.5
# Twins that stand so near each other speak of the same.
NEAR = 25
# So many findings before and behind are compared, however many there are.
NEIGHBOURS = 24


class FoundBy(Enum):
    """Which of the readers found a symptom."""

    PATTERN = auto()
    PHRASE = auto()
    FIGURE = auto()


@dataclass(frozen=True, slots=True)
class SymptomFinding:
    """A symptom read between two places of the text."""

    symptom: str
    start: int
    end: int
    confidence: float
    negated: bool
    by: FoundBy
    words: int = 1


def find_symptoms(
    text: str, phrases: Iterable[PhraseSeen], lexicon: Lexicon
) -> Iterator[SymptomFinding]:
    """Yield each symptom of the lexicon once as told and once as denied."""
    known = lexicon.symptoms
    reading = symptom_patterns.read_patterns(text)
    seen = chain(
        ((s, FoundBy.PATTERN) for s in reading.seen),
        ((s, FoundBy.FIGURE) for s in symptom_figures.find_figures(text)),
    )
    found = [
        SymptomFinding(
            s.symptom, s.start, s.end, s.confidence, s.negated, by, len(getattr(s, "names", "ab"))
        )
        for s, by in seen
        if s.symptom in known
    ]
    found += _of_phrases(phrases, found)
    best: dict[tuple[str, bool], SymptomFinding] = {}
    kept = list(_without_twins([_settled(f, reading) for f in found]))
    for each in _one_a_place(kept):
        key = (each.symptom, each.negated)
        if key not in best or each.confidence > best[key].confidence:
            best[key] = each
    yield from best.values()


def _settled(found: SymptomFinding, reading: PatternReading) -> SymptomFinding:
    """Deny what was repaired, and doubt what is only asked, by whichever reader it was found."""
    if found.by is FoundBy.PATTERN:
        return found
    if reading.settled.overlap(found.start, found.start + 1):
        return replace(found, negated=True)
    if reading.asked.overlap(found.start, found.start + 1):
        return replace(found, confidence=found.confidence * symptom_patterns.DOUBTED)
    return found


def _of_phrases(
    phrases: Iterable[PhraseSeen], beside: Sequence[SymptomFinding]
) -> Iterator[SymptomFinding]:
    """Yield what phrases tell; where a pattern speaks of the same words, only a whole phrase."""
    for each in phrases:
        if each.phrase.kind is not PhraseKind.SYMPTOM:
            continue
        whole = each.confidence >= 1.0
        if not whole and any(s.start < each.end and each.start < s.end for s in beside):
            continue
        confidence = WHOLE if whole else PARTIAL
        yield SymptomFinding(
            each.phrase.value, each.start, each.end, confidence, each.negated, FoundBy.PHRASE
        )


def _without_twins(found: Sequence[SymptomFinding]) -> Iterator[SymptomFinding]:
    """Leave out what a twin says better on the same words, and mark what is denied there."""
    ordered = sorted(found, key=lambda f: (f.start, f.end, f.symptom))
    for number, each in enumerate(ordered):
        around = ordered[max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1]
        beside = [o for o in around if o.start - NEAR < each.end and each.start < o.end + NEAR]
        if any(_is_better(other, each) for other in beside):
            continue
        denied = each.by is not FoundBy.PATTERN and any(
            o.symptom == each.symptom and o.negated for o in beside
        )
        denied = denied or any(
            o.symptom == each.symptom and o.negated and o.by is FoundBy.FIGURE for o in beside
        )
        yield replace(each, negated=each.negated or denied)


def _one_a_place(found: Sequence[SymptomFinding]) -> Iterator[SymptomFinding]:
    """Of those that share words, keep what most words tell: a place speaks of one thing."""
    ordered = sorted(found, key=lambda f: (f.start, f.end, f.symptom))
    for number, each in enumerate(ordered):
        around = ordered[max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1]
        if each.negated or not any(_is_fuller(other, each) for other in around):
            yield each


def _is_fuller(other: SymptomFinding, each: SymptomFinding) -> bool:
    overlap = other.start < each.end and each.start < other.end
    rivals = overlap and not other.negated and other.symptom != each.symptom
    return rivals and _fullness(other) > _fullness(each)


def _fullness(found: SymptomFinding) -> tuple[int, float, int, str]:
    return found.words, found.confidence, found.end - found.start, found.symptom


def _is_better(other: SymptomFinding, each: SymptomFinding) -> bool:
    """Say whether a twin stands for this one; of two that stand for each other, the surer does."""
    instead = symptom_patterns.pattern_table().instead
    if each.symptom not in instead.get(other.symptom, ()) or (other.negated and not each.negated):
        return False
    mutual = other.symptom in instead.get(each.symptom, ())
    return not mutual or _weight(other) > _weight(each)


def _weight(found: SymptomFinding) -> tuple[float, int, str]:
    return found.confidence, found.end - found.start, found.symptom
