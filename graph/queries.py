"""Named Cypher: the files of `graph/queries/` hold statements under a `// name:` line.

A name in capitals is a fragment: the statements below it hold its text wherever they say its name.
"""

import re
from collections.abc import Mapping
from importlib import resources
from typing import LiteralString, cast

NAME = re.compile(r"^// name: (\w+)$", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
SIZES = range(1, 4097)


def named_queries(file: str) -> Mapping[str, LiteralString]:
    """Give the statements of one file by name, comments left out.

    They are literal in the sense that matters: they ship with the code and no input reaches them.
    """
    text = (resources.files("graph") / "queries" / file).read_text()
    pieces = NAME.split(text)[1:]
    found: dict[str, str] = {}
    for name, body in zip(pieces[::2], pieces[1::2], strict=True):
        found[name] = _whole_query(COMMENT.sub("", body).strip(), found)
    statements = {name: text for name, text in found.items() if not name.isupper()}
    return cast("Mapping[str, LiteralString]", statements)


def _whole_query(text: str, above: Mapping[str, str]) -> str:
    """Give the text with every fragment above it in its place."""
    for name, fragment in above.items():
        if name.isupper():
            text = re.sub(rf"\b{name}\b", lambda _, it=fragment: it, text)
    return text


def sized_query(query: LiteralString, dimensions: int) -> LiteralString:
    """Give a query that speaks of embeddings of this size: each size has its property and index.

    Cypher takes neither as a parameter; the size is a whole number, so nothing else can enter.
    """
    if dimensions not in SIZES:
        raise ValueError(dimensions)
    return cast("LiteralString", query.replace("_SIZE", f"_{dimensions:d}"))
