"""NHTSA's recall files in all their forms: the API's JSON, its CSV, the flat file, and part tables.

The flat file's columns are those of the agency's RCL.txt; the API and its CSV name the same things
differently. Dates come as 20200904, 2020-09-04 or 04/09/2020 (day first).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from domain.errors import ImportRefused
from ingest import files
from ingest.batch import RefusedLine

# Year, kind, number: 20V543000. Old tables hold a few with a letter in the number (21V00M000).
CAMPAIGN = re.compile(r"[0-9]{2}[A-Z][0-9A-Z]{3}[0-9]{3}")
FLAT = tuple(
    """RECORD_ID CAMPNO MAKETXT MODELTXT YEARTXT MFGCAMPNO COMPNAME MFGNAME BGMAN ENDMAN RCLTYPECD
    POTAFF ODATE INFLUENCED_BY MFGTXT RCDATE DATEA RPNO FMVSS DESC_DEFECT CONEQUENCE_DEFECT
    CORRECTIVE_ACTION NOTES RCL_CMPT_ID MFR_COMP_NAME MFR_COMP_DESC MFR_COMP_PTNO DO_NOT_DRIVE
    PARK_OUTSIDE""".split()
)
LEAST_FLAT = FLAT.index("CORRECTIVE_ACTION")
FLAT_NAMES = {
    "NHTSACampaignNumber": "CAMPNO",
    "Manufacturer": "MFGTXT",
    "ReportReceivedDate": "RCDATE",
    "Component": "COMPNAME",
    "Summary": "DESC_DEFECT",
    "Consequence": "CONEQUENCE_DEFECT",
    "Remedy": "CORRECTIVE_ACTION",
    "Notes": "NOTES",
    "ModelYear": "YEARTXT",
    "Make": "MAKETXT",
    "Model": "MODELTXT",
    "parkIt": "DO_NOT_DRIVE",
    "parkOutSide": "PARK_OUTSIDE",
}
API = frozenset({"NHTSACampaignNumber", "Component", "Summary", "Remedy"})
TABLE = frozenset({"CAMPNO", "COMPNAME", "DESC_DEFECT", "CORRECTIVE_ACTION"})
SUPPLIERS = frozenset({"campaign", "part_number", "supplier_canonical", "supplier_country"})
# The API gives 20V543000; forms and letters write 20V-543.
CAMPAIGN_DIGITS = 9


@dataclass(frozen=True, slots=True)
class RecallLine:
    """One line of a recall file in flat-file column names."""

    source: str
    number: int
    fields: dict[str, str]

    def get(self, column: str) -> str:
        return self.fields.get(column, "").strip()

    def refuse(self, reason: str) -> RefusedLine:
        return RefusedLine(
            source=self.source, line=self.number, id=self.get("CAMPNO")[:40], reason=reason
        )


@dataclass(slots=True)
class RecallLines:
    """What all files hold: recall lines, supplier lines, lines refused, files passed over."""

    recalls: list[RecallLine] = field(default_factory=list)
    suppliers: list[RecallLine] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def read_recalls(path: Path) -> RecallLines:
    """Read a recall file, or every recall file of a folder; other files there are passed over.

    Raises:
        ImportRefused: the file is none of the known forms, or the folder holds none.
    """
    found = RecallLines()
    if not path.is_dir():
        _read_file_into(found, path)
        return found
    for file in sorted(p for p in path.iterdir() if p.suffix.lower() in {".csv", ".json", ".txt"}):
        try:
            _read_file_into(found, file)
        except ImportRefused as error:
            found.skipped.append(f"{file.name}: {error.reason}")
    if not found.recalls and not found.refused:
        raise ImportRefused(path.name, "holds no recall file.")
    return found


def _read_file_into(found: RecallLines, path: Path) -> None:
    content = files.read_text(path)
    start = content.lstrip()[:1]
    first = content.partition("\n")[0]
    if start in "[{":
        _take_recalls(found, path, _api_results(path, content))
    elif first.count("\t") >= LEAST_FLAT:
        _take_recalls(found, path, iter(files.read_bare_rows(content, FLAT)))
    elif _column_names(first) >= SUPPLIERS:
        _take_suppliers(found, path, files.read_rows(path, content, SUPPLIERS))
    else:
        needed = TABLE if "CAMPNO" in _column_names(first) else API
        _take_recalls(found, path, iter(files.read_rows(path, content, needed)))


def _column_names(header: str) -> set[str]:
    return {name.strip().strip('"') for name in header.split(",")}


def _api_results(path: Path, content: str) -> Iterator[files.FileRow]:
    document = files.parse_json(path, content)
    results: object = document
    if isinstance(document, dict):
        results = cast("dict[str, Any]", document).get("results")
    if not isinstance(results, list):
        raise ImportRefused(path.name, 'has no list "results".')
    for number, result in enumerate(cast("list[object]", results), 1):
        if isinstance(result, dict):
            values = cast("dict[str, object]", result)
            yield files.FileRow(number, {k: "" if v is None else str(v) for k, v in values.items()})
        else:
            yield files.FileRow(number, {}, "is not a JSON object")


def _take_recalls(found: RecallLines, path: Path, rows: Iterator[files.FileRow]) -> None:
    for row in rows:
        fields = {FLAT_NAMES.get(name, name): value for name, value in row.fields.items()}
        line = RecallLine(path.name, row.line, fields)
        reason = row.fault or _line_fault(line)
        if reason:
            found.refused.append(line.refuse(reason))
        else:
            found.recalls.append(line)


def _take_suppliers(found: RecallLines, path: Path, rows: list[files.FileRow]) -> None:
    for row in rows:
        line = RecallLine(
            path.name, row.line, row.fields | {"CAMPNO": row.fields.get("campaign", "")}
        )
        if row.fault or not CAMPAIGN.fullmatch(campaign_number(line)):
            found.refused.append(line.refuse(row.fault or "campaign: is not a recall number"))
        else:
            found.suppliers.append(line)


def _line_fault(line: RecallLine) -> str:
    if not CAMPAIGN.fullmatch(campaign_number(line)):
        return f"campaign number: {line.get('CAMPNO')[:40]!r} does not have the form 20V543000"
    if not line.get("DESC_DEFECT"):
        return "summary: is empty"
    year = line.get("YEARTXT")
    if year and not re.fullmatch(r"(?:19[5-9]|20|9999)\d{0,2}", year):
        return f"model year: {year[:20]!r} is not a year"
    return ""


def campaign_number(line: RecallLine) -> str:
    """Give the campaign's number in its full form: "20V-543" → "20V543000"."""
    return line.get("CAMPNO").upper().replace("-", "").ljust(CAMPAIGN_DIGITS, "0")
