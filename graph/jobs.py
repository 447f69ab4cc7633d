"""The store of bays and jobs: two jobs never have the same bay or person at the same time."""

from domain.errors import AlreadyExists, NotFound, Overlaps
from domain.ids import BayId, GarageId, JobId, PersonId, TicketId
from domain.jobs import LONGEST, Bay, Job, Slot, demand_version
from graph.database import Graph, Row, Transaction, run_query
from graph.queries import named_queries

QUERIES = named_queries("jobs.cypher")


class JobStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def register_bay(self, bay: Bay) -> None:
        """Store a bay; again changes nothing.

        Raises:
            AlreadyExists: another garage has a bay of that id.
        """

        async def work(tx: Transaction) -> None:
            [held] = await run_query(tx, QUERIES["register_bay"], id=bay.id, garage=bay.garage)
            if held["garage_id"] != bay.garage:
                raise AlreadyExists("bay", bay.id)

        await self._graph.write(work)

    async def bay(self, id: BayId) -> Bay | None:
        found = await self._graph.entries(QUERIES["bay"], id=id)
        return next((Bay(id=BayId(r["id"]), garage=GarageId(r["garage_id"])) for r in found), None)

    async def job(self, id: JobId) -> Job | None:
        found = await self._graph.entries(QUERIES["job"], id=id)
        return _job_of(found[0]) if found else None

    async def day(self, garage: GarageId, slot: Slot) -> list[Job]:
        """Give the jobs of a garage that take up some of the slot, by their start."""
        found = await self._graph.entries(
            QUERIES["day"],
            garage=garage,
            start=slot.start,
            end=slot.end,
            earliest=slot.start - LONGEST,
        )
        return [_job_of(row) for row in found]

    async def book(self, job: Job, *, expected: int = 0) -> None:
        """Store a job (expected 0: a new one) if its bay and its technician are free.

        Whoever books holds the bay and then the technician before looking, so of several who want
        the same time one gets it. The same job again changes nothing.

        Raises:
            Overlaps: another job has the bay or the technician at that time.
            StaleVersion: the stored job is not at version `expected`.
            NotFound: the job was cancelled meanwhile.
        """

        async def work(tx: Transaction) -> None:
            await _lock_job(tx, job)
            held = await _stored_job(tx, job.id)
            if held == job:
                return
            _demand_version(held, job.id, expected)
            if held is None and await run_query(tx, QUERIES["gone"], id=job.id):
                raise NotFound("job", job.id)
            await _demand_free_slot(tx, job)
            await run_query(tx, QUERIES["save"], properties=_job_properties(job))

        await self._graph.write(work)

    async def cancel(self, job: Job, mark: str) -> None:
        """Free the time of a job; what is left of it is its id and the mark of who cancelled it.

        Raises:
            StaleVersion: somebody changed it meanwhile.
            NotFound: it is gone.
        """

        async def work(tx: Transaction) -> None:
            await _lock_job(tx, job)
            _demand_version(await _stored_job(tx, job.id), job.id, job.version)
            await run_query(tx, QUERIES["cancel"], id=job.id, mark=mark)

        await self._graph.write(work)

    async def cancelled(self, id: JobId, mark: str) -> bool:
        """Say whether the operation with this mark has cancelled the job."""
        return bool(await self._graph.entries(QUERIES["cancelled"], id=id, mark=mark))


async def _lock_job(tx: Transaction, job: Job) -> None:
    """Hold what a booking touches, always in this order, so that no two wait for each other."""
    await run_query(tx, QUERIES["lock_bay"], id=job.bay)
    await run_query(tx, QUERIES["lock_technician"], id=job.technician)
    await run_query(tx, QUERIES["lock_ticket"], id=job.ticket)


async def _stored_job(tx: Transaction, id: JobId) -> Job | None:
    [row] = await run_query(tx, QUERIES["job"], id=id)
    return next(map(_job_of, row["found"]), None)


def _demand_version(held: Job | None, id: JobId, expected: int) -> None:
    if held is not None:
        demand_version(held, expected)
    elif expected:
        raise NotFound("job", id)


async def _demand_free_slot(tx: Transaction, job: Job) -> None:
    asked = {"id": job.id, "start": job.slot.start, "end": job.slot.end}
    for found in await run_query(tx, QUERIES["in_the_way_on_bay"], bay=job.bay, **asked):
        raise Overlaps("bay", found["id"])
    taken = await run_query(
        tx, QUERIES["in_the_way_of_technician"], technician=job.technician, **asked
    )
    for found in taken:
        raise Overlaps("technician", found["id"])


def _job_properties(job: Job) -> Row:
    return {
        "id": job.id,
        "version": job.version,
        "garage_id": job.garage,
        "ticket_id": job.ticket,
        "technician_id": job.technician,
        "bay_id": job.bay,
        "start": job.slot.start,
        "end": job.slot.end,
    }


def _job_of(row: Row) -> Job:
    return Job(
        id=JobId(row["id"]),
        version=row["version"],
        garage=GarageId(row["garage_id"]),
        ticket=TicketId(row["ticket_id"]),
        technician=PersonId(row["technician_id"]),
        bay=BayId(row["bay_id"]),
        slot=Slot(start=row["start"].to_native(), end=row["end"].to_native()),
    )
