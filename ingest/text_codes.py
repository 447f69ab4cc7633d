"""Trouble codes in free text, in every form that people and tools write, and what is said of them.

A five-character code (P0A1F) is taken wherever it stands alone; what only looks like a code, where
the vocabulary knows it, where the text calls it one ("error 12"), or where a display shows it.
`docs/reading.md` shows the forms; `code_forms.py` finds them, `code_status.py` reads what is said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from domain import codes
from domain.codes import CodeKey, CodeStatus
from ingest import code_context, spelt_codes
from ingest.code_answers import find_answers
from ingest.code_forms import ADDRESS, CodeCandidate, CodeForm, find_candidates, fold_marks
from ingest.code_status import CodePlace, CodeState, is_list, read_states
from ingest.code_words import NAMES, TextWords
from ingest.text_spans import TextSpans

FOUR_DIGITS = re.compile(r"[0-9A-F]{4}")
LISTED_APART = 24
# Of what was no code by itself, so much is kept for a list that turns out to be one.
MOST_WAITING = 6
# Three letters and digits on a display are rather the name of a model.
MOST_SHOWN_LETTERS, MOST_SHOWN_DIGITS = 2, 3
SHOWN_FORMS = (CodeForm.MAKER, CodeForm.SPACED, CodeForm.APART)
# How sure a form is, once the words around it make it a code.
CONFIDENCE: Mapping[CodeForm, float] = {
    CodeForm.CONTROLLER: 0.9,
    CodeForm.MAKER: 0.9,
    CodeForm.APART: 0.85,
    CodeForm.SPELT: 0.85,
    CodeForm.SPACED: 0.85,
    CodeForm.HEX: 0.85,
    CodeForm.ALIKE: 0.8,
    CodeForm.HEX_WORD: 0.8,
    CodeForm.SPELT_NUMBER: 0.75,
}
# How "P" is spoken, which nothing else sounds like.
CLEAR_BEGINNINGS = frozenset({"p", "pee", "papa", "पी"})


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """A code read at a place.

    Attributes:
        bare: its one spelling.
        start: where the code itself stands; `end` is past it.
        negated: it is no code of the report: denied, or cleared and not all that there is.
        failure_type: how it failed: two hexadecimal digits, or "FMI3"; None where none is told.
    """

    bare: str
    start: int
    end: int
    confidence: float
    negated: bool
    failure_type: str | None = None
    status: CodeStatus = CodeStatus.PRESENT


def find_codes(
    text: str,
    known: Mapping[str, tuple[CodeKey, ...]],
    taken: Sequence[tuple[int, int]] = (),
    make: str | None = None,
) -> list[CodeSeen]:
    """Give the codes in order; places in `taken` (the names of vehicles) hold none."""
    folded = fold_marks(text)
    words = TextWords.of(folded)
    answers = list(find_answers(folded, words))
    candidates = chain(
        find_candidates(folded),
        spelt_codes.find_spelt(words),
        spelt_codes.find_alike(text, known),
    )
    judge = CodeJudge(folded, words, known, make)
    other = TextSpans(
        (
            *taken,
            *(found.span() for found in ADDRESS.finditer(folded)),
            *((answer.start, answer.end) for answer in answers),
        )
    )
    free = [each for each in candidates if not other.overlap(each.start, each.end)]
    told = [code for answer in answers for code in answer.codes]
    for each in sorted((*free, *told), key=lambda c: (c.start, -c.stop, c.form.value)):
        judge.consider(each)
    places = [CodePlace(c.start - c.lead, c.stop) for c, _ in judge.accepted]
    return _settle(judge.accepted, read_states(words, places))


class CodeJudge:
    """Takes candidates in order and keeps those that are codes, each with how surely it is one."""

    def __init__(
        self,
        text: str,
        words: TextWords,
        known: Mapping[str, tuple[CodeKey, ...]],
        make: str | None,
    ) -> None:
        self.accepted: list[tuple[CodeCandidate, float]] = []
        self._waiting: list[CodeCandidate] = []
        self._text, self._words, self._known, self._make = text, words, known, make

    def consider(self, each: CodeCandidate) -> None:
        """Take a candidate, unless one that stands further in front has its place."""
        last = self.accepted[-1][0] if self.accepted else None
        if last is not None and each.start < last.stop:
            return
        confidence = self._confidence(each)
        if not confidence:
            self._waiting = [*self._waiting[-MOST_WAITING:], each]
            return
        self._take_list_before(each, confidence)
        self.accepted.append((self._decoded(each), confidence))

    def _decoded(self, each: CodeCandidate) -> CodeCandidate:
        """Give a known code for the four digits that a tool shows of it: "DTC 0A1F"."""
        if each.form is not CodeForm.HEX_WORD or FOUR_DIGITS.fullmatch(each.bare) is None:
            return each
        bare = codes.decode_dtc(int(each.bare, 16))
        return replace(each, bare=bare) if bare in self._known else each

    def _take_list_before(self, each: CodeCandidate, confidence: float) -> None:
        """Take what is listed in front of a code that is called one behind: "E02, E03 error"."""
        taken: list[CodeCandidate] = []
        first = each
        while self._waiting:
            earlier = self._waiting.pop()
            alike = earlier.bare.isdigit() == each.bare.isdigit() and earlier.stop <= first.start
            if alike and is_list(self._words, earlier.stop, first.start):
                taken.append(earlier)
                first = earlier
        if code_context.is_called_behind(self._words, each):
            self.accepted += [(one, confidence) for one in reversed(taken)]

    def _confidence(self, each: CodeCandidate) -> float:
        """Give how surely it is a code; zero when it is not to be taken for one."""
        if each.form in (CodeForm.ANSWER, CodeForm.J1939):
            return 0.95
        if each.form is not CodeForm.FIVE and code_context.is_other_code(self._words, each):
            return 0.0
        known = code_context.is_known(each, self._known)
        called = code_context.is_called(self._words, each)
        behind = code_context.is_called_behind(self._words, each)
        announced = called or behind or self._goes_on(each)
        if each.form in (CodeForm.NUMBER, CodeForm.CALLED):
            return self._number_confidence(each, announced=announced)
        if not called and (each.bare.lower() in NAMES or code_context.is_thing(self._words, each)):
            return 0.0
        return self._lettered_confidence(each, known=known, announced=announced)

    def _lettered_confidence(self, each: CodeCandidate, *, known: bool, announced: bool) -> float:
        match each.form:
            case CodeForm.FIVE:
                sure = known or announced or codes.is_shared(each.bare)
                return 1.0 if sure else 0.9
            case CodeForm.CONTROLLER | CodeForm.ALIKE:
                enough = True
            case CodeForm.SPELT:
                enough = known or announced or self._begins_clearly(each)
            case CodeForm.HEX_WORD:
                enough = announced
            case CodeForm.SPELT_NUMBER:
                counted = code_context.is_counted(self._text, self._words, each)
                enough = not counted and code_context.is_called(self._words, each)
            case _:
                enough = known or announced or self._is_shown(each)
        return CONFIDENCE[each.form] * enough

    def _number_confidence(self, each: CodeCandidate, *, announced: bool) -> float:
        if not int(each.bare) or code_context.is_counted(self._text, self._words, each):
            return 0.0
        if code_context.is_year(each) and not code_context.is_called_code(self._words, each):
            return 0.0
        if announced or each.form is CodeForm.CALLED:
            return 0.8
        shown = code_context.is_marked(self._words, each) or code_context.shows_number(
            self._words, each, self._make
        )
        return 0.7 * (shown and len(each.bare) <= MOST_SHOWN_DIGITS)

    def _is_shown(self, each: CodeCandidate) -> bool:
        if each.form not in SHOWN_FORMS or _is_long(each):
            return False
        counted = code_context.is_counted(self._text, self._words, each)
        counted = counted or code_context.is_year(each)
        return not counted and code_context.is_shown(self._words, each)

    def _begins_clearly(self, each: CodeCandidate) -> bool:
        return self._words.word(self._words.from_place(each.start)) in CLEAR_BEGINNINGS

    def _goes_on(self, each: CodeCandidate) -> bool:
        """Say whether a list of codes goes on with it."""
        if not self.accepted:
            return False
        last = self.accepted[-1][0]
        if each.start - last.stop > LISTED_APART:
            return False
        if _is_long(each) or (each.form is CodeForm.NUMBER and not last.bare.isdigit()):
            return False
        return is_list(self._words, last.stop, each.start)


def _is_long(each: CodeCandidate) -> bool:
    """Say whether it has more letters than what a display shows, or a list goes on with."""
    letters = sum(sign.isalpha() for sign in each.bare)
    return each.form is CodeForm.MAKER and letters > MOST_SHOWN_LETTERS


def _settle(
    accepted: Sequence[tuple[CodeCandidate, float]], states: Sequence[CodeState]
) -> list[CodeSeen]:
    """Give each code with what the text says of it in the end, wherever it is named."""
    types: dict[str, set[str | None]] = {}
    for code, _ in accepted:
        types.setdefault(code.bare, set()).add(code.failure_type)
    last: dict[tuple[str, str | None], CodeState] = {}
    for (code, _), told in zip(accepted, states, strict=True):
        state = CodeState(code.status) if told.status is None else told
        # Without a failure type it speaks of each.
        named = types[code.bare] if code.failure_type is None else (code.failure_type, None)
        for failure_type in named:
            if state.status is not None or (code.bare, failure_type) not in last:
                last[code.bare, failure_type] = state
    final = [last[code.bare, code.failure_type] for code, _ in accepted]
    gone = (CodeStatus.CLEARED, CodeStatus.DENIED)
    standing = any(state.status not in gone for state in final)
    return list(_seen(accepted, final, standing=standing))


def _seen(
    accepted: Sequence[tuple[CodeCandidate, float]],
    states: Sequence[CodeState],
    *,
    standing: bool,
) -> Iterator[CodeSeen]:
    for (code, confidence), state in zip(accepted, states, strict=True):
        status = state.status or CodeStatus.PRESENT
        # What was cleared is still the best clue where nothing else is left.
        cleared = status is CodeStatus.CLEARED and (state.away or standing)
        negated = status is CodeStatus.DENIED or cleared
        yield CodeSeen(
            code.bare, code.start, code.end, confidence, negated, code.failure_type, status
        )
