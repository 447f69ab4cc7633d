"""What a card's fix costs in a garage now: its parts at their prices, its hours at the rate."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.gst import money, price_sources
from billing.gst.money import Paise
from billing.gst.price_sources import TO_BE_DETERMINED, PartPrice
from billing.ledger.prices import PriceStore
from billing.ledger.sellers import SellerStore
from billing.ledger.stock import StockLevel, StockStore
from domain.cards import PartUse, Resolution
from domain.errors import NotFound
from domain.ids import GarageId


@dataclass(frozen=True, slots=True)
class CardWork:
    """What a card's fix needs, and the garage that would do it."""

    garage: GarageId
    parts: tuple[PartUse, ...]
    minutes: int

    @classmethod
    def of_fix(cls, garage: GarageId, fix: Resolution) -> "CardWork":
        return cls(garage=garage, parts=fix.parts, minutes=fix.labour_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimatedPart:
    """A part of the fix at the price that holds; `stock` is what lies on the garage's shelf."""

    part: str
    quantity: int
    price: PartPrice
    stock: StockLevel

    @property
    def total(self) -> Paise | None:
        """Give quantity × price, in paise; None while the part has no price."""
        amount = self.price.amount
        return None if amount is None else money.whole_paise("total", self.quantity * amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEstimate:
    """What a fix would cost before tax as of a moment (CA-22, CA-23); money in whole paise.

    `hourly_rate` is None while the garage has not said what it asks for an hour.
    """

    as_of: datetime
    parts: tuple[EstimatedPart, ...]
    hours: Decimal
    hourly_rate: Paise | None

    @property
    def unpriced(self) -> tuple[str, ...]:
        return tuple(used.part for used in self.parts if used.total is None)

    @property
    def labour(self) -> Paise | None:
        """Give hours × rate, a half paisa up; nothing where there is no work."""
        if not self.hours:
            return money.ZERO
        if self.hourly_rate is None:
            return None
        return money.round_half_up(self.hours * self.hourly_rate)

    @property
    def total(self) -> Paise | None:
        """Give Σ quantity × price + hours × rate; None while a price or the rate is missing."""
        sums = [used.total for used in self.parts] + [self.labour]
        known = [one for one in sums if one is not None]
        return money.whole_paise("total", sum(known)) if len(known) == len(sums) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEstimator:
    """Reads the prices, shelves and rates that estimates are made of."""

    prices: PriceStore
    stock: StockStore
    garages: SellerStore

    async def many(self, asked: Sequence[CardWork], at: datetime) -> dict[CardWork, CardEstimate]:
        """Give the estimate of each, three reads for each garage that is asked about.

        Prices are those that `partPrice` tells: what vendors said within a day, else the list. No
        vendor is asked, for a list of cards would keep all of them waiting.
        """
        by_garage: dict[GarageId, list[CardWork]] = defaultdict(list)
        for work in asked:
            by_garage[work.garage].append(work)
        found: dict[CardWork, CardEstimate] = {}
        for garage, works in by_garage.items():
            found |= await self._of_garage(garage, works, at)
        return found

    async def _of_garage(
        self, garage: GarageId, works: Sequence[CardWork], at: datetime
    ) -> dict[CardWork, CardEstimate]:
        parts = sorted({used.part for work in works for used in work.parts})
        prices = await self.prices.prices_as_of(parts, garage, at) if parts else {}
        levels = await self.stock.stock_levels(garage, parts) if parts else {}
        rate = await self._hourly_rate(garage)
        return {work: _estimate_work(work, at, rate, prices, levels) for work in works}

    async def _hourly_rate(self, garage: GarageId) -> Paise | None:
        try:
            return Paise((await self.garages.get(garage)).profile.labour_rate)
        except NotFound:
            return None


def _estimate_work(
    work: CardWork,
    at: datetime,
    rate: Paise | None,
    prices: Mapping[str, PartPrice],
    levels: Mapping[str, StockLevel],
) -> CardEstimate:
    return CardEstimate(
        as_of=at,
        parts=tuple(
            EstimatedPart(
                part=used.part,
                quantity=used.quantity,
                price=prices.get(used.part, TO_BE_DETERMINED),
                stock=levels[used.part],
            )
            for used in work.parts
        ),
        hours=price_sources.billed_hours(work.minutes) if work.minutes else Decimal(0),
        hourly_rate=rate,
    )
