"""Which State a pincode lies in, by its first three digits (India Post's sorting districts).

Border districts are served from both sides, so some beginnings belong to two States.
"""

from collections.abc import Mapping

from billing.gst.states import State
from domain.errors import InvalidInput

# From and to, both with; by the State's two digits.
DISTRICTS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "01": ((180, 194),),
    "02": ((171, 177),),
    "03": ((140, 160),),
    "04": ((140, 140), (160, 160)),
    "05": ((244, 249), (262, 263)),
    "06": ((121, 136),),
    "07": ((110, 110),),
    "08": ((301, 345),),
    "09": ((201, 285),),
    "10": ((800, 855),),
    "11": ((737, 737),),
    "12": ((790, 792),),
    "13": ((797, 798),),
    "14": ((795, 795),),
    "15": ((796, 796),),
    "16": ((799, 799),),
    "17": ((793, 794),),
    "18": ((781, 788),),
    "19": ((700, 743),),
    "20": ((813, 835),),
    "21": ((751, 770),),
    "22": ((490, 497),),
    "23": ((450, 488),),
    "24": ((360, 396),),
    "26": ((362, 362), (396, 396)),
    "27": ((400, 445),),
    "29": ((560, 591),),
    "30": ((403, 403),),
    "31": ((682, 682),),
    "32": ((670, 695),),
    "33": ((600, 643),),
    "34": ((533, 533), (605, 609), (673, 673)),
    "35": ((744, 744),),
    "36": ((500, 509),),
    "37": ((507, 535),),
    "38": ((194, 194),),
    "96": ((999, 999),),
    "97": ((110, 855),),
}


def is_known(pincode: str) -> bool:
    """Say whether a pincode begins as some State's do."""
    return any(fits_state(pincode, code) for code in DISTRICTS)


def fits_state(pincode: str, code: str) -> bool:
    """Say whether a pincode may lie in the State of this code."""
    district = int(pincode[:3])
    return any(first <= district <= last for first, last in DISTRICTS.get(code, ()))


def demand_in_state(pincode: str, state: State, field: str = "pincode") -> None:
    """Return when a pincode may lie in a State.

    Raises:
        InvalidInput: it does not; which beginnings do is told.
    """
    if pincode[:3].isdecimal() and not fits_state(pincode, state.code):
        spans = (f"{a}…{b}" if a != b else f"{a}…" for a, b in DISTRICTS.get(state.code, ()))
        reason = f"{pincode[:12]} is not in {state.name}, whose pincodes begin {', '.join(spans)}"
        raise InvalidInput(field, reason)
