"""Supplies that are not sold as others are: exports, to special zones, deemed exports.

IGST Act, 2017, s.16: what is exported or goes to a Special Economic Zone is zero-rated: its tax is
paid and claimed back, or it is not charged under a letter of undertaking (CGST Rule 96A). CGST Act,
s.147 and Notification 48/2017: what is notified as a deemed export is taxed as any other, and the
buyer or the seller claims the tax back. The words on the document are those of Rule 46.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from billing.gst.parties import Party
from billing.gst.place_of_supply import PlaceOfSupply
from billing.gst.states import ABROAD
from domain import limits
from domain.errors import InvalidInput

# The portal gives it a number of fifteen letters and digits; letters from before have others.
UNDERTAKING_LIMIT: Final = 40
UNDERTAKING: Final = re.compile(r"[A-Z0-9][A-Z0-9/-]{2,39}")


class SupplyKind(StrEnum):
    """How a supply is sold."""

    TAXED = "taxed"
    WITHOUT_TAX = "without_tax"
    DEEMED_EXPORT = "deemed_export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How a document's supplies are sold; `undertaking` is the letter's number, where no tax is
    charged under one.
    """

    kind: SupplyKind = SupplyKind.TAXED
    undertaking: str = ""

    def __post_init__(self) -> None:
        if self.kind is not SupplyKind.WITHOUT_TAX and self.undertaking:
            raise InvalidInput("undertaking", "is of supplies without tax alone")
        if self.kind is SupplyKind.WITHOUT_TAX:
            said = limits.clean_text("undertaking", self.undertaking, UNDERTAKING_LIMIT).upper()
            if not UNDERTAKING.fullmatch(said):
                raise InvalidInput("undertaking", "is not a number of A-Z, 0-9, / and -")
            object.__setattr__(self, "undertaking", said)

    @property
    def bears_tax(self) -> bool:
        return self.kind is not SupplyKind.WITHOUT_TAX


TAXED: Final = Supply()


def demand_lawful(supply: Supply, buyer: Party, place: PlaceOfSupply) -> None:
    """Return when such a supply may be sold to that buyer at that place.

    Raises:
        InvalidInput: it may not.
    """
    if place.state == ABROAD and buyer.gstin is not None:
        raise InvalidInput("placeOfSupply", "is abroad, and a buyer with a GSTIN is in India")
    away = buyer.special_zone or place.state == ABROAD
    if supply.kind is SupplyKind.WITHOUT_TAX and not away:
        raise InvalidInput(
            "supply", "without tax is to a Special Economic Zone or abroad alone (IGST s.16)"
        )
    if supply.kind is SupplyKind.DEEMED_EXPORT and (away or buyer.gstin is None):
        raise InvalidInput(
            "supply", "is a deemed export to registered buyers in India alone, outside the zones"
        )


def portal_type(supply: Supply, buyer: Party, place: PlaceOfSupply) -> str:
    """Give the invoice portal's name of a supply: B2B, SEZWP, SEZWOP, EXPWP, EXPWOP or DEXP."""
    paid = "WP" if supply.bears_tax else "WOP"
    if place.state == ABROAD and buyer.gstin is None:
        return f"EXP{paid}"
    if buyer.special_zone:
        return f"SEZ{paid}"
    return "DEXP" if supply.kind is SupplyKind.DEEMED_EXPORT else "B2B"


def endorsement(supply: Supply, buyer: Party, place: PlaceOfSupply) -> str | None:
    """Give what the law wants written on a document of such a supply; None: nothing."""
    kind = portal_type(supply, buyer, place)
    if kind == "B2B":
        return None
    if kind == "DEXP":
        return "Deemed export under s.147 of the CGST Act, 2017 (Notification 48/2017)."
    what = (
        "SUPPLY MEANT FOR EXPORT"
        if kind.startswith("EXP")
        else "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS"
    )
    if supply.bears_tax:
        return f"{what} ON PAYMENT OF INTEGRATED TAX."
    return (
        f"{what} UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX"
        f" (letter {supply.undertaking})."
    )
