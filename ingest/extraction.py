"""What a report says in the vocabulary's terms: codes, symptoms, components, measured values.

Nothing is invented: each finding names the place in the text that it was read from. A finding that
the text denies ("no error light") is given as negated.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from domain.codes import CodeStatus
from domain.matches import Embedding
from ingest import quantities, symptom_reader, text_codes, text_phrases
from ingest.lexicon import Lexicon, PhraseKind
from ingest.symptom_patterns import ASKING
from ingest.text_phrases import TROUBLE, PhraseSeen
from ingest.text_spans import TextSpans
from ingest.word_stems import StemmedWord, WordRole, is_foreign, is_well, split_clauses

# Cosine from which a clause means what a phrase says, and how much nearer than any other symptom;
# found on labelled reports (`bench/symptoms.py`).
MEANS, CLEARLY = 0.55, 0.05
# Both weighed together must reach this much.
MARGIN_COUNTS, TOGETHER = 1.5, 0.84
# What is taken off when one of them says "not" and the other does not.
CONTRARY = 0.1
NEIGHBOURS = 40
MOST_CLAUSES = 8
LEAST_WORDS = 2
CLAUSE_CHARACTERS = 300


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
    """A piece of the text that is compared by meaning, and whether it says "not"."""

    text: str
    start: int
    end: int
    negates: bool


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
    """Give the clauses worth comparing by meaning, at most eight.

    Left out are those whose words already told a symptom, those in Hindi (the model reads none),
    those that speak of what is fine, and those that are mostly names, codes and numbers.
    """
    return tuple(islice(_telling_clauses(text, said), MOST_CLAUSES))


def _telling_clauses(text: str, said: Sequence[TextFinding]) -> Iterator[Clause]:
    for clause, inside in _with_findings(split_clauses(text), said):
        start, end = clause[0].start, min(clause[-1].end, clause[0].start + CLAUSE_CHARACTERS)
        piece = text[start:end]
        asks = clause[0].stem in ASKING and text[end : end + 2].lstrip().startswith("?")
        if _count_telling_words(clause, inside) >= LEAST_WORDS and not (
            asks or is_foreign(piece) or is_well(piece)
        ):
            negates = any(w.role is not WordRole.CONTENT for w in clause)
            yield Clause(piece, start, end, negates)


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
    """Count the words that could tell a symptom; none when it is told already, or denied."""
    negates = any(w.role is not WordRole.CONTENT for w in clause)
    denied = negates and any(w.stem in TROUBLE for w in clause)
    if denied or any(f.kind is PhraseKind.SYMPTOM for f in inside):
        return 0
    names = TextSpans((f.start, f.end) for f in inside if f.kind is not PhraseKind.COMPONENT)
    return sum(
        w.role is WordRole.CONTENT
        and not w.stem.isdigit()
        and not names.overlap(w.start, w.start + 1)
        for w in clause
    )


def find_by_meaning(
    compared: Sequence[Clause], embeddings: Sequence[Embedding], lexicon: Lexicon
) -> tuple[TextFinding, ...]:
    """Give the symptoms that the clauses mean; a clause and a phrase must agree on "not"."""
    if lexicon.meanings is None or not compared:
        return ()
    vectors = np.array([e.vector for e in embeddings], dtype=np.float32)
    cosines = vectors @ lexicon.meanings.T  # [clauses, phrases]
    negates = np.array([p.negates for p in lexicon.meant])
    denies = np.array([c.negates for c in compared])
    cosines = cosines - CONTRARY * (denies[:, None] != negates[None, :])
    found = (_nearest(clause, row, lexicon) for clause, row in zip(compared, cosines, strict=True))
    return tuple(f for f in found if f is not None)


def _nearest(clause: Clause, row: NDArray[np.float32], lexicon: Lexicon) -> TextFinding | None:
    """Give the symptom whose nearest phrase is clearly nearer than that of any other."""
    best: dict[str, float] = {}
    for number in np.argsort(-row)[:NEIGHBOURS]:
        best.setdefault(lexicon.meant[int(number)].value, float(row[number]))
    (value, cosine), *others = best.items()
    margin = cosine - (others[0][1] if others else 0.0)
    weight = cosine + MARGIN_COUNTS * margin
    if cosine < MEANS or margin < CLEARLY or weight < TOGETHER:
        return None
    confidence = min(0.85, 0.5 + weight - TOGETHER)
    return TextFinding(PhraseKind.SYMPTOM, value, clause.start, clause.end, confidence)


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
