"""What is charged: for which parts, for how much time, and whose price counts (FB-2, IP-10, IP-11).

Parts really used are billed; where nobody wrote them down, the card's estimate is, flagged. A price
comes from the first source that may speak: an offer, a price of the last 24 hours, the garage's own
list. When none does, the price is still to be determined, and nothing is issued.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from billing.gst.money import Paise, whole_paise
from domain.cards import PartUse
from domain.errors import InvalidInput

FRESH = timedelta(hours=24)
MINUTES_IN_HOUR = 60
TENTH = Decimal("0.1")


class PriceSource(StrEnum):
    OFFER = "offer"
    CACHED = "cached"
    LIST = "list"
    TO_BE_DETERMINED = "price_tbd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a source said of a part: paise for one, and when it said so."""

    amount: Paise
    at: datetime

    def __post_init__(self) -> None:
        whole_paise("price", self.amount, least=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCandidates:
    """What each source answered for one part; None is silence (a timeout, an empty shelf)."""

    offers: tuple[Quote, ...] | None = None
    cached: Quote | None = None
    listed: Quote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPrice:
    """The price that counts, and whose word it is; no amount while it is to be determined."""

    source: PriceSource
    amount: Paise | None = None
    at: datetime | None = None


TO_BE_DETERMINED = PartPrice(source=PriceSource.TO_BE_DETERMINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedParts:
    """The parts to bill; `estimated` when they are the card's and not what was written down."""

    parts: tuple[PartUse, ...]
    estimated: bool


def used_parts(actual: tuple[PartUse, ...] | None, estimate: tuple[PartUse, ...]) -> UsedParts:
    """Give the parts really used (an empty tuple is "none"), else (None) the card's estimate."""
    if actual is None:
        return UsedParts(parts=estimate, estimated=True)
    return UsedParts(parts=actual, estimated=False)


def choose_price(asked: PriceCandidates, now: datetime) -> PartPrice:
    """Choose: the cheapest offer, a cached price of at most 24 hours, the list, none."""
    if asked.offers:
        best = min(asked.offers, key=lambda quote: quote.amount)
        return _price_from(PriceSource.OFFER, best)
    if asked.cached is not None and timedelta(0) <= now - asked.cached.at <= FRESH:
        return _price_from(PriceSource.CACHED, asked.cached)
    if asked.listed is not None:
        return _price_from(PriceSource.LIST, asked.listed)
    return TO_BE_DETERMINED


def billed_hours(minutes: int) -> Decimal:
    """Give the hours billed: a begun tenth (six minutes) counts whole, as is the trade's custom.

    Tenths keep quantity × rate exact on paper: 50 minutes are 0.9 h, never 0.8333….

    Raises:
        InvalidInput: no minutes at all, or more than a year's worth.
    """
    if not 1 <= minutes <= 365 * 24 * MINUTES_IN_HOUR:
        raise InvalidInput("minutes", f"{minutes} is no time that a repair takes")
    return (Decimal(minutes) / MINUTES_IN_HOUR).quantize(TENTH, ROUND_CEILING)


def unpriced_parts(prices: Mapping[str, PartPrice]) -> tuple[str, ...]:
    """Give the parts whose price is still to be determined, in order."""
    return tuple(part for part, found in prices.items() if found.amount is None)


def settled_prices(prices: Mapping[str, PartPrice]) -> dict[str, Paise]:
    """Give each part's amount.

    Raises:
        InvalidInput: a price is still to be determined; which parts' (nothing may be issued).
    """
    missing = unpriced_parts(prices)
    if missing:
        raise InvalidInput("parts", f"price_tbd: no price is known of {_list_parts(missing)}")
    return {part: found.amount for part, found in prices.items() if found.amount is not None}


def newest_quote(quotes: Iterable[Quote], moment: datetime) -> Quote | None:
    """Give the price as of a moment: the last one said until then."""
    said: Collection[Quote] = [quote for quote in quotes if quote.at <= moment]
    return max(said, key=lambda quote: quote.at, default=None)


def _price_from(source: PriceSource, quote: Quote) -> PartPrice:
    return PartPrice(source=source, amount=quote.amount, at=quote.at)


def _list_parts(parts: tuple[str, ...]) -> str:
    return ", ".join(parts[:10]) + (" …" if len(parts) > 10 else "")  # noqa: PLR2004
