"""As how many requests a document counts: what is asked at once is as much as one after the other.

Each field of the root is a request, and so is each object that is asked under a name of its own (an
alias), at any depth: a document may not be a cheap way to send many.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

# Of a selection: the fields at its top, and the objects with a name of their own.
Counted = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RequestCount:
    """Counts the selections of a document; a fragment once, wherever it is spread."""

    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Counted] = field(default_factory=dict[str, Counted])

    def count(self, selections: SelectionSetNode) -> Counted:
        tops = renamed = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                top, inner = 1, self._count_field(node)
            elif isinstance(node, InlineFragmentNode):
                top, inner = self.count(node.selection_set)
            else:
                top, inner = self._count_spread(node)
            tops, renamed = tops + top, renamed + inner
        return tops, renamed

    def _count_field(self, node: FieldNode) -> int:
        if node.selection_set is None:
            return 0
        return self.count(node.selection_set)[1] + (node.alias is not None)

    def _count_spread(self, node: object) -> Counted:
        if not isinstance(node, FragmentSpreadNode) or node.name.value not in self.fragments:
            return 0, 0
        name = node.name.value
        if name not in self.known:
            # A fragment within itself is refused elsewhere.
            self.known[name] = 0, 0
            self.known[name] = self.count(self.fragments[name].selection_set)
        return self.known[name]


def count_requests(document: DocumentNode) -> int:
    """Give the most that one operation of a document counts as: 1 or more."""
    found = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
    counted = RequestCount({d.name.value: d for d in found})
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    return max((max(1, *counted.count(one.selection_set)) for one in operations), default=1)
