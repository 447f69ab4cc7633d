"""Leaves of an answer: what the usual value of a scalar or enum is, and how others become one."""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
)

from resolvers.plans.fields import PlanField
from resolvers.plans.run import PlanRun, Trail, Unplanned, missing_field, raise_if_error

# What is true of a value `v` that its scalar gives as it is.
AS_IT_IS = {
    "String": "v.__class__ is str",
    "ID": "v.__class__ is str",
    "Boolean": "v.__class__ is bool",
    "Int": "v.__class__ is int and -2147483648 <= v <= 2147483647",
    "Float": "v.__class__ is float and v - v == 0.0",
}
Leaf = Callable[[Any], object]


def usual_check(kind: GraphQLLeafType | GraphQLList[Any], name: str = "v") -> str | None:
    """Give the condition under which a value is given as it is; None: it never is."""
    found = None if isinstance(kind, GraphQLList) else AS_IT_IS.get(kind.name)
    return found and re.sub(r"\bv\b", name, found)


def named_enum(kind: GraphQLLeafType) -> type[Enum] | None:
    """Give the Python enum whose members' own names are what the API says, if it is one."""
    if not isinstance(kind, GraphQLEnumType):
        return None
    wrapped: Any = getattr(kind, "wrapped_cls", None)
    if not (isinstance(wrapped, type) and issubclass(wrapped, Enum)):
        return None
    same = all(kind.coerce_output_value(member) == member.name for member in wrapped)
    return wrapped if same else None


def complete_unusual(field: PlanField) -> Callable[[object, Trail | None, PlanRun], object]:
    """Give what completes any value of a field that holds leaves, its errors too."""
    complete = complete_leaf(field.definition.type, field)

    def leaf(value: object, way: Trail | None, run: PlanRun) -> object:
        try:
            return complete(value)
        except Exception as error:  # noqa: BLE001 - whatever a scalar raises is the field's error
            return run.failed(field, error, way)

    return leaf


def complete_leaf(kind: Any, field: PlanField) -> Leaf:  # noqa: ANN401 - graphql-core's union of types
    """Give what turns a value into its leaf, or into a list of leaves.

    The error of one entry of a list has the entry's own place: it is left to graphql-core.
    """
    if isinstance(kind, GraphQLNonNull):
        return _present_leaf(complete_leaf(kind.of_type, field), field)
    if isinstance(kind, GraphQLList):
        return _list_leaf(complete_leaf(kind.of_type, field))
    return _single_leaf(kind)


def _present_leaf(inner: Leaf, field: PlanField) -> Leaf:
    def present(value: object) -> object:
        found = inner(value)
        if found is None:
            raise missing_field(field)
        return found

    return present


def _list_leaf(inner: Leaf) -> Leaf:
    def listed(value: object) -> object:
        raise_if_error(value)
        if value is None or value is Undefined:
            return None
        if not isinstance(value, list | tuple):
            raise Unplanned
        try:
            return [inner(entry) for entry in cast("Sequence[object]", value)]
        except Exception as error:
            raise Unplanned from error

    return listed


def _single_leaf(kind: GraphQLLeafType) -> Leaf:
    def single(value: object) -> object:
        raise_if_error(value)
        if value is None or value is Undefined:
            return None
        found = kind.coerce_output_value(value)
        if found is None or found is Undefined:
            raise GraphQLError(f"{kind.name} gives nothing for {value!r}.")
        return found

    return single
