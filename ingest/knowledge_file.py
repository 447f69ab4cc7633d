"""A knowledge file, read entry by entry: a mistake is told by file, line, entry and field."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import yaml
from pydantic import ValidationError

from domain.errors import ImportRefused
from ingest import files
from ingest.batch import RefusedLine
from ingest.knowledge_schema import SECTIONS, KnowledgeEntry

# The C loader reads the shipped files in a tenth of a second; the other needs three.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

E_co = TypeVar("E_co", bound=KnowledgeEntry, covariant=True)
K = TypeVar("K", bound=KnowledgeEntry)


@dataclass(frozen=True, slots=True)
class PlacedEntry(Generic[E_co]):
    """An entry and where it stands."""

    source: str
    line: int
    name: str
    entry: E_co

    def refused(self, reason: str) -> RefusedLine:
        return RefusedLine(source=self.source, line=self.line, id=self.name, reason=reason)


@dataclass(slots=True)
class KnowledgeEntries:
    """The sound entries by section, in order, and what was refused."""

    placed: dict[str, list[PlacedEntry[KnowledgeEntry]]] = field(
        default_factory=lambda: {section: [] for section in SECTIONS}
    )
    refused: list[RefusedLine] = field(default_factory=list)

    def of(self, kind: type[K]) -> list[PlacedEntry[K]]:
        section = next(name for name, found in SECTIONS.items() if found is kind)
        return cast("list[PlacedEntry[K]]", self.placed[section])


def read_entries(paths: list[Path]) -> KnowledgeEntries:
    """Read knowledge files.

    Raises:
        ImportRefused: one of them is not YAML, or not a mapping of known sections.
    """
    entries = KnowledgeEntries()
    for path in paths:
        _read_file_into(entries, path)
    return entries


def _read_file_into(entries: KnowledgeEntries, path: Path) -> None:
    root, sections = _parse_document(path)
    unknown = sorted(str(name) for name in sections if name not in SECTIONS)
    if unknown:
        raise ImportRefused(path.name, f"has no section {', '.join(unknown)} in its form.")
    for key, node in root.value:
        listed: object = sections[key.value]
        if not isinstance(listed, list):
            raise ImportRefused(path.name, f"section {key.value} is not a list.")
        values = cast("list[object]", listed)
        for item, value in zip(node.value, values, strict=True):
            _take_entries(entries, key.value, (path.name, item.start_mark.line + 1), value)


def _parse_document(path: Path) -> tuple[yaml.MappingNode, dict[str, object]]:
    loader = LOADER(files.read_text(path))
    try:
        root = cast("yaml.MappingNode | None", loader.get_single_node())
        value: object = loader.construct_document(root) if root is not None else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ImportRefused(path.name, f"is not YAML ({error}).") from error
    finally:
        loader.dispose()
    if root is None or not isinstance(value, dict):
        raise ImportRefused(path.name, "is not a mapping of sections.")
    return root, cast("dict[str, object]", value)


def _take_entries(
    entries: KnowledgeEntries, section: str, place: tuple[str, int], value: object
) -> None:
    source, line = place
    name = _name_of(value)
    try:
        entry = SECTIONS[section].model_validate(value)
    except ValidationError as error:
        for problem in error.errors():
            where = ".".join(str(part) for part in problem["loc"]) or section
            reason = f"{where}: {problem['msg']}"
            entries.refused.append(RefusedLine(source=source, line=line, id=name, reason=reason))
        return
    entries.placed[section].append(PlacedEntry(source, line, name, entry))


def _name_of(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    fields = cast("dict[str, object]", value)
    return str(fields.get("id") or fields.get("code") or "")[:80]
