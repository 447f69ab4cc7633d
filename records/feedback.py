"""Feedback in Postgres: what was said, with its history, and what was done with suggestions."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from domain.errors import StaleVersion
from domain.events import Event
from domain.feedback import (
    CLICKS_MOST,
    DWELL_MOST_MS,
    Feedback,
    Impression,
    Opinion,
    change_feedback,
)
from domain.ids import CardId, GarageId, PersonId, TicketId
from domain.tickets import Ticket
from domain.vehicles import name_key
from records import outbox
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("feedback.sql")


class FeedbackStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def save_opinion(
        self, ticket: Ticket, said: Feedback, expected: int, events: Sequence[Event]
    ) -> Feedback:
        """Write a person's word on a repair, as the version after `expected` (0: the first).

        The same word again changes nothing: whoever said it may not have heard the answer.

        Raises:
            StaleVersion: they said something since.
        """
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["about"], _ticket_row(ticket))
            held = await _stored_feedback(connection, said)
            if held and held.version == expected + 1 and held.opinion == said.opinion:
                return held
            kept = await _save_feedback(connection, held, said, expected)
            await connection.execute(QUERIES["keep"], _feedback_row(kept))
            await outbox.leave_events(
                connection, [replace(e, version=kept.version) for e in events]
            )
        return kept

    async def history(self, ticket: TicketId, person: PersonId | None = None) -> list[Feedback]:
        """Give all versions of what was said of a repair, or of what one person said."""
        rows = await self._records.rows(QUERIES["history"], ticket=ticket, person=person)
        return [_feedback_of(row) for row in rows]

    async def save_impressions(
        self,
        ticket: Ticket,
        person: PersonId,
        seen: Sequence[Impression],
        at: datetime,
        event: Event,
    ) -> None:
        """Add what a person did with the cards suggested for a ticket, up to the caps.

        It is added once for its event: whoever sent it may not have heard the answer.
        """
        common = {"ticket": ticket.id, "person": person, "garage": ticket.garage, "at": at}
        caps = {"clicks_most": CLICKS_MOST, "dwell_most": DWELL_MOST_MS}
        async with self._records.transaction() as connection:
            if not await outbox.leave_first(connection, event):
                return
            await connection.execute(QUERIES["about"], _ticket_row(ticket))
            for one in sorted(seen, key=lambda impression: impression.card):
                await connection.execute(QUERIES["observe"], common | caps | asdict(one))

    async def feedback_about(self, ticket: Ticket) -> None:
        """Note what a ticket is about, for the sums by vehicle and by symptom."""
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["about"], _ticket_row(ticket))

    async def record_closing(self, ticket: Ticket) -> list[CardId]:
        """Note how a repair was handed back, each time that it was, and give the cards it is of.

        The customer's stars and the card are those of the newest version of the ticket.
        """
        cards: set[str | None] = set()
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["one_ticket_at_a_time"], {"ticket": ticket.id})
            for row in _closing_rows(ticket):
                cursor = await connection.execute(QUERIES["closed"], row)
                cards |= {found["card"] for found in await cursor.fetchall()}
        return [CardId(card) for card in sorted(filter(None, cards))]

    async def record_revisit(self, ticket: TicketId, by: datetime) -> list[CardId]:
        """Note that a repair closed by then did not hold, and give the cards it ended with."""
        async with self._records.transaction() as connection:
            told = {"ticket": ticket, "by": by}
            cursor = await connection.execute(QUERIES["came_back"], told)
            rows = await cursor.fetchall()
        return [CardId(row["card"]) for row in rows if row["card"]]

    async def first_fixes(self, tickets: Sequence[TicketId]) -> dict[TicketId, bool]:
        """Say of each repair that was closed whether it worked and has held since."""
        rows = await self._records.rows(QUERIES["first_fixes"], tickets=list(tickets))
        return {TicketId(row["ticket"]): row["first_fix"] for row in rows}


async def _stored_feedback(connection: Connection, said: Feedback) -> Feedback | None:
    key = {"ticket": said.ticket, "person": said.person}
    row = await (await connection.execute(QUERIES["held"], key)).fetchone()
    return None if row is None else _feedback_of(row)


async def _save_feedback(
    connection: Connection, held: Feedback | None, said: Feedback, expected: int
) -> Feedback:
    if held is not None:
        later = change_feedback(held, said.opinion, said.changed_at, expected)
        await connection.execute(QUERIES["change"], _feedback_row(later))
        return later
    if expected != 0:
        raise StaleVersion(said.ticket, expected, 0)
    made = await (await connection.execute(QUERIES["give"], _feedback_row(said))).fetchone()
    if made is None:
        raise StaleVersion(said.ticket, expected, 1)
    return said


def _feedback_row(said: Feedback) -> Row:
    whole = asdict(said)
    return whole | whole.pop("opinion")


def _ticket_row(ticket: Ticket) -> Row:
    vehicle = ticket.vehicle
    return {
        "ticket": ticket.id,
        "make": None if vehicle.make is None else name_key(vehicle.make),
        "model": None if vehicle.model is None else name_key(vehicle.model),
        "symptoms": sorted({seen.code for seen in ticket.symptoms}),
    }


def _closing_rows(ticket: Ticket) -> list[Row]:
    """Give every time that the ticket was closed, those that it was reopened after too."""
    ends = [(past.outcome, past.closed_at) for past in ticket.past]
    return [
        {
            "ticket": ticket.id,
            "card": outcome.card,
            "garage": ticket.garage,
            "worked": outcome.worked,
            "stars": outcome.rating,
            "closed_at": closed_at,
            "version": ticket.version,
        }
        for outcome, closed_at in (*ends, (ticket.outcome, ticket.closed_at))
        if outcome is not None and closed_at is not None
    ]


def _feedback_of(row: Row) -> Feedback:
    return Feedback(
        ticket=TicketId(row["ticket"]),
        person=PersonId(row["person"]),
        garage=GarageId(row["garage"]),
        opinion=Opinion(
            card=CardId(row["card"]),
            stars=row["stars"],
            comment=row["comment"],
            correction=row["correction"],
        ),
        given_at=row["given_at"],
        changed_at=row["changed_at"],
        version=row["version"],
    )
