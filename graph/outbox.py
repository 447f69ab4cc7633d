"""The outbox: events lie in the graph, written with what they tell of, until the log has them."""

from collections.abc import Sequence
from typing import Any

from domain.events import Event, EventType
from domain.ids import EventId, GarageId
from graph.database import Graph, Row, Transaction, run_query
from graph.queries import named_queries

QUERIES = named_queries("events.cypher")


class GraphOutbox:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def pending(self, limit: int) -> list[Event]:
        found = await self._graph.entries(QUERIES["pending"], limit=limit)
        return [_event_of(row) for row in found]

    async def forget(self, ids: Sequence[EventId]) -> None:
        async def work(tx: Transaction) -> None:
            await run_query(tx, QUERIES["forget"], ids=sorted(ids))

        await self._graph.write(work)


async def leave_events(tx: Transaction, events: Sequence[Event]) -> None:
    """Write events in the transaction of what they tell of; the same id twice is one event."""
    if events:
        await run_query(tx, QUERIES["leave"], rows=event_rows(events))


def event_rows(events: Sequence[Event]) -> list[Row]:
    return [_event_row(event) for event in events]


def _event_row(event: Event) -> Row:
    return {
        "id": event.id,
        "type": event.type,
        "entity": event.entity,
        "version": event.version,
        "at": event.at,
        "actor": event.actor,
        "garage": event.garage,
        "trace": event.trace,
        "schema": event.schema,
        "deed": event.deed,
    }


def _event_of(row: dict[str, Any]) -> Event:
    garage = None if row["garage"] is None else GarageId(row["garage"])
    return Event(
        id=EventId(row["id"]),
        type=EventType(row["type"]),
        entity=row["entity"],
        version=row["version"],
        at=row["at"].to_native(),
        actor=row["actor"],
        garage=garage,
        trace=row["trace"],
        schema=row["schema"],
        deed=row["deed"],
    )
