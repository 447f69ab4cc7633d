"""A garage's books: every change of money is one page, held by one transaction from first to last.

The head of the garage's audit chain is locked first. So two pages of a garage never meet, numbers
are given in the order of commit, and pages of different garages do not wait for each other.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import LiteralString

from billing.gst.law_dates import financial_year_of
from billing.gst.series import DocumentKind, SeriesNumber, first_of_month, series_of
from billing.ledger import audit
from billing.ledger.audit import START, AuditEntry, Fields, MoneyEvent, WrittenRow
from domain.access import MachineRole, Role
from domain.deeds import NOWHERE, Deed, DeedResult, DeedType, Origin
from domain.errors import InvalidInput, MonthClosed, OperationConflict
from domain.events import Event
from domain.ids import GarageId, OperationId, PersonId
from records import outbox
from records.audit_trail import DeedWriter
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("books.sql", "billing")
# The statement that keeps a row of a table, and the one for what belongs to it.
KEEP: Mapping[str, LiteralString] = {
    "document": QUERIES["keep_document"],
    "invoice": QUERIES["keep_invoice"],
    "void_invoice": QUERIES["keep_void_invoice"],
    "posting": QUERIES["keep_posting"],
    "payment": QUERIES["keep_payment"],
    "receipt_voucher": QUERIES["keep_receipt_voucher"],
    "closed_month": QUERIES["keep_closed_month"],
    "till_closing": QUERIES["keep_till_closing"],
    "till_reopening": QUERIES["keep_till_reopening"],
    "price": QUERIES["keep_price"],
    "stock_delta": QUERIES["keep_stock_delta"],
    "e_invoice": QUERIES["keep_e_invoice"],
    "e_invoice_cancel": QUERIES["keep_e_invoice_cancel"],
}
KEEP_PARTS: Mapping[str, LiteralString] = {
    "invoice": QUERIES["keep_parts_of_invoice"],
    "posting": QUERIES["keep_parts_of_posting"],
}
# The events of money that are deeds of the audit trail too.
DEEDS: Mapping[MoneyEvent, DeedType] = {
    MoneyEvent.INVOICE_ISSUED: DeedType.INVOICE_CREATE,
    MoneyEvent.INVOICE_VOIDED: DeedType.INVOICE_VOID,
    MoneyEvent.SETTING_CHANGED: DeedType.SETTINGS_CHANGE,
}
# Prices and vendors of all garages have a chain of their own.
NETWORK = GarageId("garage_network")


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksChange:
    """Who does what to whose books, when, under which key; the same key again is the same change.

    `body_hash` is of what was asked (IN-12): another body under the same key is a conflict. `role`
    and `origin` are the actor's, for the audit.
    """

    garage: GarageId
    operation: OperationId
    body_hash: str
    actor: PersonId
    at: datetime
    role: Role | MachineRole | None = None
    origin: Origin = NOWHERE


@dataclass(slots=True, kw_only=True)
class BooksTransaction:
    """The books of one garage during one change of them."""

    connection: Connection
    change: BooksChange
    deeds: DeedWriter
    n: int
    head: bytes
    _written: list[WrittenRow] = field(default_factory=list[WrittenRow])

    async def execute(self, query: LiteralString, **more: object) -> None:
        """Do a statement of this page; the change's garage, actor and time are at hand in it."""
        await self.connection.execute(query, self._query_values(more))

    async def rows(self, query: LiteralString, **more: object) -> list[Row]:
        return await (await self.connection.execute(query, self._query_values(more))).fetchall()

    async def first_row(self, query: LiteralString, **more: object) -> Row | None:
        return await (await self.connection.execute(query, self._query_values(more))).fetchone()

    async def recall_made(self, made: str) -> str | None:
        """Claim the change's key for what it is about to make; give what it made before, if it did.

        Raises:
            OperationConflict: the key was used with another body.
        """
        change = self.change
        held = await self.first_row(
            QUERIES["claim"], id=change.operation, body_hash=change.body_hash, made=made
        )
        if held is not None:
            return None
        known = await self.first_row(QUERIES["recall"], id=change.operation)
        if known is None or known["body_hash"] != change.body_hash:
            raise OperationConflict(change.operation)
        return known["made"]

    async def demand_open(self, day: date) -> None:
        """Raise MonthClosed if the books of that day's month are closed."""
        if await self.is_closed(first_of_month(day)):
            raise MonthClosed(f"{day:%B %Y}")

    async def is_closed(self, month: date) -> bool:
        return await self.first_row(QUERIES["closed"], month=month) is not None

    async def next_number(
        self, kind: DocumentKind, series: str, day: date, *, bill: bool = False
    ) -> SeriesNumber:
        """Take the next number of a garage's series; an abort of this page gives it back.

        `bill` is an invoice without tax.

        Raises:
            InvalidInput: a document of a later date has a number already.
        """
        own, year = series_of(kind, series, bill=bill), financial_year_of(day)
        taken = await self.first_row(QUERIES["take"], series=own, year=year.short, day=day)
        if taken is None:
            raise InvalidInput("date", "a later one is in this series already: numbers follow time")
        return SeriesNumber(kind=kind, series=own, year=year, serial=taken["last"])

    async def keep_row(
        self, table: str, key: str, row: Fields, parts: Sequence[Fields] = ()
    ) -> None:
        """Write a row that stays for ever, and what belongs to it; its digest goes to the audit."""
        await self.connection.execute(KEEP[table], dict(row))
        if parts:
            given = {"parts": audit.canonical_json(parts).decode()}
            await self.connection.execute(KEEP_PARTS[table], given)
        self._written.append(WrittenRow(table=table, key=key, digest=audit.row_digest(row, parts)))

    def note_digest(self, table: str, key: str, row: Fields) -> None:
        """Note the digest of a row that was written in another way."""
        self._written.append(WrittenRow(table=table, key=key, digest=audit.row_digest(row)))

    async def chain_event(self, event: MoneyEvent, entity: str) -> None:
        """Chain an event with all that was kept since the last one."""
        change = self.change
        entry = AuditEntry(
            garage=change.garage,
            n=self.n + 1,
            at=change.at,
            event=event,
            actor=change.actor,
            entity=entity,
            body=audit.entry_body(self._written),
        )
        self._written.clear()
        self.n, self.head = entry.n, entry.hash(self.head)
        await self.execute(
            QUERIES["chain"], n=self.n, event=event, entity=entity, body=entry.body, hash=self.head
        )
        if event in DEEDS:
            await self.deeds.write(self.connection, [self._deed(DEEDS[event], entity)])

    async def leave_events(self, events: Sequence[Event]) -> None:
        """Leave events for the rest of the system, in this transaction."""
        await outbox.leave_events(self.connection, events)

    def _deed(self, type: DeedType, entity: str) -> Deed:
        """Give the deed of the event that was just chained, which holds the digests of its rows."""
        change = self.change
        return Deed(
            audit_id=f"money_{change.garage}_{self.n}",
            timestamp=change.at,
            event_type=type,
            user_id=change.actor,
            user_role=None if change.role is None else change.role.value,
            garage_id=change.garage,
            ip_address=change.origin.address,
            user_agent=change.origin.agent,
            resource_type=type.resource,
            resource_id=entity,
            action=type.action,
            old_value=None,
            new_value={"money_event": self.n, "hash": self.head.hex()},
            result=DeedResult.DONE,
        )

    def _query_values(self, more: Fields) -> dict[str, object]:
        change = self.change
        return {"garage": change.garage, "actor": change.actor, "at": change.at, **more}


class Books:
    def __init__(self, records: Records, deeds: DeedWriter) -> None:
        self._records = records
        self._deeds = deeds

    @asynccontextmanager
    async def open_transaction(self, change: BooksChange) -> AsyncGenerator[BooksTransaction]:
        """Hold a garage's books for one change; all of it is written at the end, or nothing."""
        async with self._records.transaction() as connection:
            head = await _lock_chain_head(connection, change.garage)
            transaction = BooksTransaction(
                connection=connection,
                change=change,
                deeds=self._deeds,
                n=head["n"],
                head=bytes(head["hash"]),
            )
            yield transaction
            if transaction.n != head["n"]:
                await transaction.execute(
                    QUERIES["move_head"], n=transaction.n, hash=transaction.head
                )


async def _lock_chain_head(connection: Connection, garage: GarageId) -> Row:
    """Lock the end of the garage's chain; the first page of a garage starts it."""
    given = {"garage": garage, "start": START}
    held = await (await connection.execute(QUERIES["hold"], given)).fetchone()
    if held is not None:
        return held
    await connection.execute(QUERIES["start"], given)
    [held] = await (await connection.execute(QUERIES["hold"], given)).fetchall()
    return held
