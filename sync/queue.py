"""What a garage did while it was offline: records of a queue, and the order they go in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import resources
from typing import Any

import orjson
from jsonschema import Draft202012Validator, ValidationError

from domain import clock, limits
from domain.clock import Stamp
from domain.errors import InvalidInput
from domain.ids import GarageId, OperationId, garage_id, operation_id

MOST = 200
RECORD_BYTES = 100_000
SCHEMA: Mapping[str, Any] = orjson.loads(
    (resources.files("sync") / "operation.schema.json").read_bytes()
)
VALIDATOR = Draft202012Validator(SCHEMA)


class Deed(StrEnum):
    REPORT_FAILURE = "report_failure"
    START_REPAIR = "start_repair"
    RECORD_ATTEMPT = "record_attempt"
    RESOLVE_TICKET = "resolve_ticket"
    CLOSE_TICKET = "close_ticket"
    CREATE_CARD = "create_card"
    UPDATE_CARD = "update_card"
    RATE_CARD = "rate_card"
    ADJUST_STOCK = "adjust_stock"
    SET_PRICE = "set_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One record of a queue (OF-1); a lower `priority` goes first."""

    id: OperationId
    deed: Deed
    data: Mapping[str, Any]
    at: Stamp
    garage: GarageId
    priority: int

    @property
    def entity(self) -> str:
        """What it is about; a record that makes something is about itself."""
        about = self.data.get("id")
        return about if isinstance(about, str) else self.id


def parsed(record: Any) -> Queued:  # noqa: ANN401 - JSON
    """Read one record.

    Raises:
        InvalidInput: it breaks the schema; it names the field.
    """
    if len(orjson.dumps(record)) > RECORD_BYTES:
        raise InvalidInput("data", f"is longer than {RECORD_BYTES} bytes")
    for error in sorted(VALIDATOR.iter_errors(record), key=lambda e: e.json_path):
        field = str(error.path[0]) if error.path else _missing(error)
        raise InvalidInput(field, limits.text("reason", error.message[:200], 200))
    given: Mapping[str, Any] = record  # pyright: ignore[reportAssignmentType] - the schema says so
    return Queued(
        id=operation_id(given["operation_id"]),
        deed=Deed(given["type"]),
        data=given["data"],
        at=clock.parsed(given["timestamp"]),
        garage=garage_id(given["garage_id"]),
        priority=given["priority"],
    )


def in_order(queue: Iterable[Queued], now: datetime) -> list[Queued]:
    """Give a queue by (priority, timestamp), with the operations on one entity in their own order.

    An urgent operation takes along what was done to the same entity before it. A clock that runs
    ahead wins nothing: it counts as of `now`, and only its own records keep its order.
    """
    now_ms = int(now.timestamp() * 1000)

    def placed(record: Queued) -> tuple[Stamp, Stamp, str]:
        return clock.bounded(record.at, now_ms), record.at, record.id

    urgency: dict[str, int] = {}
    keyed: list[tuple[int, tuple[Stamp, Stamp, str], Queued]] = []
    for record in sorted(queue, key=placed, reverse=True):
        urgent = min(record.priority, urgency.get(record.entity, record.priority))
        urgency[record.entity] = urgent
        keyed.append((urgent, placed(record), record))
    return [entry[2] for entry in sorted(keyed, key=lambda entry: entry[:2])]


def demand_size(records: Sequence[object]) -> None:
    """Raise InvalidInput when more is handed in than one call takes: send it in pages."""
    limits.count("operations", len(records), MOST)


def _missing(error: ValidationError) -> str:
    """Give the field of `'type' is a required property`."""
    return error.message.split("'")[1] if error.validator == "required" else "operation"
