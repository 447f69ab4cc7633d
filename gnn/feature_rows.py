"""Features as rows, offline in Parquet and online as JSON: both from one table, so they are equal.

A row that is asked for online and one that is read from the file of the same moment give the same
value to the last bit: moments keep their microseconds, counts are whole, shares are doubles.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from domain.errors import InvalidInput
from domain.feature_sets import FeatureSet
from gnn.card_features import CardFeatures, FeatureTable

MOMENT = pa.timestamp("us", tz="UTC")
COLUMNS = pa.schema(
    {
        "card": pa.string(),
        "created_at": MOMENT,
        "severity": pa.int32(),
        "reference": pa.bool_(),
        "verified": pa.bool_(),
        "component": pa.string(),
        "uses": pa.int64(),
        "held": pa.int64(),
        "wins": pa.int64(),
        "last_held": MOMENT,
        "prior": pa.float64(),
        "solved": pa.map_(pa.string(), pa.int64()),
        "parts": pa.list_(pa.string()),
    }
)
TOTALS = b"totals"
MOMENTS = ("created_at", "last_held")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTotals:
    """What a table says beside its cards."""

    at: datetime
    wins: int
    size: int


def write_features(folder: Path, table: FeatureTable) -> FeatureSet:
    """Write all cards of a table to a file named by its moment; it is there whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_told(table.cards[card]) for card in sorted(table.cards)]
    totals = orjson.dumps(
        _totals(table) | {"kinds": dict(table.kinds)}, option=orjson.OPT_SORT_KEYS
    )
    written = pa.Table.from_pylist(rows, schema=COLUMNS.with_metadata({TOTALS: totals}))
    path = folder / f"{table.at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.parquet"
    beside = path.with_suffix(".new")
    pq.write_table(written, beside)
    os.replace(beside, path)  # noqa: PTH105 - the rename that is whole or not at all
    said = sha256(path.read_bytes()).hexdigest()
    return FeatureSet(at=table.at, cards=len(rows), file=path.name, sha256=said)


def read_features(path: Path, expected: str | None = None) -> FeatureTable:
    """Read a file of features; `expected` is the hash that the catalogue has of it.

    Raises:
        InvalidInput: it is not there, is not the file that was written, or has other columns.
    """
    try:
        if expected is not None and sha256(path.read_bytes()).hexdigest() != expected:
            raise InvalidInput("features", f"{path.name} was changed since it was written")
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput("features", f"{path.name} cannot be read as Parquet: {error}") from error
    if table.schema != COLUMNS or TOTALS not in (table.schema.metadata or {}):
        raise InvalidInput("features", f"{path.name} has other columns than features have")
    told = orjson.loads(table.schema.metadata[TOTALS])
    cards = [_features(row | {"solved": dict(row["solved"])}) for row in table.to_pylist()]
    totals = read_totals(told)
    return FeatureTable(
        at=totals.at,
        cards={card.card: card for card in cards},
        kinds=told["kinds"],
        wins=totals.wins,
        size=totals.size,
    )


def online_row(card: CardFeatures) -> bytes:
    return orjson.dumps(_told(card))


def read_online(row: bytes) -> CardFeatures:
    """Read what `online_row` wrote.

    Raises:
        InvalidInput: an older release wrote it in another form.
    """
    try:
        told: Row = orjson.loads(row)
        moments = {n: _moment(told[n]) for n in MOMENTS}
        return _features(told | moments)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("features", "an online row has another form") from error


def online_totals(table: FeatureTable) -> bytes:
    return orjson.dumps(_totals(table))


def read_totals(told: Mapping[str, Any]) -> FeatureTotals:
    return FeatureTotals(
        at=datetime.fromisoformat(told["at"]), wins=told["wins"], size=told["size"]
    )


def table_of(
    totals: FeatureTotals, cards: Sequence[CardFeatures], kinds: Mapping[str, int]
) -> FeatureTable:
    """Give the part of a table that was asked for."""
    return FeatureTable(
        at=totals.at,
        cards={card.card: card for card in cards},
        kinds=kinds,
        wins=totals.wins,
        size=totals.size,
    )


def _told(card: CardFeatures) -> Row:
    return asdict(card) | {"solved": dict(sorted(card.solved.items()))}


def _totals(table: FeatureTable) -> Row:
    return {"at": table.at.isoformat(), "wins": table.wins, "size": table.size}


def _features(row: Row) -> CardFeatures:
    row["parts"] = tuple(row["parts"])
    return CardFeatures(**row)


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
