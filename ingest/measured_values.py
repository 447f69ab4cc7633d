"""What a repair report says was measured: a name in its own words, a value, a unit."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.quantities import Quantity
from ingest.report_pieces import ReportPiece, ReportWord, tells_deed
from ingest.report_roles import PieceRole
from ingest.text_spans import TextSpans

# Times and distances are told elsewhere.
MEASURED = frozenset("mV V kV mA A Ah kWh Wh W kW Ω mΩ kΩ MΩ Hz kHz °C % bar psi mm rpm".split())
BARE = re.compile(
    r"(?<![\w.,])(\d{1,4}\.\d{1,3})(?![\w%]|\.\d|\s?(?:v|a|mv|ohm|km|h)\b)", re.IGNORECASE
)
# "MΩ" is no milliohm, though units are compared without case.
MEGA = re.compile(r"M\s?(?:Ω|\u2126|[Oo]hms?)")
UNMEASURED = frozenset({PieceRole.COMPLAINT, PieceRole.TIME, PieceRole.FACT, PieceRole.OTHER})
LONGEST_UNIT, LONGEST_NAME, WORDS_BESIDE, MOST_FIGURES = 3, 6, 12, 100


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    name: str
    value: float
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CarriedWords:
    """What goes on within a sentence: the last unit, and the words of the piece before."""

    unit: str | None = None
    words: Sequence[ReportWord] = ()


@dataclass(frozen=True, slots=True)
class _Figure:
    value: float
    unit: str
    start: int
    end: int


def not_measured(piece: ReportPiece, role: PieceRole) -> bool:
    """Say whether a piece tells no measurement: the complaint's figures are not, nor a part's."""
    if role in UNMEASURED:
        return True
    looks = piece.holds("looks", "test", "says_finding", "result")
    return role is PieceRole.ACTION and not looks


def find_measured(
    text: str,
    piece: ReportPiece,
    told: Sequence[Quantity],
    others: TextSpans,
    carried: CarriedWords,
) -> Iterator[MeasuredValue]:
    """Yield the values that a piece tells, out of the quantities of the whole text.

    `others` are places that are no measurement (parts, prices, the weather); what is carried from
    the piece before serves a figure that has no unit ("others 3.6") or no name of its own.
    """
    bare = all(word.text[0].isdigit() or len(word.text) <= LONGEST_UNIT for word in piece.words)
    name = _trimmed(text, carried.words[-LONGEST_NAME:], from_end=True) if bare else None
    since = piece.start
    for figure in islice(_figures(text, piece, told, carried.unit), MOST_FIGURES):
        before, after = _words_beside(piece, since, figure)
        if after and "rating" in after[0].groups and after[0].start - figure.end <= 1:
            # "A 12 V battery": that says what kind a thing is, and belongs to its name.
            continue
        since = figure.end
        is_setting = bool(before) and "settings" in before[-1].groups and tells_deed(piece.words)
        if is_setting or others.overlap(figure.start, figure.end):
            continue
        name = _trimmed(text, before, from_end=True) or _name_after(text, after) or name
        if name is not None:
            yield MeasuredValue(name, figure.value, figure.unit, figure.start, figure.end)


def _is_warmth(written: str, piece: ReportPiece) -> bool:
    """Say whether degrees are those of warmth: they say so, or what they belong to does."""
    return "c" in written.casefold() or any(
        word.text.startswith(("temp", "hot", "garam", "heat")) for word in piece.words
    )


def _words_beside(
    piece: ReportPiece, since: int, figure: _Figure
) -> tuple[Sequence[ReportWord], Sequence[ReportWord]]:
    """Give the few words before a figure, not before the last one, and the few behind it."""
    at = bisect_left(piece.words, figure.start, key=lambda word: word.start)
    end = bisect_left(piece.words, figure.end, key=lambda word: word.start)
    before = piece.words[max(0, at - WORDS_BESIDE) : at]
    return [w for w in before if w.start >= since], piece.words[end : end + WORDS_BESIDE]


def _figures(
    text: str, piece: ReportPiece, told: Sequence[Quantity], carried: str | None
) -> Iterator[_Figure]:
    found = False
    for one in told:
        if one.start < piece.start or one.start >= piece.end or one.unit not in MEASURED:
            continue
        if one.unit == "°C" and not _is_warmth(text[one.start : one.end], piece):
            continue
        found = True
        unit = "MΩ" if MEGA.search(text[one.start : one.end]) else one.unit
        yield _Figure(one.low, unit, one.start, one.end)
        if one.high != one.low:
            yield _Figure(one.high, unit, one.start, one.end)
    if not found and carried is not None:
        bare = BARE.search(text, piece.start, piece.end)
        if bare is not None:
            yield _Figure(float(bare[1]), carried, bare.start(), bare.end())


def _name_after(text: str, words: Sequence[ReportWord]) -> str | None:
    stop = next((n for n, w in enumerate(words) if w.text[0].isdigit()), len(words))
    return _trimmed(text, words[:stop], from_end=False)


def _trimmed(text: str, words: Sequence[ReportWord], *, from_end: bool) -> str | None:
    """Give a name without the small words at its ends; None where nothing is left."""
    kept = list(words)
    while kept and "name_ends" in kept[-1].groups:
        kept.pop()
    kept = kept[-LONGEST_NAME:] if from_end else kept[:LONGEST_NAME]
    while kept and ("name_ends" in kept[0].groups or "says_finding" in kept[0].groups):
        kept.pop(0)
    while kept and "name_ends" in kept[-1].groups:
        kept.pop()
    if not kept or all(w.text[0].isdigit() for w in kept) or "diagnostic_tool" in kept[-1].groups:
        return None
    return text[kept[0].start : kept[-1].end]
