"""What a report says in the vocabulary's terms: codes, symptoms, components, measured values.

Nothing is invented: each finding names the place in the text that it was read from. A finding that
the text denies ("no error light") is given as negated.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from domain.codes import CodeStatus
from domain.matches import Embedding
from ingest import quantities, symptom_chance, symptom_reader, text_codes, text_phrases
from ingest.lexicon import Lexicon, PhraseKind
from ingest.symptom_chance import ReadBy
from ingest.symptom_patterns import ASKING
from ingest.text_phrases import TROUBLE, PhraseSeen
from ingest.text_spans import TextSpans
from ingest.word_stems import StemmedWord, WordRole, is_well, split_clauses

# Of what the words did not tell, so much must be likely. A guess is kept with its chance: it weighs
# as much in a match, and of two failures in one breath one is often no more than that.
LIKELY = 0.3
MOST_CLAUSES = 8
LEAST_WORDS = 2
CLAUSE_CHARACTERS = 300
AND = re.compile(r"\s(?:and|aur|plus)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One thing read out of a text.

    Attributes:
        value: bare code, symptom code, component id, "35 to 45 °C", or "Make Model".
        start: where it stands in the text; `end` is past it.
        confidence: 0..1.
        negated: the text says it is not so; of a code also that it was cleared and is gone.
        failure_type: how a code's part failed, as `TroubleCode` has it.
        status: what the text says of a code.
    """

    kind: PhraseKind
    value: str
    start: int
    end: int
    confidence: float
    negated: bool = False
    failure_type: str | None = None
    status: CodeStatus | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the text that is compared with the examples of symptoms."""

    text: str
    start: int
    end: int


def find_in_text(text: str, lexicon: Lexicon, make: str | None = None) -> tuple[TextFinding, ...]:
    """Give what the words say, in the order of the text; `make` is known from beside it."""
    mentions = lexicon.gazetteer.mentions(text)
    taken = [(m.start, m.end) for m in mentions]
    vehicles = (
        TextFinding(PhraseKind.VEHICLE, f"{m.make} {m.model or ''}".strip(), m.start, m.end, 0.9)
        for m in mentions
    )
    codes = (
        TextFinding(
            *(PhraseKind.CODE, c.bare, c.start, c.end, c.confidence, c.negated),
            failure_type=c.failure_type,
            status=c.status,
        )
        for c in text_codes.find_codes(text, lexicon.codes, taken, make)
    )
    measured = (
        TextFinding(PhraseKind.QUANTITY, str(q), q.start, q.end, 1.0)
        for q in quantities.find_quantities(text)
    )
    found = [*vehicles, *codes, *measured, *_find_phrases(text, lexicon)]
    return tuple(sorted(found, key=lambda f: (f.start, f.end, f.kind, f.value)))


def split_text(text: str, said: Sequence[TextFinding]) -> tuple[Clause, ...]:
    """Give the clauses worth comparing with examples, at most eight.

    Left out are those that ask, or speak of what is fine, and those that are mostly names, codes
    and numbers. Where none was left out, a short text is compared as a whole, too.
    """
    every = list(islice(_with_findings(split_clauses(text), said), MOST_CLAUSES))
    telling = list(_telling_clauses(text, every))
    parts = list(_parts(telling))
    if len(telling) == len(every) > 1 and len(text) <= CLAUSE_CHARACTERS:
        telling.insert(0, Clause(text, 0, len(text)))
    return (*telling, *parts)[:MOST_CLAUSES]


def _parts(clauses: Iterable[Clause]) -> Iterator[Clause]:
    """Yield what an "and" joins, which may be two failures."""
    for clause in clauses:
        at = [0, *(place for found in AND.finditer(clause.text) for place in found.span())]
        ends = [*at[1:], len(clause.text)]
        parts = [(start, end) for start, end in zip(at[::2], ends[::2], strict=True)]
        if len(parts) > 1 and all(clause.text[s:e].count(" ") >= LEAST_WORDS - 1 for s, e in parts):
            for start, end in parts:
                yield Clause(clause.text[start:end], clause.start + start, clause.start + end)


def _telling_clauses(
    text: str, every: Iterable[tuple[Sequence[StemmedWord], Sequence[TextFinding]]]
) -> Iterator[Clause]:
    for clause, inside in every:
        start, end = clause[0].start, min(clause[-1].end, clause[0].start + CLAUSE_CHARACTERS)
        piece = text[start:end]
        asks = clause[0].stem in ASKING and text[end : end + 2].lstrip().startswith("?")
        if _count_telling_words(clause, inside) >= LEAST_WORDS and not (asks or is_well(piece)):
            yield Clause(piece, start, end)


def _with_findings(
    clauses: Iterable[list[StemmedWord]], said: Sequence[TextFinding]
) -> Iterator[tuple[list[StemmedWord], list[TextFinding]]]:
    """Pair each clause with what was found in it; both are walked once, in the text's order."""
    waiting = deque(sorted(said, key=lambda f: f.start))
    inside: list[TextFinding] = []
    for clause in clauses:
        start, end = clause[0].start, clause[-1].end
        while waiting and waiting[0].start < end:
            inside.append(waiting.popleft())
        inside = [f for f in inside if f.end > start]
        yield clause, inside


def _count_telling_words(clause: Sequence[StemmedWord], inside: Sequence[TextFinding]) -> int:
    """Count the words that could tell a symptom; none when trouble is denied."""
    negates = any(w.role is not WordRole.CONTENT for w in clause)
    if negates and any(w.stem in TROUBLE for w in clause):
        return 0
    names = TextSpans(
        (f.start, f.end) for f in inside if f.kind in {PhraseKind.CODE, PhraseKind.VEHICLE}
    )
    return sum(not names.overlap(w.start, w.start + 1) for w in clause)


def weigh_symptoms(
    said: Iterable[TextFinding],
    compared: Sequence[Clause],
    embeddings: Sequence[Embedding],
    lexicon: Lexicon,
    by: ReadBy = ReadBy.ENGLISH,
) -> dict[str, float]:
    """Give how likely each symptom is that the words told, or that the clauses are like."""
    told: dict[str, float] = {}
    for finding in said:
        if finding.kind is PhraseKind.SYMPTOM and not finding.negated:
            told[finding.value] = max(told.get(finding.value, 0.0), finding.confidence)
    if lexicon.examples is None or not compared:
        return told
    vectors = np.array([e.vector for e in embeddings], dtype=np.float32)
    texts = [clause.text for clause in compared]
    evidence = symptom_chance.evidence_of(texts, vectors, told, lexicon.examples)
    chances = {symptom: symptom_chance.chance_of(each, by) for symptom, each in evidence}
    return told | {s: c for s, c in chances.items() if s in told or c >= LIKELY}


def _find_phrases(text: str, lexicon: Lexicon) -> Iterator[TextFinding]:
    """Yield each symptom and component once a place, by its best phrase."""
    every = text_phrases.find_phrases(text, lexicon)
    seen = list({(s.phrase, s.negated): s for s in every}.values())
    told = list(_telling_phrases(seen))
    for s in symptom_reader.find_symptoms(text, told, lexicon):
        yield TextFinding(
            PhraseKind.SYMPTOM, s.symptom, s.start, s.end, min(1.0, s.confidence), s.negated
        )
    best: dict[tuple[str, bool], PhraseSeen] = {}
    for each in told:
        if each.phrase.kind is PhraseKind.SYMPTOM:
            continue
        name = (each.phrase.value, each.negated)
        if name not in best or each.confidence > best[name].confidence:
            best[name] = each
    for each in best.values():
        yield TextFinding(
            each.phrase.kind,
            each.phrase.value,
            each.start,
            each.end,
            min(1.0, each.confidence),
            each.negated,
        )


def _telling_phrases(seen: Sequence[PhraseSeen]) -> Iterable[PhraseSeen]:
    """Leave out what a longer phrase at the same place says better."""
    told = set(_told_better(seen))
    return (each for number, each in enumerate(seen) if number not in told)


def _told_better(seen: Sequence[PhraseSeen]) -> Iterator[int]:
    """Yield the numbers of symptoms that stand inside a place which says more.

    Both are walked in the text's order, and a place that ended is let go: only the few around one
    place are compared, however many there are.
    """
    widest: dict[tuple[int, int], set[str]] = {}
    symptoms = [n for n, s in enumerate(seen) if s.phrase.kind is PhraseKind.SYMPTOM]
    for n in symptoms:
        widest.setdefault((seen[n].start, seen[n].end), set()).update(seen[n].phrase.stems)
    waiting = deque(sorted(widest))
    around: list[tuple[int, int]] = []
    for n in sorted(symptoms, key=lambda n: seen[n].start):
        each = seen[n]
        while waiting and waiting[0][0] <= each.start:
            around.append(waiting.popleft())
        around = [place for place in around if place[1] > each.start]
        if any(each.end <= place[1] and widest[place] > set(each.phrase.stems) for place in around):
            yield n
