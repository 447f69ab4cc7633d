"""Returns of months as files, made beside the service and kept until they were fetched.

A month of a hundred thousand papers takes longer than anybody waits for an answer. What was asked
is a row; whoever has its lease makes the return part by part and keeps each, so that the next one
goes on where a killed process ended. When the papers of the month change meanwhile, it begins
again.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from pydantic import TypeAdapter

from access.personal_fields import RETURN_ARCHIVE, RETURN_PART
from access.vault import Vault
from billing.gst.e_invoice import inv01_text
from billing.gst.gstr1_files import to_csv_files, to_portal_json
from billing.gst.gstr1_rows import MonthlyReturn
from billing.ledger.returns import FIRST, MonthPapers, ReturnBuilder, ReturnPart, ReturnScope
from billing.ledger.sellers import SellerStore
from domain.deeds import Deed
from domain.errors import InvalidInput, NotFound, OperationConflict, Refused, Unavailable
from domain.ids import GarageId, PersonId, ReturnExportId, derive_uuid
from records.audit_trail import DeedWriter
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("return_exports.sql", "billing")
RETURN: Final = TypeAdapter(MonthlyReturn)
# Of one garage at a time.
MOST_WAITING: Final = 5
# So much of a garage is kept at a time; each file goes after seven days.
MOST_KEPT: Final = 50
MOST_KEPT_BYTES: Final = 512 * 1024 * 1024
TAKEN_AT_ONCE: Final = 10
# Of a month whose papers change all the time, or of a fault of ours.
GIVEN_UP_AFTER: Final = timedelta(days=1)
GIVEN_UP: Final = InvalidInput("month", "could not be made within a day; ask again, or for help")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnExport:
    """What was asked, and how far it is.

    Attributes:
        garage: in whose name it was asked; `garages` are those whose papers it tells of.
        papers: how many there are; None while nobody has looked.
        done: how many of them are in it.
        refused: why it cannot be made; `finished_at` is then when that was found.
    """

    id: ReturnExportId
    garage: GarageId
    garages: tuple[GarageId, ...]
    gstin: str
    month: date
    asked_at: datetime
    asked_by: PersonId
    papers: int | None = None
    done: int = 0
    finished_at: datetime | None = None
    refused: InvalidInput | None = None

    @property
    def is_made(self) -> bool:
        return self.finished_at is not None and self.refused is None


def export_id(operation: UUID, actor: PersonId) -> ReturnExportId:
    """Give the id that somebody's operation's export has, however often it is asked."""
    return ReturnExportId(f"ret_{derive_uuid(operation, f'{actor}:return export').hex}")


class ReturnExportStore:
    def __init__(self, records: Records, vault: Vault, deeds: DeedWriter) -> None:
        self._records = records
        self._vault = vault
        self._deeds = deeds

    async def ask(self, export: ReturnExport, deed: Deed) -> ReturnExport:
        """Keep what is asked with its deed; the same again gives how far it is.

        Raises:
            InvalidInput: too many of the garage wait already, or are kept.
            OperationConflict: the operation was used for another return.
        """
        asked = {
            "id": export.id,
            "garage": export.garage,
            "gstin": export.gstin,
            "garages": list(export.garages),
            "month": export.month,
            "at": export.asked_at,
            "by": export.asked_by,
        }
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["hold_garage"], asked)
            made = await connection.execute(QUERIES["ask"], asked)
            if await made.fetchone() is not None:
                waiting = await connection.execute(QUERIES["waiting_of"], asked)
                [row] = await waiting.fetchall()
                if row["n"] > MOST_WAITING:
                    raise InvalidInput("month", f"{MOST_WAITING} returns are being made; wait")
                await _demand_room(connection, asked)
                await self._deeds.write(connection, [deed])
        known = await self.get(export.id)
        if (known.gstin, known.garages, known.month) != (
            export.gstin,
            export.garages,
            export.month,
        ):
            raise OperationConflict(export.id)
        return known

    async def get(self, id: ReturnExportId) -> ReturnExport:
        """Give an export, of whichever garage.

        Raises:
            NotFound: there is none, or it is gone.
        """
        found = await self._records.rows(QUERIES["get"], id=id)
        if not found:
            raise NotFound("return export", id)
        return _export_of(found[0])

    async def waiting(self) -> list[ReturnExportId]:
        found = await self._records.rows(QUERIES["waiting"], first=TAKEN_AT_ONCE)
        return [ReturnExportId(row["id"]) for row in found]

    async def take(self, id: ReturnExportId) -> bool:
        """Count one more try to make it; False: it is made already."""
        return bool(await self._records.rows(QUERIES["take"], id=id))

    async def begin(self, id: ReturnExportId, papers: MonthPapers) -> None:
        """Say what it is made of; parts that were made of other papers go."""
        given = {"id": id, "papers": papers.count, "digest": papers.digest}
        await self._run("begin", given)

    async def parts(self, id: ReturnExportId) -> list[ReturnPart]:
        found = await self._records.rows(QUERIES["parts"], id=id)
        return await asyncio.to_thread(lambda: [self._open_part(row) for row in found])

    async def keep_part(
        self, id: ReturnExportId, n: int, part: ReturnPart, of: MonthPapers
    ) -> bool:
        """Keep the next part; False: it is not the next any more, or not of these papers."""
        name = f"{id}:{n}"
        kept = await self._records.rows(
            QUERIES["keep_part"],
            id=id,
            part=name,
            n=n,
            papers=part.papers,
            last=part.last,
            digest=of.digest,
            sealed=await asyncio.to_thread(self._seal_part, name, part),
        )
        return bool(kept)

    async def finish(self, export: ReturnExport, archive: bytes, at: datetime) -> None:
        """Keep the files of a return; where there is no room for them by now, say that.

        Their size is known here alone: of several that waited each fits, and not all together.
        """
        place = RETURN_ARCHIVE.at(export.id)
        sealed = await asyncio.to_thread(self._vault.seal, archive, place)
        given = {"id": export.id, "garage": export.garage, "at": at}
        made = {"archive": sealed, "field": None, "reason": None}
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["hold_garage"], given)
            waits = await connection.execute(QUERIES["is_waiting"], given)
            if await waits.fetchone() is None:
                return
            try:
                await _demand_room(connection, given, len(sealed))
            except InvalidInput as full:
                made = {"archive": None, "field": full.field, "reason": full.reason}
            await connection.execute(QUERIES["finish"], given | made)

    async def refuse(self, id: ReturnExportId, why: InvalidInput, at: datetime) -> None:
        await self._end(id, at, {"archive": None, "field": why.field, "reason": why.reason})

    async def archive(self, id: ReturnExportId) -> bytes:
        """Give the files of a return that is made, as a zip.

        Raises:
            NotFound: there is none, or it is gone.
        """
        found = await self._records.rows(QUERIES["archive"], id=id)
        if not found:
            raise NotFound("return export", id)
        sealed = bytes(found[0]["archive"])
        return await asyncio.to_thread(self._vault.open, sealed, RETURN_ARCHIVE.at(id))

    async def _end(self, id: ReturnExportId, at: datetime, how: Mapping[str, object]) -> None:
        await self._run("finish", {"id": id, "at": at, **how})

    async def _run(self, query: str, given: Mapping[str, object]) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES[query], given)

    def _seal_part(self, name: str, part: ReturnPart) -> bytes:
        return self._vault.seal(zlib.compress(RETURN.dump_json(part.rows), 1), RETURN_PART.at(name))

    def _open_part(self, row: Row) -> ReturnPart:
        opened = self._vault.open(bytes(row["sealed"]), RETURN_PART.at(row["id"]))
        rows = RETURN.validate_json(zlib.decompress(opened))
        return ReturnPart(papers=row["papers"], last=row["last"], rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnExporter:
    """Makes what waits; `now` tells the time."""

    store: ReturnExportStore
    returns: ReturnBuilder
    sellers: SellerStore
    now: Callable[[], datetime]

    async def make(self, id: ReturnExportId, hold: Callable[[], Awaitable[bool]]) -> None:
        """Make an export, from where it stands; `hold` keeps the lease, or says that it is lost."""
        if not await self.store.take(id):
            return
        export = await self.store.get(id)
        if self.now() - export.asked_at > GIVEN_UP_AFTER:
            await self.store.refuse(id, GIVEN_UP, self.now())
            return
        try:
            whole = await self._whole(export, hold)
        except Unavailable:
            raise
        except Refused as why:
            told = why if isinstance(why, InvalidInput) else InvalidInput("month", str(why))
            await self.store.refuse(id, told, self.now())
            return
        if whole is not None:
            archive = await asyncio.to_thread(zip_return, whole)
            await self.store.finish(export, archive, self.now())

    async def _whole(
        self, export: ReturnExport, hold: Callable[[], Awaitable[bool]]
    ) -> MonthlyReturn | None:
        """Give the return; None when somebody else goes on with it, or its papers changed."""
        sellers = [await self.sellers.get(garage) for garage in export.garages]
        scope = ReturnScope.of(sellers, export.gstin, export.month)
        papers = await self.returns.papers(scope)
        await self.store.begin(export.id, papers)
        parts = await self.store.parts(export.id)
        while True:
            if not await hold():
                return None
            part = await self.returns.next_part(scope, parts[-1].last if parts else FIRST)
            if part is None:
                break
            if not await self.store.keep_part(export.id, len(parts), part, papers):
                return None
            parts.append(part)
        whole = await self.returns.whole(scope, [part.rows for part in parts])
        same = await self.returns.papers(scope) == papers
        return whole if same and sum(part.papers for part in parts) == papers.count else None


async def _demand_room(connection: Connection, given: Mapping[str, object], size: int = 0) -> None:
    """Refuse what a garage would keep beyond its bound; `size` in bytes is what comes to it."""
    [row] = await (await connection.execute(QUERIES["kept_of"], given)).fetchall()
    if row["n"] >= MOST_KEPT or row["bytes"] + max(size, 1) > MOST_KEPT_BYTES:
        reason = f"{row['n']} returns are kept, each for a week: wait for one to go"
        raise InvalidInput("month", reason)


def zip_return(made: MonthlyReturn) -> bytes:
    """Give a return as files: the portal's JSON, and a CSV for each of its tables."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as files:
        files.writestr(f"gstr1_{made.period}.json", inv01_text(to_portal_json(made)))
        for name, text in to_csv_files(made).items():
            files.writestr(f"{name}.csv", text)
    return out.getvalue()


def _export_of(row: Row) -> ReturnExport:
    field = row["refused_field"]
    return ReturnExport(
        id=ReturnExportId(row["id"]),
        garage=GarageId(row["garage"]),
        garages=tuple(GarageId(garage) for garage in row["garages"]),
        gstin=row["seller"],
        month=row["month"],
        asked_at=row["asked_at"],
        asked_by=PersonId(row["asked_by"]),
        papers=row["papers"],
        done=row["done"],
        finished_at=row["finished_at"],
        refused=None if field is None else InvalidInput(field, row["refused_reason"]),
    )
