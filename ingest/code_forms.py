"""What has the form of a trouble code: candidates, each with its place, in a text that was folded.

Whether a candidate is a code is judged by the words around it (`text_codes.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from domain import codes
from domain.characters import digits_folded
from domain.codes import CodeStatus
from ingest.code_words import NEVER

ALONE = r"(?<![A-Za-z0-9])"
ENDS = r"(?![A-Za-z0-9])"
FIVE_FORM = r"[PBCU]-?[0-3][0-9A-F]{3}"
# Several may run together: "P0A7FP0AA6". Behind a hyphen and three digits it is a part's number.
FIVES = re.compile(
    rf"{ALONE}(?:{FIVE_FORM}(?:[0-9A-F]{{2}})?){{1,6}}{ENDS}(?!-\d{{3}})", re.IGNORECASE
)
ONE_FIVE = re.compile(
    r"(?P<code>[PBCU]-?[0-3][0-9A-F]{3})"
    r"(?P<type>[0-9A-F]{2}(?=$|[PBCU]-?[0-3][0-9A-F]{3}(?:[0-9A-F]{2})?(?:$|[PBCU])))?",
    re.IGNORECASE,
)
# The failure type, joined by a mark or apart, and the status byte behind it.
TYPE_BEHIND = re.compile(
    rf"(?:[-:._/(]|\s{{0,2}}[,;|]?\s{{0,2}}\(?(?:FTB|failure\stype(?:\sbyte)?|sub-?type)\s{{0,2}}[:=#]?\s{{0,2}}"
    rf"(?:0x)?|(?P<gap>[ \t]))(?P<type>[0-9A-F]{{2}})h?\)?{ENDS}(?![.,:]\d)",
    re.IGNORECASE,
)
STATUS_BEHIND = re.compile(
    rf"(?:[\s,;|-]{{0,3}}\(?status(?:\sbyte)?\s{{0,2}}[:=]?\s{{0,2}}(?:0x)?|(?P<gap>[ /-]))"
    rf"(?P<status>[0-9A-F]{{2}})h?\)?{ENDS}(?![.,:]\d)",
    re.IGNORECASE,
)
PAIR_APART = re.compile(r"\d[0-9A-F]|[A-F]\d")
MAY_STAND_BEHIND = re.compile(
    r"(?:is|was|are|were|has|and|aur|hai|hain|tha|the|nahi|not|stored|pending|cleared|erased|present|active"
    r"|history|historic|intermittent|confirmed|memory|current|और|है|था|नहीं)(?![A-Za-z\u0900-\u097f])",
    re.IGNORECASE,
)
CODE_BEGINS = re.compile(r"(?:[a-z]{1,3}\s)?[A-FPU]\d", re.IGNORECASE)
JOINED_BEFORE = re.compile(r"(?P<word>[A-Za-z0-9]{1,20})[-_]$")
GAP = r"[\s.\-_]{0,2}"
APART = re.compile(
    rf"{ALONE}[PBCU]{GAP}[0-3]{GAP}[0-9A-F]{GAP}[0-9A-F]{GAP}[0-9A-F]{ENDS}(?!-\d{{3}})",
    re.IGNORECASE,
)
CONTROLLER = re.compile(
    rf"{ALONE}(?:(?:BMS|MCU|VCU|EVCC?|OBC|BCM|TCU|HMI|PDU|PCU|ECU|ABS|LBC|HVAC|DCDC|IPC|MCM|TCM|ESC"
    r"|EPS|DI|APP|UI|UMC|CP|PCS|VC(?:FRONT|REAR|LEFT|RIGHT|SEC)|DIR|DIF|GTW|THC|RCM|EPAS|CHG|CHARGER|MOTOR|INV|INVERTER|BATT?)"
    r"(?P<gap>[\s_.:-]{1,2})|(?-i:(?!IMG|VID|DSC|PXL|MVI|ERR|DTC|CODE)[A-Z]{2,5})_(?=[A-FW]{1,2}\d\d))"
    rf"(?P<letters>[A-Z]{{1,2}})-?(?P<digits>\d{{1,4}}){ENDS}(?![.,:]\d)",
    re.IGNORECASE,
)
MAKERS = re.compile(
    rf"{ALONE}(?P<letters>[A-Za-z]{{1,3}})(?P<gap>[\s._-]?)(?P<digits>\d{{1,4}}){ENDS}(?![.,:]\d|-\d)"
)
# With a letter O for the zero it is no maker's code.
MISTYPED = re.compile(r"[PBCU][O]\d{3,4}", re.IGNORECASE)
# "Err-40", "ERR40": the word is no part of the code.
CALLED = re.compile(
    rf"{ALONE}(?:(?:err?|e?code|error|fault|alarm|dtc)[_.=#-]?|(?:code|error|fault)\sno\.?)(?P<code>\d{{1,6}}){ENDS}(?![.,:/-]\d)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    rf"{ALONE}(?<!\d[.:/-])(?P<code>\d{{1,6}}){ENDS}(?![.:/-]\d|,\d{{3}}(?!\d))(?!\s?[%°₹])"
)
HEX_WORD = re.compile(
    rf"{ALONE}(?=[0-9A-F]{{0,7}}\d)(?=[0-9A-F]{{0,7}}[A-F])(?P<code>[0-9A-F]{{4,8}}){ENDS}"
)
HEX = re.compile(rf"(?<!\w)(?:0x|\$)(?P<digits>[0-9A-F]{{1,6}}){ENDS}", re.IGNORECASE)
J1939 = re.compile(
    rf"{ALONE}SPN[\s:#=-]{{0,3}}(?P<spn>\d{{1,6}})"
    rf"(?:[\s,;/.-]{{0,3}}(?:and\s|with\s)?(?:\(?FMI[\s:#=-]{{0,3}}|(?<=[/.-]))(?P<fmi>\d{{1,2}}))?{ENDS}",
    re.IGNORECASE,
)
# Addresses and names of files hold no codes.
ADDRESS = re.compile(
    r"(?:https?://|www\.|(?<![\w.-])[\w-]{1,40}\.(?:com|in|org|net)/)\S{0,300}"
    r"|(?<![\w.-])[\w.-]{1,80}\.(?:jpe?g|png|heic|mp4|pdf|csv|log|txt|xlsx?)\b",
    re.IGNORECASE,
)
TWO_BYTES, THREE_BYTES = 4, 6
MARKS = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\uff3f\xa0", "------''_ ")


class CodeForm(Enum):
    """How a code is written; what is enough to take it for one depends on it."""

    FIVE = auto()
    APART = auto()
    SPELT = auto()
    ALIKE = auto()
    CONTROLLER = auto()
    MAKER = auto()
    SPACED = auto()
    CALLED = auto()
    SPELT_NUMBER = auto()
    NUMBER = auto()
    HEX_WORD = auto()
    HEX = auto()
    ANSWER = auto()
    J1939 = auto()


@dataclass(frozen=True, slots=True)
class CodeCandidate:
    """Something with a code's form.

    Attributes:
        stop: past a failure type that follows the code.
        lead: how many characters in front belong to it: the controller's name.
    """

    bare: str
    start: int
    end: int
    stop: int
    form: CodeForm
    failure_type: str | None = None
    status: CodeStatus | None = None
    lead: int = 0


def fold_marks(text: str) -> str:
    """Give the text, place for place, with one kind of digits, letters, hyphens and quotes."""
    return digits_folded(text).translate(MARKS)


def find_candidates(text: str) -> Iterator[CodeCandidate]:
    """Yield what has a form, of each form in turn; the same place may have several."""
    yield from _standard_candidates(text)
    yield from _hex_candidates(text)
    yield from _makers_candidates(text)
    for match in J1939.finditer(text):
        fmi = match["fmi"] and f"FMI{int(match['fmi'])}"
        bare = f"SPN{int(match['spn'])}"
        yield CodeCandidate(bare, *match.span(), match.end(), CodeForm.J1939, fmi)


def _standard_candidates(text: str) -> Iterator[CodeCandidate]:
    for run in FIVES.finditer(text):
        if not _is_joined(text, run.start()):
            yield from _codes_of_run(text, run)
    for match in APART.finditer(text):
        bare = "".join(c for c in match[0].upper() if c.isalnum())
        if len(bare) < len(match[0]):
            stop, failure, status = _type_behind(text, match.end(), None)
            yield CodeCandidate(bare, *match.span(), stop, CodeForm.APART, failure, status)


def _is_joined(text: str, start: int) -> bool:
    """Say whether something with digits that is no code is joined in front: a part's number."""
    joined = JOINED_BEFORE.search(text, max(0, start - 21), start)
    return (
        joined is not None
        and any(c.isdigit() for c in joined["word"])
        and codes.FIVE_TYPED.fullmatch(joined["word"].upper()) is None
    )


def _codes_of_run(text: str, run: re.Match[str]) -> Iterator[CodeCandidate]:
    for match in ONE_FIVE.finditer(run[0]):
        start, end = (run.start() + place for place in match.span("code"))
        bare = match["code"].upper().replace("-", "")
        stop, failure, status = run.start() + match.end(), match["type"], None
        if stop == run.end():
            stop, failure, status = _type_behind(text, stop, failure)
        kind = failure and failure.upper()
        yield CodeCandidate(bare, start, end, stop, CodeForm.FIVE, kind, status)


def _type_behind(
    text: str, stop: int, failure: str | None
) -> tuple[int, str | None, CodeStatus | None]:
    """Give where the code's failure type and status byte end, and what they are."""
    behind = TYPE_BEHIND.match(text, stop) if failure is None else None
    if behind and _is_type(text, behind):
        stop, failure = behind.end(), behind["type"]
    byte = STATUS_BEHIND.match(text, stop)
    if byte and (byte["gap"] is None or (failure and PAIR_APART.fullmatch(byte["status"]))):
        return byte.end(), failure, codes.status_of_byte(int(byte["status"], 16))
    return stop, failure, None


def _is_type(text: str, behind: re.Match[str]) -> bool:
    """Say whether two digits behind a blank are a failure type: no words may follow them."""
    if behind["gap"] is None:
        return True
    rest = text[behind.end() : behind.end() + 12].lstrip(" ")
    if PAIR_APART.fullmatch(behind["type"]) is None:
        return False
    # No quantity begins with a zero, or has letters.
    unlike_quantity = behind["type"][0] == "0" or behind["type"].isupper()
    ends = not rest[:1].isalpha() or CODE_BEGINS.match(rest) or MAY_STAND_BEHIND.match(rest)
    return unlike_quantity or bool(ends)


def _hex_candidates(text: str) -> Iterator[CodeCandidate]:
    for match in HEX.finditer(text):
        digits = match["digits"].upper()
        if len(digits) in (TWO_BYTES, THREE_BYTES):
            bare, failure = codes.decode_dtc(int(digits[:4], 16)), digits[4:] or None
            yield CodeCandidate(bare, *match.span(), match.end(), CodeForm.HEX, failure)
        elif len(digits) < TWO_BYTES:
            yield CodeCandidate(f"0X{digits}", *match.span(), match.end(), CodeForm.HEX_WORD)
    for match in HEX_WORD.finditer(text):
        yield CodeCandidate(match["code"], *match.span(), match.end(), CodeForm.HEX_WORD)


def _makers_candidates(text: str) -> Iterator[CodeCandidate]:
    for match in CONTROLLER.finditer(text):
        joined = not (match["gap"] or "_").isspace()
        if joined or len(match["digits"]) > 1:
            bare = f"{match['letters']}{match['digits']}".upper()
            start = match.start("letters")
            lead = start - match.start()
            end = match.end()
            yield CodeCandidate(bare, start, end, end, CodeForm.CONTROLLER, lead=lead)
    for match in MAKERS.finditer(text):
        form = _form_of(match)
        if form is not None:
            bare = f"{match['letters']}{match['digits']}".upper()
            yield CodeCandidate(bare, *match.span(), match.end(), form)
    for match in CALLED.finditer(text):
        yield CodeCandidate(match["code"], *match.span("code"), match.end(), CodeForm.CALLED)
    for match in NUMBER.finditer(text):
        yield CodeCandidate(match["code"], *match.span("code"), match.end(), CodeForm.NUMBER)


def _form_of(match: re.Match[str]) -> CodeForm | None:
    if match["letters"].lower() in NEVER or MISTYPED.fullmatch(match[0]):
        return None
    if not match["gap"].isspace():
        return CodeForm.MAKER
    single = len(match["letters"]) == 1 and match["letters"] not in "aAiI"
    return CodeForm.SPACED if single else None
