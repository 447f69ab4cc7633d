"""The technicians of the garages: ids, certification and skills, and no personal data."""

from domain.ids import GarageId, PersonId
from domain.technicians import Certification, Technician, TechnicianCandidate
from domain.tickets import Ticket, TicketStatus
from graph.database import Graph, Row, Transaction, run_query
from graph.queries import named_queries

QUERIES = named_queries("technicians.cypher")


class TechnicianStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def register(self, technician: Technician) -> None:
        """State where a technician works and what they may do; the last word counts."""

        async def work(tx: Transaction) -> None:
            await run_query(
                tx,
                QUERIES["register"],
                id=technician.id,
                garage=technician.garage,
                certification=technician.certification,
                skills=sorted(set(technician.skills)),
            )

        await self._graph.write(work)

    async def follow(self, technician: Technician, version: int) -> None:
        """State what a version of somebody in the records says; skills stay, late words are none.

        Somebody's own skills are said by `register` alone.
        """

        async def work(tx: Transaction) -> None:
            await run_query(
                tx,
                QUERIES["follow"],
                id=technician.id,
                version=version,
                garage=technician.garage,
                certification=technician.certification,
            )

        await self._graph.write(work)

    async def dismiss(self, id: PersonId, version: int) -> None:
        """Give somebody no work any more, by a version of theirs; who is not known stays so."""

        async def work(tx: Transaction) -> None:
            await run_query(tx, QUERIES["dismiss"], id=id, version=version)

        await self._graph.write(work)

    async def technician(self, id: PersonId) -> Technician | None:
        found = await self._graph.entries(QUERIES["technician"], id=id)
        return _technician_of(found[0]) if found else None

    async def technicians(self, garage: GarageId) -> list[Technician]:
        """Give the technicians of a garage, by id."""
        found = await self._graph.entries(QUERIES["technicians"], garage=garage)
        return [_technician_of(row) for row in found]

    async def candidates(self, ticket: Ticket) -> list[TechnicianCandidate]:
        """Give the technicians of a ticket's garage with their skill for it and their load."""
        busy = [TicketStatus.ASSIGNED, TicketStatus.IN_PROGRESS]
        found = await self._graph.entries(QUERIES["candidates"], ticket=ticket.id, busy=busy)
        return [
            TechnicianCandidate(
                technician=_technician_of(row), skilled=row["skilled"], load=row["load"]
            )
            for row in found
        ]


def _technician_of(row: Row) -> Technician:
    return Technician(
        id=PersonId(row["id"]),
        garage=GarageId(row["garage_id"]),
        certification=Certification(row["certification"]),
        skills=tuple(row["skills"]),
    )
