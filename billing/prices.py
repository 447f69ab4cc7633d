"""What parts cost: every price ever known is kept, so that of any moment can be given again."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from billing import pricing
from billing.audit import MoneyEvent
from billing.books import NETWORK, Books, Deed
from billing.money import Paise, whole
from billing.pricing import FRESH, Asked, Price, Quote
from domain import limits
from domain.errors import InvalidInput, Unavailable
from domain.ids import GarageId
from records.database import Records, Row
from records.queries import named

QUERIES = named("prices.sql", "billing")
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
        limits.text("part", self.part, PART_LIMIT)
        limits.text("vendor", self.vendor, PART_LIMIT)
        whole("price", self.paise, least=1)
        if self.lead_days is not None:
            limits.within("leadDays", self.lead_days, 0, LONGEST_LEAD)


class Marketplace(Protocol):
    """A vendor's interface: what it asks for parts now; a part that it lacks is left out."""

    async def offers(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]: ...


class Prices:
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

    async def set(self, deed: Deed, part: str, paise: int, since: datetime) -> Price:
        """Set a list price from a moment on: a garage's own, or with NETWORK that of all.

        Raises:
            InvalidInput: no price, or a moment that is past: what held then stays as it was.
            OperationConflict: the operation set another price.
        """
        whole("price", paise, least=1)
        if since < deed.at:
            raise InvalidInput("since", "is past; what held then stays as it was")
        row = {
            "id": f"{deed.garage}:{deed.operation}",
            "part": part,
            "garage": None if deed.garage == NETWORK else deed.garage,
            "source": "static",
            "vendor": None,
            "paise": paise,
            "lead_days": None,
            "holds_from": since,
            "noted_at": deed.at,
            "by_whom": deed.actor,
        }
        async with self._books.page(deed) as page:
            if await page.made_before(part) is None:
                await page.keep("price", str(row["id"]), row)
                await page.note(MoneyEvent.PRICE_SET, part)
        return (await self.as_of([part], deed.garage, since))[part]

    async def now(self, parts: Sequence[str], garage: GarageId, at: datetime) -> dict[str, Price]:
        """Give each part's price by the fallback chain (FB-2), asking the marketplace first."""
        offered: dict[str, list[Quote]] = defaultdict(list)
        for offer in await self._asked(parts, at):
            offered[offer.part].append(Quote(amount=offer.paise, at=offer.at))
        known = await self._known(parts, garage, at)
        return {
            part: pricing.price(
                Asked(
                    offers=tuple(offered[part]) or None,
                    cached=known[part].cached,
                    listed=known[part].listed,
                ),
                at,
            )
            for part in parts
        }

    async def as_of(
        self, parts: Sequence[str], garage: GarageId, moment: datetime
    ) -> dict[str, Price]:
        """Give what each part cost at a moment: the same answer whenever it is asked (MK-3)."""
        known = await self._known(parts, garage, moment)
        return {part: pricing.price(asked, moment) for part, asked in known.items()}

    async def offers(self, parts: Sequence[str], at: datetime) -> list[Offer]:
        """Give the newest word of each vendor; of a silent one, what it said within a day."""
        await self._asked(parts, at)
        found = await self._records.rows(
            QUERIES["offers"], parts=list(parts), moment=at, since=at - FRESH
        )
        return [_offer(row) for row in found]

    async def _asked(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]:
        """Ask the marketplace and keep what it says; its silence is no failure of ours."""
        if not parts:
            return ()
        try:
            async with asyncio.timeout(self._vendor_s):
                found = [o for o in await self._marketplace.offers(parts, at) if o.part in parts]
        except (TimeoutError, Unavailable):
            return ()
        if found:
            await self._remember(found)
        return found

    async def _remember(self, offers: Sequence[Offer]) -> None:
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

    async def _known(
        self, parts: Sequence[str], garage: GarageId, moment: datetime
    ) -> dict[str, Asked]:
        """Give what the history holds of each part as of a moment."""
        given = {"parts": list(parts), "garage": garage, "moment": moment}
        offers = await self._records.rows(
            QUERIES["offers"], parts=list(parts), moment=moment, since=moment - FRESH
        )
        listed = {
            r["part"]: _quote(r) for r in await self._records.rows(QUERIES["listed"], **given)
        }
        cached: dict[str, Quote] = {}
        for row in offers:
            quote = _quote(row)
            best = cached.get(row["part"], quote)
            cached[row["part"]] = min(best, quote, key=lambda q: q.amount)
        return {p: Asked(cached=cached.get(p), listed=listed.get(p)) for p in parts}


class NoMarketplace:
    """Where no vendor is connected: the chain goes on with what is known."""

    async def offers(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]:
        del parts, at
        return ()


def _quote(row: Row) -> Quote:
    return Quote(amount=Paise(row["paise"]), at=row["holds_from"])


def _offer(row: Row) -> Offer:
    return Offer(
        part=row["part"],
        vendor=row["vendor"],
        paise=Paise(row["paise"]),
        at=row["holds_from"],
        lead_days=row["lead_days"],
    )
