"""What a log of a battery tells in figures: cells, spread, worst cell, temperature, charge."""

from dataclasses import dataclass

from domain.cards import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLog:
    """A log in figures; None: it does not tell.

    Attributes:
        rows: rows that were read; `bad_rows`: rows that read as none, or hold what cannot be.
        cells: how many cells have a column of their own.
        spread_v: the most that the highest cell was above the lowest one at one time, in V.
        worst_cell: the number of the cell that was lowest when the spread was largest, as the log
            counts.
        lowest_cell_v, highest_cell_v: of all cells at all times, in V.
        hottest_c, coldest_c: in °C.
        charge_start, charge_end: state of charge in percent, first and last.
        lowest_pack_v: of the whole pack, in V.
        highest_current_a: by its size, in A.
    """

    rows: int
    bad_rows: int
    cells: int = 0
    spread_v: float | None = None
    worst_cell: int | None = None
    lowest_cell_v: float | None = None
    highest_cell_v: float | None = None
    hottest_c: float | None = None
    coldest_c: float | None = None
    charge_start: float | None = None
    charge_end: float | None = None
    lowest_pack_v: float | None = None
    highest_current_a: float | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Give what cards call measured values, under the names that cards use."""
        told = (
            ("cell_voltage_variance", self.spread_v, "V"),
            ("lowest_cell_voltage", self.lowest_cell_v, "V"),
            ("highest_cell_voltage", self.highest_cell_v, "V"),
            ("battery_temperature", self.hottest_c, "degC"),
            ("state_of_charge", self.charge_end, "pct"),
            ("pack_voltage", self.lowest_pack_v, "V"),
        )
        return tuple(
            Reading(name=name, value=value, unit=unit)
            for name, value, unit in told
            if value is not None
        )

    @property
    def sentences(self) -> str:
        """Say what was measured, in the words in which people report it."""
        told = (
            ("Cell voltage difference {:.3f} V.", self.spread_v),
            ("Battery temperature {:.0f}°C.", self.hottest_c),
        )
        return " ".join(said.format(value) for said, value in told if value is not None)
