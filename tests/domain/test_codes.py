"""One spelling for each code, and no two makes mixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import (
    CodeKey,
    CodeStatus,
    ErrorCode,
    code_key,
    is_shared,
    normalise_code,
    parse_code_key,
    parse_trouble_code,
    status_of_byte,
)
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
        ("0x0A1F", "P0A1F"),
        ("0xC111", "U0111"),
        ("Ｅ４०१", "E401"),
        ("Err-40", "40"),
        ("Error code 12", "12"),
        ("BMS_f038", "F038"),
        ("VCU-F3", "F3"),
        ("spn 523 fmi 3", "SPN523"),
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


@pytest.mark.parametrize(
    ("typed", "failure_type"),
    [
        ("P1A0F13", "13"),
        ("p1a0f-16", "16"),
        ("P0A7F:11", "11"),
        ("0x0A1F13", "13"),
        ("SPN 523 FMI 3", "FMI3"),
        ("P0A80", None),
        ("E401", None),
    ],
)
def test_how_it_failed_is_kept(typed: str, failure_type: str | None) -> None:
    assert parse_trouble_code(typed).failure_type == failure_type


def test_two_run_together_are_no_code_of_a_maker() -> None:
    with pytest.raises(InvalidInput, match="holds several codes; give each by itself"):
        normalise_code("P0A7FP0AA6")


def test_a_refusal_shows_the_forms() -> None:
    with pytest.raises(InvalidInput, match="write it as P0A1F, P0A1F-13, 0x0A1F, E401, BMS_f038"):
        normalise_code("battery")


@pytest.mark.parametrize(
    ("byte", "status"),
    [
        (0x2F, CodeStatus.PRESENT),
        (0x09, CodeStatus.PRESENT),
        (0x04, CodeStatus.PENDING),
        (0x0C, CodeStatus.STORED),
        (0x08, CodeStatus.STORED),
        (0x00, CodeStatus.STORED),
    ],
)
def test_a_status_byte_says_how_it_stands(byte: int, status: CodeStatus) -> None:
    assert status_of_byte(byte) is status


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
        ("P0A80:16", "sae:P0A80"),
        ("DTC: P0A80", "sae:P0A80"),
    ],
)
def test_written_keys_are_read(written: str, wanted: str) -> None:
    assert parse_code_key(written) == CodeKey(wanted)


@pytest.mark.parametrize("written", ["E401", ":E401", " :E401", "P1A2B", "P1A2B:13"])
def test_maker_code_needs_its_make(written: str) -> None:
    with pytest.raises(InvalidInput, match="needs its make"):
        parse_code_key(written)


def test_vocabulary_code_has_its_key() -> None:
    code = ErrorCode(code="e 401", scope="Ather", description="cells too far apart")
    assert code.key == "ather:E401"
