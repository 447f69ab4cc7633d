"""Bounds: what is cleaned away, what is kept, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import limits
from domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("  plain  ", "plain"),
        ("a\x00b\x1b[31mc\x7fd", "ab[31mcd"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("\ud800half\udfff", "half"),
        ("fan 👩🏽‍🔧 and 🔋", "fan 👩🏽‍🔧 and 🔋"),
        ("बैटरी गर्म है", "बैटरी गर्म है"),
    ],
)
def test_text_is_cleaned_not_changed(given_text: str, kept: str) -> None:
    assert limits.clean_text("x", given_text, 100) == kept


@pytest.mark.parametrize("empty", ["", "   ", "\x00\x01", "\ud800"])
def test_nothing_left_is_empty(empty: str) -> None:
    with pytest.raises(InvalidInput, match="x: is empty"):
        limits.clean_text("x", empty, 10)


def test_length_counts_what_is_kept() -> None:
    assert limits.clean_text("x", "\x00" * 50 + "1234567890", 10) == "1234567890"


@pytest.mark.parametrize(
    ("value", "least", "reason"),
    [("12345678901", 1, "has 11 characters; at most 10 are kept"), ("12", 3, "needs 3 characters")],
)
def test_length_outside_is_refused(value: str, least: int, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        limits.clean_text("x", value, 10, least=least)
    assert (refused.value.field, refused.value.reason) == ("x", reason)


def test_empty_is_fine_when_allowed() -> None:
    assert limits.clean_text("x", " ", 10, least=0) == ""


@given(st.text())
def test_cleaned_text_is_storable(value: str) -> None:
    clean = limits.clean_text("x", value, 10_000, least=0)
    assert "\x00" not in clean.encode().decode()
    assert limits.clean_text("x", clean, 10_000, least=0) == clean


@pytest.mark.parametrize("value", [1, 1.5, 5])
def test_bounds_belong_to_the_range(value: float) -> None:
    limits.check_range("x", value, 1, 5)


@pytest.mark.parametrize(
    "value", [0.999, 5.001, float("nan"), float("inf"), -float("inf"), 10**400]
)
def test_outside_the_range_is_refused(value: float) -> None:
    with pytest.raises(InvalidInput, match="is not between 1 and 5"):
        limits.check_range("x", value, 1, 5)


@pytest.mark.parametrize("found", [1, 3])
def test_counts_within_stand(found: int) -> None:
    limits.check_count("x", found, 3, least=1)


@pytest.mark.parametrize("found", [0, 4])
def test_counts_outside_are_refused(found: int) -> None:
    with pytest.raises(InvalidInput, match=f"x: has {found} entries; 1 to 3 are allowed"):
        limits.check_count("x", found, 3, least=1)
