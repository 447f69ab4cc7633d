"""Logs as JSON lines, each with the trace id of its request and never with personal data."""

import logging
import random
import re
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

TRACE: ContextVar[str | None] = ContextVar("trace", default=None)
TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
NO_TRACE = "0" * 32
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
LONGEST = 2_000


class JsonFormatter(logging.Formatter):
    """One JSON object a line: when, level, logger, event, trace, and the record's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage()[:LONGEST],
            "trace": TRACE.get(),
        }
        line |= {k: v for k, v in record.__dict__.items() if k not in STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return orjson.dumps(line, default=str).decode()


def start_logging(level: str = "INFO") -> None:
    """Send every log of this process to the error stream as JSON lines."""
    # Nobody reads from which line, thread or process a record came; finding out is a third of it.
    logging._srcfile = None  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the documented way
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def trace_id(traceparent: str | None) -> str:
    """Give the trace id of a W3C `traceparent` header, else a new one."""
    found = TRACEPARENT.fullmatch(traceparent or "")
    return found.group(1) if found and found.group(1) != NO_TRACE else _new_trace()


def _new_trace() -> str:
    """Give an id that nobody else has: it is no secret, and asks the machine for no randomness."""
    return f"{random.getrandbits(128):032x}"
