"""Who sells and who buys, as an invoice names them."""

import re
from dataclasses import dataclass

from billing.gst.gstin import Gstin
from billing.gst.states import State
from domain import limits
from domain.errors import InvalidInput

PINCODE = re.compile(r"[1-9][0-9]{5}")
NAME_LIMIT = 100
ADDRESS_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`text` is street and town, as many lines as they need."""

    text: str
    pincode: str
    state: State

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", limits.clean_text("address", self.text, ADDRESS_LIMIT))
        if not PINCODE.fullmatch(self.pincode):
            raise InvalidInput("pincode", f"{self.pincode[:12]!r} is not six digits, the first 1-9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A seller or buyer; with a GSTIN it is registered.

    `special_zone` is a buyer in a Special Economic Zone, whom every supply reaches as if from
    another State (IGST s.7(5)(b)).
    """

    name: str
    address: Address | None = None
    gstin: Gstin | None = None
    phone: str | None = None
    email: str | None = None
    special_zone: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", limits.clean_text("name", self.name, NAME_LIMIT))
        if self.special_zone and self.gstin is None:
            raise InvalidInput("specialZone", "is of registered buyers alone: say the GSTIN")
        if self.gstin and self.address and self.gstin.state != self.address.state:
            raise InvalidInput(
                "state",
                f"{self.address.state.name} is not the State of the GSTIN, {self.gstin.state.name}",
            )

    @property
    def state(self) -> State | None:
        if self.gstin is not None:
            return self.gstin.state
        return self.address.state if self.address else None


# Whoever comes in and says no more: neither registered nor of any address.
WALK_IN = Party(name="Customer")
