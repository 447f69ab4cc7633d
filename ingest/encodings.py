"""Which letters the bytes of a file are: what its first bytes say, or what its words make likely.

UTF-8 and UTF-16 are told by their marks or their form. What is neither is one of the tables of old
desktops: each byte above 127 is judged by the letters beside it, and the likeliest table wins.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from domain.errors import ImportRefused

CHUNK = 1 << 20
# Enough to judge by: more bytes of the same hand say the same.
JUDGED, JUDGED_BYTES = 2_000, 1 << 16
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What is no text, and how to make it one.
OTHER_FORMS = (
    (b"PK\x03\x04", "is a workbook or an archive; open it and save the sheet as CSV (UTF-8)."),
    (b"\xd0\xcf\x11\xe0", "is an old workbook; open it and save the sheet as CSV (UTF-8)."),
    (b"%PDF", "is a PDF; copy its table into a sheet and save that as CSV (UTF-8)."),
    (b"\x1f\x8b", "is compressed; unpack it first."),
)
# The likelier first: of two that fit alike the first one is taken.
DESKTOP = ("cp1252", "mac_roman", "cp850", "cp1250", "cp1251")
# Of a text in UTF-16 nearly every second byte is empty; of any other text hardly one.
HALF_EMPTY, HARDLY_EMPTY = 0.3, 0.002
# Bytes are looked at as the letters of Latin-1, one for each.
WHOLE_SEQUENCE = re.compile(
    r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
HIGH = re.compile(r"[\x80-\xff]")
# Up to eight bytes around one above 127: a word's worth.
AROUND = re.compile(r"[\x20-\x7f]{0,2}[\x80-\xff]{1,12}[\x20-\x7f]{0,2}")
# What stands between two letters of one word or of two: "owner's", "it\u2014which".
BETWEEN_LETTERS = frozenset("\u2019\u2014")
TYPOGRAPHY = frozenset("\u2018\u2019\u201c\u201d\u2013\u2014\u2026\xab\xbb\u201e\u2022\xa0\xb0")
GOOD, DOUBTFUL, WRONG = 2, -1, -4
EACH_BYTE = "battwheels_each_byte"


def _decode_stray_bytes(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows-1252: one file, written by two programs."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", errors="replace"), error.end


codecs.register_error(EACH_BYTE, _decode_stray_bytes)


def find_encoding(path: Path) -> str:
    """Name the table of letters that a file is written in.

    Raises:
        ImportRefused: it is no text.
    """
    with path.open("rb") as file:
        start = file.read(CHUNK)
    for form, advice in OTHER_FORMS:
        if start.startswith(form):
            raise ImportRefused(path.name, advice)
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    if found := marked or _utf16_without_mark(start):
        return found
    if start.count(0) > HARDLY_EMPTY * len(start):
        raise ImportRefused(path.name, "is not a text file.")
    return _table_of_bytes(path)


def _utf16_without_mark(start: bytes) -> str | None:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > HALF_EMPTY * len(start) and odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even > HALF_EMPTY * len(start) and even > 10 * odd else None


def _table_of_bytes(path: Path) -> str:
    pieces, sequences, strays, whole = list[bytes](), 0, 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(path):
        if whole:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                whole = False
        if not chunk.isascii():
            judged = chunk[:JUDGED_BYTES].decode("latin-1")
            fit = WHOLE_SEQUENCE.findall(judged)
            sequences += len(fit)
            strays += len(HIGH.findall(judged)) - sum(map(len, fit))
            pieces += [piece.encode("latin-1") for piece in AROUND.findall(judged)]
        if not whole and len(pieces) > JUDGED:
            break
    if whole or sequences > strays:
        return "utf-8"
    return max(DESKTOP, key=lambda name: _likelihood(pieces, name))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _likelihood(pieces: list[bytes], table: str) -> float:
    """Say how well the words read in this table; what few programs write has to read far better."""
    usual = table in DESKTOP[:2]
    told = sum(_piece_likelihood(piece.decode(table, errors="replace")) for piece in pieces)
    return told if usual else told - GOOD * len(pieces) / 2


def _piece_likelihood(piece: str) -> int:
    shown = f" {piece} "
    return sum(
        _letter_likelihood(shown[n - 1], shown[n], shown[n + 1])
        for n in range(1, len(shown) - 1)
        if not shown[n].isascii()
    )


def _letter_likelihood(before: str, letter: str, after: str) -> int:
    if letter in TYPOGRAPHY:
        inside = before.isalpha() and after.isalpha()
        return WRONG if inside and letter not in BETWEEN_LETTERS else GOOD
    if letter.isalpha() and _in_row_of_accents(before, letter, after):
        return DOUBTFUL
    kind = unicodedata.category(letter)
    if kind == "Ll":
        return GOOD if before.isalpha() or after.islower() else DOUBTFUL
    if kind == "Lu":
        return WRONG if before.islower() else GOOD if after.isalpha() else DOUBTFUL
    if kind in {"Sc", "So", "No", "Sm", "Lo"}:
        return DOUBTFUL if before.isalpha() or after.isalpha() else 0
    return WRONG if kind.startswith("C") or letter == "\ufffd" else DOUBTFUL


def _in_row_of_accents(before: str, letter: str, after: str) -> bool:
    """Say whether accented Latin letters stand in a row: no language writes three."""
    row = (before, letter, after)
    return all(not one.isascii() and one.isalpha() for one in row) and letter < "\u0250"
