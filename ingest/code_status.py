"""What a text says of the codes in it: there, denied, cleared, pending, stored, coming and going.

Codes of one list share what is said around the list. A word in front of it ("no", "pending")
speaks of the list where nothing but small words stands between; so does one behind it. Whether it
was cleared, and came back, is read by `code_clearance.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.codes import CodeStatus
from ingest import code_words
from ingest.code_clearance import REACH, Clearance, find_clearance
from ingest.code_words import SENTENCE_ENDS, TextWords

REACH_BEFORE, REACH_BEHIND, REACH_APART, REACH_LIST = 8, 9, 16, 10
NEAR, REACH_PAIRED = 3, 12
# "Na … na …" is "neither … nor …"; alone it asks for assent.
PAIRED = frozenset({"na", "न", "ना"})
MARKS_BEFORE = frozenset(":=#\"'([*-")
MARKS_BEHIND = frozenset("-:=([\"')]*,?")
LIST_MARKS = frozenset(",/;&+|-()[]\"'*:\n•")
OWN_STATUS = frozenset({CodeStatus.PENDING, CodeStatus.STORED, CodeStatus.INTERMITTENT})
DENIABLE = OWN_STATUS | {CodeStatus.PRESENT}
# Words between a list and what it says of all of it; without one it may speak of the last alone.
OF_ALL = frozenset(
    "are were both all have is was hai hain the tha has dono sab ko हैं है थे sind son".split()
)


@dataclass(frozen=True, slots=True)
class CodePlace:
    """Where a code stands, its failure type with it."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class CodeState:
    """What is said of a code; None where nothing is.

    Attributes:
        away: it was cleared and stayed away.
        all_so_far: all codes up to here were cleared with it.
    """

    status: CodeStatus | None = None
    away: bool = False
    all_so_far: bool = False


def read_states(words: TextWords, places: Sequence[CodePlace]) -> Sequence[CodeState]:
    """Give what the text says at each place of a code; the places are in order."""
    states: list[CodeState] = []
    # Those of the codes so far that nothing was said of: "cleared all" says it.
    silent: list[int] = []
    lists = list(_lists_of(words, places))
    for number, codes in enumerate(lists):
        earlier = lists[number - 1][-1].stop if number else 0
        later = lists[number + 1][0].start if number + 1 < len(lists) else None
        found = list(_states_of_list(words, codes, earlier, later))
        if any(state.all_so_far for state in found):
            for place in silent:
                states[place] = CodeState(CodeStatus.CLEARED)
            silent = []
        silent += [len(states) + n for n, state in enumerate(found) if state.status is None]
        states += found
    return states


def _lists_of(words: TextWords, places: Sequence[CodePlace]) -> Iterator[list[CodePlace]]:
    """Yield the codes that only separators hold apart, together."""
    current: list[CodePlace] = []
    for place in places:
        if current and not _is_called_list(words, current[-1].stop, place.start):
            yield current
            current = []
        current.append(place)
    if current:
        yield current


def is_list(words: TextWords, start: int, end: int) -> bool:
    """Say whether only what separates the parts of a list stands between two places."""
    between = words.between(start, end)
    return len(between) <= REACH_BEFORE and all(
        word in LIST_MARKS or word in code_words.LISTED for word in between
    )


def _is_called_list(words: TextWords, start: int, end: int) -> bool:
    """Say whether two places are parts of a list of which each may be called a code again."""
    between = list(words.between(start, end))
    if len(between) > REACH_LIST:
        return False
    while between and (between[-1] in code_words.ANNOUNCE or _is_last_number_word(between)):
        between.pop()
    while between and between[0] in code_words.BEHIND_ONE:
        between.pop(0)
    return all(word in LIST_MARKS or word in code_words.LISTED for word in between)


def _is_last_number_word(between: Sequence[str]) -> bool:
    """Say whether the last of these is the "no." of "code no."."""
    *before, last = between
    if last in {".", ":", "#", "-", "="}:
        return bool(before) and (before[-1] in code_words.NUMBER_WORDS | code_words.ANNOUNCE)
    return last in code_words.NUMBER_WORDS and bool(before) and before[-1] in code_words.ANNOUNCE


def _states_of_list(
    words: TextWords, codes: Sequence[CodePlace], earlier: int, later: int | None
) -> Iterator[CodeState]:
    first, last = words.from_place(codes[0].start), words.from_place(codes[-1].stop)
    stop = words.ending_by(earlier) if earlier else 0
    end = len(words.words) if later is None else _region_end(words, last, words.from_place(later))
    before = _said_before(words, first - 1, stop)
    behind, of_all = _said_behind(words, last, end)
    behind = behind or _said_apart(words, last, end)
    told = find_clearance(words, last, end)
    shared = _combine(before, behind if of_all else None, told)
    alone = _combine(before, behind, told)
    # "P0A1F, P0A80 is back" behind a "no": what follows is said of the last.
    if before is CodeStatus.DENIED and alone.status is not CodeStatus.DENIED:
        shared = CodeState(before)
    yield from [shared] * (len(codes) - 1)
    yield alone


def _combine(
    before: CodeStatus | None, behind: CodeStatus | None, told: Sequence[Clearance]
) -> CodeState:
    """Give what holds in the end of what is said in front, behind, and of its being cleared."""
    status = before if before is CodeStatus.DENIED or behind is None else behind
    away = False
    for each in told:
        if each in (Clearance.CLEARED, Clearance.ALL_CLEARED):
            status, away = CodeStatus.CLEARED, False
        elif each is Clearance.BACK:
            back = behind if behind is CodeStatus.INTERMITTENT else CodeStatus.PRESENT
            status, away = back, False
        else:
            status, away = CodeStatus.CLEARED, True
    return CodeState(status, away, Clearance.ALL_CLEARED in told)


def _region_end(words: TextWords, first: int, later: int) -> int:
    """Give where what is said of this code ends, and what is said of the next one begins."""
    for number in range(later - 1, max(first, later - REACH) - 1, -1):
        word = words.words[number]
        if word in ",;|)]" or word in SENTENCE_ENDS or word in code_words.BREAKS:
            inside = word == "and" and words.word(number + 1) in {"goes", "go", "off", "on"}
            if not inside:
                return number + 1
    return later


def _said_before(words: TextWords, last: int, stop: int) -> CodeStatus | None:
    """Give what is said in front; "no" in front of "stored" denies what is stored."""
    found: CodeStatus | None = None
    number, least = last, max(stop, last - REACH_BEFORE)
    while number >= least:
        said = code_words.BEFORE.in_front(words, number, stop)
        if said is not None and not _is_other_word(words, number):
            status, number = said
            found = status if found is None or status is CodeStatus.DENIED else found
            if found not in DENIABLE:
                return found
        elif _is_filler_before(words, number, stop):
            number -= 1
        else:
            return found
    return found


def _is_filler_before(words: TextWords, number: int, stop: int) -> bool:
    word = words.words[number]
    if word in code_words.FILLERS_BEFORE or word in MARKS_BEFORE or word in {"no", "nor", "or"}:
        return True
    if word == ".":
        return words.word(number - 1) in code_words.NUMBER_WORDS
    return word in LIST_MARKS and _heads(words, number, stop)


def _is_other_word(words: TextWords, number: int) -> bool:
    """Say whether this "no" is a number's ("error code no 7"), or this "na" has no other one."""
    word = words.words[number]
    if word in PAIRED:
        around = words.words[max(0, number - REACH_PAIRED) : number + REACH_PAIRED + 1]
        return around.count(word) == 1
    return (
        word == "no"
        and words.word(number - 1) in code_words.ANNOUNCE
        and words.word(number - 2) not in {"no", "any"}
    )


def _heads(words: TextWords, number: int, stop: int) -> bool:
    """Say whether a line's end belongs to a heading: "Pending codes:" and the codes below it."""
    return words.words[number] == "\n" and number > stop and words.words[number - 1] == ":"


def _said_behind(words: TextWords, first: int, stop: int) -> tuple[CodeStatus | None, bool]:
    """Give what is said behind a list, and whether it is said of all of it."""
    comma, of_all = False, False
    for number in range(first, min(stop, first + REACH_BEHIND)):
        word = words.words[number]
        numbered = word == "no" and words.word(number - 1) in code_words.ANNOUNCE
        if (
            word in code_words.DENIED_AT_END
            and not numbered
            and (
                _ends_there(words, number + 1) or (number + 1 == stop and word not in {"no", "not"})
            )
        ):
            return CodeStatus.DENIED, True
        found = code_words.AFTER.behind(words, number, len(words.words))
        if found is not None:
            status, after = found
            if status is CodeStatus.DENIED and _was_tried(words, after):
                return CodeStatus.PRESENT, True
            if status in OWN_STATUS and not _speaks_of_code(words, after, comma=comma):
                return None, False
            today = _said_today(words, after, stop)
            return today or status, of_all or status in {CodeStatus.DENIED, CodeStatus.CLEARED}
        if word == "," and not comma:
            comma = True
        elif not numbered and word not in code_words.FILLERS_AFTER and word not in MARKS_BEHIND:
            return None, False
        of_all = of_all or word in OF_ALL
    return None, False


def _said_apart(words: TextWords, first: int, stop: int) -> CodeStatus | None:
    """Give what is said behind what a code means: "P0562 system voltage low, pending"."""
    for number in range(first + 1, min(stop, first + REACH_APART)):
        word = words.words[number]
        if word in SENTENCE_ENDS and words.word(number + 1) != "status":
            return None
        found = code_words.AFTER.behind(words, number, stop)
        if found is None or found[0] not in OWN_STATUS | {CodeStatus.PRESENT}:
            continue
        if words.words[number - 1] in ",-(:[" and _ends_there(words, found[1]):
            return found[0]
    return None


def _said_today(words: TextWords, first: int, stop: int) -> CodeStatus | None:
    """Give what is said of today behind what was earlier: "was pending, now it is active"."""
    for number in range(first, min(stop, first + NEAR)):
        if words.words[number] in code_words.TODAY:
            return _said_behind(words, number + 1, stop)[0]
    return None


def _ends_there(words: TextWords, number: int) -> bool:
    word = words.word(number)
    return not word or word in SENTENCE_ENDS or word in ",;|)]}" or word in code_words.BREAKS


def _was_tried(words: TextWords, number: int) -> bool:
    """Say whether "not" speaks of what was tried: "P0A1F nahi hat raha" is still there."""
    return words.word(number) in code_words.TRIED


def _speaks_of_code(words: TextWords, after: int, *, comma: bool) -> bool:
    if _ends_there(words, after) or words.word(after) in "-:([|/":
        return True
    return not comma and words.word(after) in code_words.MAY_FOLLOW
