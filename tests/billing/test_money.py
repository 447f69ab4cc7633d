"""Whole paise only: no float comes in, nothing is lost."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import money
from billing.money import Paise
from domain.errors import InvalidInput
from tests.billing.samples import LINES

amounts = st.integers(-money.MOST, money.MOST).map(Paise)


@pytest.mark.row("DB-6")
@pytest.mark.parametrize("field", ["quantity", "unit_price", "discount"])
@given(value=st.floats())
def test_no_float_enters_a_line(field: str, value: float) -> None:
    with pytest.raises(InvalidInput, match="is a float"):
        replace(LINES[1], **{field: value})  # pyright: ignore[reportArgumentType]


@pytest.mark.row("DB-6")
def test_largest_amount_is_kept() -> None:
    most = money.parsed("amount", "9999999999.99")
    assert (most, money.plain(most), money.grouped(most)) == (
        money.MOST,
        "9999999999.99",
        "9,99,99,99,999.99",
    )


@pytest.mark.row("DB-6")
@pytest.mark.parametrize("value", [1.0, True, "1", Decimal(1), None, money.MOST + 1])
def test_what_is_no_paise(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"^amount: "):
        money.whole("amount", value)


@pytest.mark.parametrize("value", [1.5, True, "1", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_exact_number(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"^rate: "):
        money.exact("rate", value)


@pytest.mark.row("DB-6")
@given(amounts)
def test_written_amounts_read_back(amount: Paise) -> None:
    assert money.parsed("a", money.plain(amount)) == money.parsed("a", money.grouped(amount))
    assert money.parsed("a", money.plain(amount)) == amount


@pytest.mark.parametrize(
    ("paise", "shown"),
    [(0, "0.00"), (99, "0.99"), (123456789, "12,34,567.89"), (-100000, "-1,000.00")],
)
def test_groups_of_lakh_and_crore(paise: int, shown: str) -> None:
    assert money.grouped(Paise(paise)) == shown


@pytest.mark.parametrize("text", ["", "abc", "1.234", "NaN", "1e400", "₹5"])
def test_text_that_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^price: "):
        money.parsed("price", text)


@given(amounts)
def test_round_off_reaches_the_nearest_rupee(amount: Paise) -> None:
    rounding = money.round_off(amount)
    assert (amount + rounding) % 100 == 0
    assert -49 <= rounding <= 50


def test_only_rupees() -> None:
    assert money.currency("INR") == "INR"
    with pytest.raises(InvalidInput, match=r"^currency: 'USD' is not INR"):
        money.currency("USD")
