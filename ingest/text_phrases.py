"""Vocabulary phrases in free text: in any order, over fillers, with a typo in a long word.

"Not" is part of what is said: "charge nahi ho raha" is the symptom of a phrase that says not,
while "no noise" denies the noise of a phrase that does not say not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ingest.lexicon import LEAST_TYPO_LENGTH, Lexicon, Phrase, PhraseKind
from ingest.word_stems import StemmedWord, WordRole, near_spellings, split_clauses

# A long clause is read through a window that slides by half its width.
WINDOW = 20
STEP = 10
# The part of a phrase's weight that must be there, and how far apart its words may stand.
COVERED = 0.8
# Just below, since sums of weights depend on their order.
LIKELY = COVERED - 1e-9
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
    for clause in split_clauses(text):
        for start in range(0, max(1, len(clause) - STEP), STEP):
            yield from _phrases_in_window(clause[start : start + WINDOW], lexicon)


def _phrases_in_window(words: list[StemmedWord], lexicon: Lexicon) -> Iterator[PhraseSeen]:
    known = [k for at, word in enumerate(words) for k in _known_words(at, word, lexicon)]
    for number in _likely_phrases({k.stem for k in known}, lexicon):
        seen = _phrase_seen(number, words, known, lexicon)
        if seen is not None:
            yield seen


def _likely_phrases(present: Collection[str], lexicon: Lexicon) -> list[int]:
    """Give the phrases of whose weight enough is there, wherever in the window it stands."""
    weight = defaultdict[int, float](float)
    for stem in present:
        for number in lexicon.postings[stem]:
            weight[number] += lexicon.weights[stem]
    return sorted(n for n, found in weight.items() if found >= LIKELY * lexicon.totals[n])


def _known_words(at: int, word: StemmedWord, lexicon: Lexicon) -> Iterator[KnownWord]:
    if word.role is not WordRole.CONTENT:
        return
    if word.stem in lexicon.postings:
        yield KnownWord(at, word.stem, mended=False)
    elif len(word.stem) >= LEAST_TYPO_LENGTH and not word.stem.isdigit():
        spellings = (word.stem, *near_spellings(word.stem))
        mended = {stem for s in spellings for stem in lexicon.typos.get(s, ())}
        yield from (KnownWord(at, stem, mended=True) for stem in sorted(mended))


def _phrase_seen(
    number: int, words: list[StemmedWord], known: list[KnownWord], lexicon: Lexicon
) -> PhraseSeen | None:
    phrase = lexicon.phrases[number]
    wanted = set(phrase.stems)
    placed = _closest_words([k for k in known if k.stem in wanted], len(wanted))
    covered = {k.stem for k in placed}
    total = lexicon.totals[number]
    share = sum(lexicon.weights[stem] for stem in covered) / total
    least = 1.0 if phrase.kind is PhraseKind.COMPONENT else COVERED
    if share < least or (len(wanted) == 1 and total < SINGLE_WORD_WEIGHT and not phrase.negates):
        return None
    return _place_phrase(phrase, words, placed, share)


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
