"""A ticket as rows for the graph: its properties, its vehicle, its edges."""

from domain.ids import UNNAMED
from domain.tickets import Ticket
from graph import bodies
from graph.card_rows import Row, code_row


def ticket_properties(ticket: Ticket) -> Row:
    """Give what is searched and sorted, and the whole ticket as its body.

    `matching` is not among them: it moves beside the versions, by `Tickets.show` alone.
    """
    return {
        "version": ticket.version,
        "status": ticket.status,
        "severity": ticket.severity,
        "text": ticket.text,
        "body": bodies.write_ticket(ticket),
        "garage_id": ticket.garage,
        "reporter_id": ticket.reporter,
        "assignee_id": ticket.assignee,
        "card_id": ticket.card,
        "revisit_of": ticket.revisit_of,
        "opened_at": ticket.opened_at,
        "resolved_at": ticket.resolved_at,
        "closed_at": ticket.closed_at,
    }


def vehicle_row(ticket: Ticket) -> Row:
    """Give the vehicle as it was on that day; its number plate is no business of the graph.

    A vehicle that nobody named has a node of this ticket alone.
    """
    seen = ticket.vehicle
    return {
        "id": ticket.vehicle_id or f"{UNNAMED}{ticket.id}",
        "firmware": seen.firmware,
        "odometer_km": seen.mileage_km,
        "battery_cycles": seen.battery_cycles,
    }


def symptom_rows(ticket: Ticket) -> list[Row]:
    surest: dict[str, float] = {}
    for seen in ticket.symptoms:
        surest[seen.code] = max(seen.confidence, surest.get(seen.code, 0.0))
    return [{"code": code, "confidence": surest[code]} for code in sorted(surest)]


def code_rows(ticket: Ticket) -> list[Row]:
    return [code_row(key) for key in sorted(set(ticket.codes))]


def attempt_rows(ticket: Ticket) -> list[Row]:
    """Give the attempts that followed a card; one in the technician's own way has no edge."""
    return [
        {
            "card": attempt.card,
            "worked": attempt.worked,
            "at": attempt.at,
            "minutes": attempt.minutes,
            "parts": [use.part for use in attempt.parts],
        }
        for attempt in ticket.attempts
        if attempt.card is not None
    ]
