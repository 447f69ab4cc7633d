"""What is kept of files beside their bytes: whose they are, what they are, their sealed keys."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from psycopg.types.json import Jsonb

from domain.access import SYSTEM
from domain.battery_logs import BatteryLog
from domain.errors import InvalidInput, NotFound
from domain.files import (
    FileFacts,
    FileState,
    FileType,
    KeptFile,
    PictureSize,
    StoredFile,
    demand_room,
)
from domain.ids import CustomerId, FileId, GarageId, PersonId, TicketId, VehicleId
from domain.tickets import Ticket
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("files.sql")
FIRST = (
    "is no file that you have sent and no other ticket has: send its bytes, say `completeUpload`, "
    "then name it"
)


class FileStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def ask(self, wanted: StoredFile, quota: int) -> StoredFile:
        """Note that a file will come; the same again gives it as it stands, awaited anew.

        `quota`: how many bytes a garage may keep, this one among them.

        Raises:
            InvalidInput: the garage keeps so much that it has no room.
        """
        given = {
            "id": wanted.id,
            "garage": wanted.garage,
            "owner": wanted.owner,
            "type": wanted.asked.type,
            "length": wanted.asked.length,
            "sha256": wanted.asked.sha256,
            "now": wanted.asked_at,
            "waits_until": wanted.waits_until,
            "key": wanted.key,
        }
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["turn"], given)
            [used] = await (await connection.execute(QUERIES["used"], given)).fetchall()
            [held] = await (await connection.execute(QUERIES["ask"], given)).fetchall()
            found = _file_of(held)
            if found.state is FileState.ASKED:
                demand_room(used["bytes"], wanted.asked.length, quota)
        return found

    async def used(self, garage: GarageId, now: datetime) -> int:
        """Say how many bytes a garage's files take, those that are awaited among them."""
        [row] = await self._records.rows(QUERIES["used"], garage=garage, now=now, id="")
        return row["bytes"]

    async def get(self, id: FileId) -> StoredFile:
        """Give one file.

        Raises:
            NotFound: there is none of that id.
        """
        found = await self.many([id])
        if id not in found:
            raise NotFound("file", id)
        return found[id]

    async def many(self, ids: Sequence[FileId]) -> dict[FileId, StoredFile]:
        rows = await self._records.rows(QUERIES["many"], ids=list(ids))
        return {found.id: found for found in map(_file_of, rows)}

    async def measured(self, files: Sequence[FileId], by: PersonId) -> str:
        """Say in sentences what the logs among somebody's files measured; of others nothing.

        Raises:
            InvalidInput: one is not kept, or is not theirs.
        """
        rows = await self._records.rows(QUERIES["logs_of"], ids=list(files), owner=by)
        missing = [*{*files} - {row["id"] for row in rows}]
        if missing:
            raise InvalidInput("files", f"{min(missing)} {FIRST}")
        told = {row["id"]: row["battery_log"] for row in rows if row["battery_log"] is not None}
        said = [BatteryLog(**told[one]).sentences for one in dict.fromkeys(files) if one in told]
        return " ".join(filter(None, said))

    async def claim(self, files: Sequence[FileId], ticket: Ticket, by: PersonId) -> None:
        """Have files belong to a ticket from now on, and to its vehicle where that is known.

        Raises:
            InvalidInput: one is not kept, is not `by`'s, of another garage, or another ticket's.
        """
        given = {
            "ids": list(files),
            "ticket": ticket.id,
            "vehicle": ticket.vehicle_id,
            "garage": ticket.garage,
            "owner": by,
        }
        async with self._records.transaction() as connection:
            held = await (await connection.execute(QUERIES["claim"], given)).fetchall()
            missing = [*{*files} - {row["id"] for row in held}]
            if missing:
                raise InvalidInput("files", f"{min(missing)} {FIRST}")

    async def keep(self, id: FileId, kept: KeptFile) -> StoredFile:
        """Note how a file is kept; of two who do so at once the first one's word stands.

        Raises:
            NotFound: it was taken away meanwhile.
        """
        picture = kept.picture
        async with self._records.transaction() as connection:
            await connection.execute(
                QUERIES["keep"],
                {
                    "id": id,
                    "type": kept.facts.type,
                    "length": kept.facts.length,
                    "sha256": kept.facts.sha256,
                    "small_length": kept.small_length,
                    "width": None if picture is None else picture.width,
                    "height": None if picture is None else picture.height,
                    "at": kept.at,
                    "log": None if kept.log is None else Jsonb(asdict(kept.log)),
                },
            )
        return await self.get(id)

    async def page(self, after: str, first: int) -> list[StoredFile]:
        """Give kept files in the order of their ids, those behind one of them."""
        rows = await self._records.rows(QUERIES["page"], after=after, first=first)
        return [_file_of(row) for row in rows]

    async def going(self, before: datetime, first: int) -> list[FileId]:
        """Give files whose bytes are to go: erased ones, and those removed before a moment."""
        return await self._ids("going", before=before, first=first)

    async def never_came(self, now: datetime, first: int) -> list[FileId]:
        """Give files that were announced, and are awaited no more."""
        return await self._ids("never_came", now=now, first=first)

    async def unnamed(
        self, before: datetime, first: int, shown: Collection[str] = ()
    ) -> list[FileId]:
        """Give files kept since before a moment that no ticket names and that are not `shown`."""
        return await self._ids("unnamed", before=before, first=first, shown=list(shown))

    async def note_gone(self, id: FileId, at: datetime) -> None:
        """Note that a removed file's bytes are gone for good."""
        await self._done("gone", id=id, at=at)

    async def drop(self, id: FileId, now: datetime) -> None:
        """Let go of what was said of a file that never came."""
        await self._done("drop", id=id, now=now)

    async def remove(self, ids: Sequence[FileId], at: datetime) -> None:
        """Take files away that no ticket names; they can be brought back for a while."""
        await self._done("remove", ids=list(ids), at=at, by=SYSTEM.id)

    async def restore(self, id: FileId) -> StoredFile:
        """Have a removed file kept again; one that is kept stays so.

        Raises:
            NotFound: there is none of that id.
        """
        await self._done("restore", id=id)
        return await self.get(id)

    async def _ids(self, query: str, **given: object) -> list[FileId]:
        return [FileId(row["id"]) for row in await self._records.rows(QUERIES[query], **given)]

    async def _done(self, query: str, **given: object) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES[query], given)


def _file_of(row: Row) -> StoredFile:
    return StoredFile(
        id=FileId(row["id"]),
        garage=GarageId(row["garage"]),
        owner=PersonId(row["owner"]),
        state=FileState(row["state"]),
        asked=FileFacts(
            type=FileType(row["asked_type"]),
            length=row["asked_length"],
            sha256=row["asked_sha256"],
        ),
        asked_at=row["asked_at"],
        waits_until=row["waits_until"],
        key=None if row["key"] is None else bytes(row["key"]),
        kept=None if row["stored_at"] is None else _kept_of(row),
        ticket=None if row["ticket"] is None else TicketId(row["ticket"]),
    )


def _kept_of(row: Row) -> KeptFile:
    size = None
    if row["width"] is not None:
        size = PictureSize(width=row["width"], height=row["height"])
    return KeptFile(
        facts=FileFacts(type=FileType(row["type"]), length=row["length"], sha256=row["sha256"]),
        at=row["stored_at"],
        small_length=row["small_length"],
        picture=size,
        log=None if row["battery_log"] is None else BatteryLog(**row["battery_log"]),
    )


async def erase_files_of_tickets(
    connection: Connection, tickets: Sequence[TicketId], at: datetime, by: PersonId
) -> int:
    """Let go of the keys of the files of tickets; say how many."""
    given = {"tickets": list(tickets), "at": at, "by": by}
    return (await connection.execute(QUERIES["erase_of_tickets"], given)).rowcount


async def erase_files_of_owner(
    connection: Connection, owner: CustomerId, at: datetime, by: PersonId
) -> int:
    """Let go of the keys of files that show a customer's vehicles; say how many."""
    given = {"owner": owner, "at": at, "by": by}
    return (await connection.execute(QUERIES["erase_of_owner"], given)).rowcount


async def erase_files_of_vehicle(
    connection: Connection, vehicle: VehicleId, at: datetime, by: PersonId
) -> int:
    """Let go of the keys of files that show a vehicle; say how many."""
    given = {"vehicle": vehicle, "at": at, "by": by}
    return (await connection.execute(QUERIES["erase_of_vehicle"], given)).rowcount
