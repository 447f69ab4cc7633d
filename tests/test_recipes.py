"""The recipes name files, names and commands that are there, and CONTRIBUTING leads to each."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TEXT = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^## (.+)\n((?:(?!^## ).*\n?)*)", re.MULTILINE)
RECIPES = HEADING.findall(TEXT)
PATH = re.compile(r"`([a-z_]+/[\w./]+)`")
# Names of the code that a recipe sends its reader to: in capitals, or of a class or function.
NAME = re.compile(
    r"`@?([A-Z]\w*[a-z_]\w*|[A-Z]{2,}[A-Z_]+|_\w+|hearers|viewer|idempotent)(?:\(.*?\))?`"
)
# Words of Cypher, of the changelog and of the shell.
OTHERS = {"EXPLAIN", "Unreleased", "NAME"}
COMMAND = re.compile(r"`make ([a-z ]+)`")
WANTED = [
    "A field on a card",
    "An event type",
    "A listener",
    "A recall source",
    "An agency",
    "A rounding rule",
    "A role",
    "A scope",
    "A channel",
    "A media type",
    "A query",
    "A weight",
    "A migration",
    "A fallback level",
    "A verb of the API, with its guard",
    "A page of the app",
    "A release",
]


def test_every_recipe_is_there_and_led_to() -> None:
    assert [name for name, _ in RECIPES] == WANTED
    led = re.findall(r"\(docs/recipes\.md#([\w-]+)\)", CONTRIBUTING)
    assert sorted(led) == sorted(_anchor(name) for name in WANTED)


@pytest.mark.parametrize(("name", "text"), RECIPES, ids=[name for name, _ in RECIPES])
def test_what_a_recipe_names_is_there(name: str, text: str) -> None:
    paths = PATH.findall(text)
    assert [path for path in paths if not (ROOT / path).exists()] == [], name
    files = [ROOT / path for path in paths if (ROOT / path).is_file()]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = [word for word in NAME.findall(text) if word not in OTHERS]
    assert [word for word in named if not re.search(rf"\b{word}\b", code)] == []


def test_every_command_is_one_of_make() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = {word for words in COMMAND.findall(TEXT + CONTRIBUTING) for word in words.split()}
    assert {"sdl", "reference", "settings"} <= said <= targets


def test_contributing_begins_where_there_is_something() -> None:
    paths = PATH.findall(CONTRIBUTING)
    assert len(paths) > len(WANTED)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def _anchor(name: str) -> str:
    return name.lower().replace(",", "").replace(" ", "-")
