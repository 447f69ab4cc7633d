"""A manifest as a file: what build tools write, or plain `.graphql` documents."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, cast

import orjson
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    Visitor,
    parse,
    visit,
)

from domain.errors import ImportRefused, InvalidInput
from domain.trusted_documents import MOST_ENTRIES, TEXT_LIMIT, ManifestEntry, parse_entry

MOST_BYTES = 16 << 20
FORMAT = "apollo-persisted-query-manifest"
FORMATS = (
    f"It is JSON: {{id: text, …}}, or {FORMAT} (`operations` with `id`, `name`, `body`); or its "
    "name ends in .graphql."
)


def read_manifest(path: Path) -> list[ManifestEntry]:
    """Read a manifest of a file; ids that it says are checked.

    Raises:
        ImportRefused: it cannot be read, or holds a name or an id twice: it is named.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ImportRefused(str(path), f"It cannot be read ({error.strerror}).") from error
    if len(data) > MOST_BYTES:
        raise ImportRefused(str(path), f"It is over {MOST_BYTES} bytes.")
    try:
        # One more than may be is enough to refuse them all; none of them is parsed before.
        told = list(islice(_told(path, data), MOST_ENTRIES + 1))
        if len(told) > MOST_ENTRIES:
            raise ImportRefused(str(path), f"It has more than {MOST_ENTRIES} documents.")
        return list(_entries(path, told))
    except RecursionError as error:
        raise ImportRefused(str(path), "It is nested too deep.") from error
    except (ValueError, GraphQLError, UnicodeDecodeError) as error:
        raise ImportRefused(str(path), f"It does not read as a manifest ({error}).") from error


def print_manifest(entries: list[ManifestEntry]) -> str:
    """Give a manifest as JSON, as build tools write it."""
    operations = [{"id": one.id, "name": one.name, "body": one.text} for one in entries]
    whole = {"format": FORMAT, "version": 1, "operations": operations}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _entries(path: Path, told: list[tuple[str, str, str | None]]) -> Iterator[ManifestEntry]:
    seen: dict[str, str] = {}
    for said, text, written in told:
        name = said or _name_of(text) or str(written)[:12]
        try:
            entry = parse_entry(name, text, written)
        except InvalidInput as wrong:
            raise ImportRefused(str(path), f"{name[:80]!r}: {wrong}.") from wrong
        if entry.id in seen:
            raise ImportRefused(
                str(path), f"{name!r} is {seen[entry.id]!r} once more ({entry.id})."
            )
        seen[entry.id] = name
        yield entry


def _told(path: Path, data: bytes) -> Iterator[tuple[str, str, str | None]]:
    """Yield name, text and id of each document, as the file says them."""
    if path.suffix in {".graphql", ".gql"}:
        yield from _operations(data.decode())
        return
    found: object = orjson.loads(data)
    if not isinstance(found, dict):
        raise ImportRefused(str(path), FORMATS)
    known = cast("dict[str, Any]", found)
    if known.get("format") == FORMAT:
        operations: object = known.get("operations") or []
        if not isinstance(operations, list):
            raise ImportRefused(str(path), FORMATS)
        for one in cast("list[object]", operations):
            entry = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
            yield str(entry.get("name")), _text(path, entry.get("body")), str(entry.get("id"))
        return
    _demand_no_twin(path, data)
    for written, text in known.items():
        yield "", _text(path, text), written


def _text(path: Path, said: object) -> str:
    if not isinstance(said, str):
        raise ImportRefused(str(path), FORMATS)
    return said


def _demand_no_twin(path: Path, data: bytes) -> None:
    """Find ids that stand twice: of two the reader of JSON keeps the last, without a word."""

    def pairs(found: list[tuple[str, object]]) -> object:
        times = Counter(key for key, _ in found)
        twin = min((key for key, n in times.items() if n > 1), default=None)
        if twin is not None:
            raise ImportRefused(str(path), f"The id {twin[:80]} stands there twice.")
        return dict(found)

    json.loads(data, object_pairs_hook=pairs)


def _name_of(text: str) -> str | None:
    if len(text) > TEXT_LIMIT:
        return None
    try:
        found = [d for d in parse(text).definitions if isinstance(d, OperationDefinitionNode)]
    except GraphQLError:
        return None
    return found[0].name.value if found and found[0].name else None


def _operations(source: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield each operation of a file with the fragments that it spreads, as it is written there."""
    document = parse(source)
    fragments = _fragments(document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            parts = [node, *(fragments[name] for name in _spread(node, fragments))]
            text = "\n".join(_source_of(part, source) for part in parts)
            yield node.name.value if node.name else "(unnamed)", text, None


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    found = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
    return {one.name.value: one for one in found}


def _spread(
    node: OperationDefinitionNode | FragmentDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
) -> list[str]:
    """Give the names of all fragments that are spread below, each once."""
    names: list[str] = []
    waiting: list[OperationDefinitionNode | FragmentDefinitionNode] = [node]
    while waiting:
        found = Spreads()
        visit(waiting.pop(), found)
        for name in found.names:
            if name in fragments and name not in names:
                names.append(name)
                waiting.append(fragments[name])
    return names


def _source_of(node: OperationDefinitionNode | FragmentDefinitionNode, source: str) -> str:
    return "" if node.loc is None else source[node.loc.start : node.loc.end]


class Spreads(Visitor):
    """Finds the fragments that a definition spreads."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.names.append(node.name.value)
