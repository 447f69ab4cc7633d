"""Tables as programs save them: any separator, titles above the header, any order of columns.

Which row is the header, and what parts its columns, is told by the names that are known: the row
and the sign under which most of them are found.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from domain.errors import ImportRefused
from ingest.cells import plain_markup
from ingest.column_names import ColumnForm, lacking_columns
from ingest.files import LONGEST_LINE, FileRow, TextFile

SEPARATORS = (",", ";", "\t", "|")
NAMED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SAMPLE_LINES = 60
# Titles, dates and empty lines that stand above a header.
HEADER_WITHIN = 25
SEPARATOR_LINE = "sep="
WEB_PAGE = ("<!doctype html", "<html", "<table")

csv.field_size_limit(LONGEST_LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """A file of a known form: its rows by our names, and the columns that nothing is read from."""

    file: TextFile
    form: ColumnForm
    rows: Iterator[FileRow]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where a table's columns are named: the separator, the row among all (from 0), the names."""

    form: ColumnForm
    separator: str
    row: int
    columns: tuple[str, ...]
    titled: bool = False

    @property
    def whole(self) -> bool:
        return not self.form.missing(self.columns)

    @property
    def fit(self) -> tuple[bool, bool, int, bool, int]:
        """How well the form fits: of two that know as much the one that lacks nothing."""
        taken = {ours for _, ours in self.form.take(self.columns)}
        whole = self.form.needed <= taken
        telling = whole and self.form.told_by <= taken
        return telling, whole, len(taken) * whole, not self.form.elsewhere, len(taken)


def read_table(file: TextFile, forms: Sequence[ColumnForm], command: str) -> ReadTable:
    """Read a table in the form that knows most of its columns.

    Raises:
        ImportRefused: it is a web page, or no form has all that it needs.
    """
    sample = list(islice(file.lines(), SAMPLE_LINES))
    if "".join(sample[:3]).lstrip()[:40].casefold().startswith(WEB_PAGE):
        advice = "is a web page; open it, copy the table into a sheet and save that as CSV (UTF-8)."
        raise ImportRefused(file.name, advice)
    found = find_header(sample, forms)
    if not found.whole:
        where = f"(parted by {NAMED.get(found.separator, found.separator)}, row {found.row + 1})"
        raise lacking_columns(file.name, found.form, found.columns, where, command)
    unread = found.form.unread(found.columns)
    return ReadTable(file=file, form=found.form, rows=_rows(file, found), unread=unread)


def find_header(sample: Sequence[str], forms: Sequence[ColumnForm]) -> Header:
    """Give the likeliest header of a table's first lines; of nothing known, the widest row."""
    titled = sample[0].strip().casefold().startswith(SEPARATOR_LINE)
    given = sample[0].strip()[len(SEPARATOR_LINE) :].strip('"') if titled else ""
    separators = (given or "\t",) if titled else SEPARATORS
    found = [
        Header(form=form, separator=sign, row=n, columns=columns, titled=titled)
        for sign in separators
        for n, columns in _sample_records(sample[titled:], sign)
        for form in forms
    ]
    if not found:
        return Header(form=forms[0], separator=separators[0], row=0, columns=(), titled=titled)
    return max(
        found,
        key=lambda h: (*h.fit, len(h.columns) > 1, -h.row),
    )


def _sample_records(sample: Sequence[str], sign: str) -> list[tuple[int, tuple[str, ...]]]:
    try:
        records = list(islice(csv.reader(sample, delimiter=sign), HEADER_WITHIN))
    except csv.Error:
        return []
    rows = [(n, _without_tail(record)) for n, record in enumerate(records)]
    return [(n, row) for n, row in rows if row]


def _without_tail(record: Sequence[str]) -> tuple[str, ...]:
    """Give a record without the empty cells that a sheet leaves behind its last column."""
    end = len(record)
    while end and not record[end - 1].strip():
        end -= 1
    return tuple(record[:end])


def _rows(file: TextFile, header: Header) -> Iterator[FileRow]:
    taken = header.form.take(header.columns)
    width = len(header.columns)
    for line, record, fault in islice(_records(file, header), header.row + 1, None):
        if fault:
            yield FileRow(line, {}, fault)
        elif any(cell.strip() for cell in record) and tuple(record[:width]) != header.columns:
            yield _row_of(line, record, taken, width)


def _row_of(
    line: int, record: Sequence[str], taken: Sequence[tuple[int, str]], width: int
) -> FileRow:
    if len(record) != width and len(_without_tail(record)) != width:
        return FileRow(line, {}, f"has {len(record)} fields where the header has {width}")
    fields: dict[str, str] = {}
    for place, ours in taken:
        if not fields.get(ours):
            fields[ours] = record[place]
    return FileRow(line, fields)


def _records(file: TextFile, header: Header) -> Iterator[tuple[int, list[str], str]]:
    """Give every record with the line it starts on; one that is badly quoted says so."""
    lines = _LastLine(islice(file.lines(), int(header.titled), None))
    reader = csv.reader(lines, delimiter=header.separator, strict=True)
    while True:
        line = reader.line_num + 1 + header.titled
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            spans = reader.line_num + header.titled - line + 1
            yield _mended(line, lines.last, header, error) if spans == 1 else _torn(line, spans)
        else:
            yield line, record, ""


def _torn(line: int, spans: int) -> tuple[int, list[str], str]:
    """Say that a quote took many lines with it: what is between cannot be told from its words."""
    reason = f"a quote opens here and never closes; {spans} lines cannot be read"
    return line, [], reason


def _mended(line: int, raw: str, header: Header, error: csv.Error) -> tuple[int, list[str], str]:
    """Read a line whose quotes are part of its words, as programs write that do not quote."""
    record = raw.rstrip("\r\n").split(header.separator)
    if len(record) == len(header.columns) > 1 and raw.count('"') % 2 == 0:
        return line, record, ""
    return line, [], f"is badly quoted ({error})"


class _LastLine:
    """Lines, with the last one that was taken: `csv` does not say what it could not read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self._lines)
        return self.last


def clean_fields(row: FileRow) -> dict[str, str]:
    """Give a row's fields without outer space and the marks of web pages."""
    return {name: plain_markup(value.strip()) for name, value in row.fields.items()}
