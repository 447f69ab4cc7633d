"""What a document asks that is deprecated: found while it is validated, once for each text.

graphql-core's own rule cannot be used: it reads the names of arguments from a schema's SDL, and
fails on one that is made by code. Fields of inputs inside variables are not seen here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from graphql import (
    ArgumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLInputObjectType,
    ObjectFieldNode,
    ValidationContext,
    ValidationRule,
)

from resolvers.cost import named_type
from schema.deprecations import read_end


@dataclass(frozen=True, slots=True, order=True)
class DeprecatedUse:
    """A field, argument, input field or enum value, as `CardUsage.rating`, and why it goes."""

    coordinate: str
    reason: str

    @property
    def goes_after(self) -> date | None:
        """The last day on which it is sure to be there."""
        return read_end(self.reason)


def deprecated_uses_rule(found: set[DeprecatedUse]) -> type[ValidationRule]:
    """Give a rule that refuses nothing, and adds to `found` what is deprecated."""

    class DeprecatedUses(DeprecatedUsesRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.note = lambda coordinate, reason: found.add(DeprecatedUse(coordinate, reason))

    return DeprecatedUses


class DeprecatedUsesRule(ValidationRule):
    """Walks a document beside the rules that refuse."""

    note: Callable[[str, str], None]
    _field = ""

    def enter_field(self, node: FieldNode, *_: Any) -> None:  # noqa: ANN401 - of graphql
        self._field = f"{self.context.get_parent_type()}.{node.name.value}"
        defined = self.context.get_field_def()
        if defined is not None and defined.deprecation_reason is not None:
            self.note(self._field, defined.deprecation_reason)

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:  # noqa: ANN401 - of graphql
        defined = self.context.get_argument()
        if defined is not None and defined.deprecation_reason is not None:
            self.note(f"{self._field}({node.name.value}:)", defined.deprecation_reason)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:  # noqa: ANN401 - of graphql
        named = named_type(cast("object", self.context.get_parent_input_type()))
        if isinstance(named, GraphQLInputObjectType):
            defined = named.fields.get(node.name.value)
            if defined is not None and defined.deprecation_reason is not None:
                self.note(f"{named.name}.{node.name.value}", defined.deprecation_reason)

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:  # noqa: ANN401 - of graphql
        defined = self.context.get_enum_value()
        kind = named_type(cast("object", self.context.get_input_type()))
        if defined is not None and defined.deprecation_reason is not None and kind is not None:
            self.note(f"{kind.name}.{node.value}", defined.deprecation_reason)
