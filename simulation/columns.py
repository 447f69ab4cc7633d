"""Columns of Arrow tables, made of numbers that point into lists of names."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from simulation.fleet import Bools, Ints


def named(names: Sequence[str], at: Ints, hidden: Bools | None = None) -> pa.Array:
    """Give names by their numbers; a negative number, or a hidden row, is null."""
    empty = at < 0 if hidden is None else (at < 0) | hidden
    rows = pa.array(at.astype(np.int32), pa.int32(), mask=empty)
    return pa.array(list(names), pa.string()).take(rows)


def lists_of(counts: Ints, values: pa.Array) -> pa.Array:
    """Cut values, one after the other, into lists of so many each."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def rows_of_lists(lists: Sequence[Sequence[str]], at: Ints) -> pa.Array:
    """Give lists of texts by their numbers."""
    return pa.array(lists, pa.list_(pa.string())).take(pa.array(at.astype(np.int32), pa.int32()))
