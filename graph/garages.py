"""Garages and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.cards import Severity
from domain.ids import GarageId
from domain.regions import region_of
from domain.tickets import TicketStatus
from graph.database import Graph, Transaction, run_query
from graph.queries import named_queries

QUERIES = named_queries("garages.cypher")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Garage:
    """A workshop; `lat` and `lon` are degrees (WGS 84)."""

    id: GarageId
    name: str
    lat: float
    lon: float
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPeriod:
    """What began in one garage in [since, until)."""

    garage: GarageId
    since: datetime = EARLIEST
    until: datetime = LATEST


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which tickets: those in one state, so bad, of one garage and time; None: any."""

    status: TicketStatus | None = None
    severity: Severity | None = None
    within: TicketPeriod | None = None


EVERY_TICKET = TicketFilter()


class GarageStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def load_garages(self, garages: Sequence[Garage]) -> None:
        """State how these garages are; cards found there get their place if they had none."""
        found = [
            {"id": g.id, "name": g.name, "region": g.region, "lat": g.lat, "lon": g.lon}
            for g in garages
        ]

        async def work(tx: Transaction) -> None:
            await run_query(tx, QUERIES["load_garages"], rows=found)
            await run_query(tx, QUERIES["origins"], rows=found)

        await self._graph.write(work)

    async def garages(self) -> list[Garage]:
        rows_found = await self._graph.read(QUERIES["garages"])
        return [Garage(**row["found"]) for row in rows_found]

    async def regions(self, ids: Sequence[GarageId]) -> dict[GarageId, str | None]:
        """Give the region of each of these garages, registered or not."""
        found = await self._graph.entries(QUERIES["regions"], ids=list(ids))
        told = {row["id"]: row["region"] for row in found}
        return {id: region_of(id, told.get(id)) for id in ids}  # noqa: A001 - as everywhere
