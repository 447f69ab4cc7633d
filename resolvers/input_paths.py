"""Where a wrong value stands in what was handed in: `report.vehicle.mileageKm`, never prose.

The domain names what it checks by the name of the field, a parser adds the fields and places around
it (`inside`), and what is left is found in the arguments of the verb that was asked.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import cast

from graphql import GraphQLField, GraphQLInputObjectType

from domain.errors import InvalidInput
from resolvers.cost import named

Path = tuple[str, ...]
# What the domain calls otherwise than the inputs do, each with the fields that hold it.
ALSO: Mapping[str, tuple[str, ...]] = {
    "symptomText": ("signature.text",),
    "primaryCause": ("cause.primary",),
    "secondaryCauses": ("cause.secondary",),
    "step": ("steps.action", "action"),
    "reading": ("readings.name",),
    "temperature": ("environment.temperatureRange", "temperatureRange"),
    "lowC": ("environment.temperatureRange", "temperatureRange"),
    "highC": ("environment.temperatureRange", "temperatureRange"),
    "errorCode": ("signature.errorCodes", "errorCodes", "codes", "code"),
    "rating": ("stars",),
    "technician": ("technician", "to"),
    "personId": ("to", "technician", "id"),
    "cardId": ("card", "into", "id"),
    "ticketId": ("ticket", "id"),
    "garageId": ("garage", "within.garage", "visibility.garages", "id"),
    "bayId": ("bay", "id"),
    "jobId": ("job", "id"),
    "invoiceId": ("invoice", "id"),
    "paymentId": ("payment", "id"),
    "partId": ("part", "id"),
    "symptomCode": ("symptom", "symptoms", "id"),
    "verifier": ("id",),
    "attempts": ("attempt",),
    "outcomes": ("outcome",),
    "text": ("report.text", "text"),
    "month": ("month",),
    "amount": ("payment.amount", "amount"),
    "vehicle": ("report.vehicleId", "vehicleId"),
    "end": ("slot.end", "job.slot.end"),
}
DEEPEST = 7


@contextmanager
def inside(*steps: str | int) -> Generator[None]:
    """Put the fields and places that stand around a value before the name that a refusal gives."""
    try:
        yield
    except InvalidInput as wrong:
        raise wrong.at(".".join([*map(str, steps), wrong.field])) from wrong


def located(asked: GraphQLField, wrong: InvalidInput) -> InvalidInput:
    """Give the refusal with the whole path of its value in the arguments of the verb."""
    return wrong.at(path(asked, wrong.field))


def path(asked: GraphQLField, field: str) -> str:
    """Give the path that ends like `field`, the shortest; if none does, of what it can only be."""
    known = _paths(asked)
    for name in _names(field):
        steps = [_camel(step) for step in name.split(".")]
        wanted = tuple(step for step in steps if not step.isdecimal())
        ends = [p for p in known if p[len(p) - len(wanted) :] == wanted]
        if ends:
            best = min(ends, key=len)
            return ".".join([*best[: len(best) - len(wanted)], *steps])
    return _only(known)


def _names(field: str) -> list[str]:
    head, _, last = field.rpartition(".")
    also = [f"{head}.{name}" if head else name for name in ALSO.get(_camel(last), ())]
    bare = [] if not head else [head, last, *ALSO.get(_camel(last), ())]
    return [*also, field, *bare, *(["id"] if not head else [])]


def _only(known: tuple[Path, ...]) -> str:
    roots = [p[0] for p in known if len(p) == 1 and p[0] not in {"operationId", "expectedVersion"}]
    return roots[0] if roots else "operationId"


def _paths(asked: GraphQLField) -> tuple[Path, ...]:
    found: list[Path] = []
    for name, argument in asked.args.items():
        _walk(cast("object", argument.type), (name,), found)
    return tuple(found)


def _walk(kind: object, so_far: Path, found: list[Path]) -> None:
    found.append(so_far)
    inner = named(kind)
    if isinstance(inner, GraphQLInputObjectType) and len(so_far) < DEEPEST:
        for name, field in inner.fields.items():
            _walk(cast("object", field.type), (*so_far, name), found)


def _camel(name: str) -> str:
    """Give a name as the API spells it: `expected_version` and `vehicle id` in one word."""
    head, *rest = name.replace(" ", "_").split("_")
    return head + "".join(part.capitalize() for part in rest)
