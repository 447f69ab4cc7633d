"""Bulk import of cards: batches in transactions of their own, repeated without harm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from domain.card_life import NEXT
from domain.cards import CardStatus, FailureCard
from domain.events import Event, EventType
from domain.ids import EventId, uuid7
from domain.matches import Embedding
from graph import outbox
from graph.card_rows import content_hash
from graph.card_writing import WRITES, Saved, save
from graph.database import Graph, Row, Transaction, rows

BATCH = 250
BATCH_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCount:
    """What an import did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


async def load(graph: Graph, cards: Sequence[tuple[FailureCard, Embedding | None]]) -> LoadCount:
    """Store cards; one that the last import already said is left as people have made it since.

    A card that is out of use stays so: an import does not bring it back.
    """
    last = {card.id: (card, embedding) for card, embedding in cards}
    ordered = [last[name] for name in sorted(last)]
    created = changed = 0
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        saved = await graph.write(lambda tx, batch=batch: _load(tx, batch), seconds=BATCH_SECONDS)
        created += sum(one.new for one in saved)
        changed += sum(not one.new for one in saved)
    return LoadCount(created=created, changed=changed, unchanged=len(ordered) - created - changed)


async def _load(
    tx: Transaction, batch: Sequence[tuple[FailureCard, Embedding | None]]
) -> list[Saved]:
    claimed = await rows(tx, WRITES["claim"], ids=[card.id for card, _ in batch])
    held = {row["id"]: row for row in claimed}
    found = (_next(held[card.id], card, embedding) for card, embedding in batch)
    saved = [one for one in found if one is not None]
    if saved:
        await save(tx, saved)
        await outbox.leave(tx, [_event(one) for one in saved])
    return saved


def _next(held: Row, card: FailureCard, embedding: Embedding | None) -> Saved | None:
    """Give what to write for an imported card, or None when it says nothing new."""
    said = content_hash(card)
    if held["version"] == 0:
        return _saved(card, embedding, said, new=True)
    if held["import_hash"] == said or not NEXT[CardStatus(held["status"])]:
        return None
    origin = replace(card.provenance, created_at=held["created_at"].to_native())
    following = replace(card, version=held["version"] + 1, provenance=origin)
    return _saved(following, embedding, said, new=False)


def _saved(card: FailureCard, embedding: Embedding | None, said: str, *, new: bool) -> Saved:
    author = card.provenance.author
    return Saved(card=card, by=author, new=new, embedding=embedding, import_hash=said)


def _event(saved: Saved) -> Event:
    """The event of an imported version: its id follows from card and version, so it is one."""
    card = saved.card
    digest = sha256(f"{card.id} {card.version}".encode()).digest()
    return Event(
        id=EventId(str(uuid7(card.provenance.updated_at, int.from_bytes(digest)))),
        type=EventType.CARD_CREATED if saved.new else EventType.CARD_UPDATED,
        entity=card.id,
        version=card.version,
        at=card.provenance.updated_at,
        actor=saved.by,
        garage=card.provenance.garage,
    )
