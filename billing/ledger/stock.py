"""Stock as deltas in any order, once or twice: their sum is the same everywhere (a PN-counter).

An invoice takes the parts that it bills off the shelf in the transaction that issues it; a void or
a credit note puts back what came back, in its own.

A garage that was offline sends what it took and got; nothing is refused for being too late. A sum
below zero is flagged, not lost: somebody counted wrong, and both deltas stay to show who.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR

from billing.gst.invoices import Invoice
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books, BooksChange, BooksTransaction
from domain import limits
from domain.errors import InvalidInput
from domain.ids import GarageId
from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("stock.sql", "billing")
MOST = 1_000_000
REASON_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDelta:
    """What came onto the shelf (+) or left it (−), and why."""

    part: str
    quantity: int
    reason: str

    def __post_init__(self) -> None:
        limits.check_range("quantity", self.quantity, -MOST, MOST)
        if self.quantity == 0:
            raise InvalidInput("quantity", "is nothing; a delta adds or takes")
        said = limits.clean_text("reason", self.reason, REASON_LIMIT, least=3)
        object.__setattr__(self, "reason", said)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """How many of a part came in, how many went out, and what should be there."""

    part: str
    added: int
    removed: int

    @property
    def quantity(self) -> int:
        return self.added - self.removed

    @property
    def negative(self) -> bool:
        """More left than came: count the shelf."""
        return self.quantity < 0


class StockStore:
    def __init__(self, records: Records, books: Books) -> None:
        self._records = records
        self._books = books

    async def adjust_stock(self, change: BooksChange, delta: StockDelta) -> StockLevel:
        """Add a delta once for its operation, and give the level after it.

        Raises:
            OperationConflict: the operation said another delta.
        """
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(change.operation) is None:
                await _keep_delta(transaction, f"{change.garage}:{change.operation}", delta)
                await transaction.chain_event(MoneyEvent.STOCK_ADJUSTED, delta.part)
        return (await self.stock_levels(change.garage, [delta.part]))[delta.part]

    async def stock_levels(self, garage: GarageId, parts: Sequence[str]) -> dict[str, StockLevel]:
        """Give the level of each part; one that was never seen is at nothing."""
        found = await self._records.rows(QUERIES["levels"], garage=garage, parts=list(parts))
        known = {
            row["part"]: StockLevel(part=row["part"], added=row["added"], removed=row["removed"])
            for row in found
        }
        return {part: known.get(part, StockLevel(part=part, added=0, removed=0)) for part in parts}


async def take_parts(transaction: BooksTransaction, invoice: Invoice) -> None:
    """Take what an invoice bills off the shelf; a begun piece counts whole."""
    taken = _pieces_by_part(invoice, ROUND_CEILING)
    await _move_parts(
        transaction, {part: -n for part, n in taken.items()}, f"Invoice {invoice.number}"
    )


async def give_parts_back(transaction: BooksTransaction, document: Invoice, reason: str) -> None:
    """Put the parts of a void invoice or a credit note back: those whose quantity came back."""
    whole = ROUND_CEILING if document.against is None else ROUND_FLOOR
    await _move_parts(transaction, _pieces_by_part(document, whole), reason)


def _pieces_by_part(document: Invoice, rounding: str) -> dict[str, int]:
    """Count the pieces of each part; a line that only lowers a price moves none."""
    pieces: dict[str, int] = {}
    for line in document.lines:
        if line.part is not None and not line.value_only:
            n = int(line.quantity.to_integral_value(rounding))
            pieces[line.part] = pieces.get(line.part, 0) + n
    return pieces


async def _move_parts(
    transaction: BooksTransaction, pieces: Mapping[str, int], reason: str
) -> None:
    change = transaction.change
    for part, n in pieces.items():
        if n:
            delta = StockDelta(part=part, quantity=n, reason=reason)
            await _keep_delta(transaction, f"{change.garage}:{change.operation}:{part}", delta)


async def _keep_delta(transaction: BooksTransaction, key: str, delta: StockDelta) -> None:
    row = {
        "id": key,
        "garage": transaction.change.garage,
        "part": delta.part,
        "quantity": delta.quantity,
        "reason": delta.reason,
        "at": transaction.change.at,
        "by_whom": transaction.change.actor,
    }
    await transaction.keep_row("stock_delta", key, row)
