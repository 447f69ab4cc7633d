"""The audit of money: every event chained to the one before it, and to the rows it wrote.

hash(n) = SHA-256(hash(n-1) ‖ canonical JSON of event n); hash(0) is 32 zero bytes. The body of an
event holds the digest of each row that it wrote, so a row that was touched is named even where the
chain still holds. Who rewrites a whole chain is caught by the anchors (billing/ledger/anchors.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import cast

import orjson
from psycopg.types.json import Jsonb

from domain.ids import GarageId

START = bytes(32)
Fields = Mapping[str, object]


class MoneyEvent(StrEnum):
    SETTING_CHANGED = "settings.change"
    INVOICE_ISSUED = "invoice.create"
    CREDIT_NOTE_ISSUED = "credit_note.create"
    INVOICE_VOIDED = "invoice.void"
    PAYMENT_RECORDED = "payment.record"
    PAYMENT_REFUNDED = "payment.refund"
    E_INVOICE_REGISTERED = "e_invoice.register"
    E_INVOICE_CANCELLED = "e_invoice.cancel"
    MONTH_CLOSED = "month.close"
    TILL_CLOSED = "till.close"
    TILL_REOPENED = "till.reopen"
    PRICE_SET = "price.set"
    STOCK_ADJUSTED = "stock.adjust"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One event as it is chained; `body` is canonical JSON."""

    garage: GarageId
    n: int
    at: datetime
    event: str
    actor: str
    entity: str
    body: str

    def hash(self, previous: bytes) -> bytes:
        """Give the hash of this entry behind one with the hash `previous`."""
        said = [self.garage, self.n, self.at, self.event, self.actor, self.entity, self.body]
        return sha256(previous + canonical_json(said)).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """A row that an event wrote: its table, its key, and the digest of all it says."""

    table: str
    key: str
    digest: str


def entry_body(rows: Sequence[WrittenRow]) -> str:
    """Give the body of an event that wrote these rows."""
    return canonical_json({"rows": [[row.table, row.key, row.digest] for row in rows]}).decode()


def rows_of_body(body: str) -> list[WrittenRow]:
    """Read back what `entry_body` wrote."""
    found: list[list[str]] = orjson.loads(body)["rows"]
    return [WrittenRow(table=table, key=key, digest=digest) for table, key, digest in found]


def row_digest(fields: Fields, parts: Sequence[Fields] = ()) -> str:
    """Give the SHA-256, in hex, of a row and of the rows that belong to it."""
    return sha256(canonical_json([fields, list(parts)])).hexdigest()


def canonical_json(value: object) -> bytes:
    """Give JSON that is the same for the same values, before and after a database held them."""
    return orjson.dumps(_plain_value(value), option=orjson.OPT_SORT_KEYS)


def _plain_value(value: object) -> object:
    match value:
        case Mapping():
            known = cast("Fields", value)
            return {str(key): _plain_value(inner) for key, inner in known.items()}
        case list() | tuple():
            return [_plain_value(inner) for inner in cast("Sequence[object]", value)]
        case Jsonb():
            return _plain_value(value.obj)
        case _:
            return _text_value(value)


def _text_value(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case bytes():
            return value.hex()
        case _:
            return value
