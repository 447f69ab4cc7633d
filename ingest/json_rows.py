"""JSON as programs write it: a list, an object around a list, or one object a line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from domain.errors import ImportRefused
from ingest.column_names import ColumnForm, lacking_columns
from ingest.files import FileItem, FileRow, TextFile, item_of_value, read_objects
from ingest.tables import Header, ReadTable

# One document is in memory four times over while it is read.
MOST_DOCUMENT = 96 * 1024 * 1024
SAMPLE = 50
DEPTH = 4


def is_json(file: TextFile) -> bool:
    """Say whether a file begins as JSON does."""
    first = next((line for line in file.lines() if line.strip()), "")
    return first.lstrip()[:1] in {"{", "["}


def read_items(file: TextFile) -> Iterator[FileItem]:
    """Give every object of a file with its line, or its place in the one list of the file.

    Raises:
        ImportRefused: it holds no JSON object.
    """
    if _one_a_line(file):
        yield from read_objects(file.lines())
        return
    if file.path.stat().st_size > MOST_DOCUMENT:
        raise ImportRefused(file.name, "is over 96 MiB of one document; write an object a line.")
    try:
        document: object = json.loads(file.text())
    except (ValueError, RecursionError) as error:
        raise ImportRefused(file.name, f"is not JSON ({error}).") from error
    found = _list_in(document, DEPTH) or ([document] if isinstance(document, dict) else None)
    if found is None:
        raise ImportRefused(file.name, "holds no list of JSON objects.")
    for number, value in enumerate(found, 1):
        yield item_of_value(number, value)


def read_json(file: TextFile, forms: Sequence[ColumnForm], command: str) -> ReadTable:
    """Read the objects as rows, in the form that knows most of their names.

    Raises:
        ImportRefused: they are no objects, or no form has all that it needs.
    """
    items = read_items(file)
    first = list(islice(items, SAMPLE))
    names = tuple(dict.fromkeys(k for item in first for k in flat_value(item.value)))
    found = [Header(form=form, separator="", row=0, columns=names) for form in forms]
    best = max(found, key=lambda h: h.fit)
    if not first or all(item.fault for item in first):
        raise ImportRefused(file.name, "holds no JSON object.")
    if not best.whole:
        raise lacking_columns(file.name, best.form, names, "(in its objects)", command)
    rows = (row_of_item(item, best.form) for item in _both(first, items))
    return ReadTable(file=file, form=best.form, rows=rows, unread=best.form.unread(names))


def row_of_item(item: FileItem, form: ColumnForm) -> FileRow:
    """Give an object's plain values as text, under our names for them."""
    flat = flat_value(item.value)
    theirs = list(flat)
    fields: dict[str, str] = {}
    for place, ours in form.take(theirs):
        if not fields.get(ours):
            fields[ours] = _text_of(flat[theirs[place]])
    return FileRow(item.line, fields, item.fault)


def flat_value(value: dict[str, Any]) -> dict[str, Any]:
    """Give an object with the fields of what is inside it beside its own; of a list, its first."""
    found = dict(value)
    for inner in value.values():
        one: object = inner
        if isinstance(inner, list) and inner:
            one = cast("list[object]", inner)[0]
        if isinstance(one, dict):
            for name, nested in cast("dict[str, Any]", one).items():
                found.setdefault(name, nested)
    return found


def _one_a_line(file: TextFile) -> bool:
    """Say whether a file holds an object a line: the first that is not empty is whole."""
    told = list(islice((line for line in file.lines() if line.strip()), 2))
    if not told or not told[0].lstrip().startswith("{"):
        return False
    try:
        json.loads(told[0])
    except (ValueError, RecursionError):
        return len(told) > 1 and told[0].rstrip().endswith("}")
    return len(told) > 1 or _list_in(json.loads(told[0]), DEPTH) is None


def _list_in(value: object, depth: int) -> list[object] | None:
    """Give the list of objects that a document is about; a lone object is a list of one."""
    if isinstance(value, list) and (depth == DEPTH or not value or isinstance(value[0], dict)):
        return cast("list[object]", value)
    if not isinstance(value, dict) or depth == 0:
        return None
    inner = cast("dict[str, object]", value)
    every = (cast("list[object]", v) for v in inner.values() if isinstance(v, list))
    if (found := next((v for v in every if v and isinstance(v[0], dict)), None)) is not None:
        return found
    nested = (_list_in(v, depth - 1) for v in inner.values())
    return next((found for found in nested if found), None)


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(_text_of(one) for one in cast("list[object]", value))
    return json.dumps(value, ensure_ascii=False)


def _both(first: Iterable[FileItem], rest: Iterable[FileItem]) -> Iterator[FileItem]:
    yield from first
    yield from rest
