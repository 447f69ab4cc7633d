"""What stands in a cell of somebody's sheet: years, numbers, days and text."""

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import yaml

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("cells.yaml").read_text("utf-8"))
MONTHS: dict[str, int] = {
    word: number
    for number, words in cast("dict[int, list[str]]", WORDS["months"]).items()
    for word in words
}
UNITS: dict[str, int] = {
    word: minutes
    for minutes, words in cast("dict[int, list[str]]", WORDS["minutes"]).items()
    for word in words
}
# A sheet keeps a text from being read as a number by writing it as a formula or behind a quote.
AS_TEXT = re.compile(r'="([^"]{0,1000})"')
MARKED_AS_TEXT = re.compile(r"'[-=+@\d][^']{0,1000}$")
GROUPED = re.compile(r"[1-9]\d{0,2}(?:[,' \u00a0\u202f]\d{3}){1,4}(?:\.\d{1,9})?")
DECIMAL_COMMA = re.compile(r"[-+]?\d{1,12},\d{1,9}")
NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
YEAR = re.compile(r"(?:MY[ .-]?)?((?:19|20|99)\d\d)(?:\.0{1,6})?")
YEARS = re.compile(r"((?:19|20)\d\d)\s{0,3}(?:-|–|to|bis|à|/)\s{0,3}((?:19|20)\d\d)")
TIME_OF_DAY = re.compile(
    r"(?:T|\s{1,3})\d{1,2}:\d\d[\d:.,]{0,20}\s{0,2}(?:[AaPp][Mm])?\s{0,2}(?:Z|[-+]\d\d:?\d\d)?$"
)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
EIGHT_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:\.0)?")
HALF_OF_DAY = re.compile(r"[AaPp]\.?[Mm]\.?$")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d\d)")
MONTH_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.)?[-/. ]{1,3}([^\W\d_]{3,12})\.?[-/., ]{1,3}(\d{4}|\d\d)"
)
MONTH_FIRST = re.compile(
    r"([^\W\d_]{3,12})\.?[-/. ]{1,3}(\d{1,2})(?:st|nd|rd|th)?,?[-/ ]{1,3}(\d{4}|\d\d)"
)
WEEKDAY = re.compile(r"[^\W\d_]{2,10},\s{1,3}(?=\S)")
SERIAL = re.compile(r"([2-6]\d{4})(?:\.\d{1,12})?")
# Day 0 of a sheet: it counts a 29 February 1900 that never was.
SHEET_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
DURATION = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s{0,2}([a-z]{0,8})\.?")
TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,2000}|!--[^<>]{0,2000}--)>")
BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/td)\b[^<>]{0,200}>", re.IGNORECASE)
SPACES = re.compile(r"[^\S\n]{2,}")
MONTH_COUNT, PIVOT, CENTURY = 12, 70, 100


@dataclass(slots=True)
class DayOrder:
    """Whether a file writes the day or the month first, by those of its dates that tell."""

    day_first: bool = False
    month_first: bool = False

    def see(self, written: str) -> None:
        """Look at one more date of the file."""
        found = YEAR_LAST.match(written.strip())
        if HALF_OF_DAY.search(written[-8:]):
            # Who writes 12:00 AM writes the month first.
            self.month_first = True
        if found and int(found[1]) > MONTH_COUNT:
            self.day_first = True
        elif found and int(found[2]) > MONTH_COUNT:
            self.month_first = True

    @property
    def months_lead(self) -> bool:
        return self.month_first and not self.day_first


def bare_text(cell: str) -> str:
    """Give a cell without the signs by which a sheet marks it as text."""
    told = cell.strip()
    found = AS_TEXT.fullmatch(told)
    return found[1] if found else told[1:] if MARKED_AS_TEXT.match(told) else told


def plain_markup(cell: str) -> str:
    """Give a text without the marks of a web page: "<b>A</b> &amp; B" → "A & B"."""
    if "<" not in cell and "&" not in cell:
        return cell
    bare = TAG.sub("", BREAK.sub(" ", html.unescape(cell) if "&lt;" in cell else cell))
    return SPACES.sub(" ", html.unescape(bare)).strip()


def read_number(cell: str) -> str:
    """Give a number as programs write it: "1,234" → "1234", "0,8" → "0.8", "80%" → "0.8".

    What is no number is given as it is, for whoever reads it to refuse.
    """
    bare = bare_text(cell)
    percent = bare.endswith("%")
    told = bare.removesuffix("%").strip()
    if GROUPED.fullmatch(told):
        told = re.sub(r"[,' \u00a0\u202f]", "", told)
    elif DECIMAL_COMMA.fullmatch(told):
        told = told.replace(",", ".")
    if not NUMBER.fullmatch(told):
        return bare
    told = told.rstrip("0").rstrip(".") if "." in told else told
    return f"{float(told) / CENTURY:g}" if percent else told


def read_minutes(cell: str) -> str:
    """Give minutes: "1h" → "60", "1 h 30 min" → "90", "1:30" → "90"; else the cell itself."""
    told = bare_text(cell).casefold()
    if clock := re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::00)?", told):
        return str(int(clock[1]) * 60 + int(clock[2]))
    pieces = list(DURATION.finditer(told))
    known = all(not piece[2] or piece[2] in UNITS for piece in pieces)
    if not pieces or not known or not any(piece[2] for piece in pieces):
        return read_number(cell)
    if DURATION.sub("", told).strip(" ,+&"):
        return bare_text(cell)
    total = sum(float(piece[1].replace(",", ".")) * UNITS.get(piece[2], 1) for piece in pieces)
    return str(round(total))


def read_years(cell: str) -> tuple[int, int] | None:
    """Give the first and the last year: "2020.0", "MY2020", "2019-2021"; None if it is none."""
    told = read_number(cell).upper()
    if one := YEAR.fullmatch(told):
        return int(one[1]), int(one[1])
    if run := YEARS.fullmatch(told.casefold()):
        return int(run[1]), int(run[2])
    return None


def read_day(cell: str, order: DayOrder) -> datetime | None:
    """Give the day that a cell names, at midnight UTC; None if it names none.

    Raises:
        ValueError: it has the form of a date, and there is no such day.
    """
    told = TIME_OF_DAY.sub("", bare_text(cell)).strip()
    told = told[day.end() :] if (day := WEEKDAY.match(told)) else told
    if found := YEAR_FIRST.fullmatch(told) or EIGHT_DIGITS.fullmatch(told):
        return _day_of(int(found[1]), int(found[2]), int(found[3]))
    if found := YEAR_LAST.fullmatch(told):
        return _day_of(_whole_year(found[3]), *_month_and_day(found, order))
    if found := MONTH_NAMED.fullmatch(told):
        return _named_day(found[3], found[2], found[1])
    if found := MONTH_FIRST.fullmatch(told):
        return _named_day(found[3], found[1], found[2])
    serial = SERIAL.fullmatch(told)
    return SHEET_EPOCH + timedelta(days=int(serial[1])) if serial else None


def fold_name(name: str) -> str:
    """Give what two spellings of one name share: "Année-modèle" and "annee modele"."""
    apart = unicodedata.normalize("NFKD", name[:200].casefold().replace("ß", "ss"))
    return "".join(c for c in apart if c.isalnum())


def _month_and_day(found: re.Match[str], order: DayOrder) -> tuple[int, int]:
    first, second = int(found[1]), int(found[2])
    if second > MONTH_COUNT or (order.months_lead and first <= MONTH_COUNT):
        return first, second
    return second, first


def _named_day(year: str, month: str, day: str) -> datetime | None:
    folded = fold_name(month)
    number = next((n for word, n in MONTHS.items() if folded.startswith(word)), None)
    return None if number is None else _day_of(_whole_year(year), number, int(day))


def _whole_year(written: str) -> int:
    year = int(written)
    if year >= CENTURY:
        return year
    return year + (1900 if year >= PIVOT else 2000)


def _day_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
