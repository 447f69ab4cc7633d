"""Bulk import of cards: batches in transactions of their own, repeated without harm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from domain.card_lifecycle import NEXT
from domain.cards import CardStatus, FailureCard
from domain.events import Event, EventType
from domain.ids import EventId, uuid7
from domain.matches import Embedding
from graph import outbox
from graph.card_rows import content_hash
from graph.card_writes import WRITES, CardToSave, save_cards
from graph.database import Graph, Row, Transaction, run_query

BATCH = 250
BATCH_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCount:
    """What an import did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


async def import_cards(
    graph: Graph, cards: Sequence[tuple[FailureCard, Embedding | None]]
) -> ImportCount:
    """Store cards; one that the last import already said is left as people have made it since.

    A card that is out of use stays so: an import does not bring it back.
    """
    last = {card.id: (card, embedding) for card, embedding in cards}
    ordered = [last[name] for name in sorted(last)]
    created = changed = 0
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        saved = await graph.write(
            lambda tx, batch=batch: _import_batch(tx, batch), seconds=BATCH_SECONDS
        )
        created += sum(one.new for one in saved)
        changed += sum(not one.new for one in saved)
    return ImportCount(created=created, changed=changed, unchanged=len(ordered) - created - changed)


async def _import_batch(
    tx: Transaction, batch: Sequence[tuple[FailureCard, Embedding | None]]
) -> list[CardToSave]:
    claimed = await run_query(tx, WRITES["claim"], ids=[card.id for card, _ in batch])
    held = {row["id"]: row for row in claimed}
    found = (_next_version(held[card.id], card, embedding) for card, embedding in batch)
    saved = [one for one in found if one is not None]
    if saved:
        await save_cards(tx, saved)
        await outbox.leave_events(tx, [_import_event(one) for one in saved])
    return saved


def _next_version(held: Row, card: FailureCard, embedding: Embedding | None) -> CardToSave | None:
    """Give what to write for an imported card, or None when it says nothing new."""
    said = content_hash(card)
    if held["version"] == 0:
        return _card_to_save(card, embedding, said, new=True)
    if held["import_hash"] == said or not NEXT[CardStatus(held["status"])]:
        return None
    origin = replace(card.provenance, created_at=held["created_at"].to_native())
    following = replace(card, version=held["version"] + 1, provenance=origin)
    return _card_to_save(following, embedding, said, new=False)


def _card_to_save(
    card: FailureCard, embedding: Embedding | None, said: str, *, new: bool
) -> CardToSave:
    author = card.provenance.author
    return CardToSave(card=card, by=author, new=new, embedding=embedding, import_hash=said)


def _import_event(saved: CardToSave) -> Event:
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
