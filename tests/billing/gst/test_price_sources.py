"""Whose price counts, and what stops an invoice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.gst.money import Paise
from billing.gst.price_sources import (
    TO_BE_DETERMINED,
    PartPrice,
    PriceCandidates,
    PriceSource,
    Quote,
    billed_hours,
    choose_price,
    newest_quote,
    settled_prices,
    unpriced_parts,
    used_parts,
)
from domain.cards import PartUse
from domain.errors import InvalidInput

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _quote(amount: int, age: timedelta = timedelta(hours=1)) -> Quote:
    return Quote(amount=Paise(amount), at=NOW - age)


DAY_OLD, OLDER = timedelta(hours=24), timedelta(hours=24, microseconds=1)
LISTED = _quote(300, timedelta(days=90))


@pytest.mark.row("FB-2")
@pytest.mark.parametrize(
    ("asked", "source", "amount"),
    [
        (
            PriceCandidates(offers=(_quote(120), _quote(100)), cached=_quote(1)),
            PriceSource.OFFER,
            100,
        ),
        (PriceCandidates(cached=_quote(200, DAY_OLD), listed=LISTED), PriceSource.CACHED, 200),
        (PriceCandidates(cached=_quote(200, OLDER), listed=LISTED), PriceSource.LIST, 300),
        (PriceCandidates(cached=_quote(200, -DAY_OLD), listed=LISTED), PriceSource.LIST, 300),
        (PriceCandidates(offers=(), listed=LISTED), PriceSource.LIST, 300),
        (PriceCandidates(cached=_quote(200, OLDER)), PriceSource.TO_BE_DETERMINED, None),
        (PriceCandidates(), PriceSource.TO_BE_DETERMINED, None),
    ],
)
def test_first_source_that_may_speak(
    asked: PriceCandidates, source: PriceSource, amount: int | None
) -> None:
    found = choose_price(asked, NOW)
    assert (found.source, found.amount) == (source, amount)


def test_a_part_without_a_price_blocks_issue() -> None:
    known = PartPrice(source=PriceSource.LIST, amount=Paise(1), at=NOW)
    assert settled_prices({"pad": known}) == {"pad": 1}
    assert unpriced_parts({"pad": known, "bms": TO_BE_DETERMINED}) == ("bms",)
    with pytest.raises(InvalidInput, match=r"^parts: price_tbd: no price is known of bms, fuse$"):
        settled_prices({"pad": known, "bms": TO_BE_DETERMINED, "fuse": TO_BE_DETERMINED})
    many = {f"p{n}": TO_BE_DETERMINED for n in range(11)}
    with pytest.raises(InvalidInput, match=r"p9 …$"):
        settled_prices(many)


def test_parts_really_used_before_the_estimate() -> None:
    pads, bms = (PartUse(part="pad", quantity=2),), (PartUse(part="bms"),)
    assert (used_parts(pads, bms).parts, used_parts(pads, bms).estimated) == (pads, False)
    assert (used_parts((), bms).parts, used_parts((), bms).estimated) == ((), False)
    assert (used_parts(None, bms).parts, used_parts(None, bms).estimated) == (bms, True)


@pytest.mark.parametrize(
    ("minutes", "billed"),
    [(1, "0.1"), (6, "0.1"), (7, "0.2"), (50, "0.9"), (60, "1.0"), (150, "2.5")],
)
def test_a_begun_tenth_of_an_hour_counts(minutes: int, billed: str) -> None:
    assert billed_hours(minutes) == Decimal(billed)


@pytest.mark.parametrize("minutes", [0, -5, 10**7])
def test_no_time_that_a_repair_takes(minutes: int) -> None:
    with pytest.raises(InvalidInput, match=r"^minutes: "):
        billed_hours(minutes)


def test_price_as_of_a_moment() -> None:
    said = [_quote(n * 100, timedelta(days=n)) for n in (1, 3, 2)]
    assert newest_quote(said, NOW) == said[0]
    assert newest_quote(said, NOW - timedelta(days=2)) == said[2]
    assert newest_quote(said, NOW - timedelta(days=9)) is None


@pytest.mark.parametrize("amount", [-1, 1.0])
def test_quotes_that_cannot_be(amount: Paise) -> None:
    with pytest.raises(InvalidInput, match=r"^price: "):
        Quote(amount=amount, at=NOW)
