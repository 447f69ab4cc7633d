"""The portal refuses by its published codes, and our own checks refuse the same first."""

import copy
import itertools
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.gst import e_invoice, pincodes, portal_checks
from billing.gst.document_numbers import parse_number
from billing.gst.e_invoice import to_inv01
from billing.gst.gstin import parse_gstin
from billing.gst.invoices import Invoice
from billing.gst.irp import StandInPortal, TaxpayerStatus
from billing.gst.lines import PricedLine
from billing.gst.parties import Party
from billing.gst.states import STATES, parse_state
from domain.errors import AlreadyExists, InvalidInput
from tests.billing.samples import (
    FLEET,
    GARAGE,
    RIDER,
    address,
    invoices,
    issued,
    line_sets,
    part,
    synthetic,
)

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
HERE = replace(RIDER, gstin=synthetic("07", "AABCG4321K1Z"))
B2B, WITHIN = issued(FLEET), issued(HERE)
ZONE = replace(B2B, recipient=replace(FLEET, special_zone=True))
FAR = replace(FLEET, address=replace(address("06"), pincode="110024"))
NO_BUYER = replace(FLEET, gstin=parse_gstin("9917SGP29001OST"), address=address("97"))
# Buyers whom the portal does not take, each for another reason.
ODD = (
    FAR,
    GARAGE,
    replace(FLEET, name='A "B" C'),
    NO_BUYER,
    replace(FLEET, address=replace(address("06"), pincode="100001")),
)
SERIALS = itertools.count(1)


def _sold_to(buyer: Party, lines: tuple[PricedLine, ...]) -> Invoice:
    return issued(buyer, lines=lines)


def _changed(invoice: Invoice, path: str, value: object) -> dict[str, Any]:
    made = copy.deepcopy(to_inv01(invoice))
    at: Any = made
    *places, last = path.split(".")
    for place in places:
        at = at[int(place)] if place.isdecimal() else at[place]
    at[last] = value
    return made


@pytest.mark.row("IN-8")
@pytest.mark.parametrize(
    ("invoice", "path", "value", "code"),
    [
        (WITHIN, "ItemList.0.IgstAmt", Decimal("1.00"), "2172"),
        (B2B, "ItemList.0.CgstAmt", Decimal("1.00"), "2174"),
        (B2B, "ItemList.1.HsnCd", "853799", "2176"),
        (B2B, "ItemList.1.HsnCd", "85369080", "2176"),
        (B2B, "ItemList.1.IsServc", "Y", "2176"),
        (B2B, "ValDtls.AssVal", Decimal(1), "2182"),
        (B2B, "ValDtls.IgstVal", Decimal(1), "2185"),
        (B2B, "ValDtls.TotInvVal", Decimal(11_200), "2189"),
        (B2B, "ItemList.0.TotAmt", Decimal(1_510), "2193"),
        (B2B, "ItemList.2.AssAmt", Decimal("1250.20"), "2194"),
        (B2B, "BuyerDtls.Gstin", str(GARAGE.gstin), "2211"),
        (
            _B2Z := replace(B2B, recipient=replace(FLEET, special_zone=True)),
            "BuyerDtls.Gstin",
            "URP",
            "2212",
        ),
        (B2B, "ItemList.0.GstRt", Decimal(12), "2240"),
        (B2B, "ItemList.0.IgstAmt", Decimal(100), "2240"),
        (B2B, "BuyerDtls.Gstin", "URP", "2244"),
        (B2B, "SellerDtls.Stcd", "06", "2258"),
        (B2B, "BuyerDtls.Stcd", "07", "2265"),
        (B2B, "BuyerDtls.Pin", 999_999, "3039"),
        (B2B, "BuyerDtls.Pin", 100_001, "3038"),
        (B2B, "BuyerDtls.Pin", 110_024, "3039"),
    ],
)
def test_each_published_refusal(invoice: Invoice, path: str, value: object, code: str) -> None:
    faults = list(portal_checks.portal_faults(_changed(invoice, path, value)))
    assert code in {fault.code for fault in faults}
    assert list(portal_checks.portal_faults(to_inv01(invoice))) == []


@pytest.mark.row("IN-8")
@pytest.mark.parametrize(
    ("status", "code"), [(s, s.value) for s in TaxpayerStatus if s is not TaxpayerStatus.ACTIVE]
)
async def test_who_is_not_active_is_refused(status: TaxpayerStatus, code: str) -> None:
    for party, field in ((FLEET, "customer.gstin"), (GARAGE, "supplier.gstin")):
        portal = StandInPortal({str(party.gstin): status})
        with pytest.raises(InvalidInput, match=rf"the portal's {code}") as refused:
            await portal.register(B2B, NOW)
        assert refused.value.field == field


@pytest.mark.row("IN-8")
async def test_twice_is_a_duplicate() -> None:
    portal = StandInPortal()
    await portal.register(B2B, NOW)
    with pytest.raises(AlreadyExists):
        await portal.register(B2B, NOW)


@pytest.mark.row("IN-8")
async def test_reverse_charge_adds_up_at_the_portal() -> None:
    """The portal sums the taxes, though the buyer pays them; the page asks for the value alone."""
    charged = issued(FLEET, reverse_charge=True)
    assert charged.totals.payable == 11_200_00
    assert to_inv01(charged)["ValDtls"]["TotInvVal"] == Decimal("13216.00")
    assert (await StandInPortal().register(charged, NOW)).irn == e_invoice.irn_of(charged)


@pytest.mark.row("IN-8")
@pytest.mark.parametrize(
    ("invoice", "field"),
    [
        (
            issued(FAR),
            "customer.pincode",
        ),
        (replace(B2B, recipient=GARAGE), "customer.gstin"),
        (issued(replace(FLEET, name='A "B" C')), "customer.name"),
        (issued(replace(FLEET, address=address("06", "Plot \\ 7\nGurugram"))), "customer.address"),
        (issued(FLEET, lines=(part('5" disc', "87141090", 100),)), "lines.1.description"),
    ],
)
def test_our_own_check_names_the_field_first(invoice: Invoice, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        e_invoice.demand_acceptable(replace(invoice, number=None))
    assert refused.value.field == field


def test_an_online_supplier_buys_nothing() -> None:
    number = parse_gstin("9917SGP29001OST")
    buyer = replace(FLEET, gstin=number, address=None)
    with pytest.raises(InvalidInput) as refused:
        e_invoice.demand_acceptable(replace(B2B, recipient=buyer))
    assert refused.value.field == "customer.gstin"


@pytest.fixture(scope="module")
def portal() -> StandInPortal:
    """One for all that is tried, for its key is dear: each document needs a number of its own."""
    return StandInPortal()


@pytest.mark.row("IN-8")
@given(st.one_of(invoices, st.builds(_sold_to, st.sampled_from(ODD), line_sets)))
@example(_sold_to(NO_BUYER, (part("Tyre", "4011", 100),)))
async def test_portal_and_our_check_refuse_the_same(
    portal: StandInPortal, invoice: Invoice
) -> None:
    """Whatever a garage sells to whom, it is known before a number is taken."""
    numbered = replace(invoice, number=parse_number(f"DL01/2627/{next(SERIALS):06d}"))
    ours = theirs = None
    try:
        e_invoice.demand_acceptable(replace(invoice, number=None))
    except InvalidInput as refused:
        ours = refused.field
    try:
        await portal.register(numbered, NOW)
    except InvalidInput as refused:
        theirs = refused.field
    assert ours == theirs


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("BuyerDtls.Pos", "placeOfSupply"),
        ("BuyerDtls.Stcd", "customer.state"),
        ("SellerDtls.Gstin", "supplier.gstin"),
        ("ItemList.1.HsnCd", "lines.2.hsn"),
    ],
)
def test_places_of_inv01_are_told_as_our_fields(path: str, field: str) -> None:
    assert portal_checks.own_field(path) == field


def test_every_state_has_pincodes() -> None:
    assert set(pincodes.DISTRICTS) == {*STATES, "96"}
    with pytest.raises(InvalidInput, match=r"^pincode: 110024 is not in Kerala, .* begin 670…695"):
        pincodes.demand_in_state("110024", parse_state("32"))
