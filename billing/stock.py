"""Stock as deltas in any order, once or twice: their sum is the same everywhere (a PN-counter).

A garage that was offline sends what it took and got; nothing is refused for being too late. A sum
below zero is flagged, not lost: somebody counted wrong, and both deltas stay to show who.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.audit import MoneyEvent
from billing.books import Books, Deed
from domain import limits
from domain.errors import InvalidInput
from domain.ids import GarageId
from records.database import Records
from records.queries import named

QUERIES = named("stock.sql", "billing")
MOST = 1_000_000
REASON_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What came onto the shelf (+) or left it (−), and why."""

    part: str
    quantity: int
    reason: str

    def __post_init__(self) -> None:
        limits.within("quantity", self.quantity, -MOST, MOST)
        if self.quantity == 0:
            raise InvalidInput("quantity", "is nothing; a delta adds or takes")
        limits.text("reason", self.reason, REASON_LIMIT, least=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
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


class Stock:
    def __init__(self, records: Records, books: Books) -> None:
        self._records = records
        self._books = books

    async def adjust(self, deed: Deed, delta: Delta) -> Level:
        """Add a delta once for its operation, and give the level after it.

        Raises:
            OperationConflict: the operation said another delta.
        """
        async with self._books.page(deed) as page:
            if await page.made_before(deed.operation) is None:
                row = {
                    "id": f"{deed.garage}:{deed.operation}",
                    "garage": deed.garage,
                    "part": delta.part,
                    "quantity": delta.quantity,
                    "reason": delta.reason,
                    "at": deed.at,
                    "by_whom": deed.actor,
                }
                await page.keep("stock_delta", str(row["id"]), row)
                await page.note(MoneyEvent.STOCK_ADJUSTED, delta.part)
        return (await self.levels(deed.garage, [delta.part]))[delta.part]

    async def levels(self, garage: GarageId, parts: Sequence[str]) -> dict[str, Level]:
        """Give the level of each part; one that was never seen is at nothing."""
        found = await self._records.rows(QUERIES["levels"], garage=garage, parts=list(parts))
        known = {
            row["part"]: Level(part=row["part"], added=row["added"], removed=row["removed"])
            for row in found
        }
        return {part: known.get(part, Level(part=part, added=0, removed=0)) for part in parts}

    async def negative(self, garage: GarageId, limit: int = 100) -> list[Level]:
        """Give the parts of which more left than came, the worst first."""
        found = await self._records.rows(QUERIES["negative"], garage=garage, limit=limit)
        return [Level(part=r["part"], added=r["added"], removed=r["removed"]) for r in found]
