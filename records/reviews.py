"""The review queue: opened once for each reason, closed by a person or by the card's own change."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from domain.access import Actor
from domain.errors import NotFound
from domain.events import Event
from domain.ids import CardId, DefectAlarmId, GarageId, TicketId
from domain.reviews import Review, ReviewKind
from records import outbox
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("reviews.sql")


class ReviewStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def open(self, review: Review, events: Sequence[Event]) -> bool:
        """Open an entry, or a closed recheck again for another reason, and say whether it was.

        Its events name the entry that is kept.
        """
        async with self._records.transaction() as connection:
            kept = await insert(connection, review)
            if kept is not None:
                told = [replace(event, entity=kept) for event in events]
                await outbox.leave_events(connection, told)
        return kept is not None

    async def page(
        self, actor: Actor, *, first: int, after: str | None = None, kind: ReviewKind | None = None
    ) -> list[Review]:
        """Give up to `first` open entries that the actor may decide on, the oldest first."""
        wanted = {"first": first, "after": after, "kind": kind}
        if actor.reach.every_garage:
            rows = await self._records.rows(QUERIES["page_of_all"], **wanted)
        else:
            rows = await self._records.rows(QUERIES["page"], **wanted, garage=actor.garage)
        return [_review_of(row) for row in rows]

    async def get(self, id: str, actor: Actor) -> Review:
        """Give one entry, open or closed.

        Raises:
            NotFound: there is none, or not for this actor.
        """
        rows = await self._records.rows(QUERIES["entry"], id=id, **_visible_to(actor))
        if not rows:
            raise NotFound("review", id)
        return _review_of(rows[0])

    async def close(self, id: str, by: str, at: datetime) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["close"], {"id": id, "by": by, "at": at})

    async def settle(
        self, card: CardId, version: int, kinds: Collection[ReviewKind], by: str, at: datetime
    ) -> None:
        """Close what a card's own change answers: all entries of these kinds up to its version."""
        wanted = {"card": card, "version": version, "kinds": sorted(kinds), "by": by, "at": at}
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["settle"], wanted)


async def insert(connection: Connection, review: Review) -> str | None:
    """Open an entry within a transaction and give the id that it is kept by; None: it was there.

    What is about no card is told apart by `other`.
    """
    row = asdict(review) | {"other": review.other or review.alarm}
    kept = await (await connection.execute(QUERIES["open"], row)).fetchone()
    return None if kept is None else kept["id"]


def _visible_to(actor: Actor) -> Row:
    return {"everything": actor.reach.every_garage, "garage": actor.garage}


def _review_of(row: Row) -> Review:
    kind, card = ReviewKind(row["kind"]), row["card"]
    return Review(
        id=row["id"],
        kind=kind,
        card=None if card is None else CardId(card),
        version=row["version"],
        reason=row["reason"],
        at=row["at"],
        garage=GarageId(row["garage"]) if row["garage"] else None,
        ticket=TicketId(row["ticket"]) if row["ticket"] else None,
        other=CardId(row["other"]) if row["other"] and card else None,
        alarm=DefectAlarmId(row["other"]) if kind is ReviewKind.DEFECT else None,
        closed_at=row["closed_at"],
    )
