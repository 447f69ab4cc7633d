"""A file of failure reports, as JSON lines or any table: {id, text, codes?, make?, model?, year?}.

Every line is answered: one that is no report keeps its line, its id and what is wrong with it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from domain.errors import ImportRefused, InvalidInput
from domain.reports import FailureReport
from domain.vehicles import VehicleContext
from ingest.agencies.nhtsa import complaint_rows, is_flat_complaints
from ingest.cells import read_years
from ingest.column_names import NO_MAP, ColumnForm, ColumnMap, known_form
from ingest.files import FileItem, open_text
from ingest.json_rows import flat_value, is_json, read_items
from ingest.records_file import read_records
from ingest.tables import clean_fields

COMMAND = "match --file"
# What agencies write for "no year".
NO_YEAR = 9999
SEPARATED = re.compile(r"[;,|\n]")


@dataclass(frozen=True, slots=True)
class NamedReport:
    """One report with the id its answer will carry, and its line."""

    id: str
    report: FailureReport
    line: int = 1


@dataclass(frozen=True, slots=True)
class RefusedReport:
    """A line that is no report: where it stands, what it calls itself, and why."""

    id: str
    line: int
    reason: str


ReportEntry = NamedReport | RefusedReport


def _read_year(value: object) -> object:
    years = read_years(value) if isinstance(value, str) else None
    if isinstance(value, str) and not value.strip():
        return None
    found: object = years[0] if years else value
    return None if found == NO_YEAR else found


def _split_codes(value: object) -> object:
    if isinstance(value, str):
        return [code.strip() for code in SEPARATED.split(value) if code.strip()]
    return value or []


class ReportLine(BaseModel):
    """One line as it is written; a key that is not known here is passed over."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
    text: str = ""
    codes: Annotated[list[str], BeforeValidator(_split_codes)] = Field(default_factory=list[str])
    make: str | None = None
    model: str | None = None
    year: Annotated[int | None, BeforeValidator(_read_year)] = None

    def to_report(self, line: int) -> NamedReport:
        # A model without its make cannot be looked up; it stays in the text's hands.
        model = self.model if self.make else None
        vehicle = VehicleContext(make=self.make or None, model=model or None, year=self.year)
        report = FailureReport.parse(self.text, tuple(self.codes), vehicle)
        return NamedReport(self.id, report, line)


def read_reports(path: Path, columns: ColumnMap = NO_MAP) -> list[ReportEntry]:
    """Read every line of a file: as a report, or as why it is none.

    Raises:
        ImportRefused: the file cannot be read, or no column of it is a report's text.
    """
    [form] = columns.over([known_form("reports")])
    found = [_entry_of(line, fields, fault) for line, fields, fault in _numbered(path, form)]
    if not found:
        raise ImportRefused(path.name, "holds no report.")
    return found


def _numbered(path: Path, form: ColumnForm) -> Iterator[tuple[int, dict[str, Any], str]]:
    file = open_text(path)
    if is_json(file):
        yield from _items(read_items(file), form)
        return
    if path.suffix.casefold() in {".jsonl", ".ndjson"}:
        raise ImportRefused(path.name, "holds no JSON object; one a line is expected.")
    flat = is_flat_complaints(file)
    for row in complaint_rows(file) if flat else read_records(path, [form], COMMAND).rows:
        yield row.line, dict(clean_fields(row)), row.fault


def _items(
    items: Iterable[FileItem], form: ColumnForm
) -> Iterator[tuple[int, dict[str, Any], str]]:
    for item in items:
        value = flat_value(item.value)
        theirs = list(value)
        fields: dict[str, Any] = {}
        for place, ours in form.take(theirs):
            if fields.get(ours) in (None, ""):
                fields[ours] = value[theirs[place]]
        yield item.line, {k: v for k, v in fields.items() if v is not None}, item.fault


def _entry_of(line: int, fields: dict[str, Any], fault: str) -> ReportEntry:
    """Give the report of a line; one without an id is called by its line."""
    named = fields if fields.get("id") not in (None, "") else fields | {"id": str(line)}
    name = str(named["id"])[:80]
    if fault:
        return RefusedReport(name, line, f"line: {fault}")
    try:
        return ReportLine.model_validate(named).to_report(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "line"
        return RefusedReport(name, line, f"{field}: {first['msg']}")
    except InvalidInput as error:
        return RefusedReport(name, line, str(error))
