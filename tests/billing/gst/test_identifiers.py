"""GSTIN, PAN, tariff codes, States: what is wrong is said to the character."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.in_ import gstin as stdnum

from billing.gst import pan, states
from billing.gst.gstin import ALPHABET, GstinKind, check_character, parse_gstin
from billing.gst.parties import Address, Party
from billing.gst.tariff_codes import is_service_code, parse_tariff_code
from billing.gst.units import parse_unit, portal_unit
from domain.errors import InvalidInput, WrongCharacter
from tests.billing.samples import address, synthetic


@pytest.mark.row("IN-3")
def test_every_published_gstin(data: Path) -> None:
    vectors = json.loads((data / "gst_vectors.json").read_text())["gstin"]
    kinds = {"NORMAL": GstinKind.REGULAR, "TCS": GstinKind.COLLECTOR, "TDS": GstinKind.DEDUCTOR}
    for vector in vectors:
        right = vector["checksum_ok"] and vector["kind"] is not None
        assert _kind(vector["gstin"]) == (kinds[vector["kind"]] if right else None), vector


@pytest.mark.row("IN-3")
@pytest.mark.parametrize(
    ("first_fourteen", "kind", "state", "has_pan"),
    [
        ("07AAACX1234C1Z", GstinKind.REGULAR, "07", True),
        ("38AAACX1234C1Z", GstinKind.REGULAR, "38", True),
        ("97AAACX1234C1Z", GstinKind.REGULAR, "97", True),
        ("25AAACX1234C1Z", GstinKind.REGULAR, "26", True),
        ("28AAACX1234C1Z", GstinKind.REGULAR, "37", True),
        ("07AAACX1234C1D", GstinKind.DEDUCTOR, "07", True),
        ("07AAACX1234C1C", GstinKind.COLLECTOR, "07", True),
        ("07ABCD12345E1Z", GstinKind.DEPARTMENT, "07", False),
        ("0717XYZ00001UN", GstinKind.EMBASSY, "07", False),
        ("0717XYZ00001ON", GstinKind.EMBASSY, "07", False),
        ("9917XYZ00001NR", GstinKind.NON_RESIDENT, "97", False),
        ("9917XYZ00001OS", GstinKind.ONLINE_SUPPLIER, "97", False),
    ],
)
def test_every_form(first_fourteen: str, kind: GstinKind, state: str, has_pan: bool) -> None:
    found = parse_gstin(f" {first_fourteen.lower()}{check_character(first_fourteen).lower()} ")
    assert (found.kind, found.state.code, found.pan is not None) == (kind, state, has_pan)


@pytest.mark.row("IN-3")
@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("X7AAACX1234C1ZL", 1, "is 'X'; here stands a digit"),
        ("071AACX1234C1ZL", 3, "is '1'; here stands a letter"),
        ("07AAACXI234C1ZL", 8, "is 'I'; here stands a digit"),
        ("07AAACX1234C0ZL", 13, "is '0'; here stands 1 to 9 or a letter"),
        ("07AAACX1234C1YL", 14, "is 'Y'; here stands Z, 1 to 9 or A to J"),
        ("07AAACX1234C1Z*", 15, "is '*'; here stands a letter or a digit"),
        ("39AAACX1234C1ZL", 2, "makes '39', which is no State code"),
        ("88AAACX1234C1ZL", 1, "makes '88', which is no State code"),
        ("07AAAQX1234C1ZL", 6, "is 'Q'; no kind of PAN holder has this letter"),
        ("07AAACX1234C1Zé", 15, "is 'É'; here stands a letter or a digit"),
    ],
)
def test_which_character_and_why(text: str, position: int, reason: str) -> None:
    with pytest.raises(WrongCharacter) as refused:
        parse_gstin(text, "customer.gstin")
    assert (refused.value.field, refused.value.position) == ("customer.gstin", position)
    assert refused.value.reason.startswith(f"character {position} {reason}")


@pytest.mark.row("IN-3")
@pytest.mark.parametrize("text", ["", "07", "07AAACX1234C1ZLL"])
def test_wrong_length_is_counted(text: str) -> None:
    with pytest.raises(InvalidInput, match=f"has {len(text)} characters; a GSTIN has 15"):
        parse_gstin(text)


@pytest.mark.row("IN-3")
@given(st.integers(0, 14), st.sampled_from(ALPHABET))
def test_one_slip_never_passes(place: int, slip: str) -> None:
    right = synthetic("07").value
    wrong = right[:place] + slip + right[place + 1 :]
    assert (_kind(wrong) is not None) is (wrong == right)


@pytest.mark.row("IN-3")
@given(
    st.sampled_from(sorted(set(states.NAMES) - {"38", "97"})),
    st.from_regex(r"[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{3}[1-9][A-Z][1-9A-Z]Z", fullmatch=True),
)
def test_second_oracle_agrees(state: str, middle: str) -> None:
    assert stdnum.is_valid(synthetic(state, middle).value)


def test_portals_test_numbers_only_on_request() -> None:
    assert parse_gstin("02AMBPG7773M002", sandbox=True).state.name == "Himachal Pradesh"
    with pytest.raises(WrongCharacter):
        parse_gstin("02AMBPG7773M002")


def test_published_pans(data: Path) -> None:
    vectors = json.loads((data / "gst_vectors.json").read_text())["pan"]
    assert [pan.parse_pan(f" {value.lower()} ") for value in vectors["valid"]] == vectors["valid"]
    for value in vectors["invalid"]:
        with pytest.raises(InvalidInput, match=r"^pan: "):
            pan.parse_pan(value)


@pytest.mark.parametrize("text", ["8507", "850760", "85076000", "9987", "998714", " 8507 60 00 "])
def test_codes_of_the_tariff(text: str) -> None:
    assert parse_tariff_code(text) == text.replace(" ", "")
    assert is_service_code(parse_tariff_code(text)) is text.startswith("99")


@pytest.mark.parametrize("text", ["", "85", "85076", "8507600", "9800", "0050", "85O7", "８５０７"])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^hsn: "):
        parse_tariff_code(text)


def test_more_digits_are_owed_on_e_invoices() -> None:
    with pytest.raises(InvalidInput, match="8507 has 4 digits; 6 are owed here"):
        parse_tariff_code("8507", least=6)


def test_states_of_the_union() -> None:
    assert len(states.STATES) == 37
    assert states.parse_state("38").half_tax == "UTGST"
    assert [states.parse_state(c).half_tax for c in ("01", "07", "34")] == ["SGST"] * 3
    assert states.parse_state("28") is states.STATES["37"]
    assert states.parse_place("96").name == "Other Countries"
    for code_ in ("00", "25x", "39", "96", "99"):
        with pytest.raises(InvalidInput, match=r"^state: "):
            states.parse_state(code_)


def test_units_of_quantity() -> None:
    assert [portal_unit(parse_unit(text)) for text in ("nos", "HRS", "kgs")] == [
        "NOS",
        "OTH",
        "KGS",
    ]
    with pytest.raises(InvalidInput, match=r"^unit: 'pieces' is no unit"):
        parse_unit("pieces")


@pytest.mark.parametrize("pincode", ["", "012345", "11002", "1100244", "11002a"])
def test_what_is_no_pincode(pincode: str) -> None:
    with pytest.raises(InvalidInput, match=r"^pincode: "):
        Address(text="Street", pincode=pincode, state=states.parse_state("07"))


def test_address_is_in_the_gstins_state() -> None:
    with pytest.raises(InvalidInput, match=r"^state: Delhi is not the State of the GSTIN, Haryana"):
        Party(name="Buyer", address=address("07"), gstin=synthetic("06"))


def _kind(text: str) -> GstinKind | None:
    try:
        return parse_gstin(text).kind
    except InvalidInput:
        return None
