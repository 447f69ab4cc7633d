"""Where a wrong value stands in what was handed in: `report.vehicle.mileageKm`, never prose.

The domain names what it checks by the name of the field, a parser adds the fields and places around
it (`within_input`), and what is left is found in the arguments of the verb that was asked.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, cast

from graphql import GraphQLError, GraphQLField, GraphQLInputObjectType
from graphql.utilities import (
    validate_input_value,  # pyright: ignore[reportUnknownVariableType] - graphql-core types it loosely
)
from strawberry.utils.str_converters import to_camel_case

from domain.errors import InvalidInput
from resolvers.cost import named_type

Path = tuple[str, ...]
# What the domain calls otherwise than the inputs do, each with the fields that hold it.
ALSO: Mapping[str, tuple[str, ...]] = {
    "symptomText": ("signature.text",),
    "primaryCause": ("cause.primary",),
    "secondaryCauses": ("cause.secondary",),
    "step": ("steps.action", "action"),
    "reading": ("readings.name", "name"),
    "temperature": ("environment.temperatureRange", "temperatureRange"),
    "lowC": ("environment.temperatureRange", "temperatureRange"),
    "highC": ("environment.temperatureRange", "temperatureRange"),
    "errorCode": ("signature.errorCodes", "errorCodes", "codes", "code"),
    "rating": ("stars",),
    "technician": ("technician", "to"),
    "personId": ("to", "technician", "person", "id"),
    "cardId": ("card", "into", "id"),
    "ticketId": ("ticket", "id"),
    "garageId": ("garage", "within.garage", "visibility.garages", "apiKey.garages", "id"),
    "keyId": ("id",),
    "bayId": ("bay", "id"),
    "jobId": ("job", "id"),
    "invoiceId": ("invoice", "id"),
    "customerId": ("customerId", "owner", "customer", "id"),
    "vehicleId": ("report.vehicleId", "vehicleId", "vehicle", "id"),
    "paymentId": ("payment", "id"),
    "partId": ("part", "id"),
    "componentId": ("component", "id"),
    "symptomId": ("symptom", "symptoms", "id"),
    "errorCodeId": ("signature.errorCodes", "errorCodes", "code"),
    "symptomCode": ("symptom", "symptoms", "id"),
    "verifier": ("id",),
    "attempts": ("attempt",),
    "outcomes": ("outcome",),
    "text": ("report.text", "text"),
    "month": ("month",),
    "date": ("day",),
    "amount": ("payment.amount", "amount"),
    "vehicle": ("report.vehicleId", "vehicleId"),
    "end": ("slot.end", "job.slot.end"),
}
DEEPEST = 7
UNKNOWN = re.compile(r"type '(\w+)!?' not to include unknown field '([^']{1,80})'")
NEEDED = re.compile(r"to include required field '([^']{1,80})'")
NOTHING = re.compile(r"of non-null type '[^']{1,80}' not to be None")


@contextmanager
def within_input(*steps: str | int) -> Generator[None]:
    """Put the fields and places that stand around a value before the name that a refusal gives."""
    try:
        yield
    except InvalidInput as wrong:
        raise wrong.at(".".join([*map(str, steps), wrong.field])) from wrong


def locate_fault(asked: GraphQLField, wrong: InvalidInput) -> InvalidInput:
    """Give the refusal with the whole path of its value in the arguments of the verb."""
    return wrong.at(input_path(asked, wrong.field))


def input_path(asked: GraphQLField, field: str) -> str:
    """Give the path that ends like `field`, the shortest; if none does, of what it can only be."""
    known = _input_type_paths(asked)
    for name in _field_names(field):
        steps = [_camel_case(step) for step in name.split(".")]
        wanted = tuple(step for step in steps if not step.isdecimal())
        ends = [p for p in known if p[len(p) - len(wanted) :] == wanted]
        if name != field:
            # Another name stands for a value, never for the whole of an input.
            ends = [p for p in ends if not any(len(q) > len(p) and q[: len(p)] == p for q in known)]
        if ends:
            best = min(ends, key=len)
            return ".".join([*best[: len(best) - len(wanted)], *steps])
    return _known_only(known)


def _field_names(field: str) -> list[str]:
    head, _, last = field.rpartition(".")
    also = [f"{head}.{name}" if head else name for name in ALSO.get(_camel_case(last), ())]
    bare = [] if not head else [head, last, *ALSO.get(_camel_case(last), ())]
    return [*also, field, *bare, *(["id"] if not head else [])]


def _known_only(known: tuple[Path, ...]) -> str:
    roots = [p[0] for p in known if len(p) == 1 and p[0] not in {"operationId", "expectedVersion"}]
    return roots[0] if roots else "operationId"


def _input_type_paths(asked: GraphQLField) -> tuple[Path, ...]:
    found: list[Path] = []
    for name, argument in asked.args.items():
        _walk_inputs(cast("object", argument.type), (name,), found)
    return tuple(found)


def _walk_inputs(kind: object, so_far: Path, found: list[Path]) -> None:
    found.append(so_far)
    inner = named_type(kind)
    if isinstance(inner, GraphQLInputObjectType) and len(so_far) < DEEPEST:
        for name, field in inner.fields.items():
            _walk_inputs(cast("object", field.type), (*so_far, name), found)


def _camel_case(name: str) -> str:
    """Give a name as the API spells it: `expected_version` and `vehicle id` in one word."""
    return to_camel_case(name.replace(" ", "_"))


def misread_value(kind: object, given: object) -> tuple[str, str] | None:
    """Say where a value does not read as a kind of input, and why; None when it does."""
    wrong: list[tuple[str, str]] = []

    def note(error: GraphQLError, place: list[str | int]) -> None:
        wrong.append((".".join(map(str, place)), misread_reason(kind, error.message)))

    validate_input_value(given, cast("Any", kind), note, hide_suggestions=True)
    unknown = [one for one in wrong if one[1].startswith("unknown field")]
    return next(iter([*unknown, *wrong]), None)


def misread_reason(kind: object, message: str, *, hints: bool = False) -> str:
    """Give what is wrong with an input without the values in it, which may be people's.

    With `hints` a name that is near an unknown one is told: for development alone.
    """
    unknown, needed = UNKNOWN.search(message), NEEDED.search(message)
    if unknown is not None:
        fields = _unknown_fields(named_type(kind), unknown.group(1), frozenset()) if hints else []
        near = get_close_matches(_camel_case(unknown.group(2)), fields, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        return f"unknown field `{unknown.group(2)}`{hint}"
    if needed is not None:
        return f"`{needed.group(1)}` is missing"
    return "is missing" if NOTHING.search(message) else message.partition(", found: ")[0][:200]


def _unknown_fields(kind: object, wanted: str, seen: frozenset[str]) -> list[str]:
    """Give the field names of an input type, sought below another one."""
    if not isinstance(kind, GraphQLInputObjectType) or kind.name in seen:
        return []
    if kind.name == wanted:
        return list(kind.fields)
    below = (named_type(cast("object", field.type)) for field in kind.fields.values())
    found = (_unknown_fields(inner, wanted, seen | {kind.name}) for inner in below)
    return next((names for names in found if names), list[str]())
