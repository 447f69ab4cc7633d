"""Whose price counts, and what stops an invoice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.money import Paise
from billing.pricing import (
    TO_BE_DETERMINED,
    Asked,
    Price,
    PriceSource,
    Quote,
    hours,
    newest,
    price,
    settled,
    unpriced,
    used,
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
        (Asked(offers=(_quote(120), _quote(100)), cached=_quote(1)), PriceSource.OFFER, 100),
        (Asked(cached=_quote(200, DAY_OLD), listed=LISTED), PriceSource.CACHED, 200),
        (Asked(cached=_quote(200, OLDER), listed=LISTED), PriceSource.LIST, 300),
        (Asked(cached=_quote(200, -DAY_OLD), listed=LISTED), PriceSource.LIST, 300),
        (Asked(offers=(), listed=LISTED), PriceSource.LIST, 300),
        (Asked(cached=_quote(200, OLDER)), PriceSource.TO_BE_DETERMINED, None),
        (Asked(), PriceSource.TO_BE_DETERMINED, None),
    ],
)
def test_first_source_that_may_speak(asked: Asked, source: PriceSource, amount: int | None) -> None:
    found = price(asked, NOW)
    assert (found.source, found.amount) == (source, amount)


def test_a_part_without_a_price_blocks_issue() -> None:
    known = Price(source=PriceSource.LIST, amount=Paise(1), at=NOW)
    assert settled({"pad": known}) == {"pad": 1}
    assert unpriced({"pad": known, "bms": TO_BE_DETERMINED}) == ("bms",)
    with pytest.raises(InvalidInput, match=r"^parts: price_tbd: no price is known of bms, fuse$"):
        settled({"pad": known, "bms": TO_BE_DETERMINED, "fuse": TO_BE_DETERMINED})
    many = {f"p{n}": TO_BE_DETERMINED for n in range(11)}
    with pytest.raises(InvalidInput, match=r"p9 …$"):
        settled(many)


def test_parts_really_used_before_the_estimate() -> None:
    pads, bms = (PartUse(part="pad", quantity=2),), (PartUse(part="bms"),)
    assert (used(pads, bms).parts, used(pads, bms).estimated) == (pads, False)
    assert (used((), bms).parts, used((), bms).estimated) == ((), False)
    assert (used(None, bms).parts, used(None, bms).estimated) == (bms, True)


@pytest.mark.parametrize(
    ("minutes", "billed"),
    [(1, "0.1"), (6, "0.1"), (7, "0.2"), (50, "0.9"), (60, "1.0"), (150, "2.5")],
)
def test_a_begun_tenth_of_an_hour_counts(minutes: int, billed: str) -> None:
    assert hours(minutes) == Decimal(billed)


@pytest.mark.parametrize("minutes", [0, -5, 10**7])
def test_no_time_that_a_repair_takes(minutes: int) -> None:
    with pytest.raises(InvalidInput, match=r"^minutes: "):
        hours(minutes)


def test_price_as_of_a_moment() -> None:
    said = [_quote(n * 100, timedelta(days=n)) for n in (1, 3, 2)]
    assert newest(said, NOW) == said[0]
    assert newest(said, NOW - timedelta(days=2)) == said[2]
    assert newest(said, NOW - timedelta(days=9)) is None


@pytest.mark.parametrize("amount", [-1, 1.0])
def test_quotes_that_cannot_be(amount: Paise) -> None:
    with pytest.raises(InvalidInput, match=r"^price: "):
        Quote(amount=amount, at=NOW)
