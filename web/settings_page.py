"""The page of all settings, made from the code: `docs/settings.md` is what this prints."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from pathlib import Path

from web.caps import PREFIX
from web.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
# The one setting whose attribute is not called as its variable is.
RENAMED = {"environment": "BATTWHEELS_ENV"}
# Read with rules of their own, on a page of their own.
ELSEWHERE = {"caps"}
ENTRY = re.compile(r"^    (\w+(?:, \w+)*): (.+?)(?=^    \w|\Z)", re.MULTILINE | re.DOTALL)
HEAD = """# Settings

Made from the code; `make settings` prints it anew.

The environment is read once, when a command starts, and nobody else reads it. A value that cannot
be read stops the start with one line that names the variable. Where the last column says *file*,
the value may stand in a file instead: `NAME_FILE` is the path, and wins over `NAME`. Production
(`BATTWHEELS_ENV=production`) refuses missing, weak and well-known secrets
([operations](operations.md)).

| setting | default | what it is | secret |
|---|---|---|---|
"""
TAIL = """
What any one caller may take is set by the caps of [limits](limits.md), and `BATTWHEELS_PROXIES`
there.

Two variables are read by commands of a garage's own machine alone, in place of their options:
`BATTWHEELS_GARAGE` (`--file`) and `BATTWHEELS_TOKEN` (`--token`) of `battwheels garage`.
"""


class AskedVariables(Mapping[str, str]):
    """An environment that holds nothing, and remembers which names it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def asked_variables() -> frozenset[str]:
    """Give every name that the settings look for."""
    environment = AskedVariables()
    Settings.read(environment)
    return frozenset(environment.names)


def print_settings() -> str:
    """Give the page as Markdown."""
    names, said = asked_variables(), setting_meanings()
    rows = [_setting_row(one, names, said) for one in fields(Settings) if one.name not in ELSEWHERE]
    return "".join([HEAD, *rows, TAIL])


def setting_meanings() -> dict[str, str]:
    """Give what the docstring says of each attribute."""
    _, _, attributes = (inspect.getdoc(Settings) or "").partition("Attributes:\n")
    return {
        name: " ".join(says.split()).replace("None", "unset")
        for names, says in ENTRY.findall(attributes)
        for name in names.split(", ")
    }


def variable_of(attribute: str, names: frozenset[str]) -> str:
    """Give the variable that an attribute is read from."""
    ours = RENAMED.get(attribute, f"{PREFIX}{attribute.upper()}")
    return ours if ours in names else attribute.upper()


def _setting_row(one: Field[object], names: frozenset[str], said: Mapping[str, str]) -> str:
    name = variable_of(one.name, names)
    file = "file" if f"{name}_FILE" in names else ""
    return f"| `{name}` | {_default_text(one)} | {said[one.name]} | {file} |\n"


def _default_text(one: Field[object]) -> str:
    value = None if one.default is MISSING else one.default
    text = value.value if isinstance(value, StrEnum) else str(value)
    return "" if value is None or not value else f"`{text}`"


if __name__ == "__main__":
    PAGE.write_text(print_settings(), encoding="utf-8")
