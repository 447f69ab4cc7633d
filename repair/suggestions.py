"""What a match does to a ticket: cards are suggested, or a draft is founded."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import stamina

from domain.access import (
    SYSTEM,
    Viewer,
)
from domain.cards import (
    CardSource,
    CardStatus,
    FailureCard,
    Provenance,
    Resolution,
    RootCause,
    SolutionType,
    Visibility,
)
from domain.errors import AlreadyExists, Unavailable
from domain.events import Event, EventType
from domain.ids import CardId, GarageId, OperationId, TicketId, derive_uuid, founded_card
from domain.languages import Language
from domain.matches import LEVELS
from domain.reason_sentences import reason_clause, suggestion_sentence
from domain.reports import FailureReport
from domain.tickets import Matching, ShownCard, ShownReason, Ticket
from matching.answers import Match, MatchAnswer
from repair.operations import Operation
from repair.ports import CardMatcher, CardRepository, ReportInterpreter, TicketRepository

UNKNOWN_CAUSE = "Not known yet"


TITLE = 80


TRIES = 3


# The first wait, and what chance may add to each.
WAIT_SECONDS = 0.2


# Below what a handler may take (sync/inbox.py).
TRIES_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionPorts:
    """What searching for a ticket's cards needs."""

    tickets: TicketRepository
    cards: CardRepository
    reader: ReportInterpreter
    matcher: CardMatcher


async def suggest_cards(
    ports: SuggestionPorts, id: TicketId, at: datetime, trace: str | None = None
) -> Ticket:
    """Search for a new ticket's cards, note what was found, found a draft card when nothing was.

    Doing it again changes nothing.

    Raises:
        Unavailable: the graph did not answer three times; do it again later.
    """
    ticket = await ports.tickets.get(id, SYSTEM)
    if ticket.matching is not Matching.PENDING:
        return ticket
    language, answer = await _search_for_ticket(ports, ticket)
    operation = Operation(id=_search_operation(id), actor=SYSTEM, at=at, trace=trace)
    shown = tuple(
        ShownCard(
            card=m.card.id,
            rank=m.rank,
            score=m.score,
            ranker=answer.ranker,
            at=at,
            standing=m.standing,
            sentence=suggestion_sentence(m.reasons, m.standing, Language.ENGLISH, chance=m.chance),
            chance=m.chance,
            language=language,
            reasons=_shown_reasons(m),
        )
        for m in answer.matches
    )
    if not shown:
        card = draft_card(ticket, at)
        created = operation.event(EventType.CARD_CREATED, card.id, card.version, ticket.garage)
        await _add_draft(ports.cards, card, [created])
    outcome = Matching.FOUND if shown else Matching.NONE
    done = operation.event(EventType.CARD_MATCHED, ticket.id, ticket.version, ticket.garage)
    await ports.tickets.record_shown(id, shown, outcome, [done])
    return replace(ticket, matching=outcome)


def _shown_reasons(match: Match) -> tuple[ShownReason, ...]:
    return tuple(
        ShownReason(
            kind=why.kind,
            subject=why.subject,
            text=reason_clause(why, Language.ENGLISH),
            told=why.told,
            uses=None if why.outcomes is None else why.outcomes.n,
            worked=None if why.outcomes is None else why.outcomes.successes,
        )
        for why in match.reasons
    )


def draft_id(ticket: TicketId) -> CardId:
    """Give the id of the draft card that a ticket founds when no card fits it."""
    return founded_card(ticket)


def draft_card(ticket: Ticket, at: datetime) -> FailureCard:
    """Give the draft card founded on a ticket: what was seen, and no fix yet.

    Its words are the reporter's own, so only the garage sees it until somebody writes the fix.
    """
    line = ticket.signature.text.splitlines()[0].strip()
    known = ticket.vehicle.make is not None or ticket.vehicle.category is not None
    return FailureCard(
        id=draft_id(ticket.id),
        version=1,
        status=CardStatus.DRAFT,
        source=CardSource.FIELD,
        title=line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "…",
        vehicles=(ticket.vehicle,) if known else (),
        signature=ticket.signature,
        cause=RootCause(primary=UNKNOWN_CAUSE, confidence=0),
        resolution=Resolution(type=SolutionType.REPAIR),
        provenance=Provenance(
            author=ticket.reporter,
            created_at=at,
            updated_at=at,
            garage=ticket.garage,
            ticket=ticket.id,
        ),
        visibility=Visibility(garages=(ticket.garage,)),
    )


async def _search_for_ticket(ports: SuggestionPorts, ticket: Ticket) -> tuple[str, MatchAnswer]:
    """Give the language of a ticket and its cards; one without an answer is searched again.

    It is tried three times in all.
    The waits grow by a factor of two, and each has a part that is left to chance: tickets that
    failed together do not come back together (IP-4).
    """
    codes = tuple(key.rpartition(":")[2] for key in ticket.codes)
    said = FailureReport(
        text=ticket.text, codes=codes, vehicle=ticket.vehicle, measured=ticket.measured
    )
    try:
        async with asyncio.timeout(TRIES_SECONDS):
            return await _retry_search(lambda: _search_once(ports, said, ticket.garage))
    except TimeoutError as error:
        reason = f"no answer within {TRIES_SECONDS:g} seconds"
        raise Unavailable("matching", reason) from error


async def _retry_search(
    ask: Callable[[], Awaitable[tuple[str, MatchAnswer]]],
) -> tuple[str, MatchAnswer]:
    tries = stamina.AsyncRetryingCaller(
        attempts=TRIES,
        timeout=None,
        wait_initial=WAIT_SECONDS,
        wait_exp_base=2,
        wait_jitter=WAIT_SECONDS,
    )
    return await tries(Unavailable, ask)


async def _search_once(
    ports: SuggestionPorts, said: FailureReport, garage: GarageId
) -> tuple[str, MatchAnswer]:
    understood = await ports.reader.understand(said)
    answer = await ports.matcher.match(understood, Viewer(garage=garage))
    if not LEVELS[answer.level].from_graph:
        raise Unavailable("matching", answer.degraded or "the graph did not answer")
    return understood.language, answer


async def _add_draft(cards: CardRepository, card: FailureCard, events: list[Event]) -> None:
    try:
        await cards.add(card, events)
    except AlreadyExists:
        # A search that was cut off after this step founded it before.
        return


def _search_operation(ticket: TicketId) -> OperationId:
    return OperationId(str(derive_uuid(UUID(int=0), ticket)))
