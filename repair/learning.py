"""The network learns: what events mean for counters, cards and the review queue (IP-6 to IP-8).

Every step may be cut off and done again: effects, analyses, claims, cards and review entries each
have an id that follows from what happened, so a second telling finds them there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, assert_never

from domain import novelty
from domain.access import SEES_ALL, SYSTEM, Actor
from domain.cards import CardStatus, FailureCard
from domain.counting import estimate, of_repair, of_showing
from domain.errors import NotFound, Unavailable
from domain.events import Event, EventType
from domain.feedback import accuracy
from domain.ids import CardId, TicketId
from domain.novelty import Decision, Verdict
from domain.reviews import ReviewKind
from domain.signature import symptom_hash
from domain.tickets import Shown, Ticket
from domain.vehicles import make_key
from records.analyses import Analysis, parts_of
from repair import evidence, founding, stores, tallying
from repair.evidence import GONE, Knowledge
from repair.founding import Solved
from repair.intake import draft_id
from repair.operation import following
from repair.reviewing import Why, opened
from repair.tallying import Tallying

WAITING = "A draft says what to do; a second person has to verify it."
ALIKE = "It reads much like another card; one of them may be enough."
SAME = "It shows itself exactly as another card does; one of them may be enough."
MORE = "A repair that followed it needed what it does not name."
WRITTEN = frozenset({EventType.CARD_CREATED, EventType.CARD_UPDATED})
ANSWERED = {
    EventType.CARD_VERIFIED: {ReviewKind.DRAFT, ReviewKind.RECHECK},
    EventType.CARD_UPDATED: {ReviewKind.IMPROVEMENT, ReviewKind.RECHECK},
    EventType.CARD_RETIRED: set(ReviewKind),
    EventType.CARD_MERGED: set(ReviewKind),
}


class Tickets(Protocol):
    async def get(self, id: TicketId, actor: Actor) -> Ticket: ...

    async def shown(self, ids: Sequence[TicketId]) -> dict[TicketId, tuple[Shown, ...]]: ...


class Analyses(Protocol):
    async def get(self, ticket: TicketId, version: int) -> Analysis | None: ...

    async def put(self, analysis: Analysis) -> Analysis: ...

    async def claim(self, key: str, card: CardId, gone: Sequence[CardId] = ()) -> CardId: ...


class Book(Protocol):
    async def about(self, ticket: Ticket) -> None: ...

    async def closed(self, ticket: Ticket) -> list[CardId]: ...

    async def came_back(self, ticket: TicketId, by: datetime) -> list[CardId]: ...


class Teller(Protocol):
    async def tell(self, events: Sequence[Event]) -> None: ...


class Cards(tallying.Cards, stores.Cards, Protocol):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What learning from events needs."""

    cards: Cards
    tickets: Tickets
    knowledge: Knowledge
    tallying: Tallying
    analyses: Analyses
    book: Book
    teller: Teller
    now: Callable[[], datetime]


async def learn(needed: Learning, event: Event) -> None:
    """Learn from one event; the same event twice teaches once.

    Raises:
        Unavailable: a store or the embedder does not answer; tell it again later.
    """
    match event.type:
        case EventType.CARD_MATCHED:
            await _shown(needed, TicketId(event.entity))
        case EventType.TICKET_UPDATED:
            await _tried(needed, await _ticket(needed, event))
        case EventType.TICKET_RESOLVED:
            await _resolved(needed, event)
        case EventType.TICKET_CLOSED:
            await _closed(needed, await _ticket(needed, event))
        case EventType.TICKET_REOPENED:
            await _came_back(needed, await _ticket(needed, event), event.at)
        case EventType.TICKET_REVISITED:
            await _revisited(needed, await _ticket(needed, event))
        case EventType.FEEDBACK_GIVEN:
            await tallying.refresh(needed.tallying, [CardId(event.entity)], needed.now())
        case (
            EventType.CARD_CREATED
            | EventType.CARD_UPDATED
            | EventType.CARD_VERIFIED
            | EventType.CARD_RETIRED
            | EventType.CARD_MERGED
            | EventType.CARD_RECHECK
        ):
            await _changed(needed, event)
        case (
            EventType.TICKET_CREATED
            | EventType.FEEDBACK_OBSERVED
            | EventType.REVIEW_OPENED
            | EventType.SYNC_REQUIRED
            | EventType.NOTIFICATION_SEND
            | EventType.INVOICE_ISSUED
            | EventType.INVOICE_VOIDED
            | EventType.CREDIT_NOTE_ISSUED
            | EventType.PAYMENT_RECORDED
        ):
            # These teach nothing; whoever sends one here has routed it wrongly (web/handlers.py).
            raise AssertionError(event.type)
        case _:
            assert_never(event.type)


async def _shown(needed: Learning, id: TicketId) -> None:
    ticket = await needed.tickets.get(id, SYSTEM)
    found = (await needed.tickets.shown([id])).get(id, ())
    await needed.book.about(ticket)
    await tallying.count(needed.tallying, of_showing(ticket, found), needed.now())


async def _tried(needed: Learning, ticket: Ticket) -> None:
    named = {a.card for a in ticket.attempts if a.card} | {ticket.outcome and ticket.outcome.card}
    cards = await needed.cards.many(sorted(filter(None, named)), SEES_ALL)
    await needed.book.about(ticket)
    await tallying.count(needed.tallying, of_repair(ticket, cards), needed.now())


async def _resolved(needed: Learning, event: Event) -> None:
    """Count the repair, decide what it was, keep the decision, and do what follows from it."""
    ticket = await _ticket(needed, event)
    await _tried(needed, ticket)
    if ticket.closed_at is not None:
        # The last word on the outcome may come behind the closing.
        await _closed(needed, ticket)
    if ticket.outcome is None:
        # It was reopened before we heard of its end: the next end will teach.
        return
    operation = following(event, "learning", SYSTEM)
    solved = Solved(ticket=ticket, outcome=ticket.outcome, operation=operation)
    kept = await needed.analyses.get(ticket.id, event.version)
    if kept is None:
        kept = await needed.analyses.put(await _analysed(needed, solved, event))
    await _applied(needed, solved, kept.verdict)


async def _closed(needed: Learning, ticket: Ticket) -> None:
    """Take the customer's word on the card that the repair ended with (FE-3)."""
    cards = await needed.book.closed(ticket)
    if ticket.outcome is not None and ticket.outcome.card is not None:
        cards = sorted({*cards, ticket.outcome.card})
    await tallying.refresh(needed.tallying, cards, needed.now())


async def _revisited(needed: Learning, ticket: Ticket) -> None:
    """Note of the repair before that it did not hold, also when its end was not heard of yet."""
    if ticket.revisit_of is not None:
        before = await needed.tickets.get(ticket.revisit_of, SYSTEM)
        await _came_back(needed, before, ticket.opened_at)


async def _came_back(needed: Learning, ticket: Ticket, by: datetime) -> None:
    """Note that what was closed by then did not hold, whether or not its end was heard of yet."""
    cards = [*await needed.book.closed(ticket), *await needed.book.came_back(ticket.id, by)]
    tried = (one.card for one in ticket.attempts if one.card)
    await tallying.refresh(needed.tallying, sorted({*cards, *tried}), needed.now())


async def _analysed(needed: Learning, solved: Solved, event: Event) -> Analysis:
    ticket, outcome = solved.ticket, solved.outcome
    verdict = await _decided(needed, solved)
    known = await needed.cards.many([outcome.card] if outcome.card else [], SEES_ALL)
    card = known.get(outcome.card) if outcome.card else None
    estimated = 0 if card is None else estimate(card)
    foretold = () if card is None else card.resolution.parts
    return Analysis(
        ticket=ticket.id,
        version=event.version,
        event=event.id,
        verdict=verdict,
        followed=outcome.card,
        worked=outcome.worked,
        minutes=outcome.minutes,
        estimated=estimated,
        parts=parts_of(outcome),
        steps=len(outcome.steps),
        accuracy=accuracy(foretold, outcome.parts, outcome.minutes, estimated),
        technician=solved.technician,
        garage=ticket.garage,
        at=solved.operation.at,
    )


async def _decided(needed: Learning, solved: Solved) -> Verdict:
    """Give the verdict; what looks new still has to win its signature."""
    ticket, outcome = solved.ticket, solved.outcome
    if not outcome.worked:
        return Verdict(decision=Decision.UNSOLVED)
    mine = draft_id(ticket.id)
    likenesses, cards = await evidence.found(needed.knowledge, ticket, outcome, mine)
    more = [key for key, card in cards.items() if novelty.adds(outcome, card)]
    verdict = novelty.decide(outcome, likenesses, more)
    if verdict.decision is not Decision.NOVEL:
        return verdict
    owner = await _owner(needed, solved, mine)
    if owner == mine:
        return verdict
    return replace(verdict, decision=Decision.CONFIRMS, card=owner)


async def _owner(needed: Learning, solved: Solved, mine: CardId) -> CardId:
    """Give the card that speaks for the ticket's signature: its own draft, or an earlier one.

    Raises:
        Unavailable: another repair is founding it at this moment.
    """
    make = make_key(solved.ticket.vehicle.make)
    key = f"{make}|{symptom_hash(solved.ticket.signature)}"
    owner = await needed.analyses.claim(key, mine)
    if owner == mine:
        return mine
    card = (await needed.cards.many([owner], SEES_ALL)).get(owner)
    if card is None or (card.status is CardStatus.DRAFT and not founding.tells(card)):
        raise Unavailable("learning", "another repair is founding this card right now")
    if card.status in GONE:
        return await needed.analyses.claim(key, mine, [owner])
    return owner


async def _applied(needed: Learning, solved: Solved, verdict: Verdict) -> None:
    match verdict.decision:
        case Decision.NOVEL:
            card = await founding.found(needed.cards, needed.knowledge.embedder, solved)
            await _propose_merge(needed, card, verdict)
        case Decision.CONFIRMS:
            await _fold(needed, solved, verdict)
        case Decision.IMPROVES:
            await _fold(needed, solved, verdict)
            await _improved(needed, solved, verdict)
        case Decision.UNSOLVED:
            return


async def _fold(needed: Learning, solved: Solved, verdict: Verdict) -> None:
    if verdict.card is not None:
        await founding.fold(needed.cards, verdict.card, solved)


async def _improved(needed: Learning, solved: Solved, verdict: Verdict) -> None:
    """Let a draft gain what it lacked; a card that is in use changes by a person's hand alone."""
    if verdict.card is None:
        return
    card = (await needed.cards.many([verdict.card], SEES_ALL)).get(verdict.card)
    if card is None or not novelty.adds(solved.outcome, card):
        return
    if card.status is CardStatus.DRAFT:
        await founding.extend(needed.cards, card, solved)
        return
    reviews, at = needed.tallying.reviews, solved.operation.at
    why = Why(kind=ReviewKind.IMPROVEMENT, reason=MORE, at=at, ticket=solved.ticket.id)
    await opened(reviews, card, why)


async def _propose_merge(needed: Learning, card: FailureCard, verdict: Verdict) -> None:
    best = verdict.evidence[0] if verdict.evidence else None
    if best is not None and novelty.near(best):
        at = card.provenance.updated_at
        why = Why(kind=ReviewKind.MERGE, reason=ALIKE, at=at, other=best.card)
        await opened(needed.tallying.reviews, card, why)


async def _propose_duplicates(needed: Learning, card: FailureCard, at: datetime) -> None:
    """Ask a person whether cards that show themselves alike are one (CA-27)."""
    alike = await needed.knowledge.cards.of_signature(
        symptom_hash(card.signature), make_key(card.make)
    )
    for other, status in alike:
        if other != card.id and status not in GONE:
            why = Why(kind=ReviewKind.MERGE, reason=SAME, at=at, other=other)
            await opened(needed.tallying.reviews, card, why)


async def _changed(needed: Learning, event: Event) -> None:
    """Close what the change answers, queue what it asks, and tell that it is to be synchronised."""
    key = CardId(event.entity)
    card = (await needed.cards.many([key], SEES_ALL)).get(key)
    if card is None:
        raise NotFound("failure card", key)
    reviews = needed.tallying.reviews
    kinds = ANSWERED.get(event.type, set[ReviewKind]())
    if kinds:
        await reviews.settle(key, event.version, kinds, event.actor, event.at)
    if card.status is CardStatus.DRAFT and founding.tells(card):
        await reviews.settle(key, card.version - 1, {ReviewKind.DRAFT}, event.actor, event.at)
        await opened(reviews, card, Why(kind=ReviewKind.DRAFT, reason=WAITING, at=event.at))
    if event.type in WRITTEN and founding.tells(card):
        await _propose_duplicates(needed, card, event.at)
    if card.recheck is not None:
        why = Why(kind=ReviewKind.RECHECK, reason=card.recheck, at=event.at)
        await opened(reviews, card, why)
    again = following(event, "sync", SYSTEM)
    told = again.event(EventType.SYNC_REQUIRED, key, event.version, event.garage)
    await needed.teller.tell([told])


async def _ticket(needed: Learning, event: Event) -> Ticket:
    return await needed.tickets.get(TicketId(event.entity), SYSTEM)
