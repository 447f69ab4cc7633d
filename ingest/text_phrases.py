"""Vocabulary phrases in free text: in any order, over fillers, with a typo in a long word.

"Not" is part of what is said: "charge nahi ho raha" is the symptom of a phrase that says not,
while "no noise" denies the noise of a phrase that does not say not.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

from ingest.lexicon import COVERED, LEAST_TYPO_LENGTH, LIKELY, Lexicon, Phrase, PhraseKind
from ingest.word_stems import StemmedWord, WordRole, near_spellings, split_clauses

# A long clause is read through a window that slides by half its width.
WINDOW = 20
STEP = 10
# How much farther apart than written the words of a phrase may stand.
SLACK = 3
FORWARD_REACH = 3
TYPO_COST = 0.1
SINGLE_WORD_WEIGHT = 4.0
# "No problem in charging" denies the problem and nothing else.
TROUBLE = frozenset(
    "problem issu complaint dikkat dikat samasya pareshani troubl fault error".split()
)


@dataclass(frozen=True, slots=True)
class PhraseSeen:
    """A phrase read between two places of the text."""

    phrase: Phrase
    start: int
    end: int
    confidence: float
    negated: bool


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A content word as the lexicon spells it, and whether it had to be mended."""

    at: int
    stem: str
    mended: bool


def find_phrases(text: str, lexicon: Lexicon) -> Iterator[PhraseSeen]:
    """Yield every phrase seen; the same place may speak of several."""
    spelled = cache(partial(_known_stems, lexicon=lexicon))
    for clause in split_clauses(text):
        for start in range(0, max(1, len(clause) - STEP), STEP):
            yield from _phrases_in_window(clause[start : start + WINDOW], spelled, lexicon)


def _phrases_in_window(
    words: list[StemmedWord], spelled: Callable[[str], Sequence[tuple[str, bool]]], lexicon: Lexicon
) -> Iterator[PhraseSeen]:
    known = [
        KnownWord(at, stem, mended)
        for at, word in enumerate(words)
        if word.role is WordRole.CONTENT
        for stem, mended in spelled(word.stem)
    ]
    for number in _likely_phrases({k.stem for k in known}, lexicon):
        seen = _phrase_seen(number, words, known, lexicon)
        if seen is not None:
            yield seen


def _likely_phrases(present: Collection[str], lexicon: Lexicon) -> list[int]:
    """Give the phrases of whose weight enough is there, wherever in the window it stands."""
    led = {number for stem in present for number in lexicon.leads.get(stem, ())}
    return sorted(
        n for n in led if _weight_there(n, present, lexicon) >= LIKELY * lexicon.totals[n]
    )


def _weight_there(number: int, present: Collection[str], lexicon: Lexicon) -> float:
    return sum(lexicon.weights[s] for s in lexicon.phrases[number].stems if s in present)


def _known_stems(stem: str, lexicon: Lexicon) -> tuple[tuple[str, bool], ...]:
    """Give the stems of the lexicon that a word may be, each with whether it had to be mended."""
    if stem in lexicon.postings:
        return ((stem, False),)
    if len(stem) < LEAST_TYPO_LENGTH or stem.isdigit():
        return ()
    mended = {m for s in (stem, *near_spellings(stem)) for m in lexicon.typos.get(s, ())}
    return tuple((m, True) for m in sorted(mended))


def _phrase_seen(
    number: int, words: list[StemmedWord], known: list[KnownWord], lexicon: Lexicon
) -> PhraseSeen | None:
    phrase = lexicon.phrases[number]
    wanted = set(phrase.stems)
    placed = _closest_words([k for k in known if k.stem in wanted], len(wanted))
    total = lexicon.totals[number]
    # In the order of the total: the sum of all its words is then the total itself, to the last bit.
    share = _weight_there(number, {k.stem for k in placed}, lexicon) / total
    least = 1.0 if phrase.kind is PhraseKind.COMPONENT else COVERED
    if share < least or (len(wanted) == 1 and _says_little(phrase, total)):
        return None
    return _place_phrase(phrase, words, placed, share)


def _says_little(phrase: Phrase, total: float) -> bool:
    """Say whether the one telling word of a phrase is too common, or was one word of many."""
    if phrase.kind is PhraseKind.SYMPTOM and len(phrase.text.split()) > 1 and not phrase.negates:
        return True
    return total < SINGLE_WORD_WEIGHT and not phrase.negates


def _closest_words(known: list[KnownWord], wanted: int) -> list[KnownWord]:
    """Give the run of words, not spread wider than the phrase and its slack, that covers most."""
    best: list[KnownWord] = []
    for first in range(len(known)):
        run: dict[str, KnownWord] = {}
        for each in known[first:]:
            if each.at - known[first].at >= wanted + SLACK:
                break
            run.setdefault(each.stem, each)
        if len(run) > len(best):
            best = list(run.values())
    return best


def _place_phrase(
    phrase: Phrase, words: list[StemmedWord], placed: list[KnownWord], share: float
) -> PhraseSeen | None:
    first, last = min(k.at for k in placed), max(k.at for k in placed)
    if phrase.negates:
        own = [
            at
            for at in _find_negators(words)
            if _speaks_of_trouble(words, at, {k.at for k in placed})
        ]
        if not own:
            return None
        first, last = min(first, *own), max(last, *own)
    negated = not phrase.negates and any(
        _is_denied(words, at, first, last) for at in _find_negators(words)
    )
    confidence = max(0.0, share - TYPO_COST * sum(k.mended for k in placed))
    return PhraseSeen(phrase, words[first].start, words[last].end, confidence, negated)


def _find_negators(words: list[StemmedWord]) -> Iterator[int]:
    return (at for at, word in enumerate(words) if word.role is not WordRole.CONTENT)


def _speaks_of_trouble(words: list[StemmedWord], at: int, placed: set[int]) -> bool:
    """Say whether the negator at `at` belongs to one of the placed words, right beside it."""
    after, before = _content_word(words, at, 1), _content_word(words, at, -1)
    if words[at].role is WordRole.BACKWARD:
        return bool({before, after} & placed)
    return after in placed if after is not None else before in placed


def _is_denied(words: list[StemmedWord], at: int, first: int, last: int) -> bool:
    """Say whether the negator at `at` denies what stands from first to last.

    English denies what follows ("no noise"), Hindi what it follows ("awaaz nahi"); "no problem"
    and "dikkat nahi" deny the problem alone.
    """
    after, before = _content_word(words, at, 1), _content_word(words, at, -1)
    aim = before if words[at].role is WordRole.BACKWARD or after is None else after
    if aim is not None and words[aim].stem in TROUBLE and not first <= aim <= last:
        return False
    if words[at].role is WordRole.BACKWARD or after is None:
        return first < at <= last + 1
    return first - FORWARD_REACH <= at <= last


def _content_word(words: list[StemmedWord], at: int, step: int) -> int | None:
    """Give the place of the next content word in a direction."""
    at += step
    while 0 <= at < len(words) and words[at].role is not WordRole.CONTENT:
        at += step
    return at if 0 <= at < len(words) else None
