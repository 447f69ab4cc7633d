"""How much a document may ask: one linear walk that measures each fragment once.

Depth, aliases, root fields, directives, fragments and the number of objects that its lists may
give are all known before it runs. A fragment bomb (20 fragments that each spread the next one
twice, 813 bytes) is measured in microseconds, because every fragment is measured a single time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    is_interface_type,
    is_object_type,
)

from resolvers.document_limits import DocumentLimits
from resolvers.document_outline import DocumentOutline

INTROSPECTION = frozenset({"__schema", "__type"})
# What of a type leads to many other types: one inside the other is the whole schema many times.
DEEPEST_DESCRIPTION = 40
LISTS_OF_TYPES = frozenset({"fields", "inputFields", "possibleTypes", "interfaces", "types"})
USUAL_PAGE = 20
LONGEST_PAGE = 100
# A list without pages is bounded by its noun; few hold more than this.
USUAL_LIST = 5
# What some verbs cost before they give their first object.
WEIGHTS = {
    "match": 5_000,
    "diagnose": 5_000,
    "readSymptoms": 5_000,
    "draftFromText": 5_000,
    "search": 2_000,
    "neighbourhood": 5_000,
    "customers": 500,
    "registerDocuments": 5_000,
    "suggestions": 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSize:
    """What a selection asks, with its fragments spread out.

    Attributes:
        objects: what its lists could give, and what its verbs weigh.
        weight: what its verbs weigh alone, each once.
    """

    depth: int = 0
    aliases: int = 0
    roots: int = 0
    directives: int = 0
    objects: int = 0
    weight: int = 0
    fields: int = 0
    nested: bool = False


@dataclass(frozen=True, slots=True)
class DocumentEstimate:
    """What is known of a document before it runs, for one set of variables.

    Attributes:
        over: what of it is over a limit, as sentences.
        objects: how many objects it may give, and what its verbs weigh.
        weight: what its verbs weigh alone.
        page_variables: those that say how long its pages are; no other changes the estimate.
    """

    over: list[str]
    objects: int
    weight: int
    page_variables: tuple[str, ...]


@dataclass(slots=True)
class DocumentMeasure:
    """Measures one document for one set of variables."""

    schema: GraphQLSchema
    document: DocumentNode
    variables: Mapping[str, object]
    limits: DocumentLimits
    defaults: dict[str, ValueNode] = field(init=False)
    fragments: dict[str, FragmentDefinitionNode] = field(init=False)
    known: dict[str, DocumentSize] = field(default_factory=dict[str, DocumentSize])
    described: int = 0
    page_variables: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        found = [d for d in self.document.definitions if isinstance(d, FragmentDefinitionNode)]
        self.fragments = {d.name.value: d for d in found}
        self.defaults = {}

    def operation(self, node: OperationDefinitionNode) -> DocumentSize:
        root = self.schema.get_root_type(node.operation)
        # A fragment may read another operation's variables with other defaults.
        self.known, self.described = {}, 0
        defined = node.variable_definitions or ()
        self.defaults = {d.variable.name.value: d.default_value for d in defined if d.default_value}
        return self._measure_selection(node.selection_set, root, 0, len(node.directives or ()))

    def _measure_selection(
        self,
        selections: SelectionSetNode,
        parent: GraphQLNamedType | None,
        level: int,
        directives: int = 0,
    ) -> DocumentSize:
        if level > self.limits.depth:
            return DocumentSize(depth=1)
        parts = [self._measure_node(node, parent, level) for node in selections.selections]
        return DocumentSize(
            depth=max((p.depth for p in parts), default=0),
            aliases=sum(p.aliases for p in parts),
            roots=sum(p.roots for p in parts),
            directives=directives + sum(p.directives for p in parts),
            objects=sum(p.objects for p in parts),
            weight=sum(p.weight for p in parts),
            fields=sum(p.fields for p in parts),
            nested=any(p.nested for p in parts),
        )

    def _measure_node(
        self, node: SelectionNode, parent: GraphQLNamedType | None, level: int
    ) -> DocumentSize:
        directives = len(node.directives or ())
        if isinstance(node, FieldNode):
            return self._measure_field(node, parent, level, directives)
        if isinstance(node, InlineFragmentNode):
            named = node.type_condition
            inner = self.schema.get_type(named.name.value) if named else parent
            return self._measure_selection(node.selection_set, inner, level, directives)
        if isinstance(node, FragmentSpreadNode):
            return self._measure_fragment(node.name.value)
        return DocumentSize()

    def _measure_fragment(self, name: str) -> DocumentSize:
        """Measure a fragment the first time; a cycle counts nothing, as validation refuses it."""
        if name not in self.known:
            self.known[name] = DocumentSize()
            found = self.fragments.get(name)
            if found is not None:
                inner = self.schema.get_type(found.type_condition.name.value)
                self.known[name] = self._measure_selection(found.selection_set, inner, 0)
        return self.known[name]

    def _measure_field(
        self, node: FieldNode, parent: GraphQLNamedType | None, level: int, directives: int
    ) -> DocumentSize:
        name = node.name.value
        alias = 1 if node.alias else 0
        if node.selection_set is None:
            return DocumentSize(depth=1, aliases=alias, roots=1, directives=directives, fields=1)
        if name in INTROSPECTION:
            nested = self._described(node.selection_set, ())
            asked = DocumentSize(depth=1, aliases=alias, roots=1, directives=directives)
            return replace(asked, fields=1 + self.described, nested=nested)
        defined = _field_definition(parent, name)
        inner = named_type(cast("object", defined.type)) if defined else None
        below = self._measure_selection(node.selection_set, inner, level + 1, directives)
        weight = WEIGHTS.get(name, 0)
        return DocumentSize(
            depth=1 + below.depth,
            aliases=alias + below.aliases,
            roots=1,
            directives=below.directives,
            objects=weight + self._list_length(node, defined) * (1 + below.objects),
            weight=weight + below.weight,
            fields=1 + below.fields,
            nested=below.nested,
        )

    def _described(self, selections: SelectionSetNode, above: tuple[str, ...]) -> bool:
        """Count the fields of a question about the schema; say whether its lists multiply.

        Fragments are walked wherever they are spread, so the walk ends with the first excess.
        """
        for node in selections.selections:
            self.described += 1
            known = (*above, node.name.value) if isinstance(node, FieldNode) else (*above, "")
            listed = known[-1] in LISTS_OF_TYPES
            if (listed and known[-1] in above) or len(known) > DEEPEST_DESCRIPTION:
                return True
            inner = _inner_selection(node, self.fragments)
            over = self.described > self.limits.fields
            if inner is not None and (over or self._described(inner, known)):
                return True
        return False

    def _list_length(self, node: FieldNode, defined: GraphQLField | None) -> int:
        """Give how many objects the field may give: its page, or the usual length of a list."""
        if defined is None:
            return 1
        if "first" in defined.args:
            return self._page_length(node)
        listed = _is_list(cast("object", defined.type))
        return USUAL_LIST if listed and node.name.value != "edges" else 1

    def _page_length(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                return bound_page(self._given(argument.value))
        return USUAL_PAGE

    def _given(self, value: ValueNode) -> object:
        """Give what an argument will be: a number, or anything else that is none."""
        if isinstance(value, VariableNode):
            name = value.name.value
            self.page_variables.add(name)
            default = self.defaults.get(name)
            if name in self.variables or default is None:
                return self.variables.get(name)
            value = default
        return int(value.value[:9]) if isinstance(value, IntValueNode) else None


def measure_document(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, object],
    limits: DocumentLimits,
) -> DocumentEstimate:
    """Say what of a document is over a limit, and what its dearest operation may cost."""
    measure = DocumentMeasure(schema, document, variables, limits)
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    sizes = [measure.operation(operation) for operation in operations]
    over = [
        _excess_sentence(name, found, most)
        for size in sizes
        for name, found, most in _compare_sizes(size, limits)
        if found > most
    ]
    if any(size.nested for size in sizes):
        over.append("The document asks for lists of types inside lists of types; ask for one.")
    return DocumentEstimate(
        over,
        max((size.objects for size in sizes), default=0),
        max((size.weight for size in sizes), default=0),
        tuple(sorted(measure.page_variables)),
    )


def find_excess(outline: DocumentOutline, limits: DocumentLimits, tokens: int) -> str | None:
    """Say what of a document is over a limit before it is parsed."""
    if outline.tokens > tokens:
        return f"The document has more than {tokens} tokens."
    for name, found, most in (
        ("operations", outline.operations, limits.operations),
        ("fragments", outline.fragments, limits.fragments),
        ("variables", outline.variables, limits.variables),
    ):
        if found > most:
            return _excess_sentence(name, found, most)
    return None


def _compare_sizes(size: DocumentSize, limits: DocumentLimits) -> Iterable[tuple[str, int, int]]:
    yield "levels of depth", size.depth, limits.depth
    yield "aliases", size.aliases, limits.aliases
    yield "root fields", size.roots, limits.roots
    yield "directives", size.directives, limits.directives
    yield "objects", size.objects, limits.objects
    yield "fields", size.fields, limits.fields


def _excess_sentence(name: str, found: int, most: int) -> str:
    return f"The document asks for {min(found, 10**9)} {name}; at most {most} are allowed."


def bound_page(first: object) -> int:
    """Give the length of a page that is asked for: never below 1, and the longest if unclear."""
    if isinstance(first, bool) or not isinstance(first, int) or first < 1:
        return LONGEST_PAGE
    return min(first, LONGEST_PAGE)


def _inner_selection(
    node: SelectionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> SelectionSetNode | None:
    if isinstance(node, FieldNode | InlineFragmentNode):
        return node.selection_set
    if isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
        return fragments[node.name.value].selection_set
    return None


def _is_list(kind: object) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def named_type(kind: object) -> GraphQLNamedType | None:
    """Give the type inside all lists and non-nulls."""
    while isinstance(kind, GraphQLList | GraphQLNonNull):
        kind = cast("object", kind.of_type)
    return kind if isinstance(kind, GraphQLNamedType) else None


def _field_definition(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    if parent is None or not (is_object_type(parent) or is_interface_type(parent)):
        return None
    return parent.fields.get(name)
