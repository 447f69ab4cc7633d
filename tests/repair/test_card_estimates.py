"""What a card's fix costs: to the paisa, or the sum is not said."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.gst.money import Paise
from billing.gst.price_sources import TO_BE_DETERMINED, PartPrice, PriceSource
from billing.ledger.stock import StockLevel
from repair.card_estimates import CardEstimate, EstimatedPart
from tests.domain.samples import NOW


def used(part: str, quantity: int, paise: int | None) -> EstimatedPart:
    price = (
        TO_BE_DETERMINED
        if paise is None
        else PartPrice(source=PriceSource.LIST, amount=Paise(paise), at=NOW)
    )
    shelf = StockLevel(part=part, added=0, removed=0)
    return EstimatedPart(part=part, quantity=quantity, price=price, stock=shelf)


FIX = CardEstimate(
    as_of=NOW,
    parts=(used("bms", 1, 850_000), used("pads", 2, 62_510)),
    hours=Decimal("2.5"),
    hourly_rate=Paise(60_000),
)


@pytest.mark.row("CA-23")
def test_the_sum_is_parts_and_hours() -> None:
    assert (FIX.labour, FIX.total, FIX.unpriced) == (150_000, 1_125_020, ())


@pytest.mark.row("CA-23")
@given(
    st.lists(st.tuples(st.integers(1, 1_000), st.integers(0, 10_000_000)), max_size=20),
    st.integers(0, 5_000),
    st.integers(0, 1_000_000),
)
def test_the_sum_is_exact_to_the_paisa(
    lines: list[tuple[int, int]], tenths: int, rate: int
) -> None:
    parts = tuple(used(f"p{n}", quantity, paise) for n, (quantity, paise) in enumerate(lines))
    made = replace(FIX, parts=parts, hours=Decimal(tenths) / 10, hourly_rate=Paise(rate))
    # In whole numbers alone: a tenth of an hour's rate, a half paisa up.
    labour = (tenths * rate * 2 + 10) // 20
    assert made.total == sum(quantity * paise for quantity, paise in lines) + labour


@pytest.mark.row("CA-23")
def test_a_missing_price_leaves_no_sum() -> None:
    made = replace(FIX, parts=(*FIX.parts, used("gold", 1, None)))
    assert (made.total, made.unpriced, made.labour) == (None, ("gold",), 150_000)


@pytest.mark.row("CA-23")
def test_work_without_a_rate_leaves_no_sum() -> None:
    assert replace(FIX, hourly_rate=None).total is None
    assert replace(FIX, hourly_rate=None, hours=Decimal(0)).total == 975_020
