"""The history that learning reads: repairs as they ended, and the cards that there were.

It is all that a model may know. It names no person by name, and it is the same whether it was
read from the stores or made by the simulator. `until` is the guard of time: what is asked of a
moment sees nothing that came later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.codes import CodeKey
from domain.ids import CardId, GarageId, PersonId, TicketId, VehicleId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlace:
    """A card that was suggested at a rank (from 1), by which ranker and with which score."""

    card: CardId
    rank: int
    score: float
    ranker: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairTry:
    """One try, by a card or (None) in an own way; `parts` are ids of what was fitted."""

    card: CardId | None
    worked: bool
    at: datetime
    minutes: int | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRecord:
    """One repair from report to its end.

    Attributes:
        text: the report as it was kept: telephone numbers, plates and the like are masked.
        battery_batch, supplier: of the vehicle's traction battery, where the maker tells them.
        climate: where the garage stands: its climate, or its region where only that is known.
        component: what was found to have failed; None where nobody said.
        resolved_by: the card that worked; None for an own way or a repair that failed.
        rating: the customer's stars, 1 to 5.
        came_back: the vehicle came back with the same within thirty days, or the ticket reopened.
        synthetic: made by the simulator.
    """

    ticket: TicketId
    garage: GarageId
    technician: PersonId | None
    vehicle: VehicleId | None
    make: str | None
    model: str | None
    opened_at: datetime
    closed_at: datetime
    text: str
    worked: bool
    variant: str | None = None
    year: int | None = None
    firmware: str | None = None
    battery_batch: str | None = None
    supplier: str | None = None
    climate: str | None = None
    odometer_km: int | None = None
    severity: str | None = None
    symptoms: tuple[str, ...] = ()
    codes: tuple[CodeKey, ...] = ()
    component: str | None = None
    cause: str | None = None
    shown: tuple[ShownPlace, ...] = ()
    tries: tuple[RepairTry, ...] = ()
    resolved_by: CardId | None = None
    minutes: int | None = None
    rating: int | None = None
    came_back: bool = False
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """A card as learning sees it; `founded_on` is the ticket whose words it was written from.

    Attributes:
        models: ids of the vehicle models that it applies to; empty: all.
        reference: taken from a publication, no field repair.
    """

    card: CardId
    created_at: datetime
    title: str
    symptom_text: str
    cause: str
    fix: str
    severity: str
    component: str | None = None
    symptoms: tuple[str, ...] = ()
    codes: tuple[CodeKey, ...] = ()
    parts: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    verified_at: datetime | None = None
    founded_on: TicketId | None = None
    author: PersonId | None = None
    minutes: int | None = None
    reference: bool = False
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class RepairHistory:
    """Repairs by the time they ended, and the cards."""

    repairs: tuple[RepairRecord, ...]
    cards: tuple[CardRecord, ...]

    def until(self, moment: datetime) -> "RepairHistory":
        """Give what was known before a moment: no later repair, card, verification or try."""
        return RepairHistory(
            tuple(r for r in self.repairs if r.closed_at < moment),
            tuple(_known_then(c, moment) for c in self.cards if c.created_at < moment),
        )


def in_order(repairs: Sequence[RepairRecord]) -> tuple[RepairRecord, ...]:
    """Give repairs by the time they ended; of one moment by their ticket."""
    return tuple(sorted(repairs, key=lambda repair: (repair.closed_at, repair.ticket)))


def _known_then(card: CardRecord, moment: datetime) -> CardRecord:
    if card.verified_at is None or card.verified_at < moment:
        return card
    return replace(card, verified_at=None)
