"""All that the stores of a test run have written to disk, searched for words nobody should find."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from graph.database import Graph

# As text is written by PostgreSQL, Redis and logs, and by a Java store.
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
# What the stores are made of, and no word of anybody.
CODE = frozenset({".jar", ".so"})
STRINGS = """MATCH (n) UNWIND keys(n) AS key WITH n[key] AS value
WHERE value IS :: STRING NOT NULL RETURN DISTINCT value
UNION MATCH ()-[r]->() UNWIND keys(r) AS key WITH r[key] AS value
WHERE value IS :: STRING NOT NULL RETURN DISTINCT value
UNION MATCH (n) UNWIND keys(n) AS key WITH n[key] AS found
WHERE found IS :: LIST<STRING NOT NULL> NOT NULL UNWIND found AS value RETURN DISTINCT value"""


def words_on_disk(home: Path, words: Iterable[str]) -> set[tuple[str, str]]:
    """Give the words that stand in a file below `home`, each with its store or the log that it is
    in: in any case, and in any of the usual encodings.
    """
    forms = {word: [word.lower().encode(form) for form in ENCODINGS] for word in words}
    found = set[tuple[str, str]]()
    for store, text in _files(home):
        lower = text.lower()
        found |= {
            (store, word) for word, ways in forms.items() if any(form in lower for form in ways)
        }
    return found


async def words_in_graph(graph: Graph, words: Iterable[str]) -> set[tuple[str, str]]:
    """Give the words that stand in a property of the graph: a store may pack short texts, so that
    no search of its files finds them.
    """
    texts = [str(row["value"]).lower() for row in await graph.read(STRINGS)]
    return {("neo4j", word) for word in words if any(word.lower() in text for text in texts)}


def _files(home: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.suffix not in CODE:
            store = path.relative_to(home).parts[0]
            yield path.name if store == "logs" else store, path.read_bytes()
