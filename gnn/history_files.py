"""Repair history as Parquet: `repairs.parquet` and `cards.parquet` in one folder (row TD-2).

The columns are the fields of `domain.repair_history`; a list is a list, a shown place or a try a
struct. A file of other columns is refused by name: a model that reads a missing feature as zero
learns nonsense.
"""

from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from domain.errors import InvalidInput
from domain.repair_history import CardRecord, RepairHistory, RepairRecord, RepairTry, ShownPlace

MOMENT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())
SHOWN = pa.struct(
    {
        "card": pa.string(),
        "rank": pa.int32(),
        "score": pa.float64(),
        "ranker": pa.string(),
        "at": MOMENT,
    }
)
TRY = pa.struct(
    {
        "card": pa.string(),
        "worked": pa.bool_(),
        "at": MOMENT,
        "minutes": pa.int32(),
        "parts": TEXTS,
    }
)
REPAIR_COLUMNS = pa.schema(
    {
        "ticket": pa.string(),
        "garage": pa.string(),
        "technician": pa.string(),
        "vehicle": pa.string(),
        "make": pa.string(),
        "model": pa.string(),
        "opened_at": MOMENT,
        "closed_at": MOMENT,
        "text": pa.string(),
        "worked": pa.bool_(),
        "variant": pa.string(),
        "year": pa.int32(),
        "firmware": pa.string(),
        "battery_batch": pa.string(),
        "supplier": pa.string(),
        "climate": pa.string(),
        "odometer_km": pa.int32(),
        "severity": pa.string(),
        "symptoms": TEXTS,
        "codes": TEXTS,
        "component": pa.string(),
        "cause": pa.string(),
        "shown": pa.list_(SHOWN),
        "tries": pa.list_(TRY),
        "resolved_by": pa.string(),
        "minutes": pa.int32(),
        "rating": pa.int32(),
        "came_back": pa.bool_(),
        "synthetic": pa.bool_(),
    }
)
CARD_COLUMNS = pa.schema(
    {
        "card": pa.string(),
        "created_at": MOMENT,
        "title": pa.string(),
        "symptom_text": pa.string(),
        "cause": pa.string(),
        "fix": pa.string(),
        "severity": pa.string(),
        "component": pa.string(),
        "symptoms": TEXTS,
        "codes": TEXTS,
        "parts": TEXTS,
        "makes": TEXTS,
        "models": TEXTS,
        "verified_at": MOMENT,
        "founded_on": pa.string(),
        "author": pa.string(),
        "minutes": pa.int32(),
        "reference": pa.bool_(),
        "synthetic": pa.bool_(),
    }
)
REPAIRS_FILE = "repairs.parquet"
CARDS_FILE = "cards.parquet"
LISTS = ("symptoms", "codes", "parts", "makes", "models")


def write_history(folder: Path, history: RepairHistory) -> None:
    """Write both files; equal histories give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_rows(folder / REPAIRS_FILE, history.repairs, REPAIR_COLUMNS)
    _write_rows(folder / CARDS_FILE, history.cards, CARD_COLUMNS)


def read_history(folder: Path) -> RepairHistory:
    """Read what `write_history` wrote.

    Raises:
        InvalidInput: a file is missing, is no Parquet, or has other columns.
    """
    return RepairHistory(
        tuple(_repair_of(row) for row in _read_rows(folder / REPAIRS_FILE, REPAIR_COLUMNS)),
        tuple(_card_of(row) for row in _read_rows(folder / CARDS_FILE, CARD_COLUMNS)),
    )


def hash_history(folder: Path) -> str:
    """Give the SHA-256 over both files, by which a run says what it learned from.

    Raises:
        InvalidInput: a file cannot be read.
    """
    said = sha256()
    for name in (REPAIRS_FILE, CARDS_FILE):
        try:
            said.update(sha256((folder / name).read_bytes()).digest())
        except OSError as error:
            raise InvalidInput("history", f"{name} cannot be read ({error.strerror})") from error
    return said.hexdigest()


def _write_rows(
    path: Path, rows: Iterable[RepairRecord] | Iterable[CardRecord], columns: pa.Schema
) -> None:
    pq.write_table(pa.Table.from_pylist([asdict(row) for row in rows], schema=columns), path)


def _read_rows(path: Path, columns: pa.Schema) -> list[dict[str, Any]]:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput("history", f"{path.name} cannot be read as Parquet: {error}") from error
    missing = [name for name in columns.names if name not in table.column_names]
    if missing:
        raise InvalidInput("history", f"{path.name} lacks the columns {', '.join(missing)}")
    return table.select(columns.names).cast(columns).to_pylist()


def _repair_of(row: dict[str, Any]) -> RepairRecord:
    row["shown"] = tuple(ShownPlace(**place) for place in row["shown"] or ())
    row["tries"] = tuple(RepairTry(**_tupled(one)) for one in row["tries"] or ())
    return RepairRecord(**_tupled(row))


def _card_of(row: dict[str, Any]) -> CardRecord:
    return CardRecord(**_tupled(row))


def _tupled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value or ()) if name in LISTS else value for name, value in row.items()}
