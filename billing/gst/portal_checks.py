"""What the invoice portal refuses, by its published codes, of an INV-01 that fits the schema.

The stand-in portal asks here, and so do we before anything is issued: what passes here is meant to
pass there. Sums may differ by a rupee there; ours are exact. The wording of a code is ours, its
sense the portal's list of errors (NIC, "INV"); 2193 and 2194 are to be confirmed against it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from billing.gst import pincodes, tariff_codes
from billing.gst.tax_rates import allowed_rate
from domain.errors import InvalidInput

# What the portal wants instead of a GSTIN of who has none.
NOBODY: Final = "URP"
WITHIN: Final = Decimal(1)
TAXES: Final = ("CgstAmt", "SgstAmt", "IgstAmt")
SUMS: Final = (
    ("2182", "AssVal", "AssAmt"),
    ("2183", "SgstVal", "SgstAmt"),
    ("2184", "CgstVal", "CgstAmt"),
    ("2185", "IgstVal", "IgstAmt"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalFault:
    """A fault that the portal names: its code, where in the JSON, and what is wrong."""

    code: str
    path: str
    says: str

    def refusal(self) -> InvalidInput:
        """Give the fault as it is told to whoever can mend it: by the field of ours."""
        return InvalidInput(own_field(self.path), f"{self.says} (the portal's {self.code})")


def portal_faults(made: Mapping[str, Any]) -> Iterator[PortalFault]:
    """Give every fault of an INV-01 that fits the schema, in the order of the document."""
    yield from _party_faults(made)
    for n, item in enumerate(made["ItemList"]):
        yield from _item_faults(f"ItemList.{n}", item, made)
    yield from _sum_faults(made)


def demand_acceptable(made: Mapping[str, Any]) -> None:
    """Raise the first fault that the portal would name, by the field of ours."""
    fault = next(portal_faults(made), None)
    if fault is not None:
        raise fault.refusal()


def own_field(path: str) -> str:
    """Give the field by which callers know a place of INV-01: lines count from 1."""
    if path == PLACE:
        return "placeOfSupply"
    head, _, rest = path.partition(".")
    if head == "ItemList" and rest[:1].isdecimal():
        n, _, field = rest.partition(".")
        return f"lines.{int(n) + 1}.{LINE_FIELDS.get(field, 'amount')}"
    party = {"SellerDtls": "supplier", "BuyerDtls": "customer"}.get(head)
    return path if party is None else f"{party}.{PARTY_FIELDS.get(rest, 'address')}"


PARTY_FIELDS: Final = {
    "Gstin": "gstin",
    "LglNm": "name",
    "Pin": "pincode",
    "Stcd": "state",
}
# Stands with the buyer there, and beside him here.
PLACE: Final = "BuyerDtls.Pos"
LINE_FIELDS: Final = {
    "HsnCd": "hsn",
    "PrdDesc": "description",
    "GstRt": "rate",
    "Qty": "quantity",
    "Discount": "discount",
}


def _party_faults(made: Mapping[str, Any]) -> Iterator[PortalFault]:
    seller, buyer, supply = made["SellerDtls"], made["BuyerDtls"], made["TranDtls"]["SupTyp"]
    if seller["Gstin"] == buyer["Gstin"]:
        yield PortalFault(code="2211", path="BuyerDtls.Gstin", says="is the seller's own GSTIN")
    if buyer["Gstin"] == NOBODY and supply == "B2B":
        yield PortalFault(code="2244", path="BuyerDtls.Gstin", says="is missing between businesses")
    if buyer["Gstin"] == NOBODY and supply in {"SEZWP", "SEZWOP", "DEXP"}:
        yield PortalFault(code="2212", path="BuyerDtls.Gstin", says=f"is missing for {supply}")
    for code, name, party in (("2258", "SellerDtls", seller), ("2265", "BuyerDtls", buyer)):
        if party["Gstin"] != NOBODY and party["Gstin"][:2] != party["Stcd"]:
            says = f"is {party['Stcd']}, and the GSTIN's is {party['Gstin'][:2]}"
            yield PortalFault(code=code, path=f"{name}.Stcd", says=says)
        yield from _pincode_faults(name, party)


def _pincode_faults(name: str, party: Mapping[str, Any]) -> Iterator[PortalFault]:
    pincode = f"{party['Pin']:06d}"
    if not pincodes.is_known(pincode):
        yield PortalFault(code="3038", path=f"{name}.Pin", says=f"{pincode} does not exist")
    elif not pincodes.fits_state(pincode, party["Stcd"]):
        says = f"{pincode} does not lie in State {party['Stcd']}"
        yield PortalFault(code="3039", path=f"{name}.Pin", says=says)


def _item_faults(
    path: str, item: Mapping[str, Any], made: Mapping[str, Any]
) -> Iterator[PortalFault]:
    yield from _code_faults(path, item, made)
    total, worth = item["TotAmt"], item.get("Qty", 1) * item["UnitPrice"]
    if abs(total - worth) > WITHIN:
        says = f"{total} is not quantity × price, {worth}"
        yield PortalFault(code="2193", path=f"{path}.TotAmt", says=says)
    if item["AssAmt"] != total - item.get("Discount", 0):
        says = f"{item['AssAmt']} is not the amount less its discount"
        yield PortalFault(code="2194", path=f"{path}.AssAmt", says=says)
    taxes = [item.get(name, Decimal(0)) for name in TAXES]
    if is_inter_state(made) and (taxes[0] or taxes[1]):
        says = "bears CGST and SGST, and goes to another State"
        yield PortalFault(code="2174", path=f"{path}.CgstAmt", says=says)
    if not is_inter_state(made) and taxes[2]:
        says = "bears IGST, and stays in the State"
        yield PortalFault(code="2172", path=f"{path}.IgstAmt", says=says)
    if abs(sum(taxes) - item["AssAmt"] * item["GstRt"] / 100) > WITHIN:
        says = f"its taxes are not {item['GstRt']} % of {item['AssAmt']}"
        yield PortalFault(code="2240", path=f"{path}.GstRt", says=says)


def _code_faults(
    path: str, item: Mapping[str, Any], made: Mapping[str, Any]
) -> Iterator[PortalFault]:
    day = datetime.strptime(made["DocDtls"]["Dt"], "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    try:
        code = tariff_codes.parse_tariff_code(item["HsnCd"])
        tariff_codes.demand_in_tariff(code)
    except InvalidInput as wrong:
        yield PortalFault(code="2176", path=f"{path}.HsnCd", says=wrong.reason)
    else:
        if (item["IsServc"] == "Y") is not tariff_codes.is_service_code(code):
            says = f"{code} is not what kind of thing it is said to be"
            yield PortalFault(code="2176", path=f"{path}.HsnCd", says=says)
    try:
        allowed_rate(Decimal(item["GstRt"]), day)
    except InvalidInput as wrong:
        yield PortalFault(code="2240", path=f"{path}.GstRt", says=wrong.reason)


def _sum_faults(made: Mapping[str, Any]) -> Iterator[PortalFault]:
    items, sums = made["ItemList"], made["ValDtls"]
    for code, name, field in SUMS:
        wanted = sum((item.get(field, Decimal(0)) for item in items), Decimal(0))
        if abs(sums.get(name, Decimal(0)) - wanted) > WITHIN:
            says = f"{sums.get(name)} is not the sum of the lines, {wanted}"
            yield PortalFault(code=code, path=f"ValDtls.{name}", says=says)
    total = sum((item["TotItemVal"] for item in items), Decimal(0)) + sums.get("RndOffAmt", 0)
    if abs(sums["TotInvVal"] - total) > WITHIN:
        says = f"{sums['TotInvVal']} is not the sum of the lines and the round-off, {total}"
        yield PortalFault(code="2189", path="ValDtls.TotInvVal", says=says)


def is_inter_state(made: Mapping[str, Any]) -> bool:
    """Say whether a document bears IGST: to another State, a special zone or abroad."""
    supply, place = made["TranDtls"]["SupTyp"], made["BuyerDtls"]["Pos"]
    special = supply.startswith(("SEZ", "EXP"))
    return special or made["SellerDtls"]["Stcd"] != place
