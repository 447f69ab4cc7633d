"""Whether the words around something that has a code's form make it a code, or another thing."""

import re
from collections.abc import Container

from ingest import code_words
from ingest.code_forms import CodeCandidate, CodeForm
from ingest.code_words import SENTENCE_ENDS, TextWords

LEAST_KNOWN = 3
REACH, REACH_DISPLAY, REACH_MAKE = 7, 6, 20
MARKS = frozenset(":=#-([.,>*")
CLOSING = frozenset(")]")
LETTERED = frozenset(
    {CodeForm.MAKER, CodeForm.SPACED, CodeForm.APART, CodeForm.FIVE, CodeForm.SPELT, CodeForm.ALIKE}
)
YEAR = re.compile(r"19[89]\d|20[0-4]\d")
# "Trouble: 1. Throttle 2. Gas pedal".
ITEM = re.compile(r"[.)]\s{1,3}[A-Za-z]")
GROUPED = re.compile(r"[\s-]\d{3}")
# "dtc[1]=P0A80".
INDEX = re.compile(r"\]\s?=")
# "Codes found: 2 (P0A80, P0AA6)".
COUNT = re.compile(r"\s?[(:]\s?[PBCU]-?[0-3][0-9A-F]", re.IGNORECASE)


def is_called(words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether the text calls it a code in front of it: "error code no. 7"."""
    last = words.ending_by(candidate.start) - 1
    lettered = candidate.form in LETTERED
    for number in range(last, max(-1, last - REACH), -1):
        word = words.words[number]
        if word in code_words.ANNOUNCE:
            return not _is_other_code(words, number)
        if not (
            word in code_words.BETWEEN
            or (word in MARKS and _is_inner(words, number))
            or (lettered and word in code_words.BETWEEN_LETTERS)
            or (word == "\n" and words.word(number - 1) == ":")
        ):
            return False
    return False


def _is_inner(words: TextWords, number: int) -> bool:
    """Say whether a mark belongs between a word and its code: "no. 7", "error: 7"."""
    before = words.word(number - 1)
    if words.words[number] == ".":
        return before in code_words.NUMBER_WORDS or before in {"err", "er", "error", "code"}
    return words.words[number] != ","


def _is_other_code(words: TextWords, number: int) -> bool:
    return (
        words.word(number - 1) in code_words.OTHER_CODES
        and words.words[number] in code_words.CODES_ALONE
    )


def is_other_code(words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether the text calls it a code of another kind: "paint code B27"."""
    last = words.ending_by(candidate.start) - 1
    while words.word(last) in {":", "#", "-", "="} or words.word(last) in code_words.NUMBER_WORDS:
        last -= 1
    return words.word(last) in code_words.CODES_ALONE and _is_other_code(words, last)


def is_called_code(words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether the very word "code" stands in front: then a year's number is one as well."""
    last = words.ending_by(candidate.start) - 1
    if words.word(last) in {":", "#", "=", "-"} or words.word(last) in code_words.NUMBER_WORDS:
        last -= 1
    return words.word(last) in code_words.CODES_ALONE and not _is_other_code(words, last)


def is_called_behind(words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether the text calls it a code behind it: "E401 error", "12 number ka error"."""
    first = words.from_place(candidate.stop)
    number = first
    while number < first + 3 and (
        words.word(number) in code_words.BEHIND or words.word(number) in CLOSING
    ):
        number += 1
    word = words.word(number)
    if candidate.form is not CodeForm.NUMBER:
        return word in code_words.BEHIND_ONE or word in code_words.BEHIND_MANY
    if word not in code_words.BEHIND_ONE:
        return False
    # "12 error" may count errors; "12 number ka error" and "05 error" may not.
    return (
        number > first
        or candidate.bare.startswith("0")
        or words.word(number - 2)
        in (code_words.DISPLAYS | code_words.SHOWS | {"par", "pe", "on", "पर"})
    )


def is_shown(words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether a display shows it, in the same sentence and near by."""
    first = words.from_place(candidate.stop)
    # "X431 reads P0A80": what itself reads and shows is a tool, or a vehicle.
    following = words.word(first + 1)
    if words.word(first) in code_words.TELLS and following and following not in code_words.UPON:
        return False
    near = (
        *_sentence_before(words, words.ending_by(candidate.start) - 1),
        *_sentence_behind(words, first),
    )
    return any(word in code_words.SHOWS or word in code_words.DISPLAYS for word in near)


def is_marked(words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether a display shows a number as it shows codes: in red, blinking, "03"."""
    first = words.from_place(candidate.stop)
    if words.word(first) in code_words.BETWEEN and words.word(first) not in {"in", "en"}:
        first += 1
    if any(tuple(words.words[first : first + length]) in code_words.MARKED for length in (1, 2)):
        return True
    return candidate.bare.startswith("0") and _shows_before(words, candidate)


def _shows_before(words: TextWords, candidate: CodeCandidate) -> bool:
    last = words.ending_by(candidate.start) - 1
    near = [*_sentence_before(words, last)[-3:], words.word(words.from_place(candidate.stop))]
    return any(word in code_words.SHOWS or word in code_words.DISPLAYS for word in near)


def shows_number(words: TextWords, candidate: CodeCandidate, make: str | None) -> bool:
    """Say whether it is what the display of a make shows that tells bare numbers."""
    if not _shows_before(words, candidate):
        return False
    last = words.ending_by(candidate.start)
    named = words.words[max(0, last - REACH_MAKE) : last + REACH_MAKE]
    given = make is not None and make.strip().casefold() in code_words.NUMBER_MAKES
    return given or not code_words.NUMBER_MAKES.isdisjoint(named)


def _sentence_before(words: TextWords, last: int) -> list[str]:
    found: list[str] = []
    for number in range(last, max(-1, last - REACH_DISPLAY), -1):
        if words.words[number] in SENTENCE_ENDS:
            break
        found.append(words.words[number])
    return found[::-1]


def _sentence_behind(words: TextWords, first: int) -> list[str]:
    found: list[str] = []
    for number in range(first, min(len(words.words), first + REACH_DISPLAY)):
        if words.words[number] in SENTENCE_ENDS or words.words[number] == ",":
            break
        found.append(words.words[number])
    return found


def is_thing(words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether a word beside it makes it a place, a part or a size: "M8 bolt", "flat B1204"."""
    last = words.ending_by(candidate.start) - 1
    while words.word(last) in code_words.NUMBER_WORDS or (
        words.word(last) in MARKS and _is_inner(words, last)
    ):
        last -= 1
    following = words.word(words.from_place(candidate.stop))
    return words.word(last) in code_words.THINGS_BEFORE or following in code_words.THINGS_BEHIND


def is_counted(text: str, words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether a number measures or counts something, or goes on as a longer number."""
    if candidate.form is CodeForm.NUMBER and (
        GROUPED.match(text, candidate.stop)
        or COUNT.match(text, candidate.stop)
        or INDEX.match(text, candidate.stop)
        or _is_item(text, words, candidate)
    ):
        return True
    return words.word(words.from_place(candidate.stop)) in code_words.UNITS


def _is_item(text: str, words: TextWords, candidate: CodeCandidate) -> bool:
    """Say whether it numbers the parts of a list: "Trouble: 1. Throttle", "codes (1) P000C"."""
    before = words.word(words.ending_by(candidate.start) - 1)
    if len(candidate.bare) > 1 or before not in {":", "\n", "("}:
        return False
    return ITEM.match(text, candidate.stop) is not None


def is_year(candidate: CodeCandidate) -> bool:
    return (
        YEAR.fullmatch(candidate.bare[-4:] if candidate.form is CodeForm.SPACED else candidate.bare)
        is not None
    )


def is_known(candidate: CodeCandidate, known: Container[str]) -> bool:
    """Say whether the vocabulary has it; two signs are too few to tell."""
    return candidate.bare in known and len(candidate.bare) >= LEAST_KNOWN
