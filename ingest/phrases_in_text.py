"""Vocabulary phrases in free text: in any order, over fillers, with a typo in a long word.

"Not" is part of what is said: "charge nahi ho raha" is the symptom of a phrase that says not,
while "no noise" denies the noise of a phrase that does not say not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ingest.lexicon import LEAST_TYPO_LENGTH, Kind, Lexicon, Phrase
from ingest.words import Role, Word, clauses, near

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
class Known:
    """A content word as the lexicon spells it, and whether it had to be mended."""

    at: int
    stem: str
    mended: bool


def find(text: str, lexicon: Lexicon) -> Iterator[PhraseSeen]:
    """Yield every phrase seen; the same place may speak of several."""
    for clause in clauses(text):
        for start in range(0, max(1, len(clause) - STEP), STEP):
            yield from _in_window(clause[start : start + WINDOW], lexicon)


def _in_window(words: list[Word], lexicon: Lexicon) -> Iterator[PhraseSeen]:
    known = [k for at, word in enumerate(words) for k in _known(at, word, lexicon)]
    for number in _likely({k.stem for k in known}, lexicon):
        seen = _seen(number, words, known, lexicon)
        if seen is not None:
            yield seen


def _likely(present: Collection[str], lexicon: Lexicon) -> list[int]:
    """Give the phrases of whose weight enough is there, wherever in the window it stands."""
    weight = defaultdict[int, float](float)
    for stem in present:
        for number in lexicon.postings[stem]:
            weight[number] += lexicon.weights[stem]
    return sorted(n for n, found in weight.items() if found >= LIKELY * lexicon.totals[n])


def _known(at: int, word: Word, lexicon: Lexicon) -> Iterator[Known]:
    if word.role is not Role.CONTENT:
        return
    if word.stem in lexicon.postings:
        yield Known(at, word.stem, mended=False)
    elif len(word.stem) >= LEAST_TYPO_LENGTH and not word.stem.isdigit():
        spellings = (word.stem, *near(word.stem))
        mended = {stem for s in spellings for stem in lexicon.typos.get(s, ())}
        yield from (Known(at, stem, mended=True) for stem in sorted(mended))


def _seen(
    number: int, words: list[Word], known: list[Known], lexicon: Lexicon
) -> PhraseSeen | None:
    phrase = lexicon.phrases[number]
    wanted = set(phrase.stems)
    placed = _closest([k for k in known if k.stem in wanted], len(wanted))
    covered = {k.stem for k in placed}
    total = lexicon.totals[number]
    share = sum(lexicon.weights[stem] for stem in covered) / total
    least = 1.0 if phrase.kind is Kind.COMPONENT else COVERED
    if share < least or (len(wanted) == 1 and total < SINGLE_WORD_WEIGHT and not phrase.negates):
        return None
    return _placed(phrase, words, placed, share)


def _closest(known: list[Known], wanted: int) -> list[Known]:
    """Give the run of words, not spread wider than the phrase and its slack, that covers most."""
    best: list[Known] = []
    for first in range(len(known)):
        run: dict[str, Known] = {}
        for each in known[first:]:
            if each.at - known[first].at >= wanted + SLACK:
                break
            run.setdefault(each.stem, each)
        if len(run) > len(best):
            best = list(run.values())
    return best


def _placed(
    phrase: Phrase, words: list[Word], placed: list[Known], share: float
) -> PhraseSeen | None:
    first, last = min(k.at for k in placed), max(k.at for k in placed)
    if phrase.negates:
        own = [at for at in _negators(words) if _speaks_of(words, at, {k.at for k in placed})]
        if not own:
            return None
        first, last = min(first, *own), max(last, *own)
    negated = not phrase.negates and any(_denies(words, at, first, last) for at in _negators(words))
    confidence = max(0.0, share - TYPO_COST * sum(k.mended for k in placed))
    return PhraseSeen(phrase, words[first].start, words[last].end, confidence, negated)


def _negators(words: list[Word]) -> Iterator[int]:
    return (at for at, word in enumerate(words) if word.role is not Role.CONTENT)


def _speaks_of(words: list[Word], at: int, placed: set[int]) -> bool:
    """Say whether the negator at `at` belongs to one of the placed words, right beside it."""
    after, before = _content(words, at, 1), _content(words, at, -1)
    if words[at].role is Role.BACKWARD:
        return bool({before, after} & placed)
    return after in placed if after is not None else before in placed


def _denies(words: list[Word], at: int, first: int, last: int) -> bool:
    """Say whether the negator at `at` denies what stands from first to last.

    English denies what follows ("no noise"), Hindi what it follows ("awaaz nahi"); "no problem"
    and "dikkat nahi" deny the problem alone.
    """
    after, before = _content(words, at, 1), _content(words, at, -1)
    aim = before if words[at].role is Role.BACKWARD or after is None else after
    if aim is not None and words[aim].stem in TROUBLE and not first <= aim <= last:
        return False
    if words[at].role is Role.BACKWARD or after is None:
        return first < at <= last + 1
    return first - FORWARD_REACH <= at <= last


def _content(words: list[Word], at: int, step: int) -> int | None:
    """Give the place of the next content word in a direction."""
    at += step
    while 0 <= at < len(words) and words[at].role is not Role.CONTENT:
        at += step
    return at if 0 <= at < len(words) else None
