"""What a plan knows of a field: how its value is had, and what of it is asked."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from types import FunctionType
from typing import Any, cast

from graphql import (
    BooleanValueNode,
    FieldNode,
    FloatValueNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    IntValueNode,
    NullValueNode,
    StringValueNode,
)
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.field import StrawberryField

from schema.context import EDGE

BACKREF = "strawberry-definition"
PLAIN = (IntValueNode, FloatValueNode, StringValueNode, BooleanValueNode, NullValueNode)
# An error of the topmost fields takes all of the answer with it.
EVERYTHING = 1 << 20


class FieldAccess(Enum):
    """How the value of a field is had."""

    ATTRIBUTE = auto()
    METHOD = auto()
    COROUTINE = auto()
    # A coroutine that asks loaders alone: begun where it stands, since they may know already.
    EDGE = auto()
    # Whatever is declared around the resolver (a guard, a handler of refusals) runs as ever.
    EXECUTOR = auto()


@dataclass(slots=True, eq=False)
class PlanField:
    """One field of one type in one document.

    Attributes:
        details: its nodes, the first one and those that were merged into it.
        lift: how many steps above the field lies what becomes null when it fails.
        constants: the arguments, once they were converted, where no variable is in them.
        call: the resolver itself; None where an attribute is read or the executor runs.
    """

    key: str
    parent: GraphQLObjectType
    definition: GraphQLField
    details: list[FieldDetails]
    means: FieldAccess
    lift: int
    strawberry: StrawberryField | None = None
    call: Callable[..., Any] | None = None
    constants: dict[str, Any] | None = None
    nodes: list[FieldNode] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = [detail.node for detail in self.details]

    @property
    def constant(self) -> bool:
        """Whether every argument is given as it stands."""
        given = self.nodes[0].arguments or ()
        return all(isinstance(one.value, PLAIN) for one in given)

    @property
    def definition_name(self) -> str:
        return self.nodes[0].name.value

    @property
    def bare(self) -> Any:  # noqa: ANN401 - graphql-core's union of types
        """Its type without the non-null around it."""
        kind = cast("Any", self.definition.type)
        return kind if self.nullable else kind.of_type

    @property
    def nullable(self) -> bool:
        return not isinstance(self.definition.type, GraphQLNonNull)

    @property
    def takes_info(self) -> str | None:
        """The name of the parameter for Strawberry's Info, if the resolver has one."""
        found = cast("Any", self.strawberry and self.strawberry.base_resolver)
        return found.info_parameter.name if found and found.info_parameter else None


def unwrap_type(kind: object) -> Any:  # noqa: ANN401 - graphql-core's union of types
    """Give the type inside a list or non-null."""
    return cast("Any", kind).of_type


def never_null(kind: object) -> bool:
    return isinstance(kind, GraphQLNonNull)


def is_list(kind: object) -> bool:
    return isinstance(kind, GraphQLList)


def plan_field(
    place: tuple[str, GraphQLObjectType, int],
    details: list[FieldDetails],
    handled: Callable[[StrawberryField], bool],
) -> PlanField:
    """Give what is known of a field; `handled` says whether refusals become members of its union.

    `place` is its key, the type around it, and how far above that lies what may be null.
    """
    key, parent, lift = place
    definition = parent.fields[details[0].node.name.value]
    found = cast("StrawberryField | None", definition.extensions.get(BACKREF))
    upward = 0 if not isinstance(definition.type, GraphQLNonNull) else 1 + lift
    means = _access_of(found, handled)
    call = None
    if found is not None and found.base_resolver is not None and means is not FieldAccess.EXECUTOR:
        call = cast("Callable[..., Any]", found.base_resolver.wrapped_func)
    return PlanField(key, parent, definition, details, means, upward, found, call)


def _access_of(
    found: StrawberryField | None, handled: Callable[[StrawberryField], bool]
) -> FieldAccess:
    if found is None or found.extensions or found.is_subscription or handled(found):
        return FieldAccess.EXECUTOR
    resolver = cast("Any", found.base_resolver)
    if resolver is None:
        return FieldAccess.ATTRIBUTE
    function: object = resolver.wrapped_func
    if not isinstance(function, FunctionType) or resolver.self_parameter is None:
        return FieldAccess.EXECUTOR
    if resolver.parent_parameter is not None or resolver.root_parameter is not None:
        return FieldAccess.EXECUTOR
    return _access_by(function)


def _access_by(function: FunctionType) -> FieldAccess:
    if inspect.isasyncgenfunction(function):
        return FieldAccess.EXECUTOR
    if not inspect.iscoroutinefunction(function):
        return FieldAccess.METHOD
    return FieldAccess.EDGE if getattr(function, EDGE, False) else FieldAccess.COROUTINE
