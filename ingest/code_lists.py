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
from ingest.batch import Batch, Refusal
from ingest.makers import maker

QUERY = Path(__file__).with_name("queries") / "code_list.sql"
SQLITE = b"SQLite format 3\0"
GENERIC = frozenset({"", "generic", "sae", "all", "iso/sae"})
# The list files maker codes of unnamed makers here; a code without its make means nothing.
UNNAMED = frozenset({"other", "unknown"})
DESCRIPTION_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    source: str
    line: int
    code: str
    make: str
    description: str
    component: str | None = None

    def refused(self, reason: str) -> Refusal:
        return Refusal(source=self.source, line=self.line, id=self.code[:40], reason=reason)


def read(path: Path) -> Batch:
    """Read a code list.

    Raises:
        ImportRefused: it is none of the three forms.
    """
    found: dict[CodeKey, ErrorCode] = {}
    named: set[CodeKey] = set()
    refused: list[Refusal] = []
    skipped = 0
    for entry in _entries(path):
        if isinstance(entry, Refusal):
            refused.append(entry)
            continue
        if entry.make.casefold() in UNNAMED and not _shared(entry.code):
            skipped += 1
            continue
        try:
            code = parsed(entry)
        except InvalidInput as error:
            refused.append(entry.refused(str(error)))
            continue
        generic = entry.make.casefold() in GENERIC
        if code.key not in found or (generic and code.key not in named):
            found[code.key] = code
        if generic:
            named.add(code.key)
    passed = (f"{skipped} codes whose make is not named",) if skipped else ()
    return Batch(codes=tuple(found.values()), refused=tuple(refused), skipped=passed)


def parsed(entry: Entry) -> ErrorCode:
    """Give the code with its scope.

    Raises:
        InvalidInput: it reads as no code, or a maker's code names no make.
    """
    code = codes.normal(entry.code)
    generic = entry.make.casefold() in GENERIC
    scope = SAE if codes.is_shared(code) or generic else maker(entry.make)
    return ErrorCode(
        code=code,
        scope=scope,
        description=limits.text("description", entry.description, DESCRIPTION_CHARACTERS),
        component=entry.component,
    )


def _shared(code: str) -> bool:
    try:
        return codes.is_shared(codes.normal(code))
    except InvalidInput:
        return False


def _entries(path: Path) -> Iterator[Entry | Refusal]:
    try:
        with path.open("rb") as file:
            start = file.read(len(SQLITE))
    except OSError as error:
        raise ImportRefused(path.name, f"cannot be read ({error.strerror}).") from error
    if start == SQLITE:
        return _from_sqlite(path)
    content = files.text(path)
    if content.lstrip().startswith("{"):
        return _from_items(path, files.objects(path, content))
    return _from_rows(path, files.rows(path, content, frozenset({"code", "description"})))


def _from_sqlite(path: Path) -> Iterator[Entry]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute(QUERY.read_text("utf-8")).fetchall()
    except sqlite3.Error as error:
        raise ImportRefused(path.name, f"is no list of codes ({error}).") from error
    for line, code, make, description in rows:
        yield Entry(source=path.name, line=line, code=code, make=make, description=description)


def _from_rows(path: Path, rows: list[files.Row]) -> Iterator[Entry | Refusal]:
    for row in rows:
        if row.fault:
            yield Refusal(source=path.name, line=row.line, id="", reason=row.fault)
        else:
            yield _entry(path, row)


def _from_items(path: Path, items: list[files.Item]) -> Iterator[Entry | Refusal]:
    for item in items:
        if item.fault:
            yield Refusal(source=path.name, line=item.line, id="", reason=item.fault)
        else:
            fields = {name: "" if v is None else str(v) for name, v in item.value.items()}
            yield _entry(path, files.Row(item.line, fields))


def _entry(path: Path, row: files.Row) -> Entry:
    return Entry(
        source=path.name,
        line=row.line,
        code=row.get("code"),
        make=row.get("manufacturer") or row.get("make") or row.get("scope"),
        description=row.get("description"),
        component=row.get("component") or None,
    )
