"""The store of tickets: every read is narrowed to what the actor may see."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from neo4j.exceptions import ConstraintError
from pydantic import TypeAdapter

from domain.access import Actor
from domain.errors import AlreadyExists, NotFound, StaleVersion
from domain.events import Event
from domain.ids import UNNAMED, CardId, GarageId, TicketId, VehicleId
from domain.matches import Embedding
from domain.regions import GarageTickets, region_of
from domain.tickets import TICK, Matching, ShownCard, ShownReason, Ticket
from domain.tombstones import Tombstone
from graph import bodies, outbox, ticket_rows
from graph.card_rows import model_row
from graph.card_writes import check_sizes
from graph.database import Graph, Row, Transaction, run_query
from graph.garages import EVERY_TICKET, TicketFilter
from graph.queries import named_queries, sized_query
from graph.tombstones import read_tombstone, tombstone_row

QUERIES = named_queries("tickets.cypher")
PAGE_LIMIT = 1_000
REASONS = TypeAdapter(tuple[ShownReason, ...])
# Behind every id that can be made, and every moment at which one can.
NEWEST = "~"
LATEST = datetime(9999, 12, 31, tzinfo=UTC) - TICK


class TicketStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def add(
        self, ticket: Ticket, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        """Store a new ticket and its events; the same ticket again changes nothing.

        Raises:
            AlreadyExists: the id is taken by a ticket that says something else.
            NotFound: the ticket was deleted.
            InvalidInput: the embedding's size is not indexed.
        """
        check_sizes([embedding], await self._graph.embedding_sizes())
        query = QUERIES["open"]
        if embedding is not None:
            query = sized_query(query, len(embedding.vector))
        written = _opening_row(ticket, embedding) | {"events": outbox.event_rows(events)}
        try:
            opened = await self._graph.commit(query, id=ticket.id, **written)
        except ConstraintError:
            if not await self._graph.write(lambda tx: _is_stored(tx, ticket)):
                raise
        else:
            if not opened:
                raise NotFound("ticket", ticket.id)

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None:
        """Store the next version of a ticket; where its matching stands is left as it is.

        Raises:
            StaleVersion: the stored ticket is not at version `expected`.
            NotFound: there is no such ticket.
        """

        async def work(tx: Transaction) -> None:
            held = await run_query(tx, QUERIES["hold"], id=ticket.id)
            if not held:
                raise NotFound("ticket", ticket.id)
            if held[0]["version"] != expected:
                raise StaleVersion(ticket.id, expected, held[0]["version"])
            await run_query(tx, QUERIES["cut"], id=ticket.id)
            await run_query(tx, QUERIES["save"], id=ticket.id, **_version_row(ticket))
            await outbox.leave_events(tx, events)

        await self._graph.write(work)

    async def bury(self, stone: Tombstone, events: Sequence[Event], *, expected: int) -> None:
        """Leave a tombstone in place of a ticket, and cancel its jobs.

        Raises:
            StaleVersion: the stored ticket is not at version `expected`.
            NotFound: there is no such ticket.
        """

        async def work(tx: Transaction) -> None:
            held = await run_query(tx, QUERIES["hold"], id=stone.id)
            if not held:
                raise NotFound("ticket", stone.id)
            if held[0]["version"] != expected:
                raise StaleVersion(stone.id, expected, held[0]["version"])
            await run_query(tx, QUERIES["cancel_jobs"], id=stone.id, mark=stone.mark)
            unnamed = f"{UNNAMED}{stone.id}"
            await run_query(tx, QUERIES["forget_vehicle"], id=stone.id, vehicle=unnamed)
            await run_query(tx, QUERIES["bury"], id=stone.id, tombstone=tombstone_row(stone))
            await outbox.leave_events(tx, events)

        await self._graph.write(work)

    async def tombstones(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Tombstone]:
        """Give those of these tickets that were deleted, and that the actor could have seen."""
        found = await self._graph.entries(
            QUERIES["tombstones"], ids=list(ids), **_visible_to(actor)
        )
        return {TicketId(row["id"]): read_tombstone(row) for row in found}

    async def get(self, id: TicketId, actor: Actor) -> Ticket:
        """Give one ticket.

        Raises:
            NotFound: there is none, or not for this actor.
        """
        found = await self.many([id], actor)
        if id not in found:
            raise NotFound("ticket", id)
        return found[id]

    async def many(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Ticket]:
        found = await self._graph.entries(QUERIES["many"], ids=list(ids), **_visible_to(actor))
        return {ticket.id: ticket for ticket in map(_ticket_of, found)}

    async def page(
        self,
        actor: Actor,
        *,
        first: int,
        after: str | None = None,
        filter: TicketFilter = EVERY_TICKET,
    ) -> list[Ticket]:
        """Give up to `first` tickets, the newest first, those behind the ticket `after`."""
        newest = LATEST if after is None else await self._opened_at(after)
        if newest is None:
            return []
        name, place = _page_query(actor), dict[str, object]()
        if (within := filter.within) is not None:
            name, until = "page_within", min(within.until, newest + TICK)
            place = {"place": within.garage, "since": within.since, "until": until}
        found = await self._graph.entries(
            QUERIES[name],
            first=min(first, PAGE_LIMIT),
            before=after or NEWEST,
            newest=newest,
            status=filter.status,
            severity=filter.severity,
            **place,
            **_visible_to(actor),
        )
        return [_ticket_of(row) for row in found]

    async def _opened_at(self, id: str) -> datetime | None:
        found: list[Any] = await self._graph.entries(QUERIES["opened_at"], id=id)
        # In one zone, or two equal moments would not be equal to the graph.
        return found[0].to_native().astimezone(UTC) if found else None

    async def by_garage(
        self, since: datetime, until: datetime, actor: Actor
    ) -> list[GarageTickets]:
        """Count what each garage that the actor may see opened in [since, until)."""
        wanted = {"since": since, "until": until}
        found = await self._graph.entries(QUERIES["by_garage"], **wanted, **_visible_to(actor))
        return [
            GarageTickets(
                garage=GarageId(row["garage"]),
                region=region_of(GarageId(row["garage"]), row["region"]),
                opened=row["opened"],
                resolved=row["resolved"],
            )
            for row in found
        ]

    async def of_vehicles(
        self, vehicles: Mapping[VehicleId, GarageId], actor: Actor, *, first: int
    ) -> dict[VehicleId, list[Ticket]]:
        """Give up to `first` tickets of each vehicle in its garage, the newest first."""
        wanted = [{"id": one, "garage": garage} for one, garage in vehicles.items()]
        found = await self._graph.entries(
            QUERIES["of_vehicles"], vehicles=wanted, first=first, **_visible_to(actor)
        )
        return {
            VehicleId(row["vehicle"]): [_ticket_of(ticket) for ticket in row["tickets"]]
            for row in found
        }

    async def closed_on(self, vehicle: VehicleId, garage: GarageId) -> list[Ticket]:
        """Give a garage's tickets of a vehicle that were closed, and are not open again."""
        found = await self._graph.entries(QUERIES["closed_on"], vehicle=vehicle, garage=garage)
        return [_ticket_of(row) for row in found]

    async def record_shown(
        self, id: TicketId, shown: Sequence[ShownCard], matching: Matching, events: Sequence[Event]
    ) -> None:
        """Record what was suggested in place of what was; the ticket's version does not move.

        Raises:
            NotFound: there is no such ticket.
        """

        async def work(tx: Transaction) -> None:
            if not await run_query(tx, QUERIES["match_state"], id=id, matching=matching):
                raise NotFound("ticket", id)
            await run_query(tx, QUERIES["unshow"], id=id)
            if shown:
                await run_query(
                    tx, QUERIES["show"], id=id, rows=[_shown_card_row(s) for s in shown]
                )
            await outbox.leave_events(tx, events)

        await self._graph.write(work)

    async def shown_cards(self, ids: Sequence[TicketId]) -> dict[TicketId, tuple[ShownCard, ...]]:
        """Give what was suggested for each ticket, by rank; ask only for tickets already read."""
        found: dict[TicketId, list[ShownCard]] = defaultdict(list)
        for row in await self._graph.entries(QUERIES["shown"], ids=list(ids)):
            found[TicketId(row["ticket"])].append(_shown_card(row))
        return {id: tuple(found.get(id, ())) for id in ids}  # noqa: A001 - as everywhere


def _opening_row(ticket: Ticket, embedding: Embedding | None) -> Row:
    """Give the parameters of a new ticket: it brings its vehicle and the vector of its text."""
    model, vehicle = ticket.vehicle.named, ticket_rows.vehicle_row(ticket)
    written = _version_row(ticket)
    written["properties"] |= {
        "matching": ticket.matching,
        "embedding_model": None if embedding is None else embedding.model,
    }
    return written | {
        "garages": [ticket.garage],
        "vehicles": [vehicle],
        "models": [] if model is None else [model_row(model)],
        "vectors": [] if embedding is None else [[float(x) for x in embedding.vector]],
    }


async def _is_stored(tx: Transaction, ticket: Ticket) -> bool:
    """Say whether the ticket is there.

    Raises:
        AlreadyExists: its id is there, and says something else.
    """
    found = await run_query(tx, QUERIES["hold"], id=ticket.id)
    if found and not bodies.same_ticket(found[0]["body"], ticket):
        raise AlreadyExists("ticket", ticket.id)
    return bool(found)


def _version_row(ticket: Ticket) -> Row:
    """Give the parameters of a version; later ones know no more of garage and vehicle."""
    return {
        "properties": ticket_rows.ticket_properties(ticket),
        "garages": [],
        "vehicles": [],
        "symptoms": ticket_rows.symptom_rows(ticket),
        "codes": ticket_rows.code_rows(ticket),
        "assignees": [] if ticket.assignee is None else [ticket.assignee],
        "tried": ticket_rows.attempt_rows(ticket),
    }


def _visible_to(actor: Actor) -> dict[str, object]:
    return {
        "all": actor.reach.every_garage,
        "garage": actor.garage,
        "assignee": actor.id if actor.reach.own_tickets else None,
    }


def _page_query(actor: Actor) -> str:
    if actor.reach.every_garage:
        return "page_all"
    return "page_bench" if actor.reach.own_tickets else "page_garage"


def _ticket_of(row: Row) -> Ticket:
    return replace(bodies.read_ticket(row["body"]), matching=Matching(row["matching"]))


def _shown_card_row(shown: ShownCard) -> Row:
    return {
        "card": shown.card,
        "rank": shown.rank,
        "score": shown.score,
        "ranker": shown.ranker,
        "at": shown.at,
        "standing": shown.standing,
        "sentence": shown.sentence,
        "chance": shown.chance,
        "language": shown.language,
        "reasons": None if shown.reasons is None else REASONS.dump_json(shown.reasons).decode(),
    }


def _shown_card(row: Row) -> ShownCard:
    return ShownCard(
        card=CardId(row["card"]),
        rank=row["rank"],
        score=row["score"],
        ranker=row["ranker"],
        at=row["at"].to_native(),
        standing=row["standing"],
        sentence=row["sentence"],
        chance=row["chance"],
        language=row["language"] or "en",
        reasons=None if row["reasons"] is None else REASONS.validate_json(row["reasons"]),
    )
