"""Writing cards inside a transaction: claim, compare, save, draw the edges."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.card_lifecycle import SEARCHABLE
from domain.cards import FailureCard
from domain.errors import InvalidInput
from domain.matches import Embedding
from graph import bodies, card_rows
from graph.card_rows import Row
from graph.database import Transaction, run_query
from graph.queries import named_queries, sized_query

WRITES = named_queries("card_writes.cypher")
EDGES = named_queries("card_edges.cypher")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToSave:
    """One card to write: who wrote this version, whether it is its first, and what goes with it.

    `before` is the stored body of the version that it follows.
    """

    card: FailureCard
    by: str
    new: bool
    embedding: Embedding | None = None
    import_hash: str | None = None
    before: str | None = None


async def save_cards(tx: Transaction, saved: Sequence[CardToSave]) -> None:
    """Write cards whose nodes this transaction holds, in the order of their ids."""
    ordered = sorted(saved, key=lambda s: s.card.id)
    old = [s.card.id for s in ordered if not s.new]
    if old:
        await run_query(tx, WRITES["cut"], ids=old)
        await run_query(tx, WRITES["cut_parts"], ids=old)
    await run_query(tx, WRITES["save"], rows=[_node_row(s) for s in ordered])
    await _run_for_each(tx, "count", [_usage_row(s.card) for s in ordered if s.new])
    await embed_cards(tx, ordered)
    await _draw_edges(tx, [s.card for s in ordered])


async def stored_body(tx: Transaction, id: str, n: int) -> str | None:
    found = await run_query(tx, WRITES["body"], id=id, n=n)
    return found[0]["body"] if found else None


def _node_row(saved: CardToSave) -> Row:
    card = saved.card
    # Whoever is imported again is no longer taken back.
    kept = {} if saved.import_hash is None else {"import_hash": saved.import_hash, "undone": None}
    return {
        "id": card.id,
        "version": card.version,
        "findable": card.status in SEARCHABLE,
        "public": card.visibility.everyone,
        "properties": card_rows.card_properties(card) | kept,
        "body": bodies.write_card(card, saved.before),
        "by": saved.by,
        "at": card.provenance.updated_at,
        "schema": bodies.CARD_SCHEMA,
    }


def _usage_row(card: FailureCard) -> Row:
    return {"id": card.id, "usage": card_rows.usage_properties(card.usage)}


async def embed_cards(tx: Transaction, saved: Iterable[CardToSave]) -> None:
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
        await run_query(tx, sized_query(WRITES["embed"], size), rows=found)


async def _draw_edges(tx: Transaction, cards: Iterable[FailureCard]) -> None:
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for card in cards:
        for kind, found in card_rows.card_edges(card).items():
            by_kind[kind] += found
    for kind, found in by_kind.items():
        if found:
            await run_query(tx, EDGES[kind], rows=found)


async def _run_for_each(tx: Transaction, name: str, found: list[Row]) -> None:
    if found:
        await run_query(tx, WRITES[name], rows=found)


def check_sizes(embeddings: Iterable[Embedding | None], indexed: frozenset[int]) -> None:
    """Raise InvalidInput for an embedding whose size no index of this graph has (CA-25)."""
    for embedding in embeddings:
        if embedding is not None and len(embedding.vector) not in indexed:
            sizes = ", ".join(map(str, sorted(indexed)))
            reason = f"has {len(embedding.vector)} numbers; the graph is indexed for {sizes}"
            raise InvalidInput("embedding", reason)
