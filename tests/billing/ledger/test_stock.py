"""Prices as of any moment, the fallback chain, and stock that counts itself."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from billing.gst.credit_notes import CreditLine
from billing.gst.money import Paise
from billing.gst.price_sources import PartPrice, PriceSource
from billing.ledger.books import NETWORK
from billing.ledger.invoices import TicketInvoice
from billing.ledger.prices import Offer, PriceStore
from billing.ledger.stock import StockDelta, StockLevel
from billing.ledger.verification import verify_books
from domain.errors import IllegalTransition, InvalidInput, OperationConflict, Unavailable
from domain.ids import TicketId
from tests.billing.sample_books import DELHI, NOW, PUNE, Desk, deed, invoice

PART = "controller"
DAY = timedelta(days=1)


class Bazaar:
    """A vendor that answers, is silent, or is down."""

    def __init__(self, paise: int | None) -> None:
        self.paise = paise
        self.silent = False

    async def offers(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]:
        if self.silent:
            await asyncio.Event().wait()
        if self.paise is None:
            raise Unavailable("marketplace", "is down")
        return [Offer(part=part, vendor="bazaar", paise=Paise(self.paise), at=at) for part in parts]


def _prices(books: Desk, bazaar: Bazaar) -> PriceStore:
    return PriceStore(books.records, books.books, bazaar, vendor_s=0.05)


async def _now(prices: PriceStore, at: datetime) -> tuple[PriceSource, int | None]:
    found = (await prices.prices_now([PART], PUNE, at))[PART]
    return found.source, found.amount


@pytest.mark.row("MK-2", "FB-2")
async def test_price_falls_back_along_the_chain(books: Desk) -> None:
    bazaar = Bazaar(90_000)
    prices = _prices(books, bazaar)
    await prices.set_price(deed(NETWORK), PART, 120_000, NOW)
    offered = await _now(prices, NOW)
    bazaar.silent = True
    cached = await _now(prices, NOW + DAY)
    stale = await _now(prices, NOW + DAY + timedelta(seconds=1))
    bazaar.silent, bazaar.paise = False, None
    down = await _now(prices, NOW + timedelta(hours=1))
    unknown = (await prices.prices_now(["unknown"], PUNE, NOW))["unknown"]
    assert [offered, cached, stale, down, (unknown.source, unknown.amount)] == [
        (PriceSource.OFFER, 90_000),
        (PriceSource.CACHED, 90_000),
        (PriceSource.LIST, 120_000),
        (PriceSource.CACHED, 90_000),
        (PriceSource.TO_BE_DETERMINED, None),
    ]


@pytest.mark.row("MK-3")
async def test_price_of_any_past_moment_stays(books: Desk) -> None:
    prices = books.prices
    for n, paise in enumerate((100, 200, 300)):
        at = NOW + n * DAY
        await prices.set_price(deed(NETWORK, at), PART, paise, at)
    moments = [NOW - DAY, NOW, NOW + DAY / 2, NOW + DAY, NOW + 9 * DAY]
    amounts = [(await prices.prices_as_of([PART], PUNE, moment))[PART].amount for moment in moments]
    assert amounts == [None, 100, 100, 200, 300]


async def test_own_price_comes_before_that_of_all(books: Desk) -> None:
    await books.prices.set_price(deed(NETWORK), PART, 100, NOW)
    await books.prices.set_price(deed(PUNE), PART, 80, NOW)
    own = (await books.prices.prices_as_of([PART], PUNE, NOW))[PART]
    others = (await books.prices.prices_as_of([PART], DELHI, NOW))[PART]
    assert own == PartPrice(source=PriceSource.LIST, amount=Paise(80), at=NOW)
    assert others.amount == 100


async def test_past_is_not_priced_anew(books: Desk) -> None:
    with pytest.raises(InvalidInput):
        await books.prices.set_price(deed(), PART, 100, NOW - DAY)
    assert await books.records.rows("select count(*) as n from price") == [{"n": 0}]


async def test_stock_is_the_same_in_any_order(books: Desk) -> None:
    deltas = [
        (deed(garage), StockDelta(part=PART, quantity=q, reason="Counted"))
        for garage in (PUNE, DELHI)
        for q in (10, -3, -4, 2)
    ]
    for garage in (PUNE, DELHI):
        own = [pair for pair in deltas if pair[0].garage == garage]
        again = [*own, *own]
        random.Random(garage).shuffle(again)  # noqa: S311 - an order, no secret
        for each, delta in again:
            await books.stock.adjust_stock(each, delta)
    pune = await books.stock.stock_levels(PUNE, [PART])
    assert pune == {PART: StockLevel(part=PART, added=12, removed=7)}
    assert pune == await books.stock.stock_levels(DELHI, [PART])


async def test_negative_stock_is_flagged_and_kept(books: Desk) -> None:
    level = await books.stock.adjust_stock(
        deed(), StockDelta(part=PART, quantity=-2, reason="Taken")
    )
    assert (level.quantity, level.negative) == (-2, True)
    assert await books.stock.stock_levels(PUNE, [PART]) == {PART: level}


async def test_operation_says_one_delta(books: Desk) -> None:
    first = deed()
    await books.stock.adjust_stock(first, StockDelta(part=PART, quantity=1, reason="Bought"))
    other = deed(operation=first.operation, body_hash="another")
    with pytest.raises(OperationConflict):
        await books.stock.adjust_stock(other, StockDelta(part=PART, quantity=2, reason="Bought"))
    assert (await books.stock.stock_levels(PUNE, [PART]))[PART].quantity == 1


async def _left(books: Desk) -> int:
    return (await books.stock.stock_levels(PUNE, [PART]))[PART].quantity


async def test_issue_takes_its_parts_off_the_shelf(books: Desk) -> None:
    seller = await books.settled()
    await books.stock.adjust_stock(deed(), StockDelta(part=PART, quantity=3, reason="Bought"))
    await books.issue(seller, "tkt_one")
    await books.issue(seller, "tkt_two")
    short = (await books.stock.stock_levels(PUNE, [PART]))[PART]
    assert (short.quantity, short.negative) == (-1, True)
    assert (await verify_books(books.records)).touched is None


async def test_same_issue_takes_its_parts_once(books: Desk) -> None:
    seller = await books.settled()
    same, wanted = deed(), TicketInvoice(ticket=TicketId("tkt_one"), invoice=invoice(seller))
    for _ in range(3):
        await books.ledger.issue_invoice(same, seller, wanted)
    assert await _left(books) == -2


async def test_refused_issue_takes_nothing(books: Desk) -> None:
    seller = await books.settled()
    await books.issue(seller, "tkt_one")
    with pytest.raises(IllegalTransition):
        await books.issue(seller, "tkt_one")
    assert await _left(books) == -2


async def test_void_puts_the_parts_back(books: Desk) -> None:
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one", quantity="1.5")
    taken = await _left(books)
    await books.ledger.void_invoice(deed(), paper.id, "Wrong customer")
    assert (taken, await _left(books)) == (-2, 0)


async def test_credit_puts_back_what_came_back(books: Desk) -> None:
    """One piece comes back, then only the price is lowered, then all that is left comes back."""
    seller = await books.settled()
    paper = await books.issue(seller, "tkt_one", quantity="3")
    left = []
    for credit in (
        [CreditLine(line=1, quantity=Decimal(1))],
        [CreditLine(line=1, taxable=Paise(100))],
        None,
    ):
        await books.ledger.issue_credit_note(deed(), seller, paper.id, credit, "Came back")
        left.append(await _left(books))
    assert left == [-2, -2, 0]
    assert (await verify_books(books.records)).touched is None
