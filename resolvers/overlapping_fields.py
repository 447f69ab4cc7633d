"""Whether fields of the same name can be merged, in time that grows with the document alone.

graphql-core compares every two fields of a name, and every two fragments: a few kilobytes cost it
seconds. Here the fields of a name are looked at together, as Sangria does it: all that may be
answered at one place form a set, every name of the set has to agree, and the selections below them
form the next set. A set that was looked at is known by its fields, so fragments that are spread in
many places are looked at once. `StepsExhausted` ends what a document still makes of that.

GraphQL specification, October 2021, 5.3.2 "Field Selection Merging".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    VisitorAction,
    is_interface_type,
    is_leaf_type,
    is_object_type,
    print_ast,
)

from resolvers.cost import named_type

MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class SelectedField:
    """One field where it is written: the type it is asked of, and the type it gives."""

    node: FieldNode
    parent: GraphQLNamedType | None
    kind: object

    @property
    def answer(self) -> str:
        return (self.node.alias or self.node.name).value


Merged = Mapping[str, list[SelectedField]]


class StepsExhausted(Exception):
    """The document makes more of its fields than is looked at."""


@dataclass(slots=True)
class FieldMerging:
    """Looks at the sets of one document; `conflicts` are the pairs that do not agree."""

    context: ValidationContext
    conflicts: list[tuple[str, str, SelectedField, SelectedField]] = field(
        default_factory=list[tuple[str, str, SelectedField, SelectedField]]
    )
    seen: set[tuple[bool, frozenset[int]]] = field(default_factory=set[tuple[bool, frozenset[int]]])
    found: dict[int, SelectedField] = field(default_factory=dict[int, SelectedField])
    steps: int = 0

    def of(self, place: SelectionSetNode, parent: GraphQLNamedType | None) -> None:
        merged = self._collected([(place, parent)])
        self._same(merged)
        if not self.conflicts:
            self._shaped(merged)

    def _shaped(self, merged: Merged) -> None:
        """All that share a name, of whatever types, give answers of one shape."""
        if self._known(merged, shapes=True):
            return
        for answer, group in merged.items():
            first = group[0]
            for other in group[1:]:
                if first.kind and other.kind and _arguments_differ(first.kind, other.kind):
                    self.conflicts.append(
                        (answer, "they return types of another shape", first, other)
                    )
                    break
            self._shaped(self._below(group))

    def _same(self, merged: Merged) -> None:
        """All that may be asked of one object are the same field with the same arguments."""
        if self._known(merged, shapes=False):
            return
        for answer, group in merged.items():
            for alike in _of_common_parents(group):
                if (pair := _first_difference(alike)) is not None:
                    self.conflicts.append((answer, *pair))
                else:
                    self._same(self._below(alike))

    def _known(self, merged: Merged, *, shapes: bool) -> bool:
        key = shapes, frozenset(id(one) for group in merged.values() for one in group)
        known = not key[1] or key in self.seen
        self.seen.add(key)
        return known

    def _below(self, group: Iterable[SelectedField]) -> Merged:
        return self._collected(
            [
                (one.node.selection_set, named_type(one.kind))
                for one in group
                if one.node.selection_set is not None
            ]
        )

    def _collected(
        self, places: Iterable[tuple[SelectionSetNode, GraphQLNamedType | None]]
    ) -> Merged:
        """Give the fields of all the places by the name of their answers; fragments once."""
        merged: dict[str, list[SelectedField]] = defaultdict(list)
        spread: set[str] = set()
        waiting = list(places)
        while waiting:
            place, parent = waiting.pop()
            for node in place.selections:
                self._step()
                if isinstance(node, FieldNode):
                    one = self._selected(node, parent)
                    merged[one.answer].append(one)
                elif isinstance(node, InlineFragmentNode):
                    waiting.append((node.selection_set, self._conditioned(node, parent)))
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                    spread.add(node.name.value)
                    found = self.context.get_fragment(node.name.value)
                    if found is not None:
                        waiting.append((found.selection_set, self._conditioned(found, None)))
        return merged

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise StepsExhausted

    def _selected(self, node: FieldNode, parent: GraphQLNamedType | None) -> SelectedField:
        if id(node) not in self.found:
            defined = None
            if is_object_type(parent) or is_interface_type(parent):
                defined = parent.fields.get(node.name.value)
            kind = cast("object", defined.type) if defined else None
            self.found[id(node)] = SelectedField(node, parent, kind)
        return self.found[id(node)]

    def _conditioned(
        self, node: InlineFragmentNode | FragmentDefinitionNode, parent: GraphQLNamedType | None
    ) -> GraphQLNamedType | None:
        named = node.type_condition
        return self.context.schema.get_type(named.name.value) if named else parent


class OverlappingFields(ValidationRule):
    """In place of graphql-core's `OverlappingFieldsCanBeMergedRule`."""

    context: ValidationContext

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._merging = FieldMerging(context)

    def enter_operation_definition(
        self,
        node: OperationDefinitionNode,
        *_: Any,  # noqa: ANN401 - as graphql-core calls it
    ) -> VisitorAction:
        root = self.context.schema.get_root_type(node.operation)
        try:
            self._merging.of(node.selection_set, root)
        except (StepsExhausted, RecursionError):
            said = "The document merges too many fields; ask in several documents."
            self.report_error(GraphQLError(said, node, extensions={"code": "TOO_MUCH"}))
            return None
        for answer, why, one, other in self._merging.conflicts:
            said = (
                f"Fields '{answer}' conflict because {why}. Use different aliases on the fields"
                " to fetch both if this was intentional."
            )
            self.report_error(GraphQLError(said, [one.node, other.node]))
        self._merging.conflicts.clear()
        return None


def _of_common_parents(group: list[SelectedField]) -> Iterable[list[SelectedField]]:
    """Give the fields that one object may answer: each type's own, with those of abstract types."""
    abstract = [one for one in group if not is_object_type(one.parent)]
    concrete: dict[str, list[SelectedField]] = defaultdict(list)
    for one in group:
        if is_object_type(one.parent):
            concrete[one.parent.name].append(one)
    return [[*abstract, *own] for own in concrete.values()] if concrete else [abstract]


def _first_difference(
    alike: list[SelectedField],
) -> tuple[str, SelectedField, SelectedField] | None:
    first = alike[0]
    for other in alike[1:]:
        if other.node.name.value != first.node.name.value:
            names = f"'{first.node.name.value}' and '{other.node.name.value}'"
            return f"{names} are different fields", first, other
        if _printed_arguments(other.node) != _printed_arguments(first.node):
            return "they have differing arguments", first, other
    return None


def _printed_arguments(node: FieldNode) -> dict[str, str]:
    return {one.name.value: print_ast(one.value) for one in node.arguments or ()}


def _arguments_differ(one: object, other: object) -> bool:
    """Say whether two types cannot stand at one place of an answer."""
    for wrapper in (GraphQLNonNull, GraphQLList):
        if isinstance(one, wrapper) or isinstance(other, wrapper):
            if not (isinstance(one, wrapper) and isinstance(other, wrapper)):
                return True
            return _arguments_differ(cast("object", one.of_type), cast("object", other.of_type))
    return (is_leaf_type(one) or is_leaf_type(other)) and one is not other
