"""Every place where a caller hands something in, found in the schema and the routes, not listed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    is_required_argument,
    is_required_input_field,
)

from tests.journeys.schema_walk import API, roots, value

# What a text argument of this name holds: a place in a list, as the API gave it.
CURSOR = "after"
OPERATIONS: Mapping[str, GraphQLObjectType | None] = {
    "query": API.query_type,
    "mutation": API.mutation_type,
    "subscription": API.subscription_type,
}


ADDRESS: Mapping[str, object] = {"address": "4 Camp Road", "pincode": "411001", "state": "27"}
# What an input needs though its type does not say so, and what its texts must be.
ALSO_NEEDED: Mapping[str, Mapping[str, object]] = {
    "ReportInput": {"text": "The horn is silent"},
    "CustomerInput": ADDRESS,
    "CustomerRecordInput": ADDRESS,
    "InvoiceInput": {"customer": {"name": "Meera Joshi", **ADDRESS}},
    "PlaceInput": {"state": "27", "reason": "Handed over at our gate"},
    "BankAccountInput": {"number": "501001234567", "ifsc": "HDFC0001234"},
    "DocumentInput": {"text": "query Typename { __typename }"},
    "ApiKeyInput": {"garages": ["garage_pune"]},
    "BillingSettingsInput": {"series": "PN1", "pincode": "411001", "state": "27"},
}


@dataclass(frozen=True, slots=True)
class Door:
    """One argument or input field of one root field.

    Attributes:
        path: the argument, then the fields below it; an entry of a list is its "0".
        kind: the name of its scalar, or "Cursor", "Enum", "List", "Object".
    """

    operation: str
    verb: str
    path: tuple[str, ...]
    kind: str
    type: Any = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        return f"{self.verb}({'.'.join(self.path)})"

    @property
    def field(self) -> str:
        """The path as a refusal names it, places of lists aside."""
        return ".".join(step for step in self.path if step != "0")

    def variables(self, hostile: object, given: Mapping[str, object]) -> dict[str, object]:
        """Give arguments that are good but for what stands at the door."""
        root = roots(OPERATIONS[self.operation])[self.verb]
        filled = {
            name: good_value(name, argument.type, given)
            for name, argument in root.args.items()
            if is_required_argument(argument)
        }
        argument, *rest = self.path
        kind = cast("Any", root.args[argument]).type
        filled[argument] = _placed(kind, rest, hostile, filled.get(argument), given)
        return filled

    def many(self, count: int, given: Mapping[str, object]) -> list[object]:
        """Give so many good entries for a list."""
        return [good_value(self.path[-1], self.type.of_type, given)] * count


def every_door() -> tuple[Door, ...]:
    """Give all doors of the schema, in its order."""
    return tuple(
        Door(operation, verb, path, kind, typed)
        for operation, root in OPERATIONS.items()
        for verb, found in roots(root).items()
        for name, argument in found.args.items()
        for path, kind, typed in _walked((name,), argument.type)
    )


def good_value(name: str, kind: Any, given: Mapping[str, object]) -> object:  # noqa: ANN401 - of graphql
    """Give something that reads as this kind; of an input object only what it cannot be without."""
    match kind:
        case GraphQLNonNull():
            return good_value(name, kind.of_type, given)
        case GraphQLInputObjectType():
            return {
                key: good_value(key, field.type, given)
                for key, field in kind.fields.items()
                if is_required_input_field(field)
            } | dict(ALSO_NEEDED.get(kind.name, {}))
        case _:
            return value(name, kind, given)


def _walked(path: tuple[str, ...], kind: Any) -> Iterator[tuple[tuple[str, ...], str, Any]]:  # noqa: ANN401 - of graphql
    match kind:
        case GraphQLNonNull():
            yield from _walked(path, kind.of_type)
        case GraphQLList():
            yield path, "List", kind
            yield from _walked((*path, "0"), kind.of_type)
        case GraphQLInputObjectType():
            yield path, "Object", kind
            for name, inner in kind.fields.items():
                yield from _walked((*path, name), inner.type)
        case GraphQLEnumType():
            yield path, "Enum", kind
        case _:
            yield path, "Cursor" if path == (CURSOR,) else kind.name, kind


def _placed(
    kind: Any,  # noqa: ANN401 - of graphql
    rest: list[str],
    hostile: object,
    so_far: object,
    given: Mapping[str, object],
) -> object:
    """Give a value of this kind that holds `hostile` at the path `rest`."""
    if not rest:
        return hostile
    step, *further = rest
    match kind:
        case GraphQLNonNull():
            return _placed(kind.of_type, rest, hostile, so_far, given)
        case GraphQLList():
            return [_placed(kind.of_type, further, hostile, None, given)]
        case _:
            fields = cast("GraphQLInputObjectType", kind).fields
            held = cast("dict[str, object]", so_far or good_value(step, kind, given))
            return {
                **held,
                step: _placed(fields[step].type, further, hostile, held.get(step), given),
            }
