"""What nobody should send, by kind of door: what must be refused, and what is only odd."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.hostile.doors import Door

LONG = "x" * 90_000
ENTRIES = 1_500
DEEP = 200


class Verdict(StrEnum):
    """What must become of a value.

    MISREAD: no value of its type; REFUSED: a refusal that names its field; ANSWERED: whatever is
    said, it is said in the words of the API.
    """

    MISREAD = "misread"
    REFUSED = "refused"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class HostileValue:
    name: str
    value: object
    verdict: Verdict


def _sealed(text: str) -> str:
    return b64encode(text.encode()).decode()


def _nested(depth: int) -> object:
    found: object = {}
    for _ in range(depth):
        found = {"a": [found]}
    return found


# Hidden letters, directions, joiners, other digits, and what a query, a shell or a page would read.
ODD_TEXT = (
    "a\u0000b\u202e\u2066\u200d\u200d\ufeff\U000e0041 \u0967\u0968\u0669\uff25\U0001f50b\ud7ff"
    "'; MATCH (n) DETACH DELETE n // {{7*7}} ${x} <script> ../../etc/passwd %00 \\ \" #`"
)
COMBINED = "a" + "\u0301\u0327" * 400
TEXTS = {"odd": ODD_TEXT, "combined": COMBINED, "spaces": "1-2" + " " * 400 + "x", "empty": ""}
NOTHING: Mapping[str, object] = {}
WRONG_TEXTS: Mapping[str, object] = {"number": 7, "object": NOTHING, "listed": [["x"]]}
NO_ENTRIES: Sequence[object] = ()
WRONG: Mapping[str, Mapping[str, object]] = {
    "String": WRONG_TEXTS,
    "Cursor": WRONG_TEXTS,
    "ID": {"object": NOTHING, "float": 1.5, "flag": True},
    "Int": {"text": "1", "half": 1.5, "wide": 1 << 31, "wider": -(1 << 63), "huge": 1e300},
    "Float": {"text": "1", "flag": True, "object": NOTHING},
    "Boolean": {"text": "true", "number": 1},
    "Paise": {"text": "1", "half": 1.5, "flag": True, "huge": 1e300},
    "Date": {
        "none": "2026-02-30",
        "number": 7,
        "empty": "",
        "zero": "0000-01-01",
        "long": LONG,
        "first": "0001-01-01",
        "last": "9999-12-31",
        "before": "1899-12-31",
    },
    "DateTime": {
        "none": "2026-13-01T00:00:00Z",
        "number": 7,
        "empty": "",
        "long": LONG,
        "first": "0001-01-01T00:00:00+14:00",
        "last": "9999-12-31T23:59:59.999999-14:00",
        "after": "2201-01-01T00:00:00Z",
    },
    "UUID": {"none": "x", "number": 7, "empty": "", "long": LONG},
    "Enum": {"none": "NOPE", "small": "draft", "number": 7, "empty": "", "long": LONG},
    "List": {"nothing": [None], "object": {"a": 1}},
    "Object": {"unknown": {"nope": 1}, "text": "x", "listed": [NO_ENTRIES], "number": 7},
    "JSON": NOTHING,
}
REFUSED: Mapping[str, Mapping[str, object]] = {
    "String": {"long": LONG},
    "ID": {"long": LONG, "zero": "\u0000", "foreign": _sealed("Secret:x"), "odd": ODD_TEXT},
    "Cursor": {
        "long": LONG,
        "none": "nonsense!",
        "sealed": _sealed("abc\u0000"),
        "zero": _sealed("\u0000"),
        "bytes": b64encode(b"\xff\xfe").decode(),
    },
}
ODD: Mapping[str, Mapping[str, object]] = {
    "String": TEXTS,
    "ID": {"number": 7, "large": 1 << 62, "empty": "", "open": _sealed("FailureCard:"), "dot": "."},
    "Cursor": {"plain": _sealed("abc"), "number": "-1", "large": "9" * 30, "empty": ""},
    "Int": {"least": -(1 << 31), "minus": -1, "none": 0, "most": (1 << 31) - 1},
    "Float": {"most": 1e308, "least": -1e308, "small": 5e-324, "minus": -1.0},
    "Boolean": {"set": True, "unset": False},
    "Paise": {"minus": -1, "none": 0, "most": (1 << 63) - 1, "over": 1 << 63, "least": -(1 << 63)},
    "DateTime": {
        "local": "2026-11-01T00:00:00",
        "week": "2026-W44-7T00:00:00+05:30",
    },
    "UUID": {
        "future": "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "nil": "00000000-0000-0000-0000-000000000000",
        "urn": "urn:uuid:0190c3a0-7b00-7000-8000-000000000000",
    },
    "List": {"empty": []},
    "Object": {"empty": {}},
    "JSON": {
        "text": "x",
        "number": 1e300,
        "listed": [],
        "object": {},
        "deep": _nested(DEEP // 2),
        "odd": {"type": ODD_TEXT, "operationId": ODD_TEXT, "__proto__": {}, "data": ODD_TEXT},
    },
}


def hostile_values(door: Door, given: Mapping[str, object]) -> Iterator[HostileValue]:
    """Yield what is tried on a door; `given` is what good entries of a list are made of."""
    if door.kind == "List":
        yield HostileValue("many", door.many(ENTRIES, given), Verdict.REFUSED)
    records = door.kind == "List" and door.path == ("operations",)
    for verdict, table in (
        (Verdict.MISREAD, WRONG),
        (Verdict.REFUSED, REFUSED),
        (Verdict.ANSWERED, ODD),
    ):
        for name, value in table.get(door.kind, {}).items():
            # One object is a list of one, and any object is JSON.
            if not (records and name == "object"):
                # A report that is too long is cut, not refused.
                cut = name == "long" and door.path[-2:] == ("report", "text")
                yield HostileValue(name, value, Verdict.ANSWERED if cut else verdict)
