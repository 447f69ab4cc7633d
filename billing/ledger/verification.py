"""Reads the whole audit again and names the first row that was touched, whoever touched it."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from billing.ledger import audit
from billing.ledger.anchors import Anchor
from billing.ledger.audit import START, AuditEntry, Fields, WrittenRow
from domain.ids import GarageId
from records.database import Records, Row
from records.queries import named_queries

QUERIES: Final = named_queries("verification.sql", "billing")
BATCH = 2_000
# Each table whose rows the audit holds, with the column that names a row.
TABLES: Final = (
    "document",
    "invoice",
    "void_invoice",
    "e_invoice",
    "e_invoice_cancel",
    "closed_month",
    "till_closing",
    "till_reopening",
    "posting",
    "payment",
    "receipt_voucher",
    "price",
    "stock_delta",
    "setting",
)
# Only what holds now is kept; what was said before is in the events alone.
CURRENT: Final = frozenset({"setting"})
# Columns that a table got when rows of it were audited already, the oldest first, and what they
# hold in those rows. A digest from before does not speak of them: it holds while they hold that.
GROWN: Final[Mapping[str, Sequence[tuple[str, object]]]] = {
    "payment": (("receipt", None),),
    "posting": (("cause", None),),
    "setting": (("turnover", 0), ("scheme", "regular")),
    "till_closing": (("turn", 1), ("brought_paise", 0), ("taken_to", None)),
}
PARTS: Final[Mapping[str, LiteralString]] = {
    "invoice": QUERIES["parts_of_invoice"],
    "posting": QUERIES["parts_of_posting"],
}
SECONDS = 60.0
# Queries that name a row no event accounts for, and what to say of it: a row that none wrote; a
# sum, a balance or a counter that does not follow from the rows it was made of.
PAST_THE_EVENTS: Final = {
    "unaudited": "was written past the audit",
    "underived": "does not follow from what was written",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TamperedRow:
    """The first thing that is not as it was written."""

    garage: GarageId
    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """How many events and rows were read, and what was touched; None: all is as it was."""

    events: int
    rows: int
    touched: TamperedRow | None = None


async def verify_books(records: Records, anchors: Sequence[Anchor] = ()) -> AuditResult:
    """Check the chain of every garage against its rows, its head and its anchors."""
    events = rows = 0
    for garage in await _audited_garages(records, anchors):
        own = {anchor.n: anchor.hash for anchor in anchors if anchor.garage == garage}
        chain = AuditChain(garage=garage, anchors=own)
        touched = await _check_chain(records, chain)
        touched = touched or await _check_head(records, chain)
        for query, what in PAST_THE_EVENTS.items():
            touched = touched or await _first_tampered(records, chain, query, what)
        events, rows = events + chain.n, rows + chain.rows
        if touched is not None:
            return AuditResult(events=events, rows=rows, touched=touched)
    return AuditResult(events=events, rows=rows)


@dataclass(slots=True, kw_only=True)
class AuditChain:
    """A garage's chain as far as it was read."""

    garage: GarageId
    anchors: dict[int, bytes]
    n: int = 0
    head: bytes = START
    rows: int = 0

    def follow(self, row: Row) -> TamperedRow | None:
        """Take the next event, unless something is wrong with it."""
        entry = _entry_of(row)
        if entry.n != self.n + 1:
            return self.touched(f"event {self.n + 1}", "is missing")
        self.n, self.head = entry.n, entry.hash(self.head)
        if self.head != bytes(row["hash"]):
            return self.touched(f"event {entry.n}", f"{entry.event} of {entry.entity} was altered")
        if self.anchors.get(entry.n, self.head) != self.head:
            return self.touched(f"event {entry.n}", "is not the one that was anchored")
        return None

    def touched(self, where: str, reason: str) -> TamperedRow:
        return TamperedRow(garage=self.garage, where=where, reason=reason)


async def _check_chain(records: Records, chain: AuditChain) -> TamperedRow | None:
    """Follow the chain, and compare each event with the rows that it wrote."""
    async for batch in _event_batches(records, chain):
        for row in batch:
            touched = chain.follow(row)
            if touched is not None:
                return touched
        written = [w for row in batch for w in audit.rows_of_body(row["body"])]
        chain.rows += len(written)
        touched = await _compare_rows(records, chain, written)
        if touched is not None:
            return touched
    return None


async def _event_batches(records: Records, chain: AuditChain) -> AsyncGenerator[list[Row]]:
    while True:
        async with records.transaction(SECONDS) as connection:
            given = {"garage": chain.garage, "after": chain.n, "limit": BATCH}
            found = await (await connection.execute(QUERIES["events"], given)).fetchall()
        if not found:
            return
        yield found


async def _compare_rows(
    records: Records, chain: AuditChain, written: Iterable[WrittenRow]
) -> TamperedRow | None:
    """Compare rows with the digests that their events hold; the first in the order of events."""
    expected = list(written)
    found: dict[tuple[str, str], set[str]] = {}
    for table in TABLES:
        keys = [w.key for w in expected if w.table == table]
        if keys:
            found |= await _stored_digests(records, table, keys)
    for row in expected:
        if row.table not in TABLES:
            continue
        actual = found.get((row.table, row.key))
        if actual is None and row.table in CURRENT:
            continue
        if actual is None:
            return chain.touched(f"{row.table} {row.key}", "is missing")
        if row.digest not in actual:
            return chain.touched(f"{row.table} {row.key}", "was altered")
    return None


async def _stored_digests(
    records: Records, table: str, keys: Sequence[str]
) -> dict[tuple[str, str], set[str]]:
    """Give the digests that each row may have been audited with: as it is, or before it grew."""
    async with records.transaction(SECONDS) as connection:
        given = {"keys": list(keys)}
        found = await (await connection.execute(QUERIES[table], given)).fetchall()
        parts: dict[str, list[Fields]] = {}
        if table in PARTS:
            cursor = await connection.execute(PARTS[table], given)
            for part in await cursor.fetchall():
                parts.setdefault(part.pop("audit_key"), []).append(part)
    return {
        (table, key): {
            audit.row_digest(shape, parts.get(key, ())) for shape in _row_shapes(table, row)
        }
        for row in found
        for key in (row.pop("audit_key"),)
    }


def _row_shapes(table: str, row: Row) -> list[Fields]:
    """Give a row as it is, and without what came later, as far as that was never touched."""
    shapes: list[Fields] = [row]
    for column, first in reversed(GROWN.get(table, ())):
        if shapes[-1][column] != first:
            break
        shapes.append({name: value for name, value in shapes[-1].items() if name != column})
    return shapes


async def _check_head(records: Records, chain: AuditChain) -> TamperedRow | None:
    """Compare the end of the chain with the garage's head and with the last anchor."""
    found = await records.rows(QUERIES["head"], garage=chain.garage)
    n = found[0]["n"] if found else 0
    last = max([n, *chain.anchors])
    if last > chain.n:
        return chain.touched(f"event {chain.n + 1}", "is missing at the end of the chain")
    if n != chain.n or (found and bytes(found[0]["hash"]) != chain.head and n > 0):
        return chain.touched(f"event {chain.n}", "is not where the chain's head points")
    return None


async def _first_tampered(
    records: Records, chain: AuditChain, query: str, what: str
) -> TamperedRow | None:
    """Say `what` of the row that a query finds, if it finds one."""
    async with records.transaction(SECONDS) as connection:
        given = {"garage": chain.garage}
        row = await (await connection.execute(QUERIES[query], given)).fetchone()
    return None if row is None else chain.touched(f"{row['kept']} {row['key']}", what)


async def _audited_garages(records: Records, anchors: Sequence[Anchor]) -> list[GarageId]:
    found = await records.rows(QUERIES["garages"])
    return sorted({GarageId(row["garage"]) for row in found} | {a.garage for a in anchors})


def _entry_of(row: Row) -> AuditEntry:
    return AuditEntry(
        garage=row["garage"],
        n=row["n"],
        at=row["at"],
        event=row["event"],
        actor=row["actor"],
        entity=row["entity"],
        body=row["body"],
    )
