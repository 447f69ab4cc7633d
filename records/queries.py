"""Named SQL: the files of a package's `queries/` hold statements under a `-- name:` line."""

import re
from collections.abc import Mapping
from importlib import resources
from typing import LiteralString, cast

NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def named_queries(file: str, package: str = "records") -> Mapping[str, LiteralString]:
    """Give the statements of one file by name.

    They are literal in the sense that matters: they ship with the code and no input reaches them.
    """
    text = (resources.files(package) / "queries" / file).read_text()
    pieces = NAME.split(text)[1:]
    found = dict(zip(pieces[::2], pieces[1::2], strict=True))
    return cast("Mapping[str, LiteralString]", found)
