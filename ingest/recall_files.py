"""Files of recall campaigns: which agency wrote one, and its lines under names that all share."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from domain.errors import ImportRefused
from ingest.agencies.agency import Agency, RecallKind
from ingest.agencies.australia import Australia
from ingest.agencies.dvsa import Dvsa
from ingest.agencies.lists import OtherLists
from ingest.agencies.nhtsa import CAMPAIGN, Nhtsa, flat_rows, is_flat, is_flat_complaints
from ingest.agencies.safety_gate import SafetyGate
from ingest.batch import RefusedLine
from ingest.cells import DayOrder, read_years
from ingest.column_names import NO_MAP, ColumnForm, ColumnMap, known_form
from ingest.files import FileRow, open_text
from ingest.records_file import read_records
from ingest.tables import ReadTable, clean_fields

COMMAND = "ingest recalls"
# The first whose numbers a file has is its agency; any other list comes last.
AGENCIES: tuple[Agency, ...] = (Nhtsa(), Dvsa(), SafetyGate(), Australia(), OtherLists())
SUPPLIERS = "suppliers"
SUFFIXES = frozenset({".csv", ".json", ".jsonl", ".txt", ".tsv", ".xml"})
# What is no list of recalls, and the command that takes it.
OTHERS = {
    "complaints": ("complaints: reports of single vehicles, no recalls", "match --file"),
    "codes": ("trouble codes, no recalls", "ingest codes"),
    "cards": ("failure cards, no recalls", "ingest cards"),
    "part573": ("makers' Part 573 reports; their recalls come from the agency's own lists", ""),
}
SAMPLE = 20
LINES_AT_ONCE = 10_000
SHOWN = 40
YEAR = re.compile(r"19[5-9]\d|20\d\d|9999")
# What the agencies write for "no year".
NO_YEAR = "9999"
FLAGS = ("do_not_drive", "park_outside")


@dataclass(frozen=True, slots=True)
class RecallLine:
    """One line of a recall file: the campaign's number in full, and its fields by shared names."""

    source: str
    line: int
    agency: Agency
    number: str
    fields: dict[str, str]
    days: DayOrder

    def get(self, column: str) -> str:
        return self.fields.get(column, "")

    def refuse(self, reason: str) -> RefusedLine:
        return refused_line(self.source, self.line, self.number or self.get("campaign"), reason)


@dataclass(frozen=True, slots=True)
class SupplierLine:
    """One line of a table that says who supplied the part of a campaign."""

    number: str
    fields: dict[str, str]

    def get(self, column: str) -> str:
        return self.fields.get(column, "")


def ignore_lines(file: str, line: int) -> None:
    """Say nothing."""


@dataclass(slots=True)
class RecallReport:
    """What came of reading: lines refused, files passed over, what else there is to say.

    `kinds` counts the campaigns that are of no vehicle, by their numbers.
    """

    suppliers: list[SupplierLine] = field(default_factory=list[SupplierLine])
    refused: list[RefusedLine] = field(default_factory=list[RefusedLine])
    skipped: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    kinds: dict[RecallKind, set[str]] = field(default_factory=dict[RecallKind, set[str]])
    # Told now and then how many lines of a file are read.
    progress: Callable[[str, int], None] = ignore_lines


def read_recall_lines(
    path: Path, report: RecallReport, columns: ColumnMap = NO_MAP
) -> Iterator[RecallLine]:
    """Give the recall lines of a file, or of every recall file of a folder, one at a time.

    What is refused or passed over is told to the report, whole when the last line is taken.

    Raises:
        ImportRefused: the file is none of the known forms, or the folder holds none.
    """
    if not path.is_dir():
        yield from _lines_of_file(path, report, columns)
        return
    found = False
    for file in sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES):
        try:
            for line in _lines_of_file(file, report, columns):
                found = True
                yield line
        except ImportRefused as error:
            report.skipped.append(f"{file.name}: {error.reason}")
    if not found and not report.refused and not report.kinds:
        raise ImportRefused(path.name, "holds no recall file.")


def _lines_of_file(path: Path, report: RecallReport, columns: ColumnMap) -> Iterator[RecallLine]:
    file = open_text(path)
    if is_flat_complaints(file):
        raise _other_kind(path, "complaints")
    if is_flat(file):
        nhtsa = AGENCIES[0]
        yield from _recall_lines(path, nhtsa, flat_rows(file), report)
        return
    table = read_records(path, columns.over(_forms()), COMMAND)
    if table.form.name in OTHERS:
        raise _other_kind(path, table.form.name)
    if table.unread:
        report.notes.append(f"{path.name}: columns not read: {', '.join(table.unread)}")
    if table.form.name == SUPPLIERS:
        _take_suppliers(path, table, report)
        return
    rows = iter(table.rows)
    first = list(islice(rows, SAMPLE))
    agency = _agency_of(table.form, first)
    yield from _recall_lines(path, agency, _clean(chain(first, rows)), report)


def _forms() -> list[ColumnForm]:
    ours = [known_form(name) for name in (*(a.form for a in AGENCIES), SUPPLIERS)]
    return [*ours, *(replace(known_form(name), elsewhere=True) for name in OTHERS)]


def _clean(rows: Iterable[FileRow]) -> Iterator[FileRow]:
    for row in rows:
        yield FileRow(row.line, clean_fields(row), row.fault)


def _other_kind(path: Path, form: str) -> ImportRefused:
    what, command = OTHERS[form]
    advice = f" Type: battwheels {command} {path.name}" if command else ""
    return ImportRefused(path.name, f"holds {what}.{advice}.".replace("..", "."))


def _agency_of(form: ColumnForm, first: list[FileRow]) -> Agency:
    """Give the agency of a form; told by `--map`, the one whose numbers the first lines have."""
    own = next(agency for agency in AGENCIES if agency.form == form.name)
    if not form.mapped and form.name != OtherLists.form:
        return own
    numbered = [row.fields for row in first if row.get("campaign")]
    fits = (a for a in (own, *AGENCIES) if any(a.number(fields) for fields in numbered))
    return next(fits, own)


def _recall_lines(
    path: Path, agency: Agency, rows: Iterable[FileRow], report: RecallReport
) -> Iterator[RecallLine]:
    days = DayOrder(month_first=agency.months_lead)
    for row in rows:
        if row.line % LINES_AT_ONCE == 0:
            report.progress(path.name, row.line)
        number = agency.number(row.fields)
        fields = row.fields if row.fault else agency.shared_fields(row.fields)
        line = RecallLine(path.name, row.line, agency, number, fields, days)
        if reason := row.fault or _line_fault(line):
            report.refused.append(line.refuse(reason))
            continue
        kind = agency.kind(number, fields)
        if kind is not RecallKind.VEHICLE:
            report.kinds.setdefault(kind, set()).add(number)
            continue
        if received := line.get("received"):
            days.see(received)
        yield line


def refused_line(source: str, line: int, name: str, reason: str) -> RefusedLine:
    return RefusedLine(source=source, line=line, id=name[:SHOWN], reason=reason)


def _line_fault(line: RecallLine) -> str:
    if not line.number:
        form = line.agency.number_example
        return f"campaign number: {line.get('campaign')[:SHOWN]!r} does not have the form {form}"
    if not line.get("summary"):
        return "summary: is empty"
    year = line.get("year")
    if year and not YEAR.fullmatch(year) and not _is_year(year):
        return f"model year: {year[:20]!r} is not a year"
    return ""


def _is_year(written: str) -> bool:
    years = read_years(written)
    return years is not None and bool(YEAR.fullmatch(str(years[0])))


def _take_suppliers(path: Path, table: ReadTable, report: RecallReport) -> None:
    nhtsa = AGENCIES[0]
    for row in table.rows:
        number = nhtsa.number(row.fields)
        if row.fault or not CAMPAIGN.fullmatch(number):
            reason = row.fault or "campaign: is not a recall number"
            report.refused.append(refused_line(path.name, row.line, row.get("campaign"), reason))
        else:
            report.suppliers.append(SupplierLine(number, clean_fields(row)))
