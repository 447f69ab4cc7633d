"""Lists of trouble codes: CSV, JSONL, or the SQLite list with a table `dtc_definitions`.

Columns: code, manufacturer (or make; empty or GENERIC for all makes), description; component may
follow. Where a code that SAE J2012 shares between makes comes with a maker's name, the maker's
wording gives way to the shared one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from domain import codes, limits
from domain.codes import SAE, CodeKey, ErrorCode
from domain.errors import ImportRefused, InvalidInput
from ingest import files
from ingest.batch import ImportBatch, RefusedLine
from ingest.makers import maker_name

QUERY = Path(__file__).with_name("queries") / "code_list.sql"
SQLITE = b"SQLite format 3\0"
GENERIC = frozenset({"", "generic", "sae", "all", "iso/sae"})
# The list files maker codes of unnamed makers here; a code without its make means nothing.
UNNAMED = frozenset({"other", "unknown"})
DESCRIPTION_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    source: str
    line: int
    code: str
    make: str
    description: str
    component: str | None = None

    def refuse(self, reason: str) -> RefusedLine:
        return RefusedLine(source=self.source, line=self.line, id=self.code[:40], reason=reason)


def read_codes(path: Path) -> ImportBatch:
    """Read a code list.

    Raises:
        ImportRefused: it is none of the three forms.
    """
    found: dict[CodeKey, ErrorCode] = {}
    named: set[CodeKey] = set()
    refused: list[RefusedLine] = []
    skipped = 0
    for entry in _read_entries(path):
        if isinstance(entry, RefusedLine):
            refused.append(entry)
            continue
        if entry.make.casefold() in UNNAMED and not _is_shared(entry.code):
            skipped += 1
            continue
        try:
            code = parse_code(entry)
        except InvalidInput as error:
            refused.append(entry.refuse(str(error)))
            continue
        generic = entry.make.casefold() in GENERIC
        if code.key not in found or (generic and code.key not in named):
            found[code.key] = code
        if generic:
            named.add(code.key)
    passed = (f"{skipped} codes whose make is not named",) if skipped else ()
    return ImportBatch(codes=tuple(found.values()), refused=tuple(refused), skipped=passed)


def parse_code(entry: CodeRow) -> ErrorCode:
    """Give the code with its scope.

    Raises:
        InvalidInput: it reads as no code, or a maker's code names no make.
    """
    code = codes.normalise_code(entry.code)
    generic = entry.make.casefold() in GENERIC
    scope = SAE if codes.is_shared(code) or generic else maker_name(entry.make)
    return ErrorCode(
        code=code,
        scope=scope,
        description=limits.clean_text("description", entry.description, DESCRIPTION_CHARACTERS),
        component=entry.component,
    )


def _is_shared(code: str) -> bool:
    try:
        return codes.is_shared(codes.normalise_code(code))
    except InvalidInput:
        return False


def _read_entries(path: Path) -> Iterator[CodeRow | RefusedLine]:
    try:
        with path.open("rb") as file:
            start = file.read(len(SQLITE))
    except OSError as error:
        raise ImportRefused(path.name, f"cannot be read ({error.strerror}).") from error
    if start == SQLITE:
        return _sqlite_entries(path)
    content = files.read_text(path)
    if content.lstrip().startswith("{"):
        return _jsonl_entries(path, files.read_objects(path, content))
    return _csv_entries(path, files.read_rows(path, content, frozenset({"code", "description"})))


def _sqlite_entries(path: Path) -> Iterator[CodeRow]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute(QUERY.read_text("utf-8")).fetchall()
    except sqlite3.Error as error:
        raise ImportRefused(path.name, f"is no list of codes ({error}).") from error
    for line, code, make, description in rows:
        yield CodeRow(source=path.name, line=line, code=code, make=make, description=description)


def _csv_entries(path: Path, rows: list[files.FileRow]) -> Iterator[CodeRow | RefusedLine]:
    for row in rows:
        if row.fault:
            yield RefusedLine(source=path.name, line=row.line, id="", reason=row.fault)
        else:
            yield _entry_of_row(path, row)


def _jsonl_entries(path: Path, items: list[files.FileItem]) -> Iterator[CodeRow | RefusedLine]:
    for item in items:
        if item.fault:
            yield RefusedLine(source=path.name, line=item.line, id="", reason=item.fault)
        else:
            fields = {name: "" if v is None else str(v) for name, v in item.value.items()}
            yield _entry_of_row(path, files.FileRow(item.line, fields))


def _entry_of_row(path: Path, row: files.FileRow) -> CodeRow:
    return CodeRow(
        source=path.name,
        line=row.line,
        code=row.get("code"),
        make=row.get("manufacturer") or row.get("make") or row.get("scope"),
        description=row.get("description"),
        component=row.get("component") or None,
    )
