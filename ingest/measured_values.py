"""What a repair report says was measured: a name in its own words, a value, a unit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
LONGEST_NAME, LONGEST_AFTER = 6, 5


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    name: str
    value: float
    unit: str
    start: int
    end: int


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
    carried: str | None,
) -> Iterator[MeasuredValue]:
    """Yield the values that a piece tells, out of the quantities of the whole text.

    `others` are places that are no measurement (parts, prices, the weather); `carried` is the unit
    of the piece before, for a figure that has none: "others 3.6".
    """
    name: str | None = None
    figures = list(_figures(text, piece, told, carried))
    for figure in figures:
        if others.overlap(figure.start, figure.end) or _is_rating(piece, figure):
            continue
        if tells_deed(piece.words) and _is_setting(piece, figure):
            continue
        own = _name_before(text, piece, figure, figures) or _name_after(text, piece, figure)
        name = own or name
        if name is not None:
            yield MeasuredValue(name, figure.value, figure.unit, figure.start, figure.end)


def _figures(
    text: str, piece: ReportPiece, told: Sequence[Quantity], carried: str | None
) -> Iterator[_Figure]:
    found = False
    for one in told:
        if one.start < piece.start or one.start >= piece.end or one.unit not in MEASURED:
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


def _is_rating(piece: ReportPiece, figure: _Figure) -> bool:
    """Say whether a value says what kind a thing is: a 12 V battery."""
    after = next((word for word in piece.words if word.start >= figure.end), None)
    return after is not None and "rating" in after.groups and after.start - figure.end <= 1


def _is_setting(piece: ReportPiece, figure: _Figure) -> bool:
    before = [word for word in piece.words if word.end <= figure.start]
    return bool(before) and "settings" in before[-1].groups


def _name_before(
    text: str, piece: ReportPiece, figure: _Figure, figures: Sequence[_Figure]
) -> str | None:
    """Give the words before a value, from the value before it or the piece's beginning on."""
    start = max(
        (f.end for f in figures if f.end <= figure.start and not _is_rating(piece, f)),
        default=piece.start,
    )
    words = [w for w in piece.words if start <= w.start and w.end <= figure.start]
    return _trimmed(text, words, LONGEST_NAME, from_end=True)


def _name_after(text: str, piece: ReportPiece, figure: _Figure) -> str | None:
    words = [word for word in piece.words if word.start >= figure.end]
    stop = next((n for n, w in enumerate(words) if w.text[0].isdigit()), len(words))
    return _trimmed(text, words[:stop], LONGEST_AFTER, from_end=False)


def _trimmed(text: str, words: Sequence[ReportWord], most: int, *, from_end: bool) -> str | None:
    """Give a name without the small words at its ends; None where nothing is left."""
    kept = list(words)
    while kept and "name_ends" in kept[-1].groups:
        kept.pop()
    kept = kept[-most:] if from_end else kept[:most]
    while kept and ("name_ends" in kept[0].groups or "says_finding" in kept[0].groups):
        kept.pop(0)
    while kept and "name_ends" in kept[-1].groups:
        kept.pop()
    if not kept or all(w.text[0].isdigit() for w in kept) or "diagnostic_tool" in kept[-1].groups:
        return None
    return text[kept[0].start : kept[-1].end]
