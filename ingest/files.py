"""Reading files that somebody else wrote: any of them may be missing, binary, huge or cut short."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from domain.errors import ImportRefused

MOST_BYTES = 512 * 1024 * 1024
FIELD_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class FileRow:
    """One record of a table: the line it starts on (from 1), and its fields by column.

    `fault` says why the line cannot be read, when it cannot.
    """

    line: int
    fields: dict[str, str]
    fault: str = ""

    def get(self, column: str) -> str:
        """Give the field without outer space; empty when the table has no such column."""
        return self.fields.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class FileItem:
    """One JSON object and the line it stands on; `fault` says why it cannot be read."""

    line: int
    value: dict[str, Any]
    fault: str = ""


def read_text(path: Path) -> str:
    """Read a text file in UTF-8, or in Windows-1252 as agencies still write it.

    Raises:
        ImportRefused: it cannot be read, is empty, too large, or is not text.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ImportRefused(path.name, "is over 512 MiB; split it.")
        data = path.read_bytes()
    except OSError as error:
        raise ImportRefused(path.name, f"cannot be read ({error.strerror}).") from error
    if not data.strip():
        raise ImportRefused(path.name, "is empty.")
    if b"\0" in data:
        raise ImportRefused(path.name, "is not a text file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_rows(path: Path, content: str, needed: frozenset[str]) -> list[FileRow]:
    """Read a comma-separated table with a header.

    Raises:
        ImportRefused: a needed column is missing, or a quote is never closed.
    """
    records = list(_csv_records(path, content))
    columns = [column.strip() for column in records[0][1]]
    missing = sorted(needed - set(columns))
    if missing:
        raise ImportRefused(path.name, f"has no column {', '.join(missing)}.")
    return [_row_of(line, columns, found) for line, found in records[1:]]


def read_bare_rows(content: str, columns: tuple[str, ...]) -> list[FileRow]:
    """Read a tab-separated table without a header; old files lack the last of the columns."""
    return [
        FileRow(number, dict(zip(columns, line.rstrip("\r").split("\t"), strict=False)))
        for number, line in enumerate(content.split("\n"), 1)
        if line.strip()
    ]


def read_objects(path: Path, content: str) -> list[FileItem]:
    """Read JSON objects, one a line.

    Raises:
        ImportRefused: no line is a JSON object.
    """
    lines = enumerate(content.split("\n"), 1)
    found = [_item_of_line(number, line) for number, line in lines if line.strip()]
    if all(item.fault for item in found):
        raise ImportRefused(path.name, "holds no JSON object; one a line is expected.")
    return found


def parse_json(path: Path, content: str) -> object:
    """Read one JSON document.

    Raises:
        ImportRefused: it is not JSON.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ImportRefused(path.name, f"is not JSON ({error}).") from error


def _row_of(line: int, columns: list[str], found: list[str]) -> FileRow:
    if len(found) != len(columns):
        return FileRow(line, {}, f"has {len(found)} fields where the header has {len(columns)}")
    return FileRow(line, dict(zip(columns, found, strict=True)))


def _item_of_line(line: int, content: str) -> FileItem:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        return FileItem(line, {}, f"is not JSON ({error})")
    if not isinstance(value, dict):
        return FileItem(line, {}, "is not a JSON object")
    return FileItem(line, cast("dict[str, Any]", value))


def _csv_records(path: Path, content: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(FIELD_CHARACTERS)
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            if any(field.strip() for field in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportRefused(path.name, f"line {line}: {error}.") from error
