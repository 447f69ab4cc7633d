"""`battwheels queries`: every named Cypher and SQL query, whole, as the stores are asked it."""

from collections.abc import Iterator
from importlib import resources
from typing import Annotated

import typer

from graph import queries as cypher
from graph.card_pages import PIECES, STARTS
from records import queries as sql

# The packages whose `queries/` hold SQL.
SQL = ("records", "billing")
Name = Annotated[str | None, typer.Argument(help="A query's name, or FILE:NAME; all if left out.")]


def queries(name: Name = None) -> None:
    """Print every named query whole, or those of one name; ready to paste into Bloom or psql."""
    found = [
        (file, query, text)
        for file, query, text in every_query()
        if name in {None, query, f"{file}:{query}"}
    ]
    for file, query, text in found:
        mark = "//" if file.endswith(".cypher") else "--"
        typer.echo(f"{mark} {file}: {query}\n{text.strip()}\n")
    if not found:
        typer.echo(f"No query is called {name}. `battwheels queries` prints them all.", err=True)
        raise typer.Exit(1)


def every_query() -> Iterator[tuple[str, str, str]]:
    """Give each query as its file, its name and its whole text, fragments in their places."""
    for file in _files("graph", ".cypher"):
        for query, text in cypher.named_queries(file.rpartition("/")[2]).items():
            yield file, query, text
    for start in ("from_all", *STARTS.values()):
        whole = f"{PIECES[start]}\n{PIECES['to_page']}"
        yield "graph/queries/card_pages.cypher", f"page_{start}", whole
    for package in SQL:
        for file in _files(package, ".sql"):
            for query, text in sql.named_queries(file.rpartition("/")[2], package).items():
                yield file, query, text


def _files(package: str, ending: str) -> list[str]:
    folder = resources.files(package) / "queries"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(ending))
    return [f"{package}/queries/{name}" for name in names]
