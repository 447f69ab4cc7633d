"""Examples as Parquet, a file for each month in which repairs ended (TD-2, TD-9).

Each row is an example with its four keys, beside the ticket that it was made from: the same range
again adds nothing, and says the newest of what is there (a rating, a vehicle that came back). A
file is written whole beside the old one and takes its place at once. Before anything is written
every text is held against the forms that tell who somebody is (TD-10).
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from domain.errors import InvalidInput
from domain.personal_data import holds_personal
from gnn.examples import (
    ExampleInput,
    ExampleLabel,
    ExampleOutput,
    ExampleVehicle,
    KeyedExample,
    TrainingExample,
    balance_examples,
)

MOMENT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())
VEHICLE = pa.struct(
    {
        "make": pa.string(),
        "model": pa.string(),
        "variant": pa.string(),
        "year": pa.int32(),
        "mileage_km": pa.int32(),
        "firmware": pa.string(),
    }
)
COLUMNS = pa.schema(
    {
        "ticket": pa.string(),
        "closed_at": MOMENT,
        "input": pa.struct({"symptoms": TEXTS, "vehicle": VEHICLE, "error_codes": TEXTS}),
        "output": pa.struct(
            {"root_cause": pa.string(), "solution_used": pa.string(), "parts_used": TEXTS}
        ),
        "label": pa.struct({"success": pa.bool_(), "first_time_fix": pa.bool_()}),
        "weight": pa.float64(),
    }
)
Row = dict[str, Any]
BALANCED = "balanced"
# Of the stored examples by time, those that may be balanced.
TAUGHT = 0.9


def store_examples(folder: Path, examples: Sequence[KeyedExample]) -> int:
    """Store examples in the files of their months; give how many were not there before.

    Raises:
        InvalidInput: an example holds what tells who somebody is; nothing is written then.
    """
    for one in examples:
        refuse_personal(one)
    folder.mkdir(parents=True, exist_ok=True)
    return sum(
        _store_month(folder / f"{month}.parquet", list(found))
        for month, found in groupby(sorted(examples, key=lambda one: one.closed_at), _month_of)
    )


def read_examples(folder: Path) -> tuple[KeyedExample, ...]:
    """Read every example of a folder, by month and then by the time that its repair ended.

    Raises:
        InvalidInput: a file is no Parquet, or has other columns.
    """
    return tuple(
        _example_of(row) for path in sorted(folder.glob("*.parquet")) for row in _rows(path)
    )


def write_balanced(folder: Path, share: float, seed: int) -> int:
    """Write a balanced training set of what a folder holds, into one below; give its size.

    The newest tenth is left out: what a model is judged by is never balanced (TD-8).
    """
    stored = sorted(read_examples(folder), key=lambda one: (one.closed_at, one.ticket))
    kept = balance_examples(stored[: int(len(stored) * TAUGHT)], share, seed)
    place = folder / BALANCED
    shutil.rmtree(place, ignore_errors=True)
    store_examples(place, kept)
    return len(kept)


def refuse_personal(one: KeyedExample) -> None:
    """Raise InvalidInput where a text of an example tells who somebody is."""
    told = asdict(one.example)
    # A card's id is ours, and a row of digits in it is nobody's telephone.
    told["output"].pop("solution_used")
    for name, text in _texts_of(told, "example"):
        if holds_personal(text):
            raise InvalidInput(name, f"of {one.ticket} tells who somebody is; it is not exported")


def _store_month(path: Path, fresh: Sequence[KeyedExample]) -> int:
    before = {row["ticket"]: row for row in _rows(path)} if path.exists() else {}
    after = before | {one.ticket: _row_of(one) for one in fresh}
    rows = sorted(after.values(), key=lambda row: (row["closed_at"], row["ticket"]))
    beside = path.with_suffix(".new")
    pq.write_table(pa.Table.from_pylist(rows, schema=COLUMNS), beside)
    os.replace(beside, path)  # noqa: PTH105 - the rename that is whole or not at all
    return len(after) - len(before)


def _rows(path: Path) -> list[Row]:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput("examples", f"{path.name} cannot be read as Parquet: {error}") from error
    if table.schema != COLUMNS:
        raise InvalidInput("examples", f"{path.name} has other columns than examples have")
    return table.to_pylist()


def _row_of(one: KeyedExample) -> Row:
    return {"ticket": one.ticket, "closed_at": one.closed_at, **asdict(one.example)}


def _example_of(row: Row) -> KeyedExample:
    told, done = row["input"], row["output"]
    return KeyedExample(
        row["ticket"],
        row["closed_at"],
        TrainingExample(
            input=ExampleInput(
                symptoms=tuple(told["symptoms"]),
                vehicle=ExampleVehicle(**told["vehicle"]),
                error_codes=tuple(told["error_codes"]),
            ),
            output=ExampleOutput(**done | {"parts_used": tuple(done["parts_used"])}),
            label=ExampleLabel(**row["label"]),
            weight=row["weight"],
        ),
    )


def _month_of(one: KeyedExample) -> str:
    return one.closed_at.strftime("%Y-%m")


def _texts_of(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield from _texts_of(inner, f"{name}.{key}")
    elif isinstance(value, Iterable):
        for inner in cast("Iterable[object]", value):
            yield from _texts_of(inner, name)
