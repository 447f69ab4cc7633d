"""Trouble codes in free text, in every form people type, and nothing that only looks like one.

Five-character codes (P0A1F) are taken wherever they stand alone. A maker's code (E401) is taken
when the vocabulary knows it, or when the text introduces it ("fault code E401").
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from domain import codes
from domain.characters import digits_folded
from domain.codes import CodeKey

ALONE = r"(?<![A-Za-z0-9])"
ENDS = r"(?![A-Za-z0-9])"
FIVE = re.compile(
    rf"{ALONE}(?P<code>[PBCU]-?[0-3][0-9A-F]{{3}})(?:[\s-]?[0-9A-F]{{2}})?{ENDS}", re.IGNORECASE
)
# Written apart, it is only taken where a code was announced: "code P0A 1F".
APART = re.compile(
    rf"{ALONE}(?P<code>[PBCU]\s?[0-3]\s?[0-9A-F]\s?[0-9A-F]\s?[0-9A-F]){ENDS}", re.IGNORECASE
)
MAKERS = re.compile(
    rf"{ALONE}(?P<letters>[A-Za-z]{{1,3}})(?P<gap>[\s-]?)(?P<digits>\d{{1,4}}){ENDS}"
)
NUMBER = re.compile(rf"{ALONE}(?P<code>\d{{2,4}}){ENDS}")
INTRODUCED = re.compile(
    r"(?<![A-Za-z])(?:(?:error|fault|trouble|diagnostic|dtc|alarm)s?\s{0,2}(?:codes?)?|codes?)"
    r"(?:\s{0,2}(?:no|number|is|was|are|shows|showing|stored|:|#|=|-)){0,2}[\s.:#=-]{0,3}$",
    re.IGNORECASE,
)
# Between the codes of a list: "E401, E402 and E403".
LISTED = re.compile(r"[\s,;/&+]*(?:(?:and|aur|or|then)\s+)?", re.IGNORECASE)
COUNTED = re.compile(
    r"\s?(?:%|°|(?:k?ms?|kmph|v|volts?|a|amps?|c|deg\w*|times?|baar|bar|percent|min\w*|hours?|ghante"
    r"|days?|din|months?|years?|rpm|cells?|wheel\w*|rs|rupees|kwh|ah)\b)",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"(?<![A-Za-z])(?:no|not|without|never|cleared)\s{1,3}(?:(?:any|a|error|fault|code|codes|dtc|such"
    r"|more|longer|showing|stored)\s{1,3}){0,3}$",
    re.IGNORECASE,
)
DENIED_AFTER = re.compile(
    r"\s{0,3}(?:is\s|was\s|code\s|error\s|ab\s){0,2}(?:nahi|nahin|nhi|not\s(?:present|stored|there))\b",
    re.IGNORECASE,
)
# Names of models and trims that have the form of a code.
NAMES = frozenset({"P100D", "B2B", "C2C", "B2C", "U2"})
YEAR = re.compile(r"19[89]\d|20[0-4]\d")
LEAST_KNOWN = 3
LOOK_BACK = 48
LOOK_AHEAD = 24


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """A code read at a place: `bare` is its one spelling."""

    bare: str
    start: int
    end: int
    confidence: float
    negated: bool


def find(
    text: str, known: Mapping[str, tuple[CodeKey, ...]], taken: list[tuple[int, int]]
) -> list[CodeSeen]:
    """Give the codes in order; places in `taken` (the names of vehicles) hold none."""
    # Place for place the same: codes are typed with the digits of any keyboard.
    text = digits_folded(text)
    found: list[CodeSeen] = []
    last = -1
    for each in sorted(_candidates(text), key=lambda c: (c.start, -c.stop)):
        if each.start < last or any(each.start < stop and each.end > at for at, stop in taken):
            continue
        confidence = _confidence(
            each, known=each.bare in known, introduced=_introduced(text, each, found)
        )
        if confidence:
            negated = _denied(text, each.start, each.end)
            found.append(CodeSeen(each.bare, each.start, each.end, confidence, negated))
            last = each.stop
    return found


class Shape(Enum):
    FIVE = auto()
    APART = auto()
    MAKER = auto()
    SPACED = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something with a code's form; `stop` is past a failure type that follows the code."""

    bare: str
    start: int
    end: int
    stop: int
    shape: Shape


def _candidates(text: str) -> Iterator[Candidate]:
    for match in FIVE.finditer(text):
        yield Candidate(codes.normal(match["code"]), *match.span("code"), match.end(), Shape.FIVE)
    for match in APART.finditer(text):
        bare = "".join(match["code"].upper().split())
        if len(bare) < len(match["code"]):
            yield Candidate(bare, *match.span(), match.end(), Shape.APART)
    for match in MAKERS.finditer(text):
        shape = _shape(match)
        if shape is not None and not COUNTED.match(text, match.end()):
            bare = f"{match['letters']}{match['digits']}".upper()
            yield Candidate(bare, *match.span(), match.end(), shape)
    for match in NUMBER.finditer(text):
        if not COUNTED.match(text, match.end()) and not YEAR.fullmatch(match["code"]):
            yield Candidate(match["code"], *match.span(), match.end(), Shape.NUMBER)


def _shape(match: re.Match[str]) -> Shape | None:
    if not match["gap"].isspace():
        return Shape.MAKER
    single = len(match["letters"]) == 1 and match["letters"] not in "aAiI"
    return Shape.SPACED if single else None


def _confidence(candidate: Candidate, *, known: bool, introduced: bool) -> float:
    """Give how surely it is a code; zero when it is not to be taken for one."""
    if candidate.bare in NAMES and not introduced:
        return 0.0
    match candidate.shape:
        case Shape.FIVE:
            return 1.0 if known or introduced or codes.is_shared(candidate.bare) else 0.9
        case Shape.MAKER:
            return 0.95 if known and len(candidate.bare) >= LEAST_KNOWN else 0.9 * introduced
        case Shape.SPACED:
            return 0.85 * (introduced or known)
        case Shape.APART | Shape.NUMBER:
            return 0.8 * introduced


def _introduced(text: str, candidate: Candidate, found: list[CodeSeen]) -> bool:
    """Say whether the text announces a code here, or goes on with a list of codes."""
    if INTRODUCED.search(text[max(0, candidate.start - LOOK_BACK) : candidate.start]):
        return True
    if not found or candidate.start - found[-1].end > LOOK_AHEAD:
        return False
    if candidate.shape is Shape.NUMBER and not found[-1].bare.isdigit():
        return False
    return LISTED.fullmatch(text[found[-1].end : candidate.start]) is not None


def _denied(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - LOOK_BACK) : start]
    after = text[end : end + LOOK_AHEAD]
    return DENIED.search(before) is not None or DENIED_AFTER.match(after) is not None
