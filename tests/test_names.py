"""Names: files are called by nouns of the glossary, and a class name means one thing."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.test_architecture import OURS, ROOT

# They repeat the words of the domain on purpose: the API's nouns, and the graph's labels.
MIRRORS = ("schema/", "graph/nodes.py")
COMMANDS = "web/cli/"
GERUND = re.compile(r"(?<!str)ing$")
# Nouns and adjectives of the field that end as gerunds do.
NOUNS = {"matching", "wiring", "billing", "missing", "overlapping"}


def _called(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _glossary() -> set[str]:
    """Every word of the first column, with and without the plural's ending."""
    rows = re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    words = {word for row in rows for word in re.findall(r"[a-z0-9]+", row.lower())}
    return words | {f"{word}s" for word in words} | {f"{word[:-1]}ies" for word in words}


def _classes() -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for path in OURS:
        if not _called(path).startswith(MIRRORS):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(_called(path))
    return found


def test_file_names_are_nouns_of_the_glossary() -> None:
    known = _glossary()
    unknown = {
        _called(path): word
        for path in OURS
        if not path.stem.startswith("__") and not _called(path).startswith(COMMANDS)
        for word in path.stem.split("_")
        if word not in known
    }
    assert unknown == {}


def test_no_file_is_named_by_a_gerund() -> None:
    names = [
        path
        for path in OURS
        if any(GERUND.search(word) and word not in NOUNS for word in path.stem.split("_"))
    ]
    assert [_called(path) for path in names] == []


def test_no_two_files_of_a_folder_differ_by_an_ending() -> None:
    stems = {(path.parent, path.stem): path for path in OURS}
    twins = [
        _called(path)
        for (folder, stem), path in stems.items()
        if (folder, f"{stem}s") in stems or (folder / f"{stem}s").is_dir()
    ]
    assert twins == []


def test_a_class_name_is_used_once() -> None:
    assert {name: paths for name, paths in _classes().items() if len(paths) > 1} == {}
