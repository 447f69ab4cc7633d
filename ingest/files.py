"""Files that somebody else wrote, as lines of text: any may be missing, binary or huge."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from domain.errors import ImportRefused
from ingest.encodings import EACH_BYTE, find_encoding

MOST_BYTES = 512 * 1024 * 1024
# Two of them fit beside everything else; no table that is real has such a line.
LONGEST_LINE = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileRow:
    """One record of a file: the line it starts on (from 1), and its fields by our name for them.

    `fault` says why the line cannot be read, when it cannot.
    """

    line: int
    fields: dict[str, str]
    fault: str = ""

    def get(self, column: str) -> str:
        """Give the field without outer space; empty when the file has no such column."""
        return self.fields.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class FileItem:
    """One JSON object and the line it stands on; `fault` says why it cannot be read."""

    line: int
    value: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that is known to be text, by its path and the table of its letters."""

    path: Path
    encoding: str

    @property
    def name(self) -> str:
        return self.path.name

    def lines(self, newline: str = "") -> Iterator[str]:
        """Give the lines with their ends, one at a time: a file need not fit into memory."""
        with self.path.open(encoding=self.encoding, errors=EACH_BYTE, newline=newline) as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) >= LONGEST_LINE:
                    raise ImportRefused(self.name, f"line {number} is over 32 MiB; split it.")
                yield line.replace("\0", "") if "\0" in line else line

    def text(self) -> str:
        """Give all of it."""
        return "".join(self.lines())


def open_text(path: Path) -> TextFile:
    """Look at a file before any of it is read.

    Raises:
        ImportRefused: it cannot be read, is empty, too large, or is not text.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ImportRefused(path.name, "is over 512 MiB; split it.")
        file = TextFile(path, find_encoding(path))
        if not any(line.strip() for line in file.lines()):
            raise ImportRefused(path.name, "is empty.")
    except OSError as error:
        raise ImportRefused(path.name, f"cannot be read ({error.strerror}).") from error
    return file


def read_text(path: Path) -> str:
    """Read a whole text file.

    Raises:
        ImportRefused: as `open_text` says.
    """
    return open_text(path).text()


def read_objects(lines: Iterable[str]) -> Iterator[FileItem]:
    """Read JSON objects, one a line; a line that is none says why."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _item_of_line(number, line)


def item_of_value(line: int, value: object) -> FileItem:
    """Give a JSON value as an object of a file, or say that it is none."""
    if not isinstance(value, dict):
        return FileItem(line, {}, "is not a JSON object")
    return FileItem(line, cast("dict[str, Any]", value))


def _item_of_line(line: int, content: str) -> FileItem:
    try:
        return item_of_value(line, json.loads(content))
    except (ValueError, RecursionError) as error:
        return FileItem(line, {}, f"is not JSON ({error})")
