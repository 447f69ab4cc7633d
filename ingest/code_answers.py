"""Raw answers of controllers, as scan tools show them, decoded into trouble codes.

- OBD (SAE J1979): 43 confirmed, 47 pending, 4A permanent codes, two bytes each, on CAN behind a
  count.
- UDS (ISO 14229-1): 59 02, a mask, then two bytes, failure type and status byte for each code.
- KWP 2000 (ISO 14230-3): 58, a count, then two bytes and a status byte for each code.

Frames of ISO 15765-2 (7E8 04 …, 7E8 10 0B …, 7E8 21 …) and the numbered lines of an ELM327 are put
together first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from domain import codes
from domain.codes import CodeStatus
from ingest.code_forms import CodeCandidate, CodeForm
from ingest.code_words import SCAN_WORDS, TextWords

# An answer of one frame that nothing holds apart has at least eight digits.
RUN = re.compile(
    r"(?<![\w.])(?:0x)?[0-9A-F]{1,40}(?:[\s:,>]{1,4}(?:0x)?[0-9A-F]{1,40}){0,250}(?![\w.]\w)",
    re.IGNORECASE,
)
TOKEN = re.compile(r"(?:0x)?(?P<digits>[0-9A-F]{1,40})(?P<colon>:?)", re.IGNORECASE)
HEADER = re.compile(r"7E[89A-F]|18DAF1[0-9A-F]{2}", re.IGNORECASE)
GLUED_HEADER = re.compile(
    r"(?:7E[89A-F]|18DAF1[0-9A-F]{2})(?=(?:[0-9A-F]{2}){2,20}$)", re.IGNORECASE
)
LINE_END = re.compile(r"[\n>]")
LEAST_DIGITS = 8
OBD = {0x43: None, 0x47: CodeStatus.PENDING, 0x4A: CodeStatus.STORED}
UDS, KWP = 0x59, 0x58
UDS_HEAD, UDS_RECORD, KWP_RECORD = 2, 4, 3
# Reports of codes by mask, mirror memory, emissions, permanent; 0A lists what there may be.
UDS_REPORTS = frozenset({0x02, 0x0F, 0x13, 0x15})
PADDING = frozenset({0x00, 0xAA, 0x55, 0xCC, 0xFF})
# What the tool asks, where it is written in front of the answer: mode 3, 7 or 10, 19 02 and a mask.
READ_CODES = (0x19, 0x02)
ECHOES = ((0x03,), (0x07,), (0x0A,), READ_CODES)
# Heads of J1850 (48 6B 10) and KWP (83 F1 11): the check sum ends the line.
J1850_HEAD, TESTER, OLD_HEAD = [0x48, 0x6B], 0xF1, 3
# Before CAN every answer held three codes, filled up with zeros.
OLD_LENGTH = 6
FIRST_FRAME, NEXT_FRAME, FRAME_BITS = 1, 2, 4
LOOK_AROUND = 80


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Bytes of a text, and the codes in them; nothing else in their place is a code."""

    start: int
    end: int
    codes: Sequence[CodeCandidate]


@dataclass(frozen=True, slots=True)
class AnswerByte:
    value: int
    start: int
    end: int


@dataclass(slots=True)
class AnswerFrames:
    """The bytes of an answer as its frames come in."""

    framed: bool = False
    lines: list[list[AnswerByte]] = field(default_factory=list[list[AnswerByte]])

    def add(self, line: list[AnswerByte], *, header: bool, goes_on: bool) -> None:
        if not header:
            if goes_on and self.lines:
                self.lines[-1] += line
            elif line:
                self.lines.append(line)
            return
        self.framed = True
        kind = line[0].value >> FRAME_BITS if line else None
        if kind == 0:
            self.lines.append(line[1 : 1 + line[0].value])
        elif kind == FIRST_FRAME:
            self.lines.append(line[2:])
        elif kind == NEXT_FRAME and self.lines:
            self.lines[-1] += line[1:]


def find_answers(text: str, words: TextWords) -> Iterator[RawAnswer]:
    """Yield what tells codes; digits alone are an answer only where a scan tool is spoken of."""
    for run in RUN.finditer(text):
        digits = sum(c.isalnum() for c in run[0])
        if digits >= LEAST_DIGITS and _is_plausible(run, words):
            frames = _frames_of(run)
            found = [code for line in frames.lines for code in _decode(line, framed=frames.framed)]
            if found:
                yield RawAnswer(run.start(), run.end(), found)


def _is_plausible(run: re.Match[str], words: TextWords) -> bool:
    if any(c.isalpha() for c in run[0]):
        return True
    around = words.between(run.start() - LOOK_AROUND, run.start())
    return not SCAN_WORDS.isdisjoint(around)


def _frames_of(run: re.Match[str]) -> AnswerFrames:
    frames = AnswerFrames()
    line: list[AnswerByte] = []
    header = goes_on = False
    before = run.start()
    for token in TOKEN.finditer(run.string, run.start(), run.end()):
        digits, start = token["digits"], token.start("digits")
        headed = HEADER.fullmatch(digits) or GLUED_HEADER.match(digits)
        numbered = bool(token["colon"]) and len(digits) == 1
        if headed or numbered or LINE_END.search(run.string, before, start):
            frames.add(line, header=header, goes_on=goes_on)
            line, header, goes_on = [], bool(headed), numbered and digits != "0"
        if headed:
            digits, start = digits[headed.end() :], start + headed.end()
        line += _bytes_of(digits, start)
        before = token.end()
    frames.add(line, header=header, goes_on=goes_on)
    return frames


def _bytes_of(digits: str, start: int) -> Iterator[AnswerByte]:
    """Yield the bytes of a word; one of an odd length is a line's number, or the whole length."""
    for at in range(0, len(digits) if len(digits) % 2 == 0 else 0, 2):
        yield AnswerByte(int(digits[at : at + 2], 16), start + at, start + at + 2)


def _decode(line: Sequence[AnswerByte], *, framed: bool) -> Iterator[CodeCandidate]:
    """Yield the codes of one answer, of whichever kind it is."""
    line = _without_head(line)
    if not line:
        return
    service, rest = line[0].value, line[1:]
    if service in OBD:
        for pair in _obd_pairs(rest, framed=framed) or ():
            yield _candidate(pair, OBD[service])
    elif service == UDS and len(rest) > UDS_HEAD and rest[0].value in UDS_REPORTS:
        for record in _records(rest[UDS_HEAD:], UDS_RECORD) or ():
            yield _record_candidate(record, service)
    elif service == KWP and rest and len(rest) > KWP_RECORD * rest[0].value > 0:
        for record in _records(rest[1 : 1 + KWP_RECORD * rest[0].value], KWP_RECORD) or ():
            yield _record_candidate(record, service)


def _without_head(line: Sequence[AnswerByte]) -> Sequence[AnswerByte]:
    """Leave out the echo of the request, or the head and check sum of the wires before CAN."""
    values = [byte.value for byte in line[:4]]
    if len(values) > OLD_HEAD and (values[:2] == J1850_HEAD or values[1] == TESTER):
        return line[OLD_HEAD:-1]
    for echo in ECHOES:
        if tuple(values[: len(echo)]) == echo:
            return line[len(echo) + (echo == READ_CODES) :]
    return line


def _obd_pairs(
    rest: Sequence[AnswerByte], *, framed: bool
) -> Sequence[Sequence[AnswerByte]] | None:
    """Give the pairs of bytes: behind a count, or (before CAN) without one."""
    if not rest:
        return None
    count = 2 * rest[0].value
    filled = all(byte.value in PADDING for byte in rest[1 + count :])
    old = len(rest) == OLD_LENGTH and not framed
    if 0 < count < len(rest) and filled and not old:
        return _records(rest[1 : 1 + count], 2)
    return _records(rest, 2) if len(rest) % 2 == 0 and rest[0].value else None


def _records(rest: Sequence[AnswerByte], size: int) -> Sequence[Sequence[AnswerByte]] | None:
    """Give the records of so many bytes; a short one at the end lost its status or is filling."""
    found = [rest[at : at + size] for at in range(0, len(rest), size)]
    short = found[-1] if found else ()
    if len(short) < min(size, 3):
        found = found[:-1] if all(byte.value in PADDING for byte in short) else []
    return [record for record in found if not _is_filling(record)] or None


def _is_filling(record: Sequence[AnswerByte]) -> bool:
    return record[0].value == record[1].value and record[0].value in PADDING


def _candidate(
    record: Sequence[AnswerByte], status: CodeStatus | None, failure: str | None = None
) -> CodeCandidate:
    bare = codes.decode_dtc(record[0].value << 8 | record[1].value)
    start, end, stop = record[0].start, record[1].end, record[-1].end
    return CodeCandidate(bare, start, end, stop, CodeForm.ANSWER, failure, status)


def _record_candidate(record: Sequence[AnswerByte], service: int) -> CodeCandidate:
    complete = len(record) == (UDS_RECORD if service == UDS else KWP_RECORD)
    status = codes.status_of_byte(record[-1].value) if complete else None
    failure = f"{record[2].value:02X}" if service == UDS else None
    return _candidate(record, status, failure)
