"""The documents that partners have registered, as they are kept."""

from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256

from domain.deeds import Change, SettingsOperation
from domain.errors import InvalidInput
from domain.ids import DocumentId, PersonId
from domain.trusted_documents import MOST_OF_PARTNER, OperationKind, TrustedDocument
from records.audit_trail import DeedWriter, is_written
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("trusted_documents.sql")


class TrustedDocumentStore:
    def __init__(self, records: Records, deeds: DeedWriter) -> None:
        self._records = records
        self._deeds = deeds

    async def register(
        self, partner: str, documents: Sequence[TrustedDocument], operation: SettingsOperation
    ) -> list[TrustedDocument]:
        """Keep documents of one partner, all of them or none, and give them as they are kept.

        Raises:
            InvalidInput: the partner would have more than may be kept.
        """
        async with self._records.transaction() as connection:
            # One manifest of a partner at a time: two in other orders would wait for each other,
            # and both find the last places free.
            await connection.execute(QUERIES["hold_partner"], {"partner": partner})
            before = await _count(connection, partner)
            for document in documents:
                await connection.execute(QUERIES["register"], _row_of(document))
            after = await _count(connection, partner)
            if after > MOST_OF_PARTNER:
                raise InvalidInput("documents", f"a partner has at most {MOST_OF_PARTNER}")
            mark = _digest([document.id for document in documents])
            told = {"new": after - before, "sent": len(documents), "ids": mark}
            change = Change(after=told)
            deed = operation.deed("registerDocuments", partner, change, mark=mark)
            await self._deeds.write(connection, [deed])
        return await self.named(partner, [document.id for document in documents])

    async def remove(
        self, partner: str, ids: Sequence[DocumentId], operation: SettingsOperation
    ) -> int:
        """Have documents of a partner registered no longer; give how many were until now."""
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["hold_partner"], {"partner": partner})
            mark, given = _digest(ids), {"partner": partner, "ids": list(ids)}
            there = await _count_named(connection, given)
            told = {"removed": there, "ids": mark}
            deed = operation.deed("removeDocuments", partner, Change(after=told), mark=mark)
            # Asked again when they were registered anew since, they stay.
            if not there or await is_written(connection, deed):
                return 0
            await connection.execute(QUERIES["remove"], given)
            await self._deeds.write(connection, [deed])
            return there

    async def named(self, partner: str, ids: Sequence[DocumentId]) -> list[TrustedDocument]:
        """Give those of a partner's documents that are named, in that order."""
        rows = await self._records.rows(QUERIES["named"], partner=partner, ids=list(ids))
        found = {row["id"]: _document_of(row) for row in rows}
        return [found[named] for named in ids if named in found]

    async def page(
        self, partner: str, *, first: int, after: str | None = None
    ) -> list[TrustedDocument]:
        """Give up to `first` documents of a partner, by id."""
        rows = await self._records.rows(QUERIES["page"], partner=partner, first=first, after=after)
        return [_document_of(row) for row in rows]

    async def text(self, partner: str, id: DocumentId) -> str | None:
        rows = await self._records.rows(QUERIES["text"], partner=partner, id=id)
        return rows[0]["text"] if rows else None

    async def holders(self, ids: Sequence[DocumentId]) -> list[tuple[str, DocumentId]]:
        """Give partner and id of those documents that are registered still."""
        rows = await self._records.rows(QUERIES["holders"], ids=list(ids))
        return [(row["partner"], DocumentId(row["id"])) for row in rows]

    async def newest(
        self, first: int, held: Sequence[DocumentId]
    ) -> list[tuple[str, DocumentId, str]]:
        """Give partner, id and text of the newest documents beside those that are held."""
        rows = await self._records.rows(QUERIES["newest"], first=first, held=list(held))
        return [(row["partner"], DocumentId(row["id"]), row["text"]) for row in rows]


async def _count(connection: Connection, partner: str) -> int:
    [row] = await (await connection.execute(QUERIES["count"], {"partner": partner})).fetchall()
    return row["n"]


async def _count_named(connection: Connection, given: Row) -> int:
    [row] = await (await connection.execute(QUERIES["count_named"], given)).fetchall()
    return row["n"]


def _digest(ids: Sequence[DocumentId]) -> str:
    """Give the SHA-256 over the ids, a line each, in their order: which documents these were."""
    return sha256("\n".join(sorted(ids)).encode()).hexdigest()


def _row_of(document: TrustedDocument) -> Row:
    # To the driver a tuple is a row, and a list an array.
    lists = {"deprecated": list(document.deprecated), "scopes": list(document.scopes)}
    return asdict(document) | lists


def _document_of(row: Row) -> TrustedDocument:
    return TrustedDocument(
        partner=row["partner"],
        id=DocumentId(row["id"]),
        name=row["name"],
        text=row["text"],
        kind=OperationKind(row["kind"]),
        objects=row["objects"],
        deprecated=tuple(row["deprecated"]),
        scopes=tuple(row["scopes"]),
        registered_by=PersonId(row["registered_by"]),
        registered_at=row["registered_at"],
    )
