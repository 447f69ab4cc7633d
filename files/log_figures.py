"""A battery log's columns as figures: in V, °C, percent and A, of the rows that can be."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from files.log_columns import LogColumn, Measured

# A charge of at most this is told as a part of all.
PART = 1.0
# What can be, in V, °C, percent and A.
BOUNDS = {
    Measured.CELL: (0.0, 6.0),
    Measured.LOWEST_CELL: (0.0, 6.0),
    Measured.HIGHEST_CELL: (0.0, 6.0),
    Measured.SPREAD: (0.0, 6.0),
    Measured.TEMPERATURE: (-60.0, 200.0),
    Measured.CHARGE: (0.0, 110.0),
    Measured.PACK: (0.0, 1_500.0),
    Measured.CURRENT: (-3_000.0, 3_000.0),
}
MILLIVOLTS = {Measured.CELL, Measured.LOWEST_CELL, Measured.HIGHEST_CELL, Measured.SPREAD}
Values = np.ndarray[Any, np.dtype[np.float64]]
Rows = np.ndarray[Any, np.dtype[np.bool_]]


def in_unit(column: LogColumn, values: Values) -> Values:
    """Give values in V, °C, percent or A; NaN stays what it is."""
    if column.factor is not None:
        return values * column.factor + column.offset
    usual = float(np.nanmedian(values)) if not np.isnan(values).all() else 0.0
    if column.measured in MILLIVOLTS and usual > BOUNDS[column.measured][1]:
        return values * 0.001
    if column.measured is Measured.CHARGE and np.nanmax(values, initial=0.0) <= PART:
        return values * 100.0
    if column.measured is Measured.PACK and usual > BOUNDS[Measured.PACK][1]:
        return values * 0.001
    return values


def possible_rows(
    columns: Sequence[LogColumn], units: Sequence[Values], readable: Sequence[Rows]
) -> Rows:
    """Say which rows read, tell something, and nothing that cannot be."""
    if not columns:
        return np.zeros(0, dtype=bool)
    possible = np.logical_or.reduce([~np.isnan(values) for values in units])
    possible &= np.logical_and.reduce(readable)
    for column, values in zip(columns, units, strict=True):
        low, high = BOUNDS[column.measured]
        possible &= np.isnan(values) | ((values >= low) & (values <= high))
    return possible


def log_figures(columns: Sequence[LogColumn], read: Sequence[Values], good: Rows) -> dict[str, Any]:
    """Give the figures of `domain.battery_logs`, but its rows."""
    by: dict[Measured, list[Values]] = {}
    for column, values in zip(columns, read, strict=True):
        by.setdefault(column.measured, []).append(values[good])
    numbers = [one.number for one in columns if one.measured is Measured.CELL]
    hot = by.get(Measured.TEMPERATURE, [])
    charge = _told(by.get(Measured.CHARGE, []))
    current = [np.abs(values) for values in by.get(Measured.CURRENT, [])]
    return {
        **_cell_figures(by, numbers),
        "hottest_c": _most(hot),
        "coldest_c": _least(hot),
        "charge_start": None if charge is None else float(charge[0]),
        "charge_end": None if charge is None else float(charge[-1]),
        "lowest_pack_v": _least(by.get(Measured.PACK, [])),
        "highest_current_a": _most(current),
    }


def _cell_figures(by: dict[Measured, list[Values]], numbers: Sequence[int]) -> dict[str, Any]:
    cells = by.get(Measured.CELL, [])
    if not cells:
        return {
            "spread_v": _most(by.get(Measured.SPREAD, [])) or _apart(by),
            "lowest_cell_v": _least(by.get(Measured.LOWEST_CELL, [])),
            "highest_cell_v": _most(by.get(Measured.HIGHEST_CELL, [])),
        }
    every = np.stack(cells)
    full = ~np.isnan(every).all(axis=0)
    every = every[:, full]
    spread = np.nanmax(every, axis=0) - np.nanmin(every, axis=0)
    at = int(np.argmax(spread))
    return {
        "cells": len(cells),
        "spread_v": round(float(spread[at]), 4),
        "worst_cell": numbers[int(np.nanargmin(every[:, at]))],
        "lowest_cell_v": _least(cells),
        "highest_cell_v": _most(cells),
    }


def _apart(by: dict[Measured, list[Values]]) -> float | None:
    """Give the largest spread of a log that tells its lowest and highest cell alone."""
    low, high = by.get(Measured.LOWEST_CELL), by.get(Measured.HIGHEST_CELL)
    return None if not low or not high else _most([high[0] - low[0]])


def _told(columns: list[Values]) -> Values | None:
    if not columns:
        return None
    told = columns[0][~np.isnan(columns[0])]
    return told if len(told) else None


def _most(columns: list[Values]) -> float | None:
    told = [values for values in columns if not np.isnan(values).all()]
    return round(max(float(np.nanmax(values)) for values in told), 4) if told else None


def _least(columns: list[Values]) -> float | None:
    told = [values for values in columns if not np.isnan(values).all()]
    return round(min(float(np.nanmin(values)) for values in told), 4) if told else None
