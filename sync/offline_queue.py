"""What a garage did while it was offline: records of a queue, and the order they go in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from importlib import resources
from typing import Any, cast

import orjson
from jsonschema import Draft202012Validator, ValidationError

from domain import clock, limits
from domain.clock import HybridTimestamp
from domain.errors import InvalidInput
from domain.ids import GarageId, OperationId, garage_id, operation_id

MOST = 200
RECORD_BYTES = 100_000
SCHEMA: Mapping[str, Any] = orjson.loads(
    (resources.files("sync") / "operation.schema.json").read_bytes()
)
VALIDATOR = Draft202012Validator(SCHEMA)
KNOWN: Sequence[str] = list(SCHEMA["properties"])
# What `data` may hold, by the name of the mutation; where nothing stands, whatever comes.
DATA_FIELDS: Mapping[str, Sequence[str]] = {
    verb: list(data["properties"])
    for verb, data in SCHEMA["$defs"]["data"].items()
    if "properties" in data
}


# What is spelt otherwise in the records than it is kept: each with the form of before 0.2, which
# phones in the field still send and repeat.
RECORD_NAMES = {"operationId": "operation_id", "garageId": "garage_id"}
DATA_NAMES = {"expectedVersion": "expected_version", "stars": "rating"}


class QueuedVerb(StrEnum):
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

    @property
    def verb(self) -> str:
        """The mutation that does the same, by whose name the records call it."""
        return VERBS[self]


VERBS: Mapping[QueuedVerb, str] = {
    QueuedVerb.REPORT_FAILURE: "reportFailure",
    QueuedVerb.START_REPAIR: "startRepair",
    QueuedVerb.RECORD_ATTEMPT: "recordAttempt",
    QueuedVerb.RESOLVE_TICKET: "resolveTicket",
    QueuedVerb.CLOSE_TICKET: "closeTicket",
    QueuedVerb.CREATE_CARD: "createCard",
    QueuedVerb.UPDATE_CARD: "updateCard",
    QueuedVerb.RATE_CARD: "giveFeedback",
    QueuedVerb.ADJUST_STOCK: "adjustStock",
    QueuedVerb.SET_PRICE: "setPrice",
}
VERB_OF_TYPE: Mapping[str, QueuedVerb] = {verb: action for action, verb in VERBS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedOperation:
    """One record of a queue (OF-1); a lower `priority` goes first."""

    id: OperationId
    action: QueuedVerb
    data: Mapping[str, Any]
    at: HybridTimestamp
    garage: GarageId
    priority: int

    @property
    def entity(self) -> str:
        """What it is about; a record that makes something is about itself or what it rests on."""
        about = self.data.get("id", self.data.get("ticket"))
        return about if isinstance(about, str) else self.id


def upcast_record(record: Any) -> Any:  # noqa: ANN401 - JSON
    """Give a record of before 0.2 in the form of today; one of today, or no record, as it is."""
    if not isinstance(record, Mapping):
        return record
    given = cast("Mapping[str, Any]", record)
    renamed = _rename_keys(given, {old: new for new, old in RECORD_NAMES.items()})
    if renamed.get("type") in set(QueuedVerb):
        renamed["type"] = QueuedVerb(renamed["type"]).verb
    if isinstance(renamed.get("data"), Mapping):
        renamed["data"] = show_record(renamed["data"])
    return renamed


def show_record(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give a record's data as the records spell it."""
    return _rename_keys(data, {old: new for new, old in DATA_NAMES.items()})


def _rename_keys(given: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Rename what is not there under its new name as well."""
    return {
        new if (new := names.get(name, name)) not in given else name: value
        for name, value in given.items()
    }


def parse_record(record: Any) -> QueuedOperation:  # noqa: ANN401 - JSON
    """Read one record, of today or of before 0.2.

    What is kept of it has one spelling, so that an operation which was handed in before an update
    is known again after it.

    Raises:
        InvalidInput: it breaks the schema; it names the field.
    """
    record = upcast_record(record)
    if len(orjson.dumps(record)) > RECORD_BYTES:
        raise InvalidInput("data", f"is longer than {RECORD_BYTES} bytes")
    for error in sorted(VALIDATOR.iter_errors(record), key=lambda e: e.json_path):
        raise _invalid_record(error)
    given: Mapping[str, Any] = record  # pyright: ignore[reportAssignmentType] - the schema says so
    return QueuedOperation(
        id=operation_id(given["operationId"]),
        action=VERB_OF_TYPE[given["type"]],
        data=_rename_keys(given["data"], DATA_NAMES),
        at=clock.parse_timestamp(given["timestamp"]),
        garage=garage_id(given["garageId"]),
        priority=given["priority"],
    )


def demand_known_data(record: QueuedOperation) -> None:
    """Raise InvalidInput for what no record of its type holds: it would be lost without a word."""
    known = DATA_FIELDS.get(record.action.verb)
    if known is None:
        return
    for name in show_record(record.data):
        if name not in known:
            said = f"is no field of `{record.action.verb}`{_hint(name, known)}"
            raise InvalidInput(f"data.{name[:80]}", said)


def order_queue(queue: Iterable[QueuedOperation], now: datetime) -> list[QueuedOperation]:
    """Give a queue by (priority, timestamp), with the operations on one entity in their own order.

    An urgent operation takes along what was done to the same entity before it. A clock that runs
    ahead wins nothing: it counts as of `now`, and only its own records keep its order.
    """
    now_ms = int(now.timestamp() * 1000)

    def placed(record: QueuedOperation) -> tuple[HybridTimestamp, HybridTimestamp, str]:
        return clock.bound_drift(record.at, now_ms), record.at, record.id

    urgency: dict[str, int] = {}
    keyed: list[tuple[int, tuple[HybridTimestamp, HybridTimestamp, str], QueuedOperation]] = []
    for record in sorted(queue, key=placed, reverse=True):
        urgent = min(record.priority, urgency.get(record.entity, record.priority))
        urgency[record.entity] = urgent
        keyed.append((urgent, placed(record), record))
    return [entry[2] for entry in sorted(keyed, key=lambda entry: entry[:2])]


def demand_size(records: Sequence[object]) -> None:
    """Raise InvalidInput when more is handed in than one call takes: send it in pages."""
    limits.check_count("operations", len(records), MOST)


def _invalid_record(error: ValidationError) -> InvalidInput:
    """Give what is wrong in a sentence, by the path of the field."""
    if error.path:
        field = ".".join(map(str, error.path))
        return InvalidInput(field, limits.clean_text("reason", error.message[:200], 200))
    if error.validator == "required":
        return InvalidInput(error.message.split("'")[1], "is missing")
    if error.validator == "additionalProperties":
        unknown = next(
            name for name in cast("Mapping[str, Any]", error.instance) if name not in KNOWN
        )
        return InvalidInput(unknown[:80], f"is no field of a record{_hint(unknown, KNOWN)}")
    return InvalidInput("operation", limits.clean_text("reason", error.message[:200], 200))


def _hint(unknown: str, known: Sequence[str]) -> str:
    near = get_close_matches(unknown[:80], known, 1)
    return f"; did you mean `{near[0]}`?" if near else ""
