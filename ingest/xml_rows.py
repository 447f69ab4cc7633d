"""XML lists of records: each element that holds named texts is a row; entities are refused."""

from collections import defaultdict
from collections.abc import Sequence
from xml.parsers import expat

from domain.errors import ImportRefused
from ingest.column_names import ColumnForm, lacking_columns
from ingest.files import FileRow, TextFile
from ingest.tables import Header, ReadTable

DEEPEST = 40
MOST_TEXT = 96 * 1024 * 1024


def is_xml(file: TextFile) -> bool:
    """Say whether a file begins as XML does, and is no web page."""
    first = next((line for line in file.lines() if line.strip()), "").lstrip()[:200].casefold()
    return first.startswith("<") and not first.startswith(("<!doctype html", "<html", "<table"))


def read_xml(file: TextFile, forms: Sequence[ColumnForm], command: str) -> ReadTable:
    """Read the elements that most names are known of.

    Raises:
        ImportRefused: it is not XML, declares entities, or no form has all that it needs.
    """
    if file.path.stat().st_size > MOST_TEXT:
        raise ImportRefused(file.name, "is over 96 MiB; split it.")
    found = _Elements(file.name).read(file.text())
    headers = [
        (Header(form=form, separator="", row=0, columns=_names(rows)), depth, rows)
        for (_, depth), rows in found.items()
        for form in forms
    ]
    if not headers:
        raise ImportRefused(file.name, "holds no records.")
    best, _, rows = max(headers, key=lambda h: (*h[0].fit, len(h[2]), h[1]))
    if not best.whole:
        raise lacking_columns(file.name, best.form, best.columns, "(elements)", command)
    ours = (_row_of(row, best.form) for row in rows)
    return ReadTable(file=file, form=best.form, rows=ours, unread=best.form.unread(best.columns))


def _names(rows: Sequence[FileRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows[:50] for name in row.fields))


def _row_of(row: FileRow, form: ColumnForm) -> FileRow:
    theirs = list(row.fields)
    fields: dict[str, str] = {}
    for place, ours in form.take(theirs):
        if not fields.get(ours):
            fields[ours] = row.fields[theirs[place]]
    return FileRow(row.line, fields)


class _Elements:
    """Collects rows by element name and depth while the parser walks."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[str, int, dict[str, str], list[str]]] = []
        self._found: dict[tuple[str, int], list[FileRow]] = defaultdict(list)

    def read(self, text: str) -> dict[tuple[str, int], list[FileRow]]:
        self._parser = expat.ParserCreate(encoding="utf-8")
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.EntityDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.buffer_text = True
        try:
            self._parser.Parse(text.lstrip().encode(), True)
        except expat.ExpatError as error:
            raise ImportRefused(self._name, f"is not XML ({error}).") from error
        return self._found

    def _refuse_doctype(self, *_: object) -> None:
        raise ImportRefused(self._name, "declares a document type or entities, which are not read.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise ImportRefused(self._name, f"has over {DEEPEST} elements inside each other.")
        line = self._parser.CurrentLineNumber
        self._open.append((tag.rpartition(":")[2], line, dict(attributes), []))

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1][3].append(text)

    def _end(self, _: str) -> None:
        tag, line, fields, pieces = self._open.pop()
        text = "".join(pieces).strip()
        if fields:
            self._found[tag, len(self._open)].append(FileRow(line, fields))
        if self._open:
            above = self._open[-1][2]
            if text:
                above.setdefault(tag, text)
            for name, value in fields.items():
                above.setdefault(name, value)
