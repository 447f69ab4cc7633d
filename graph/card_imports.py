"""Bulk import of cards: batches in transactions of their own, repeated without harm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from domain.card_imports import UNCHANGED, ImportDecision, decide_import
from domain.cards import FailureCard
from domain.events import Event, EventType
from domain.ids import CardId, EventId, uuid7
from domain.matches import Embedding
from graph import bodies, outbox
from graph.card_rows import content_hash
from graph.card_writes import WRITES, CardToSave, save_cards
from graph.database import Graph, Row, Transaction, run_query
from graph.queries import named_queries

IMPORTS = named_queries("imports.cypher")
BATCH = 250
DELETED = "it was deleted here, and a file does not bring it back"
BATCH_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftCard:
    """A card that a file says otherwise than it stands, and why it is left as it is."""

    card: CardId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCount:
    """What an import did; `left` are those that it did not change, of which it said otherwise."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left: tuple[LeftCard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPreview:
    """What an import would do to one card: `before` is what stands there, `after` what would."""

    card: CardId
    before: FailureCard | None
    after: FailureCard | None
    left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCard:
    """A card that is known: its version, what the last import said, and whether that was undone."""

    version: int
    import_hash: str | None
    undone: str | None
    created_at: datetime
    card: FailureCard


async def import_cards(
    graph: Graph, cards: Sequence[tuple[FailureCard, Embedding | None]], into: str | None = None
) -> ImportCount:
    """Store cards; one that the last import already said is left as people have made it since.

    A card that is out of use stays so: an import does not bring it back, unless an undone import
    put it out of use. `into` is the import that the cards belong to.
    """
    last = {card.id: (card, embedding) for card, embedding in cards}
    ordered = [last[name] for name in sorted(last)]
    created = changed = 0
    left = list[LeftCard]()
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        saved, spared = await graph.write(
            lambda tx, batch=batch: _import_batch(tx, batch, into), seconds=BATCH_SECONDS
        )
        created += sum(one.new for one in saved)
        changed += sum(not one.new for one in saved)
        left += spared
    return ImportCount(
        created=created,
        changed=changed,
        unchanged=len(ordered) - created - changed,
        left=tuple(left),
    )


async def preview_cards(graph: Graph, cards: Sequence[FailureCard]) -> list[CardPreview]:
    """Say what importing these cards would do, and write nothing."""
    previews = list[CardPreview]()
    for start in range(0, len(cards), BATCH):
        batch = cards[start : start + BATCH]
        ids = [card.id for card in batch]
        rows = await graph.entries(IMPORTS["known_cards"], ids=ids)
        held = {row["id"]: _held_card(row, row["body"]) for row in rows}
        gone = {str(one) for one in await graph.entries(IMPORTS["deleted_cards"], ids=ids)}
        previews += [_preview(held.get(card.id), card, gone=card.id in gone) for card in batch]
    return previews


def _preview(held: HeldCard | None, card: FailureCard, *, gone: bool) -> CardPreview:
    if gone:
        return CardPreview(card=card.id, before=None, after=None, left=DELETED)
    if held is None:
        return CardPreview(card=card.id, before=None, after=card)
    decision = _decide(held, card)
    return CardPreview(card=card.id, before=held.card, after=decision.card, left=decision.left)


async def _import_batch(
    tx: Transaction, batch: Sequence[tuple[FailureCard, Embedding | None]], into: str | None
) -> tuple[list[CardToSave], list[LeftCard]]:
    claimed = await run_query(tx, WRITES["claim"], ids=[card.id for card, _ in batch])
    held = await _held_cards(tx, claimed)
    saved, left, before = list[CardToSave](), list[LeftCard](), dict[str, HeldCard]()
    taken = {row["id"] for row in claimed}
    for card, embedding in batch:
        if card.id not in taken:
            left.append(LeftCard(card=card.id, why=DELETED))
            continue
        known, said = held.get(card.id), content_hash(card)
        decision = ImportDecision(card) if known is None else _decide(known, card)
        if decision.left:
            left.append(LeftCard(card=card.id, why=decision.left))
        if decision.card is not None:
            # A vector of the file's words is none of the words that stand.
            fits = decision.card.wording == card.wording
            saved.append(_card_to_save(decision.card, embedding if fits else None, said, known))
        if known is not None:
            before[card.id] = known
    if saved:
        await save_cards(tx, saved)
        await outbox.leave_events(tx, [_import_event(one) for one in saved])
        if into is not None:
            rows = [_wrote_row(one, before.get(one.card.id)) for one in saved]
            await run_query(tx, IMPORTS["wrote"], **{"import": into, "rows": rows})
    return saved, left


async def _held_cards(tx: Transaction, claimed: Sequence[Row]) -> dict[str, HeldCard]:
    known = {row["id"]: row for row in claimed if row["version"] > 0}
    wanted = [{"id": name, "n": row["version"]} for name, row in known.items()]
    found = await run_query(tx, IMPORTS["versions_of"], rows=wanted) if wanted else []
    return {row["id"]: _held_card(known[row["id"]], row["body"]) for row in found}


def _held_card(row: Row, body: str) -> HeldCard:
    return HeldCard(
        version=row["version"],
        import_hash=row["import_hash"],
        undone=row["undone"],
        created_at=row["created_at"].to_native(),
        card=bodies.read_card(body),
    )


def _decide(held: HeldCard, card: FailureCard) -> ImportDecision:
    """Give the next version of a card that is known, if the file says anything new of it."""
    if held.import_hash == content_hash(card):
        return UNCHANGED
    decision = ImportDecision(card) if held.undone else decide_import(held.card, card)
    if decision.card is None:
        return decision
    origin = replace(decision.card.provenance, created_at=held.created_at)
    return ImportDecision(replace(decision.card, version=held.version + 1, provenance=origin))


def _card_to_save(
    card: FailureCard, embedding: Embedding | None, said: str, held: HeldCard | None
) -> CardToSave:
    by, new = card.provenance.author, held is None
    return CardToSave(card=card, by=by, new=new, embedding=embedding, import_hash=said)


def _wrote_row(saved: CardToSave, held: HeldCard | None) -> Row:
    version, said = (0, None) if held is None else (held.version, held.import_hash)
    return {"id": saved.card.id, "before": version, "after": saved.card.version, "hash": said}


def _import_event(saved: CardToSave) -> Event:
    """The event of an imported version: its id follows from card and version, so it is one."""
    kind = EventType.CARD_CREATED if saved.new else EventType.CARD_UPDATED
    return version_event(saved.card, kind, saved.by, saved.card.provenance.updated_at)


def version_event(card: FailureCard, kind: EventType, by: str, at: datetime) -> Event:
    """Give the event of a card's version, whose id follows from both."""
    digest = sha256(f"{card.id} {card.version}".encode()).digest()
    return Event(
        id=EventId(str(uuid7(at, int.from_bytes(digest)))),
        type=kind,
        entity=card.id,
        version=card.version,
        at=at,
        actor=by,
        garage=card.provenance.garage,
    )
