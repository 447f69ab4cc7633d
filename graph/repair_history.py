"""The history that learning reads, out of the graph: repairs by the time they ended, and cards.

It is read in pages, so that a year of many garages needs no more memory than one page. No name is
in it: people are ids, what tells who somebody is in free text is masked again on the way out.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.cards import PUBLISHED, CardSource, FailureCard
from domain.ids import CardId
from domain.outcomes import Attempt
from domain.personal_data import mask_personal
from domain.regions import region_of
from domain.repair_history import CardRecord, RepairHistory, RepairRecord, RepairTry, ShownPlace
from domain.synthetic import is_synthetic
from domain.tickets import Ticket
from graph import bodies
from graph.database import Graph, Row
from graph.queries import named_queries

QUERIES = named_queries("repair_history.cypher")
PAGE = 500
BEGIN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HistorySpan:
    """Repairs that ended in [since, until), as they were known at `known`."""

    since: datetime
    until: datetime
    known: datetime


class RepairHistoryStore:
    def __init__(self, graph: Graph, page: int = PAGE) -> None:
        self._graph = graph
        self._page = page

    async def whole(self, span: HistorySpan) -> RepairHistory:
        """Give the repairs of a span and every card that was there by its end."""
        repairs = [repair async for page in self.repairs(span) for repair in page]
        cards = [card async for page in self.cards() for card in page]
        return RepairHistory(
            tuple(repairs), tuple(card for card in cards if card.created_at < span.until)
        )

    async def until(self, moment: datetime) -> RepairHistory:
        """Give all that was known at a moment."""
        return await self.whole(HistorySpan(BEGIN, moment, moment))

    async def repairs(self, span: HistorySpan) -> AsyncGenerator[tuple[RepairRecord, ...]]:
        """Give closed repairs with the page they came in, by the time they ended."""
        since, after = span.since, ""
        while found := await self._graph.entries(
            QUERIES["closed_page"],
            since=since,
            until=span.until,
            known=span.known,
            after=after,
            first=self._page,
        ):
            tickets = [bodies.read_ticket(row["body"]) for row in found]
            components = await self._components(tickets)
            yield tuple(
                repair_record(ticket, row, components)
                for ticket, row in zip(tickets, found, strict=True)
            )
            last = tickets[-1]
            since, after = last.closed_at or span.until, last.id

    async def cards(self) -> AsyncGenerator[tuple[CardRecord, ...]]:
        """Give the published cards as they are now, by their ids."""
        after = ""
        while found := await self._graph.entries(
            QUERIES["card_page"], after=after, first=self._page, statuses=sorted(PUBLISHED)
        ):
            cards = tuple(card_record(bodies.read_card(row["body"])) for row in found)
            yield cards
            after = cards[-1].card

    async def _components(self, tickets: Sequence[Ticket]) -> dict[str, str | None]:
        cards = sorted({card for ticket in tickets if (card := _resolving_card(ticket))})
        found = await self._graph.entries(QUERIES["components"], cards=cards)
        return {row["card"]: row["component"] for row in found}


def repair_record(ticket: Ticket, row: Row, components: dict[str, str | None]) -> RepairRecord:
    """Give a closed ticket as learning sees it."""
    outcome, resolved, vehicle = ticket.outcome, _resolving_card(ticket), ticket.vehicle
    return RepairRecord(
        ticket=ticket.id,
        garage=ticket.garage,
        technician=ticket.assignee,
        vehicle=ticket.vehicle_id,
        make=vehicle.make,
        model=vehicle.model,
        opened_at=ticket.opened_at,
        closed_at=ticket.closed_at or ticket.opened_at,
        text=mask_personal(ticket.text),
        worked=outcome is not None and outcome.worked,
        variant=vehicle.variant,
        year=vehicle.year,
        firmware=vehicle.firmware,
        battery_batch=ticket.battery.batch,
        supplier=ticket.battery.supplier,
        climate=region_of(ticket.garage, row["region"]),
        odometer_km=vehicle.mileage_km,
        severity=ticket.severity,
        symptoms=tuple(seen.code for seen in ticket.symptoms),
        codes=ticket.codes,
        component=components.get(resolved) if resolved else None,
        cause=_masked(None if outcome is None else outcome.cause),
        shown=tuple(_shown_place(one) for one in row["shown"]),
        tries=tuple(_repair_try(one) for one in ticket.attempts),
        resolved_by=resolved,
        minutes=None if outcome is None else outcome.minutes,
        rating=None if outcome is None else outcome.rating,
        came_back=row["came_back"] or bool(ticket.past),
        synthetic=is_synthetic(ticket.garage),
    )


def card_record(card: FailureCard) -> CardRecord:
    """Give a card as learning sees it; its counters are counted again from the repairs."""
    vehicles, verified = card.vehicles, card.verification
    return CardRecord(
        card=card.id,
        created_at=card.provenance.created_at,
        title=mask_personal(card.title),
        symptom_text=mask_personal(card.wording),
        cause=mask_personal(card.cause.primary),
        fix=mask_personal("\n".join(step.action for step in card.resolution.steps)),
        severity=card.signature.severity,
        component=card.signature.component,
        symptoms=card.signature.symptoms,
        codes=card.signature.error_codes,
        parts=tuple(use.part for use in card.resolution.parts),
        makes=tuple(sorted({v.make for v in vehicles if v.make})),
        models=tuple(sorted({v.named.id for v in vehicles if v.named})),
        verified_at=None if verified is None else verified.at,
        founded_on=card.provenance.ticket,
        author=card.provenance.author,
        minutes=card.resolution.labour_minutes or None,
        reference=card.source is not CardSource.FIELD,
        synthetic=is_synthetic(card.provenance.garage),
    )


def _resolving_card(ticket: Ticket) -> CardId | None:
    outcome = ticket.outcome
    return outcome.card if outcome is not None and outcome.worked else None


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_personal(text)


def _repair_try(tried: Attempt) -> RepairTry:
    return RepairTry(
        card=tried.card,
        worked=tried.worked,
        at=tried.at,
        minutes=tried.minutes,
        parts=tuple(use.part for use in tried.parts),
    )


def _shown_place(row: Row) -> ShownPlace:
    return ShownPlace(
        card=CardId(row["card"]),
        rank=row["rank"],
        score=row["score"],
        ranker=row["ranker"],
        at=row["at"].to_native(),
    )
