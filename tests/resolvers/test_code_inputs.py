"""Codes that arguments name: the make may stand in front, and a failure type behind."""

import pytest

from domain.errors import InvalidInput
from resolvers.inputs import parse_code


@pytest.mark.parametrize(
    ("written", "make", "key"),
    [
        ("Ather:E-401", None, "ather:E401"),
        ("Ather:E-401", "Ola", "ather:E401"),
        ("E-401", "Ola", "ola:E401"),
        ("P1A0F:13", "Tata", "tata:P1A0F"),
        ("P0A80:16", None, "sae:P0A80"),
        ("DTC: P0A80", "Tata", "sae:P0A80"),
        ("0x0A1F", None, "sae:P0A1F"),
        ("Err 12", "Ola", "ola:12"),
        ("Ola:BMS_f038", None, "ola:F038"),
    ],
)
def test_a_named_code_is_found_in_any_form(written: str, make: str | None, key: str) -> None:
    assert parse_code(written, make) == key


def test_two_codes_in_one_are_refused() -> None:
    with pytest.raises(InvalidInput, match="holds several codes; give each by itself"):
        parse_code("P0A7FP0AA6", None)
