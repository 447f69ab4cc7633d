"""What parts cost: every price ever known is kept, so that of any moment can be given again."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from billing.gst import price_sources
from billing.gst.money import Paise, whole_paise
from billing.gst.price_sources import FRESH, PartPrice, PriceCandidates, Quote
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import NETWORK, Books, BooksChange
from domain import limits
from domain.errors import InvalidInput, Unavailable
from domain.ids import GarageId
from records.database import Records, Row
from records.queries import named_queries

QUERIES = named_queries("prices.sql", "billing")
VENDOR_SECONDS = 2.0
PART_LIMIT = 100
LONGEST_LEAD = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a vendor asks for one of a part, in paise before tax, and in how many days it comes."""

    part: str
    vendor: str
    paise: Paise
    at: datetime
    lead_days: int | None = None

    def __post_init__(self) -> None:
        limits.clean_text("part", self.part, PART_LIMIT)
        limits.clean_text("vendor", self.vendor, PART_LIMIT)
        whole_paise("price", self.paise, least=1)
        if self.lead_days is not None:
            limits.check_range("leadDays", self.lead_days, 0, LONGEST_LEAD)


class Marketplace(Protocol):
    """A vendor's interface: what it asks for parts now; a part that it lacks is left out."""

    async def offers(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]: ...


class PriceStore:
    def __init__(
        self,
        records: Records,
        books: Books,
        marketplace: Marketplace,
        vendor_s: float = VENDOR_SECONDS,
    ) -> None:
        self._records = records
        self._books = books
        self._marketplace = marketplace
        self._vendor_s = vendor_s

    async def set_price(
        self, change: BooksChange, part: str, paise: int, since: datetime
    ) -> PartPrice:
        """Set a list price from a moment on: a garage's own, or with NETWORK that of all.

        Raises:
            InvalidInput: no price, or a moment that is past: what held then stays as it was.
            OperationConflict: the operation set another price.
        """
        whole_paise("price", paise, least=1)
        if since < change.at:
            raise InvalidInput("since", "is past; what held then stays as it was")
        row = {
            "id": f"{change.garage}:{change.operation}",
            "part": part,
            "garage": None if change.garage == NETWORK else change.garage,
            "source": "static",
            "vendor": None,
            "paise": paise,
            "lead_days": None,
            "holds_from": since,
            "noted_at": change.at,
            "by_whom": change.actor,
        }
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(part) is None:
                await transaction.keep_row("price", str(row["id"]), row)
                await transaction.chain_event(MoneyEvent.PRICE_SET, part)
        return (await self.prices_as_of([part], change.garage, since))[part]

    async def prices_now(
        self, parts: Sequence[str], garage: GarageId, at: datetime
    ) -> dict[str, PartPrice]:
        """Give each part's price by the fallback chain (FB-2), asking the marketplace first."""
        offered: dict[str, list[Quote]] = defaultdict(list)
        for offer in await self._ask_vendors(parts, at):
            offered[offer.part].append(Quote(amount=offer.paise, at=offer.at))
        known = await self._known_quotes(parts, garage, at)
        return {
            part: price_sources.choose_price(
                PriceCandidates(
                    offers=tuple(offered[part]) or None,
                    cached=known[part].cached,
                    listed=known[part].listed,
                ),
                at,
            )
            for part in parts
        }

    async def prices_as_of(
        self, parts: Sequence[str], garage: GarageId, moment: datetime
    ) -> dict[str, PartPrice]:
        """Give what each part cost at a moment: the same answer whenever it is asked (MK-3)."""
        known = await self._known_quotes(parts, garage, moment)
        return {part: price_sources.choose_price(asked, moment) for part, asked in known.items()}

    async def offers(self, parts: Sequence[str], at: datetime) -> list[Offer]:
        """Give the newest word of each vendor; of a silent one, what it said within a day."""
        await self._ask_vendors(parts, at)
        found = await self._records.rows(
            QUERIES["offers"], parts=list(parts), moment=at, since=at - FRESH
        )
        return [_offer_of(row) for row in found]

    async def _ask_vendors(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]:
        """Ask the marketplace and keep what it says; its silence is no failure of ours."""
        if not parts:
            return ()
        try:
            async with asyncio.timeout(self._vendor_s):
                found = [o for o in await self._marketplace.offers(parts, at) if o.part in parts]
        except (TimeoutError, Unavailable):
            return ()
        if found:
            await self._remember_offers(found)
        return found

    async def _remember_offers(self, offers: Sequence[Offer]) -> None:
        async with self._records.transaction() as connection:
            for offer in offers:
                given = {
                    "vendor": offer.vendor,
                    "part": offer.part,
                    "paise": offer.paise,
                    "lead_days": offer.lead_days,
                    "at": offer.at,
                }
                await connection.execute(QUERIES["vendor"], given)
                await connection.execute(QUERIES["remember"], given)

    async def _known_quotes(
        self, parts: Sequence[str], garage: GarageId, moment: datetime
    ) -> dict[str, PriceCandidates]:
        """Give what the history holds of each part as of a moment."""
        given = {"parts": list(parts), "garage": garage, "moment": moment}
        offers = await self._records.rows(
            QUERIES["offers"], parts=list(parts), moment=moment, since=moment - FRESH
        )
        listed = {
            r["part"]: _quote_of(r) for r in await self._records.rows(QUERIES["listed"], **given)
        }
        cached: dict[str, Quote] = {}
        for row in offers:
            quote = _quote_of(row)
            best = cached.get(row["part"], quote)
            cached[row["part"]] = min(best, quote, key=lambda q: q.amount)
        return {p: PriceCandidates(cached=cached.get(p), listed=listed.get(p)) for p in parts}


class NoMarketplace:
    """Where no vendor is connected: the chain goes on with what is known."""

    async def offers(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]:
        del parts, at
        return ()


def _quote_of(row: Row) -> Quote:
    return Quote(amount=Paise(row["paise"]), at=row["holds_from"])


def _offer_of(row: Row) -> Offer:
    return Offer(
        part=row["part"],
        vendor=row["vendor"],
        paise=Paise(row["paise"]),
        at=row["holds_from"],
        lead_days=row["lead_days"],
    )
