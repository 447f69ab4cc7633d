"""Tickets put into the house as a garage would leave them, and the events that tell of them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from domain.cards import PartUse, RepairStep
from domain.events import Event, EventType
from domain.ids import CardId, EventId, GarageId, PersonId, TicketId
from domain.outcomes import Attempt, Outcome
from domain.tickets import Matching, ShownCard, Ticket, TicketStatus, with_end
from domain.vehicles import VehicleContext
from tests.domain.samples import NOW
from tests.journeys.people import PUNE
from web.wiring import Runtime

ASHA = PersonId("asha")
SCOOTER = VehicleContext(make="Ather", model="450X")
LOOK = RepairStep(action="Take the panel off and look", minutes=10)


def solved(text: str, cause: str | None = None, **changes: object) -> Ticket:
    """Give a resolved ticket whose repair worked in the technician's own way, unless changed."""
    outcome = Outcome(
        worked=True, minutes=40, cause=cause, steps=(LOOK,), parts=(PartUse(part="seal-kit"),)
    )
    plain = Ticket(
        id=TicketId(f"tkt_{uuid4()}"),
        version=4,
        status=TicketStatus.RESOLVED,
        text=text,
        garage=PUNE,
        reporter=ASHA,
        assignee=ASHA,
        opened_at=NOW,
        vehicle=SCOOTER,
        matching=Matching.NONE,
        outcome=outcome,
    )
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]


def followed(card: CardId, *worked: bool, garage: GarageId = PUNE, by: PersonId = ASHA) -> Ticket:
    """Give a resolved ticket whose tries all followed one card."""
    attempts = tuple(
        Attempt(by=by, at=NOW + timedelta(minutes=n), worked=well, card=card, minutes=30)
        for n, well in enumerate(worked)
    )
    ended = Outcome(worked=worked[-1], minutes=30, card=card)
    return solved(
        f"Followed {card}",
        attempts=attempts,
        outcome=ended,
        card=card,
        garage=garage,
        assignee=by,
        matching=Matching.FOUND,
    )


def finished(card: CardId, outcome: Outcome) -> Ticket:
    """Give a resolved ticket whose only try its outcome tells of."""
    begun = replace(followed(card, outcome.worked), attempts=())
    return replace(with_end(begun, outcome, NOW), outcome=outcome)


def shown(*cards: CardId) -> tuple[ShownCard, ...]:
    return tuple(
        ShownCard(card=card, rank=rank, score=1 / rank, ranker="evidence-1", at=NOW)
        for rank, card in enumerate(cards, start=1)
    )


def told(ticket: Ticket, type: EventType = EventType.TICKET_RESOLVED) -> Event:
    return Event(
        id=EventId(str(uuid4())),
        type=type,
        entity=ticket.id,
        version=ticket.version,
        at=NOW,
        actor=ticket.reporter,
        garage=ticket.garage,
    )


async def put(house: Runtime, *tickets: Ticket, cards: tuple[CardId, ...] = ()) -> None:
    """Store tickets, each with these cards suggested for it."""
    for ticket in tickets:
        await house.tickets.add(ticket, [])
        if cards:
            await house.tickets.record_shown(ticket.id, shown(*cards), Matching.FOUND, [])
