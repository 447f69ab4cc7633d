"""A revisit: the same vehicle is back with the same subsystem, soon after its repair (FE-3)."""

from collections.abc import Iterable
from datetime import timedelta

from domain.ids import TicketId
from domain.tickets import Ticket

WITHIN = timedelta(days=30)
# SYM_BATT_001 is seen on the subsystem BATT.
PARTS = 3


def find_revisited(ticket: Ticket, before: Iterable[Ticket]) -> TicketId | None:
    """Give the repair that this failure comes back after: the last one closed that fits, or None.

    It fits when it is of the same vehicle, ended with work, shares a subsystem or a code, and was
    closed at most 30 days before this one was reported, to the second.
    """
    fitting = [(b.closed_at, b.id) for b in before if b.closed_at and _is_revisit(ticket, b)]
    return max(fitting)[1] if fitting else None


def subsystems_of(ticket: Ticket) -> frozenset[str]:
    """Give the subsystems that the ticket's symptoms are named after, and its codes."""
    named = [seen.code.split("_") for seen in ticket.symptoms]
    return frozenset({parts[1] for parts in named if len(parts) == PARTS} | {*ticket.codes})


def _is_revisit(ticket: Ticket, before: Ticket) -> bool:
    same = ticket.vehicle_id is not None and ticket.vehicle_id == before.vehicle_id
    if not same or before.closed_at is None or before.outcome is None:
        return False
    soon = timedelta() <= ticket.opened_at - before.closed_at <= WITHIN
    return soon and bool(subsystems_of(ticket) & subsystems_of(before))
