"""One spelling for each code, and no two makes mixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import CodeKey, ErrorCode, code_key, is_shared, normalise_code, parse_code_key
from domain.errors import InvalidInput


@pytest.mark.row("CA-7")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("E401", "E401"),
        ("e-401", "E401"),
        (" e 401 ", "E401"),
        ("E_401", "E401"),
        ("401", "401"),
        ("p0a80", "P0A80"),
        ("P-0A80", "P0A80"),
        ("P 0 A 8 0", "P0A80"),
        ("DTC P0A80", "P0A80"),
        ("dtc:p0a80", "P0A80"),
        ("  DTC: P0A80", "P0A80"),
        ("DTC-P0A80", "P0A80"),
        ("P0A80-1B", "P0A80"),
        ("P0A80:00", "P0A80"),
        ("p0a80 00", "P0A80"),
        ("U3FFF/FF", "U3FFF"),
        ("0x1F", "0X1F"),
    ],
)
def test_spellings_of_one_code(typed: str, code: str) -> None:
    assert normalise_code(typed) == code


@pytest.mark.parametrize(
    "typed",
    ["", " ", "DTC", "DTCP", "battery", "E", "1", "E401\x00", "é401", "E401;", "X" * 12 + "1"],
)
def test_what_is_no_code(typed: str) -> None:
    with pytest.raises(InvalidInput, match="does not read as a trouble code"):
        normalise_code(typed)


@given(st.text(max_size=20))
def test_normal_form_stays(typed: str) -> None:
    try:
        once = normalise_code(typed)
    except InvalidInput:
        return
    assert normalise_code(once) == once


@pytest.mark.row("CA-7")
@pytest.mark.parametrize(
    "code",
    [
        "P0000",
        "P0FFF",
        "P0A1F",
        "P2000",
        "P2FFF",
        "P3400",
        "P39FF",
        "B0001",
        "C0FFF",
        "U0100",
        "U3000",
    ],
)
def test_codes_of_the_standard(code: str) -> None:
    assert is_shared(code)


@pytest.mark.row("CA-7")
@pytest.mark.parametrize(
    "code",
    [
        "P1000",
        "P3000",
        "P33FF",
        "B1000",
        "B2000",
        "C1000",
        "C2FFF",
        "U1000",
        "U2000",
        "E401",
        "P0A8",
    ],
)
def test_codes_of_the_makers(code: str) -> None:
    assert not is_shared(code)


@pytest.mark.row("CA-7")
def test_maker_codes_never_mix() -> None:
    assert (code_key("E401", "Ather"), code_key("e-401", " OLA ")) == ("ather:E401", "ola:E401")


@pytest.mark.row("CA-7")
def test_shared_codes_belong_to_all() -> None:
    assert {code_key("p0a1f", make) for make in ("Ather", "Ola", "sae")} == {"sae:P0A1F"}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Ather:E401", "ather:E401"),
        (" Ather : e-401", "ather:E401"),
        ("ather:P0A80", "sae:P0A80"),
        ("Ather:P0A80:00", "sae:P0A80"),
        ("P0A80", "sae:P0A80"),
        ("sae:P1A2B", "sae:P1A2B"),
        ("Tata Motors:P1234", "tata motors:P1234"),
    ],
)
def test_written_keys_are_read(written: str, wanted: str) -> None:
    assert parse_code_key(written) == CodeKey(wanted)


@pytest.mark.parametrize("written", ["E401", ":E401", " :E401", "P1A2B"])
def test_maker_code_needs_its_make(written: str) -> None:
    with pytest.raises(InvalidInput, match="needs its make"):
        parse_code_key(written)


def test_vocabulary_code_has_its_key() -> None:
    code = ErrorCode(code="e 401", scope="Ather", description="cells too far apart")
    assert code.key == "ather:E401"
