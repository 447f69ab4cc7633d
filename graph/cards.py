"""The store of failure cards: every read is narrowed to what the viewer may see."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.access import Viewer
from domain.card_lifecycle import NEXT, SEARCHABLE
from domain.cards import CardStatus, FailureCard
from domain.errors import AlreadyExists, NotFound, StaleVersion
from domain.events import Event
from domain.ids import CardId, GarageId
from domain.matches import Embedding
from domain.tombstones import Tombstone
from domain.usage import Usage
from domain.vehicles import FirmwareRelease, name_key
from graph import bodies, card_imports, card_rows, card_writes, outbox
from graph.card_imports import CardPreview, ImportCount
from graph.card_pages import EVERY_CARD, CardFilter, page_query
from graph.card_writes import WRITES, CardToSave, save_cards, stored_body
from graph.database import Graph, Row, Transaction, run_query
from graph.decoded_cards import DecodedCards, read_usage, with_usage
from graph.queries import named_queries
from graph.tombstones import read_tombstone, tombstone_row
from graph.visibility import viewer_parameters

READS = named_queries("cards.cypher")
PAGE_LIMIT = 1_000
KILOMETRE = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardVersion:
    """One entry of a card's history: version `n`, who wrote it, and when."""

    n: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCounters:
    """A card's counters and reputation, when `heard` effects and words were known of it."""

    card: CardId
    usage: Usage
    heard: int
    reputation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedCard:
    """A card that was marked to be checked again."""

    card: CardId
    version: int
    garage: GarageId | None


NoteChange = Callable[[MarkedCard], Event]


class CardWatcher(Protocol):
    """Somebody who keeps cards: told of each change before it begins and when it is over."""

    def changing(self, ids: Sequence[CardId] | None) -> AbstractAsyncContextManager[None]:
        """Surround a change of these cards; None: nobody knows yet of which."""
        ...


class CardStore:
    def __init__(
        self, graph: Graph, watch: CardWatcher | None = None, cache: DecodedCards | None = None
    ) -> None:
        self._graph = graph
        self._watchers = [] if watch is None else [watch]
        self._cache = cache or DecodedCards()

    def watch(self, watcher: CardWatcher) -> None:
        """Tell one more who keeps cards; it is the first to hear that a change is over."""
        self._watchers.append(watcher)

    async def add(
        self, card: FailureCard, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        """Store a new card and its events; the same card again changes nothing.

        Raises:
            AlreadyExists: the id is taken by a card that says something else.
            NotFound: the card was deleted.
            InvalidInput: the embedding's size is not indexed.
        """
        card_writes.check_sizes([embedding], await self._graph.embedding_sizes())

        async def work(tx: Transaction) -> None:
            claimed = await run_query(tx, WRITES["claim"], ids=[card.id])
            if not claimed:
                raise NotFound("failure card", card.id)
            if claimed[0]["version"] > 0:
                if not bodies.same_card(await stored_body(tx, card.id, card.version), card):
                    raise AlreadyExists("failure card", card.id)
                return
            saved = CardToSave(
                card=card, by=_writer_of(card, events), new=True, embedding=embedding
            )
            await save_cards(tx, [saved])
            await outbox.leave_events(tx, events)

        async with self._changing([card.id]):
            await self._graph.write(work)

    async def put(
        self,
        card: FailureCard,
        events: Sequence[Event],
        *,
        expected: int,
        embedding: Embedding | None = None,
    ) -> None:
        """Store the next version of a card; without an embedding it keeps the one it has.

        Raises:
            StaleVersion: the stored card is not at version `expected`.
            NotFound: there is no such card.
            InvalidInput: the embedding's size is not indexed.
        """
        card_writes.check_sizes([embedding], await self._graph.embedding_sizes())

        async def work(tx: Transaction) -> None:
            held = await run_query(tx, WRITES["hold"], id=card.id)
            if not held:
                raise NotFound("failure card", card.id)
            if held[0]["version"] != expected:
                raise StaleVersion(card.id, expected, held[0]["version"])
            saved = CardToSave(
                card=card,
                by=_writer_of(card, events),
                new=False,
                embedding=embedding,
                before=await stored_body(tx, card.id, expected),
            )
            await save_cards(tx, [saved])
            await outbox.leave_events(tx, events)

        async with self._changing([card.id]):
            await self._graph.write(work)

    async def bury(self, stone: Tombstone, events: Sequence[Event], *, expected: int) -> None:
        """Leave a tombstone in place of a card; its versions stay, and nobody finds them.

        Raises:
            StaleVersion: the stored card is not at version `expected`.
            NotFound: there is no such card.
        """
        card = CardId(stone.id)

        async def work(tx: Transaction) -> None:
            held = await run_query(tx, WRITES["hold"], id=card)
            if not held:
                raise NotFound("failure card", card)
            if held[0]["version"] != expected:
                raise StaleVersion(card, expected, held[0]["version"])
            await run_query(tx, WRITES["cut_parts"], ids=[card])
            await run_query(tx, WRITES["bury"], id=card, tombstone=tombstone_row(stone))
            await outbox.leave_events(tx, events)

        async with self._changing([card]):
            await self._graph.write(work)

    async def tombstones(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, Tombstone]:
        """Give those of these cards that were deleted, and that these eyes could see until then."""
        found = await self._graph.entries(READS["buried"], ids=list(ids))
        return {
            CardId(row["tombstone"]["id"]): read_tombstone(row["tombstone"])
            for row in found
            if bodies.read_card(row["body"]).open_to(viewer)
        }

    async def load(
        self, cards: Sequence[tuple[FailureCard, Embedding | None]], *, into: str | None = None
    ) -> ImportCount:
        """Store imported cards in bulk: what an import said before changes nothing.

        `into`: the import on record that they belong to.
        """
        sizes = await self._graph.embedding_sizes()
        card_writes.check_sizes((embedding for _, embedding in cards), sizes)
        async with self._changing(None):
            return await card_imports.import_cards(self._graph, cards, into)

    async def preview(self, cards: Sequence[FailureCard]) -> list[CardPreview]:
        """Say what loading these cards would do."""
        return await card_imports.preview_cards(self._graph, cards)

    async def unembedded(self, limit: int) -> list[FailureCard]:
        """Give cards whose words have no vector, or one of another model (`outdate`)."""
        found = await self._graph.entries(READS["unembedded"], limit=limit)
        return [_read_row(row) for row in found]

    async def embed(self, cards: Sequence[tuple[FailureCard, Embedding]]) -> None:
        """Give cards their vectors; one that has a newer version by now is left alone.

        Raises:
            InvalidInput: an embedding's size is not indexed.
        """
        sizes = await self._graph.embedding_sizes()
        card_writes.check_sizes((embedding for _, embedding in cards), sizes)
        saved = [CardToSave(card=c, by="", new=False, embedding=e) for c, e in cards]
        await self._graph.write(lambda tx: card_writes.embed_cards(tx, saved))

    async def outdate(self, model: str) -> None:
        """Mark the cards whose vectors are not of this model, so that they are embedded again."""

        async def work(tx: Transaction) -> None:
            await run_query(tx, WRITES["outdate"], model=model)

        await self._graph.write(work)

    async def get(self, id: CardId, viewer: Viewer) -> FailureCard:
        """Give one card.

        Raises:
            NotFound: there is none, or not for these eyes.
        """
        found = await self.many([id], viewer)
        if id not in found:
            raise NotFound("failure card", id)
        return found[id]

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        found = await self._graph.entries(READS["get"], ids=list(ids), **viewer_parameters(viewer))
        return {card.id: card for card in await self._whole(found)}

    async def version(self, id: CardId, n: int, viewer: Viewer) -> FailureCard:
        """Give a card as version `n` said it, with its counters of now.

        Both have to be for these eyes, the card as it is and the version as it was: what was
        private before it was published stays so.

        Raises:
            NotFound: no such card or version, or not for these eyes.
        """
        found = await self._graph.entries(READS["version"], id=id, n=n, **viewer_parameters(viewer))
        for row in found:
            card = _read_row(row)
            if card.open_to(viewer, on_bench=row["on_bench"]):
                return card
        raise NotFound("failure card", f"{id} version {n}")

    async def severities(self, ids: Sequence[str]) -> dict[str, int]:
        """Give the severity of each of these cards, 1 to 4, whoever asks."""
        found = await self._graph.entries(READS["severities"], ids=list(ids))
        return {row["id"]: row["level"] for row in found}

    async def evidence_keys(self, prefix: str) -> frozenset[str]:
        """Give the keys of all files that cards show, of those that begin so."""
        found: list[Any] = await self._graph.entries(READS["evidence_keys"], prefix=prefix)
        return frozenset(found)

    async def once_visible(self, ids: Sequence[CardId], viewer: Viewer) -> set[CardId]:
        """Give those of which some version was open to these eyes, whatever they are by now."""
        found = await self._graph.entries(READS["earlier"], ids=list(ids))
        versions = (bodies.read_card(row["body"]) for row in found)
        return {card.id for card in versions if card.open_to(viewer, on_bench=True)}

    async def since(self, id: CardId, n: int) -> list[FailureCard]:
        """Give a card's versions from `n` on, oldest first, whoever may see them, uncounted."""
        found = await self._graph.entries(READS["since"], id=id, n=n)
        return [bodies.read_card(row["body"]) for row in found]

    async def record_of(self, author: str) -> tuple[int, int]:
        """Give how often the cards that somebody wrote worked, and failed."""
        found = await self._graph.entries(READS["record_of"], author=author)
        return sum(row["successes"] for row in found), sum(row["failures"] for row in found)

    async def versions(self, id: CardId, viewer: Viewer) -> list[CardVersion]:
        """Give the history, the newest first, without the versions that are not for these eyes.

        Raises:
            NotFound: there is no such card, or not for these eyes.
        """
        found = await self._graph.entries(READS["versions"], id=id, **viewer_parameters(viewer))
        if not found:
            raise NotFound("failure card", id)
        return [
            CardVersion(n=row["n"], by=row["by"], at=row["at"].to_native())
            for row in found
            if bodies.read_card(row["body"]).open_to(viewer, on_bench=row["on_bench"])
        ]

    async def page(
        self,
        viewer: Viewer,
        *,
        first: int,
        after: str | None = None,
        filter: CardFilter = EVERY_CARD,
    ) -> list[FailureCard]:
        """Give up to `first` cards by id, those beyond the id `after`."""
        query, parameters = page_query(filter)
        limits = {"after": after or "", "first": min(first, PAGE_LIMIT)}
        found = await self._graph.entries(
            query, **parameters, **limits, **viewer_parameters(viewer)
        )
        return await self._whole(found)

    async def cards_near(
        self, lat: float, lon: float, km: float, viewer: Viewer, limit: int = 100
    ) -> list[FailureCard]:
        """Give the cards found within `km` of a place, the nearest first."""
        where = {"lat": lat, "lon": lon, "metres": km * KILOMETRE, "limit": min(limit, PAGE_LIMIT)}
        return await self._read("near", viewer, **where)

    async def best(self, viewer: Viewer, limit: int, least: float = 0.0) -> list[FailureCard]:
        """Give the searchable cards of the highest effectiveness, ties by their uses."""
        statuses = sorted(SEARCHABLE)
        return await self._read("best", viewer, least=least, statuses=statuses, limit=limit)

    async def count(self, viewer: Viewer) -> int:
        if viewer.sees_all:
            [row] = await self._graph.read(READS["count_all"])
        else:
            [row] = await self._graph.read(READS["count"], **viewer_parameters(viewer))
        return row["cards"]

    async def save_counters(self, counted: Sequence[CardCounters]) -> None:
        """Set the counters of cards; one that heard less than the node did changes nothing."""
        found = [
            {
                "id": one.card,
                "heard": one.heard,
                "usage": card_rows.usage_properties(one.usage),
                "reputation": one.reputation,
            }
            for one in sorted(counted, key=lambda one: one.card)
        ]

        async def work(tx: Transaction) -> None:
            await run_query(tx, WRITES["tally"], rows=found)

        async with self._changing([one.card for one in counted]):
            await self._graph.write(work)

    async def page_of_usage(self, ids: Sequence[CardId]) -> dict[CardId, Usage]:
        """Give the counters as they stand on the nodes, for those of these cards that exist."""
        found = await self._graph.entries(WRITES["counted"], ids=list(ids))
        return {CardId(row["id"]): read_usage(row) for row in found}

    async def of_signature(self, hash: str, make: str) -> list[tuple[CardId, CardStatus]]:
        """Give the cards of one signature and make key with their states, whoever may see them."""
        found = await self._graph.entries(WRITES["by_signature"], hash=hash, make=make)
        return [(CardId(row["id"]), CardStatus(row["status"])) for row in found]

    async def drafts(self, make: str, beside: CardId, limit: int) -> list[CardId]:
        """Give the drafts of one make that say what to do, the newest first."""
        wanted = {"make": make, "id": beside, "limit": limit}
        return [CardId(row["id"]) for row in await self._graph.entries(WRITES["drafts"], **wanted)]

    async def mark_for_release(
        self, release: FirmwareRelease, reason: str, told: NoteChange
    ) -> list[CardId]:
        """Mark what a firmware release of a model puts in doubt, with its events."""
        model = {"make": name_key(release.make), "model": name_key(release.model)}
        return await self._mark("release", told, **model, firmware=release.firmware, reason=reason)

    async def mark_for_part(
        self, old: str, new: str, reason: str, told: NoteChange
    ) -> list[CardId]:
        """Put a part in another's place and mark the cards that use the older one."""
        return await self._mark("supersede", told, old=old, new=new, reason=reason)

    async def mark_lapsed(self, id: CardId, reason: str, told: NoteChange) -> list[CardId]:
        """Mark a card that stopped working, with its event; one out of use stays as it is."""
        return await self._mark("lapse", told, id=id, reason=reason)

    async def clear_recheck(self, id: CardId) -> None:
        """Take the mark off a card that still holds."""

        async def work(tx: Transaction) -> None:
            await run_query(tx, WRITES["checked"], id=id)

        async with self._changing([id]):
            await self._graph.write(work)

    async def _mark(self, name: str, told: NoteChange, **parameters: object) -> list[CardId]:
        live = sorted(status for status, following in NEXT.items() if following)

        async def work(tx: Transaction) -> list[CardId]:
            found = await run_query(tx, WRITES[name], live=live, **parameters)
            await outbox.leave_events(tx, [told(_marked_card(row)) for row in found])
            return [CardId(row["id"]) for row in found]

        async with self._changing(None):
            return await self._graph.write(work)

    @asynccontextmanager
    async def _changing(self, ids: Sequence[CardId] | None) -> AsyncGenerator[None]:
        async with AsyncExitStack() as told:
            for watcher in self._watchers:
                await told.enter_async_context(watcher.changing(ids))
            yield

    async def _whole(self, found: Sequence[Row]) -> list[FailureCard]:
        """Give the cards of rows that say which version stands; only new versions are read."""
        missing = self._cache.missing(found)
        wanted = [{"card": card, "n": n} for card, n in missing]
        read = await self._graph.entries(READS["bodies"], wanted=wanted) if wanted else []
        cards = self._cache.cards(found, read)
        self._cache.trim()
        return cards

    async def _read(self, name: str, viewer: Viewer, **parameters: object) -> list[FailureCard]:
        found = await self._graph.entries(READS[name], **parameters, **viewer_parameters(viewer))
        return [_read_row(row) for row in found]


def _read_row(row: Row) -> FailureCard:
    return with_usage(bodies.read_card(row["body"]), row["usage"])


def _marked_card(row: Row) -> MarkedCard:
    garage = None if row["garage"] is None else GarageId(row["garage"])
    return MarkedCard(card=CardId(row["id"]), version=row["version"], garage=garage)


def _writer_of(card: FailureCard, events: Sequence[Event]) -> str:
    return events[0].actor if events else card.provenance.author
