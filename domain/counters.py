"""From what happened to a card's counters: each effect's id follows from the facts (CA-29).

An effect is one showing, or one use with how it ended. Its id is made of the ticket and of what
happened there, never of the message that told of it: the same fact heard twice, by two listeners or
after a crash, is the same effect, and counters are a fold over distinct effects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.cards import FailureCard
from domain.ids import CardId, GarageId, PersonId, TicketId
from domain.outcomes import Attempt
from domain.tickets import ShownCard, Ticket


class Effect(StrEnum):
    SHOWN = "shown"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEffect:
    """One effect on one card's counters.

    Attributes:
        person: whose work a use was; None for showings.
        worked: how a use ended.
        minutes: what a use took, with what the card had estimated (0 when either is unknown).
        version: of the ticket that says so; the newest knows best how a use went.
    """

    id: str
    ticket: TicketId
    card: CardId
    effect: Effect
    garage: GarageId
    at: datetime
    person: PersonId | None = None
    worked: bool | None = None
    minutes: int = 0
    estimated: int = 0
    version: int = 0


def effects_of_showing(ticket: Ticket, shown: Sequence[ShownCard]) -> list[CardEffect]:
    """Give one effect for each card that was suggested for a ticket."""
    return [
        CardEffect(
            id=f"{ticket.id}:shown:{one.card}",
            ticket=ticket.id,
            card=one.card,
            effect=Effect.SHOWN,
            garage=ticket.garage,
            at=one.at,
        )
        for one in shown
    ]


def effects_of_repair(ticket: Ticket, cards: Mapping[CardId, FailureCard]) -> list[CardEffect]:
    """Give one effect for each try that followed a card, the outcomes' own included.

    No try of a ticket moves (`domain.attempts`), so the nth is the same use whenever it is counted.
    """
    return [
        _use_effect(ticket, n, tried, cards.get(tried.card))
        for n, tried in enumerate(ticket.attempts)
        if tried.card is not None
    ]


def estimated_minutes(card: FailureCard) -> int:
    """Give the minutes that a card foretells: its labour time, else the sum of its steps."""
    return card.resolution.labour_minutes or sum(step.minutes for step in card.resolution.steps)


def _use_effect(ticket: Ticket, n: int, tried: Attempt, card: FailureCard | None) -> CardEffect:
    estimated = 0 if card is None else estimated_minutes(card)
    timed = tried.minutes is not None and estimated > 0
    return CardEffect(
        id=f"{ticket.id}:used:{n}",
        ticket=ticket.id,
        card=tried.card or CardId(""),
        effect=Effect.USED,
        garage=ticket.garage,
        at=tried.at,
        person=tried.by,
        worked=tried.worked,
        minutes=tried.minutes or 0 if timed else 0,
        estimated=estimated if timed else 0,
        version=ticket.version,
    )
