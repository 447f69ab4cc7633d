"""The States and Union Territories of India, by the two digits that open a GSTIN.

Source: the GST portal's list of State codes; codes 25 and 28 are retired but still open old
GSTINs (25 merged into 26 on 26 January 2020; 28 was Andhra Pradesh before Telangana left it).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`own_legislature` decides the name of the State half of the tax: SGST, else UTGST."""

    code: str
    name: str
    own_legislature: bool = True

    @property
    def half_tax(self) -> str:
        return "SGST" if self.own_legislature else "UTGST"


NAMES: Mapping[str, str] = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
    "97": "Other Territory",
}
# Union Territories without a legislature: the Union Territory GST Act, 2017, s.1(2) and s.2(8).
UNION_TAX = frozenset({"04", "26", "31", "35", "38", "97"})
STATES: Mapping[str, State] = {
    code: State(code=code, name=name, own_legislature=code not in UNION_TAX)
    for code, name in NAMES.items()
}
RETIRED: Mapping[str, str] = {"25": "26", "28": "37"}
ABROAD = State(code="96", name="Other Countries")
# Registrations of those who are not in India: non-resident and online-service suppliers.
CENTRE = "99"
PREFIXES = frozenset({*STATES, *RETIRED, CENTRE})


def parse_state(code: str, field: str = "state") -> State:
    """Give the State of a code, an old code's successor included.

    Raises:
        InvalidInput: no State has this code.
    """
    found = STATES.get(RETIRED.get(code, code))
    if found is None:
        raise InvalidInput(field, f"{code[:8]!r} is no State code; 01 to 38 and 97 are")
    return found


def parse_place(code: str, field: str = "placeOfSupply") -> State:
    """Give what may stand as a place of supply: a State, or 96 for abroad."""
    return ABROAD if code == ABROAD.code else parse_state(code, field)
