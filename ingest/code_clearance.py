"""What is said behind a code of its being cleared: that it was, came back, or stayed away.

It is looked for as far as the next code, and in the next sentence where that goes on about it.
"""

from collections.abc import Container, Sequence
from enum import Enum, auto

from ingest import code_words
from ingest.code_words import SENTENCE_ENDS, Phrase, TextWords

REACH, NEAR = 34, 3
# No other word begins what is told here.
TELLING = (
    {phrase[0] for phrase in code_words.BACK | code_words.GONE}
    | code_words.CLEAR_WORDS
    | code_words.CLEAR_STEMS
)


class Clearance(Enum):
    """One thing that is said of it; ALL_CLEARED: of all codes up to here."""

    CLEARED = auto()
    ALL_CLEARED = auto()
    STAYED_AWAY = auto()
    BACK = auto()


def find_clearance(words: TextWords, first: int, stop: int) -> Sequence[Clearance]:
    """Give what is said of clearing and coming back, in order, as long as it goes on about it."""
    found: list[Clearance] = []
    for number in range(first, min(stop, first + REACH)):
        word = words.words[number]
        if word in SENTENCE_ENDS and not _goes_on(words, number):
            break
        told = _told_at(words, number, first) if word in TELLING else None
        if told is not None:
            found.append(told)
    return found


def _goes_on(words: TextWords, number: int) -> bool:
    following = words.word(number + 1)
    return not following or following in code_words.CONTINUES or following in SENTENCE_ENDS


def _told_at(words: TextWords, number: int, first: int) -> Clearance | None:
    before = _clause_before(words, number, first)
    if _begins(words, number, code_words.GONE):
        return Clearance.CLEARED
    if _begins(words, number, code_words.BACK):
        near = (*before, *words.words[number : number + NEAR + 1])
        denied = not code_words.NEGATIONS.isdisjoint(near)
        return Clearance.STAYED_AWAY if denied else Clearance.BACK
    if not _is_cleared(words, number, before) or not code_words.EARLIER.isdisjoint(before):
        return None
    behind = _clause_behind(words, number)
    if not code_words.NEGATIONS.isdisjoint((*before, *behind)):
        return Clearance.BACK
    return Clearance.CLEARED if code_words.ALL_OF_THEM.isdisjoint(behind) else Clearance.ALL_CLEARED


def _begins(words: TextWords, number: int, phrases: Container[Phrase]) -> bool:
    return any(tuple(words.words[number : number + length]) in phrases for length in (1, 2, 3))


def _is_cleared(words: TextWords, number: int, before: Sequence[str]) -> bool:
    word = words.words[number]
    if word in code_words.CLEAR_WORDS:
        return True
    if word not in code_words.CLEAR_STEMS:
        return False
    denied = not code_words.NEGATIONS.isdisjoint((*before, *_clause_behind(words, number)))
    done = words.word(number + 1) in code_words.CLEAR_DONE
    return denied or done or (word == "reset" and not code_words.WAS_RESET.isdisjoint(before))


def _clause_before(words: TextWords, number: int, first: int) -> Sequence[str]:
    """Give the few words of the same clause in front of a word."""
    for earlier in range(number - 1, max(first, number - NEAR) - 1, -1):
        if _ends_clause(words.words[earlier]):
            return words.words[earlier + 1 : number]
    return words.words[max(first, number - NEAR) : number]


def _clause_behind(words: TextWords, number: int) -> Sequence[str]:
    following = words.words[number + 1 : number + NEAR]
    ends = next((at for at, word in enumerate(following) if _ends_clause(word)), NEAR)
    return following[:ends]


def _ends_clause(word: str) -> bool:
    return word in SENTENCE_ENDS or word in ",;|" or word in code_words.BREAKS
