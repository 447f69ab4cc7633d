"""Units of quantity (UQC), as the portals know them."""

from domain.errors import InvalidInput

PIECE = "NOS"
OTHER = "OTH"
# Time is no unit of the portals: an invoice says hours, a return says OTH.
HOUR = "HRS"
PORTAL = frozenset(
    "BAG BAL BDL BKL BOU BOX BTL BUN CAN CBM CCM CMS CTN DOZ DRM GGK GMS GRS GYD KGS KLR KME LTR "
    "MLT MTR MTS NOS OTH PAC PCS PRS QTL ROL SET SQF SQM SQY TBS TGM THD TON TUB UGS UNT "
    "YDS".split()
)


def parse_unit(text: str, field: str = "unit") -> str:
    """Give a unit.

    Raises:
        InvalidInput: the portals know no such unit.
    """
    value = text.strip().upper()
    if value != HOUR and value not in PORTAL:
        raise InvalidInput(field, f"{text[:12]!r} is no unit of quantity; NOS, SET, KGS, HRS … are")
    return value


def portal_unit(value: str) -> str:
    """Give the unit as the portals take it."""
    return OTHER if value == HOUR else value
