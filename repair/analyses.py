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
from domain.counters import effects_of_repair, effects_of_showing, estimated_minutes
from domain.errors import NotFound, StaleVersion, Unavailable
from domain.events import Event, EventType
from domain.feedback import estimate_accuracy
from domain.ids import CardId, TicketId
from domain.novelty import Decision, NoveltyVerdict
from domain.reviews import ReviewKind
from domain.signature import symptom_hash
from domain.tickets import ShownCard, Ticket
from domain.vehicles import make_key
from records.analyses import Analysis, part_counts
from repair import counters, field_cards, similar_cards
from repair import ports as repair_ports
from repair.cards import delete_card
from repair.counters import CounterPorts
from repair.field_cards import SolvedRepair
from repair.operations import operation_after
from repair.reviews import ReviewReason, open_review
from repair.similar_cards import GONE, SimilarityPorts
from repair.suggestions import draft_id

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


class AnalysedTickets(Protocol):
    async def get(self, id: TicketId, actor: Actor) -> Ticket: ...

    async def shown_cards(
        self, ids: Sequence[TicketId]
    ) -> dict[TicketId, tuple[ShownCard, ...]]: ...


class AnalysisRepository(Protocol):
    async def get(self, ticket: TicketId, version: int) -> Analysis | None: ...

    async def put(self, analysis: Analysis) -> Analysis: ...

    async def claim(self, key: str, card: CardId, gone: Sequence[CardId] = ()) -> CardId: ...

    async def release(self, card: CardId) -> None: ...


class ClosedFeedback(Protocol):
    async def feedback_about(self, ticket: Ticket) -> None: ...

    async def record_closing(self, ticket: Ticket) -> list[CardId]: ...

    async def record_revisit(self, ticket: TicketId, by: datetime) -> list[CardId]: ...


class LearningCards(counters.CountedCards, repair_ports.CardRepository, Protocol):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPorts:
    """What learning from events needs."""

    cards: LearningCards
    tickets: AnalysedTickets
    knowledge: SimilarityPorts
    tallying: CounterPorts
    analyses: AnalysisRepository
    book: ClosedFeedback
    now: Callable[[], datetime]


async def handle_event(ports: AnalysisPorts, event: Event) -> None:  # noqa: C901 - one for each kind
    """Learn from one event; the same event twice teaches once.

    Raises:
        Unavailable: a store or the embedder does not answer; tell it again later.
    """
    match event.type:
        case EventType.CARD_MATCHED:
            await _count_showings(ports, TicketId(event.entity))
        case EventType.TICKET_UPDATED:
            await _count_attempts(ports, await _ticket_of_event(ports, event))
        case EventType.TICKET_RESOLVED:
            await _analyse_resolved(ports, event)
        case EventType.TICKET_CLOSED:
            await _count_closing(ports, await _ticket_of_event(ports, event))
        case EventType.TICKET_REOPENED:
            await _record_revisit(ports, await _ticket_of_event(ports, event), event.at)
        case EventType.TICKET_REVISITED:
            await _count_revisit(ports, await _ticket_of_event(ports, event))
        case EventType.TICKET_DELETED:
            await _forget_ticket(ports, event)
        case EventType.CARD_DELETED:
            card = CardId(event.entity)
            await ports.analyses.release(card)
            reviews = ports.tallying.reviews
            await reviews.settle(card, event.version, set(ReviewKind), event.actor, event.at)
        case EventType.FEEDBACK_GIVEN:
            await counters.refresh_counters(ports.tallying, [CardId(event.entity)], ports.now())
        case (
            EventType.CARD_CREATED
            | EventType.CARD_UPDATED
            | EventType.CARD_VERIFIED
            | EventType.CARD_RETIRED
            | EventType.CARD_MERGED
            | EventType.CARD_RECHECK
        ):
            await _handle_card_change(ports, event)
        case (
            EventType.TICKET_CREATED
            | EventType.TICKET_CRITICAL
            | EventType.FEEDBACK_OBSERVED
            | EventType.REVIEW_OPENED
            | EventType.SYNC_REQUIRED
            | EventType.NOTIFICATION_SEND
            | EventType.INVOICE_ISSUED
            | EventType.INVOICE_VOIDED
            | EventType.CREDIT_NOTE_ISSUED
            | EventType.PAYMENT_RECORDED
            | EventType.PERSON_CHANGED
            | EventType.DEFECT_FOUND
        ):
            # These teach nothing; whoever sends one here has routed it wrongly (web/listeners.py).
            raise AssertionError(event.type)
        case _:
            assert_never(event.type)


async def _count_showings(ports: AnalysisPorts, id: TicketId) -> None:
    ticket = await ports.tickets.get(id, SYSTEM)
    found = (await ports.tickets.shown_cards([id])).get(id, ())
    await ports.book.feedback_about(ticket)
    await counters.count_effects(ports.tallying, effects_of_showing(ticket, found), ports.now())


async def _count_attempts(ports: AnalysisPorts, ticket: Ticket) -> None:
    named = {a.card for a in ticket.attempts if a.card} | {ticket.outcome and ticket.outcome.card}
    cards = await ports.cards.many(sorted(filter(None, named)), SEES_ALL)
    await ports.book.feedback_about(ticket)
    await counters.count_effects(ports.tallying, effects_of_repair(ticket, cards), ports.now())


async def _analyse_resolved(ports: AnalysisPorts, event: Event) -> None:
    """Count the repair, decide what it was, keep the decision, and do what follows from it."""
    ticket = await _ticket_of_event(ports, event)
    await _count_attempts(ports, ticket)
    if ticket.closed_at is not None:
        # The last word on the outcome may come behind the closing.
        await _count_closing(ports, ticket)
    if ticket.outcome is None:
        # It was reopened before we heard of its end: the next end will teach.
        return
    operation = operation_after(event, "learning", SYSTEM)
    solved = SolvedRepair(ticket=ticket, outcome=ticket.outcome, operation=operation)
    kept = await ports.analyses.get(ticket.id, event.version)
    if kept is None:
        kept = await ports.analyses.put(await _analyse_repair(ports, solved, event))
    await _apply_verdict(ports, solved, kept.verdict)


async def _count_closing(ports: AnalysisPorts, ticket: Ticket) -> None:
    """Take the customer's word on the card that the repair ended with (FE-3)."""
    cards = await ports.book.record_closing(ticket)
    if ticket.outcome is not None and ticket.outcome.card is not None:
        cards = sorted({*cards, ticket.outcome.card})
    await counters.refresh_counters(ports.tallying, cards, ports.now())


async def _count_revisit(ports: AnalysisPorts, ticket: Ticket) -> None:
    """Note of the repair before that it did not hold, also when its end was not heard of yet."""
    if ticket.revisit_of is not None:
        before = await ports.tickets.get(ticket.revisit_of, SYSTEM)
        await _record_revisit(ports, before, ticket.opened_at)


async def _record_revisit(ports: AnalysisPorts, ticket: Ticket, by: datetime) -> None:
    """Note that what was closed by then did not hold, whether or not its end was heard of yet."""
    cards = [
        *await ports.book.record_closing(ticket),
        *await ports.book.record_revisit(ticket.id, by),
    ]
    tried = (one.card for one in ticket.attempts if one.card)
    await counters.refresh_counters(ports.tallying, sorted({*cards, *tried}), ports.now())


async def _analyse_repair(ports: AnalysisPorts, solved: SolvedRepair, event: Event) -> Analysis:
    ticket, outcome = solved.ticket, solved.outcome
    verdict = await _decide_verdict(ports, solved)
    known = await ports.cards.many([outcome.card] if outcome.card else [], SEES_ALL)
    card = known.get(outcome.card) if outcome.card else None
    estimated = 0 if card is None else estimated_minutes(card)
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
        parts=part_counts(outcome),
        steps=len(outcome.steps),
        accuracy=estimate_accuracy(foretold, outcome.parts, outcome.minutes, estimated),
        technician=solved.technician,
        garage=ticket.garage,
        at=solved.operation.at,
    )


async def _decide_verdict(ports: AnalysisPorts, solved: SolvedRepair) -> NoveltyVerdict:
    """Give the verdict; what looks new still has to win its signature."""
    ticket, outcome = solved.ticket, solved.outcome
    if not outcome.worked:
        return NoveltyVerdict(decision=Decision.UNSOLVED)
    mine = draft_id(ticket.id)
    likenesses, cards = await similar_cards.find_similar(ports.knowledge, ticket, outcome, mine)
    more = [key for key, card in cards.items() if novelty.adds_knowledge(outcome, card)]
    verdict = novelty.decide_novelty(outcome, likenesses, more)
    if verdict.decision is not Decision.NOVEL:
        return verdict
    owner = await _claim_signature(ports, solved, mine)
    if owner == mine:
        return verdict
    return replace(verdict, decision=Decision.CONFIRMS, card=owner)


async def _claim_signature(ports: AnalysisPorts, solved: SolvedRepair, mine: CardId) -> CardId:
    """Give the card that speaks for the ticket's signature: its own draft, or an earlier one.

    Raises:
        Unavailable: another repair is founding it at this moment.
    """
    make = make_key(solved.ticket.vehicle.make)
    key = f"{make}|{symptom_hash(solved.ticket.signature)}"
    owner = await ports.analyses.claim(key, mine)
    if owner == mine:
        return mine
    card = (await ports.cards.many([owner], SEES_ALL)).get(owner)
    if card is None or (card.status is CardStatus.DRAFT and not field_cards.knows_a_fix(card)):
        raise Unavailable("learning", "another repair is founding this card right now")
    if card.status in GONE:
        return await ports.analyses.claim(key, mine, [owner])
    return owner


async def _apply_verdict(
    ports: AnalysisPorts, solved: SolvedRepair, verdict: NoveltyVerdict
) -> None:
    match verdict.decision:
        case Decision.NOVEL:
            card = await field_cards.found_card(ports.cards, ports.knowledge.embedder, solved)
            await _propose_merge(ports, card, verdict)
        case Decision.CONFIRMS:
            await _fold_into_known(ports, solved, verdict)
        case Decision.IMPROVES:
            await _fold_into_known(ports, solved, verdict)
            await _propose_improvement(ports, solved, verdict)
        case Decision.UNSOLVED:
            return


async def _fold_into_known(
    ports: AnalysisPorts, solved: SolvedRepair, verdict: NoveltyVerdict
) -> None:
    if verdict.card is not None:
        await field_cards.fold_draft(ports.cards, verdict.card, solved)


async def _propose_improvement(
    ports: AnalysisPorts, solved: SolvedRepair, verdict: NoveltyVerdict
) -> None:
    """Let a draft gain what it lacked; a card that is in use changes by a person's hand alone."""
    if verdict.card is None:
        return
    card = (await ports.cards.many([verdict.card], SEES_ALL)).get(verdict.card)
    if card is None or not novelty.adds_knowledge(solved.outcome, card):
        return
    if card.status is CardStatus.DRAFT:
        await field_cards.extend_draft(ports.cards, card, solved)
        return
    reviews, at = ports.tallying.reviews, solved.operation.at
    why = ReviewReason(kind=ReviewKind.IMPROVEMENT, reason=MORE, at=at, ticket=solved.ticket.id)
    await open_review(reviews, card, why)


async def _propose_merge(ports: AnalysisPorts, card: FailureCard, verdict: NoveltyVerdict) -> None:
    best = verdict.evidence[0] if verdict.evidence else None
    if best is not None and novelty.is_near(best):
        at = card.provenance.updated_at
        why = ReviewReason(kind=ReviewKind.MERGE, reason=ALIKE, at=at, other=best.card)
        await open_review(ports.tallying.reviews, card, why)


async def _propose_duplicates(ports: AnalysisPorts, card: FailureCard, at: datetime) -> None:
    """Ask a person whether cards that show themselves alike are one (CA-27)."""
    alike = await ports.knowledge.cards.of_signature(
        symptom_hash(card.signature), make_key(card.make)
    )
    for other, status in alike:
        if other != card.id and status not in GONE:
            why = ReviewReason(kind=ReviewKind.MERGE, reason=SAME, at=at, other=other)
            await open_review(ports.tallying.reviews, card, why)


async def _forget_ticket(ports: AnalysisPorts, event: Event) -> None:
    """Unlearn a deleted ticket, and let the draft go that only repeated its words."""
    ticket = TicketId(event.entity)
    await counters.forget_ticket(ports.tallying, ticket, ports.now())
    mine = draft_id(ticket)
    draft = (await ports.cards.many([mine], SEES_ALL)).get(mine)
    if draft is None or not draft.repeats_ticket:
        return
    operation = operation_after(event, "draft", SYSTEM)
    try:
        await delete_card(ports.cards, mine, draft.version, operation)
    except StaleVersion as error:
        raise Unavailable("learning", "the draft was changed a moment ago") from error


async def _handle_card_change(ports: AnalysisPorts, event: Event) -> None:
    """Close what the change answers, and queue what it asks."""
    key = CardId(event.entity)
    card = (await ports.cards.many([key], SEES_ALL)).get(key)
    if card is None:
        raise NotFound("failure card", key)
    reviews = ports.tallying.reviews
    kinds = ANSWERED.get(event.type, set[ReviewKind]())
    if kinds:
        await reviews.settle(key, event.version, kinds, event.actor, event.at)
    if card.status is CardStatus.DRAFT and field_cards.knows_a_fix(card):
        await reviews.settle(key, card.version - 1, {ReviewKind.DRAFT}, event.actor, event.at)
        await open_review(
            reviews, card, ReviewReason(kind=ReviewKind.DRAFT, reason=WAITING, at=event.at)
        )
    if event.type in WRITTEN and field_cards.knows_a_fix(card):
        await _propose_duplicates(ports, card, event.at)
    if card.recheck is not None:
        why = ReviewReason(kind=ReviewKind.RECHECK, reason=card.recheck, at=event.at)
        await open_review(reviews, card, why)


async def _ticket_of_event(ports: AnalysisPorts, event: Event) -> Ticket:
    return await ports.tickets.get(TicketId(event.entity), SYSTEM)
