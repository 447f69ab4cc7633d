"""What the columns of a battery log are called, by many makers: English, German, Hindi in Latin.

A name may carry its unit: `Cell 7 (mV)`, `Temp_1 [°C]`, `SOC/%`. Where it does not, the values say
which unit it is: a cell of 3,712 is in millivolts, a charge of at most 1 is a part of all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Measured(StrEnum):
    CELL = "cell"
    LOWEST_CELL = "lowest cell"
    HIGHEST_CELL = "highest cell"
    SPREAD = "spread"
    TEMPERATURE = "temperature"
    CHARGE = "charge"
    PACK = "pack"
    CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogColumn:
    """A column that is read.

    Attributes:
        place: of its field in a row, from 0.
        number: of a cell, as the log counts.
        factor, offset: what a value is multiplied with and then moved by, in V, °C, percent or A;
            None: the values say it.
    """

    place: int
    measured: Measured
    number: int = 0
    factor: float | None = None
    offset: float = 0.0


UNIT = re.compile(
    r"[\[(/]\s*([^\])/]{1,12}?)\s*[\])]?\s*$|_(m?v|a|c|f|pct|percent|soc)$", re.IGNORECASE
)
CELL = re.compile(
    r"(?:(?:v|u|volt(?:age)?|spannung)_?)?(?:cell|zelle|cel|zell)_?(?:volt(?:age)?|spannung|v|u)?_?"
    r"(?:no_?|nr_?)?(\d{1,3})(?:_?(?:volt(?:age)?|spannung|v|u))?"
    r"|(?:v|u|c|b|uc|vc)_?(\d{1,3})|cellvoltages?_?(\d{1,3})"
)
NAMES: tuple[tuple[Measured, re.Pattern[str]], ...] = (
    (
        Measured.SPREAD,
        re.compile(
            r"(?:cell_)?(?:volt(?:age)?_)?(?:diff(?:erence)?|delta|spread|deviation|imbalance)(?:_cell)?"
            r"(?:_volt(?:age)?)?|max_min_diff|delta_v|(?:zell)?spreizung|(?:zell)?differenz|dv"
        ),
    ),
    (
        Measured.LOWEST_CELL,
        re.compile(
            r"(?:min|lowest|low)_?(?:cell|v_cell|vcell)(?:_?volt(?:age)?|_v)?|"
            r"cell_?(?:volt(?:age)?_?|v_)?(?:min|lowest)|vmin|v_min|zell_?min|min_?zell\w*"
        ),
    ),
    (
        Measured.HIGHEST_CELL,
        re.compile(
            r"(?:max|highest|high)_?(?:cell|v_cell|vcell)(?:_?volt(?:age)?|_v)?|"
            r"cell_?(?:volt(?:age)?_?|v_)?(?:max|highest)|vmax|v_max|zell_?max|max_?zell\w*"
        ),
    ),
    (
        Measured.TEMPERATURE,
        re.compile(
            r"(?:batt(?:ery)?_|pack_|cell_|bms_|module_|max_|min_|avg_|akku_|zell_?)*"
            r"(?:temp(?:erature|eratur|s)?|tapman|ntc|t(?=_?\d))_?(?:cell_?|batt(?:ery)?_?|max|min|avg|sensor_?)?"
            r"\d{0,2}"
        ),
    ),
    (
        Measured.CHARGE,
        re.compile(
            r"(?:bms_|batt(?:ery)?_|pack_|display_)*(?:soc|state_of_charge|charge_level|level|"
            r"ladezustand|ladung|percent(?:age)?|charge)(?:_?(?:pct|percent))?"
        ),
    ),
    (
        Measured.PACK,
        re.compile(
            r"(?:batt(?:ery)?_?|pack_?|total_?|bus_?|sum_?|bms_?|hv_?|gesamt_?|akku_?)*"
            r"(?:volt(?:age|s)?|spannung|v|u)(?:_?(?:pack|total|batt(?:ery)?|sum))?|vbat|ubat|vpack"
        ),
    ),
    (
        Measured.CURRENT,
        re.compile(
            r"(?:batt(?:ery)?_?|pack_?|total_?|bms_?|hv_?|charge_?|discharge_?)*"
            r"(?:current|amps?|strom|i|ampere)(?:_?(?:pack|total|batt(?:ery)?))?|ibat|ipack"
        ),
    ),
)
# What these are, if they are in volts.
WHOLE = re.compile(r"batt(?:ery)?|pack|total|bus|hv|sum")
FACTORS: dict[str, tuple[float, float]] = {
    "v": (1.0, 0.0),
    "mv": (0.001, 0.0),
    "a": (1.0, 0.0),
    "ma": (0.001, 0.0),
    "c": (1.0, 0.0),
    "f": (5 / 9, -160 / 9),
    "k": (1.0, -273.15),
    "%": (1.0, 0.0),
    "pct": (1.0, 0.0),
    "percent": (1.0, 0.0),
}


def read_columns(header: Sequence[str]) -> list[LogColumn]:
    """Give the columns of a header that tell of a battery; of two cells of one number the first."""
    found = [column for place, name in enumerate(header) if (column := _column(place, name))]
    cells: dict[int, LogColumn] = {}
    for one in found:
        if one.measured is Measured.CELL:
            cells.setdefault(one.number, one)
    # A lone V1 or C1 is a voltage of something; cells come in rows of at least three.
    kept = set(map(id, cells.values())) if len(cells) >= 3 else set[int]()  # noqa: PLR2004
    return [one for one in found if one.measured is not Measured.CELL or id(one) in kept]


def _column(place: int, name: str) -> LogColumn | None:
    unit, bare = _split_unit(name)
    factor, offset = FACTORS.get(unit, (None, 0.0))
    cell = CELL.fullmatch(bare)
    if cell is not None:
        number = next(int(group) for group in cell.groups() if group)
        return LogColumn(
            place=place, measured=Measured.CELL, number=number, factor=factor, offset=offset
        )
    if unit in {"v", "mv"} and WHOLE.fullmatch(bare):
        return LogColumn(place=place, measured=Measured.PACK, factor=factor)
    for measured, names in NAMES:
        if names.fullmatch(bare):
            return LogColumn(place=place, measured=measured, factor=factor, offset=offset)
    return None


def _split_unit(name: str) -> tuple[str, str]:
    """Give a column's unit in small letters, and its name in one spelling."""
    said = name.strip().lower().replace("°", "").replace("º", "")
    found = UNIT.search(said)
    unit = "" if found is None else (found.group(1) or found.group(2) or "")
    if unit in FACTORS and found is not None:
        said = said[: found.start()]
    else:
        unit = ""
    return unit, re.sub(r"[^a-z0-9]+", "_", said).strip("_")
