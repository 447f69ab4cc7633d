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
from ingest.text_spans import TextSpans

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


def find_codes(
    text: str, known: Mapping[str, tuple[CodeKey, ...]], taken: list[tuple[int, int]]
) -> list[CodeSeen]:
    """Give the codes in order; places in `taken` (the names of vehicles) hold none."""
    # Place for place the same: codes are typed with the digits of any keyboard.
    text, named = digits_folded(text), TextSpans(taken)
    found: list[CodeSeen] = []
    last = -1
    for each in sorted(_find_candidates(text), key=lambda c: (c.start, -c.stop)):
        if each.start < last or named.overlap(each.start, each.end):
            continue
        confidence = _code_confidence(
            each, known=each.bare in known, introduced=_is_introduced(text, each, found)
        )
        if confidence:
            negated = _is_denied(text, each.start, each.end)
            found.append(CodeSeen(each.bare, each.start, each.end, confidence, negated))
            last = each.stop
    return found


class CodeShape(Enum):
    FIVE = auto()
    APART = auto()
    MAKER = auto()
    SPACED = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class CodeCandidate:
    """Something with a code's form; `stop` is past a failure type that follows the code."""

    bare: str
    start: int
    end: int
    stop: int
    shape: CodeShape


def _find_candidates(text: str) -> Iterator[CodeCandidate]:
    for match in FIVE.finditer(text):
        yield CodeCandidate(
            codes.normalise_code(match["code"]), *match.span("code"), match.end(), CodeShape.FIVE
        )
    for match in APART.finditer(text):
        bare = "".join(match["code"].upper().split())
        if len(bare) < len(match["code"]):
            yield CodeCandidate(bare, *match.span(), match.end(), CodeShape.APART)
    for match in MAKERS.finditer(text):
        shape = _shape_of(match)
        if shape is not None and not COUNTED.match(text, match.end()):
            bare = f"{match['letters']}{match['digits']}".upper()
            yield CodeCandidate(bare, *match.span(), match.end(), shape)
    for match in NUMBER.finditer(text):
        if not COUNTED.match(text, match.end()) and not YEAR.fullmatch(match["code"]):
            yield CodeCandidate(match["code"], *match.span(), match.end(), CodeShape.NUMBER)


def _shape_of(match: re.Match[str]) -> CodeShape | None:
    if not match["gap"].isspace():
        return CodeShape.MAKER
    single = len(match["letters"]) == 1 and match["letters"] not in "aAiI"
    return CodeShape.SPACED if single else None


def _code_confidence(candidate: CodeCandidate, *, known: bool, introduced: bool) -> float:
    """Give how surely it is a code; zero when it is not to be taken for one."""
    if candidate.bare in NAMES and not introduced:
        return 0.0
    match candidate.shape:
        case CodeShape.FIVE:
            return 1.0 if known or introduced or codes.is_shared(candidate.bare) else 0.9
        case CodeShape.MAKER:
            return 0.95 if known and len(candidate.bare) >= LEAST_KNOWN else 0.9 * introduced
        case CodeShape.SPACED:
            return 0.85 * (introduced or known)
        case CodeShape.APART | CodeShape.NUMBER:
            return 0.8 * introduced


def _is_introduced(text: str, candidate: CodeCandidate, found: list[CodeSeen]) -> bool:
    """Say whether the text announces a code here, or goes on with a list of codes."""
    if INTRODUCED.search(text[max(0, candidate.start - LOOK_BACK) : candidate.start]):
        return True
    if not found or candidate.start - found[-1].end > LOOK_AHEAD:
        return False
    if candidate.shape is CodeShape.NUMBER and not found[-1].bare.isdigit():
        return False
    return LISTED.fullmatch(text[found[-1].end : candidate.start]) is not None


def _is_denied(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - LOOK_BACK) : start]
    after = text[end : end + LOOK_AHEAD]
    return DENIED.search(before) is not None or DENIED_AFTER.match(after) is not None
