"""Writing cards inside a transaction: claim, compare, save, draw the edges."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.card_life import SEARCHABLE
from domain.cards import FailureCard
from domain.errors import InvalidInput
from domain.matches import Embedding
from graph import bodies, card_rows
from graph.card_rows import Row
from graph.database import Transaction, rows
from graph.queries import named, sized

WRITES = named("card_writes.cypher")
EDGES = named("card_edges.cypher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One card to write: who wrote this version, whether it is its first, and what goes with it.

    `before` is the stored body of the version that it follows.
    """

    card: FailureCard
    by: str
    new: bool
    embedding: Embedding | None = None
    import_hash: str | None = None
    before: str | None = None


async def save(tx: Transaction, saved: Sequence[Saved]) -> None:
    """Write cards whose nodes this transaction holds, in the order of their ids."""
    ordered = sorted(saved, key=lambda s: s.card.id)
    old = [s.card.id for s in ordered if not s.new]
    if old:
        await rows(tx, WRITES["cut"], ids=old)
        await rows(tx, WRITES["cut_parts"], ids=old)
    await rows(tx, WRITES["save"], rows=[_node(s) for s in ordered])
    await _each(tx, "count", [_usage(s.card) for s in ordered if s.new])
    await embed(tx, ordered)
    await _draw(tx, [s.card for s in ordered])


async def body_of(tx: Transaction, id: str, n: int) -> str | None:
    found = await rows(tx, WRITES["body"], id=id, n=n)
    return found[0]["body"] if found else None


def _node(saved: Saved) -> Row:
    card = saved.card
    kept = {} if saved.import_hash is None else {"import_hash": saved.import_hash}
    return {
        "id": card.id,
        "version": card.version,
        "findable": card.status in SEARCHABLE,
        "public": card.visibility.everyone,
        "properties": card_rows.properties(card) | kept,
        "body": bodies.card_body(card, saved.before),
        "by": saved.by,
        "at": card.provenance.updated_at,
        "schema": bodies.CARD_SCHEMA,
    }


def _usage(card: FailureCard) -> Row:
    return {"id": card.id, "usage": card_rows.usage_properties(card.usage)}


async def embed(tx: Transaction, saved: Iterable[Saved]) -> None:
    """Store vectors, each for the version that its words stand in."""
    by_size: dict[int, list[Row]] = defaultdict(list)
    for one in saved:
        if one.embedding is not None:
            vector = [float(x) for x in one.embedding.vector]
            row: Row = {
                "id": one.card.id,
                "version": one.card.version,
                "model": one.embedding.model,
                "vector": vector,
            }
            by_size[len(vector)].append(row)
    for size, found in by_size.items():
        await rows(tx, sized(WRITES["embed"], size), rows=found)


async def _draw(tx: Transaction, cards: Iterable[FailureCard]) -> None:
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for card in cards:
        for kind, found in card_rows.edges(card).items():
            by_kind[kind] += found
    for kind, found in by_kind.items():
        if found:
            await rows(tx, EDGES[kind], rows=found)


async def _each(tx: Transaction, name: str, found: list[Row]) -> None:
    if found:
        await rows(tx, WRITES[name], rows=found)


def check_sizes(embeddings: Iterable[Embedding | None], indexed: frozenset[int]) -> None:
    """Raise InvalidInput for an embedding whose size no index of this graph has (CA-25)."""
    for embedding in embeddings:
        if embedding is not None and len(embedding.vector) not in indexed:
            sizes = ", ".join(map(str, sorted(indexed)))
            reason = f"has {len(embedding.vector)} numbers; the graph is indexed for {sizes}"
            raise InvalidInput("embedding", reason)
