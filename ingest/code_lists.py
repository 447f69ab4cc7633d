"""Lists of trouble codes: any table, JSON, or an SQLite file with a table of them.

Columns: code, manufacturer (or make; empty or GENERIC for all makes), description; component may
follow (`column_names.yaml` has what others call them). Where a code that SAE J2012 shares between
makes comes with a maker's name, the maker's wording gives way to the shared one. What a code's
failure type says (SAE J2012-DA, P1A0F-13) is kept in the description of the code itself.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from domain import codes, limits
from domain.codes import SAE, CodeKey, ErrorCode
from domain.errors import ImportRefused, InvalidInput
from ingest.batch import ImportBatch, RefusedLine
from ingest.column_names import NO_MAP, ColumnForm, ColumnMap, known_form, lacking_columns
from ingest.files import FileRow
from ingest.makers import maker_name
from ingest.records_file import read_records
from ingest.tables import clean_fields

COMMAND = "ingest codes"
QUERIES = Path(__file__).with_name("queries")
SQLITE = b"SQLite format 3\0"
KNOWN_TABLE = "dtc_definitions"
GENERIC = frozenset({"", "generic", "sae", "all", "iso/sae", "iso", "any", "*", "all makes"})
# The list files maker codes of unnamed makers here; a code without its make means nothing.
UNNAMED = frozenset({"other", "unknown"})
DESCRIPTION_CHARACTERS = 1_000
WITH_TYPE = re.compile(r"([PBCU][0-3][0-9A-F]{3})[\s\-_.:]{0,2}([0-9A-F]{2})")
# The two bytes of a code as a tool shows them: the first two bits are its letter.
RAW = re.compile(r"0[Xx]([0-9A-Fa-f])([0-9A-Fa-f]{3})(?:[0-9A-Fa-f]{2})?")
NAMED = ("code", "make", "description")
LETTERS, DIGITS = "PCBU", 4
TWO_NUMBERS = re.compile(r"\d\s+\d")
NOTES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    source: str
    line: int
    code: str
    make: str
    description: str
    component: str | None = None

    @property
    def generic(self) -> bool:
        return self.make.strip().casefold() in GENERIC

    def refuse(self, reason: str) -> RefusedLine:
        return RefusedLine(source=self.source, line=self.line, id=self.code[:40], reason=reason)


@dataclass(slots=True)
class CodeList:
    """What a list says of each code: its own words, and those of its failure types."""

    codes: dict[CodeKey, ErrorCode] = field(default_factory=dict[CodeKey, ErrorCode])
    typed: dict[CodeKey, ErrorCode] = field(default_factory=dict[CodeKey, ErrorCode])
    types: dict[CodeKey, dict[str, str]] = field(default_factory=dict[CodeKey, dict[str, str]])
    # Whose wording is the shared one, or the only one of its make.
    settled: set[CodeKey] = field(default_factory=set[CodeKey])
    notes: list[str] = field(default_factory=list[str])

    def add(self, row: CodeRow) -> None:
        """Take one row.

        Raises:
            InvalidInput: it reads as no code, or a maker's code names no make.
        """
        written, failure_type = typed_code(row.code)
        code = parse_code(row, written)
        if failure_type is not None:
            self._add_type(row, code, failure_type)
            return
        known = self.codes.get(code.key)
        if known is None or (row.generic and code.key not in self.settled):
            self.codes[code.key] = code
        elif known.description != code.description and code.scope != SAE:
            self.notes.append(
                f"{row.source}:{row.line}: {row.code} is {known.code} of {known.scope} once more; "
                f"kept: {known.description[:60]!r}, left out: {code.description[:60]!r}"
            )
        if row.generic:
            self.settled.add(code.key)

    def _add_type(self, row: CodeRow, code: ErrorCode, failure_type: str) -> None:
        types = self.types.setdefault(code.key, {})
        types.setdefault(failure_type, code.description)
        self.typed.setdefault(code.key, code)
        if len(types) > 1 or code.key in self.codes:
            self.notes.append(
                f"{row.source}:{row.line}: {row.code} is {code.code} with failure type "
                f"{failure_type}; kept in the description of {code.code}"
            )

    def whole_codes(self) -> Iterator[ErrorCode]:
        """Give each code with what its failure types say behind its own words."""
        for key, code in (self.typed | self.codes).items():
            types = self.types.get(key, {})
            own = [self.codes[key].description] if key in self.codes else []
            told = "; ".join([*own, *(f"{kind}: {text}" for kind, text in sorted(types.items()))])
            yield replace(code, description=told[:DESCRIPTION_CHARACTERS])


def read_codes(path: Path, columns: ColumnMap = NO_MAP) -> ImportBatch:
    """Read a code list.

    Raises:
        ImportRefused: it is none of the known forms.
    """
    found, refused, skipped = CodeList(), list[RefusedLine](), 0
    unread = list[str]()
    for entry in _read_entries(path, columns, unread):
        if isinstance(entry, RefusedLine):
            refused.append(entry)
        elif entry.make.strip().casefold() in UNNAMED and not _is_shared(entry.code):
            skipped += 1
        else:
            try:
                found.add(entry)
            except InvalidInput as error:
                refused.append(entry.refuse(str(error)))
    passed = (f"{skipped} codes whose make is not named",) if skipped else ()
    told = (found.typed | found.codes).keys() - found.settled
    return ImportBatch(
        codes=tuple(found.whole_codes()),
        hearsay=tuple(key for key in told if key.startswith(f"{SAE}:")),
        refused=tuple(refused),
        skipped=passed,
        notes=(*unread, *_shown_notes(found.notes)),
    )


def typed_code(written: str) -> tuple[str, str | None]:
    """Give the code itself and its failure type: "P1A0F13" → P1A0F, 13; "0x0A1F" → P0A1F.

    Raises:
        InvalidInput: it is two numbers, no code.
    """
    told = written.strip().upper()
    if raw := RAW.fullmatch(told):
        first = int(raw[1], 16)
        return f"{LETTERS[first // DIGITS]}{first % DIGITS}{raw[2].upper()}", None
    if typed := WITH_TYPE.fullmatch(told):
        return typed[1], typed[2]
    if TWO_NUMBERS.search(told):
        raise InvalidInput("error code", f"{written[:40]!r} does not read as a trouble code")
    return written, None


def parse_code(row: CodeRow, written: str) -> ErrorCode:
    """Give the code with its scope.

    Raises:
        InvalidInput: it reads as no code, or a maker's code names no make.
    """
    code = codes.normalise_code(written)
    scope = SAE if codes.is_shared(code) or row.generic else maker_name(row.make)
    return ErrorCode(
        code=code,
        scope=scope,
        description=limits.clean_text("description", row.description, DESCRIPTION_CHARACTERS),
        component=row.component,
    )


def _is_shared(code: str) -> bool:
    try:
        return codes.is_shared(codes.normalise_code(code))
    except InvalidInput:
        return False


def _shown_notes(notes: list[str]) -> list[str]:
    more = len(notes) - NOTES_SHOWN
    return notes if more <= 0 else [*notes[:NOTES_SHOWN], f"and {more} more such lines"]


def _read_entries(
    path: Path, columns: ColumnMap, unread: list[str]
) -> Iterator[CodeRow | RefusedLine]:
    try:
        with path.open("rb") as file:
            start = file.read(len(SQLITE))
    except OSError as error:
        raise ImportRefused(path.name, f"cannot be read ({error.strerror}).") from error
    [form] = columns.over([known_form("codes")])
    if start == SQLITE:
        yield from _sqlite_entries(path, form)
        return
    table = read_records(path, [form], COMMAND)
    if table.unread:
        unread.append(f"{path.name}: columns not read: {', '.join(table.unread)}")
    for row in table.rows:
        if row.fault:
            yield RefusedLine(source=path.name, line=row.line, id="", reason=row.fault)
        else:
            yield _entry_of_row(path, FileRow(row.line, clean_fields(row)))


def _sqlite_entries(path: Path, form: ColumnForm) -> Iterator[CodeRow]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            rows = _sqlite_rows(path, database, form)
    except sqlite3.Error as error:
        raise ImportRefused(path.name, f"is no list of codes ({error}).") from error
    for line, code, make, description in rows:
        told = (str(cell) if cell is not None else "" for cell in (code, make, description))
        written, of, text = told
        yield CodeRow(source=path.name, line=line, code=written, make=of, description=text)


def _sqlite_rows(
    path: Path, database: sqlite3.Connection, form: ColumnForm
) -> list[tuple[int, object, object, object]]:
    tables: dict[str, list[str]] = {}
    for table, column in database.execute(
        (QUERIES / "code_list_tables.sql").read_text("utf-8")
    ).fetchall():
        tables.setdefault(table, []).append(column)
    if KNOWN_TABLE in tables:
        return database.execute((QUERIES / "code_list.sql").read_text("utf-8")).fetchall()
    fits = [name for name, columns in tables.items() if not form.missing(columns)]
    if not fits:
        every = tuple(dict.fromkeys(chain.from_iterable(tables.values())))
        where = f"(in the tables {', '.join(tables) or 'none'})"
        refusal = lacking_columns(path.name, form, every, where, COMMAND)
        raise ImportRefused(path.name, f"is no list of codes: it {refusal.reason}")
    best = max(fits, key=lambda name: len(form.take(tables[name])))
    places = {ours: tables[best][n] for n, ours in reversed(form.take(tables[best]))}
    wanted = ", ".join(_quoted(places[ours]) if ours in places else "''" for ours in NAMED)
    # A table's name cannot be a parameter; it is quoted, and stands in the file itself.
    return database.execute(f"SELECT rowid, {wanted} FROM {_quoted(best)}").fetchall()  # noqa: S608


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _entry_of_row(path: Path, row: FileRow) -> CodeRow:
    return CodeRow(
        source=path.name,
        line=row.line,
        code=row.get("code"),
        make=row.get("make"),
        description=row.get("description"),
        component=row.get("component") or None,
    )
