"""Documents made from the schema: every argument filled, every edge of every type walked."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import uuid4

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_required_input_field,
    parse,
)

from resolvers.api import build_api
from resolvers.cost import measure_document
from resolvers.document_limits import DocumentLimits

API = build_api(introspection=False).types
PAGE = 3
# What a document takes as a variable.
TEXTS = frozenset({"ID", "String", "UUID"})
SCALARS: Mapping[str, object] = {
    "ID": "nothing",
    "String": "nothing",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2026-11-01T00:00:00+00:00",
    "Date": "2026-11-01",
    "Paise": 100,
    "JSON": {},
}

Edge = tuple[str, str]
Path = tuple[Edge, ...]


def roots(root: GraphQLObjectType | None) -> dict[str, GraphQLField]:
    return {} if root is None else root.fields


def filled(found: GraphQLField, given: Mapping[str, object]) -> str:
    """Give the arguments of a field as they stand in a document: the given ones and the needed."""
    told = [
        f"{name}: {_literal(said, argument.type)}"
        for name, argument in found.args.items()
        if (said := _argument(name, argument, given)) is not None
    ]
    return f"({', '.join(told)})" if told else ""


@dataclass(frozen=True, slots=True)
class Call:
    """A root field as a document asks it; ids and texts are variables: one text serves all."""

    text: str
    declared: str
    variables: Mapping[str, str] = field(compare=False)


def argument_kind(argument: GraphQLArgument) -> str:
    """Give the name of an argument's type, without its lists and `!`."""
    return str(cast("object", get_named_type(cast("Any", argument.type))))


class Question(NamedTuple):
    text: str
    variables: Mapping[str, str]


def call_of(name: str, found: GraphQLField, given: Mapping[str, object]) -> Call:
    """Give a root field with its arguments: the given ones and the needed."""
    told, declared, variables = list[str](), list[str](), dict[str, str]()
    for key, argument in found.args.items():
        said = _argument(key, argument, given)
        if isinstance(said, str) and argument_kind(argument) in TEXTS:
            told.append(f"{key}: ${key}")
            declared.append(f"${key}: {argument.type}")
            variables[key] = said
        elif said is not None:
            told.append(f"{key}: {_literal(said, argument.type)}")
    return Call(
        text=f"{name}({', '.join(told)})" if told else name,
        declared=f"({', '.join(declared)})" if declared else "",
        variables=variables,
    )


def questions(
    call: Call, member: GraphQLObjectType, depth: int, operation: str = "query"
) -> Iterator[Question]:
    """Give documents that walk every edge within `depth` of what a root field gives, as `member`.

    Each edge is walked once, as near to the root as can be; a document holds as many as the limits
    of the API let it.
    """
    for text in _texts(call, member, depth, operation):
        yield Question(text, call.variables)


def _argument(name: str, argument: GraphQLArgument, given: Mapping[str, object]) -> object:
    if name in given:
        return given[name]
    if name == "first":
        return PAGE
    needed = isinstance(argument.type, GraphQLNonNull)
    return value(name, argument.type, given) if needed else None


def _literal(said: object, kind: Any) -> str:  # noqa: ANN401 - of graphql
    """Write a value as a document does; of scalars it is what JSON writes."""
    match kind:
        case GraphQLNonNull():
            return _literal(said, kind.of_type)
        case GraphQLList():
            return (
                f"[{', '.join(_literal(one, kind.of_type) for one in cast('list[object]', said))}]"
            )
        case GraphQLEnumType():
            return str(said)
        case GraphQLInputObjectType():
            known = cast("Mapping[str, object]", said)
            told = [f"{key}: {_literal(one, kind.fields[key].type)}" for key, one in known.items()]
            return f"{{{', '.join(told)}}}"
        case _:
            return json.dumps(said)


def value(name: str, kind: Any, given: Mapping[str, object]) -> object:  # noqa: ANN401 - of graphql
    """Give something that reads as this kind; of an input object what is needed or given."""
    match kind:
        case GraphQLNonNull():
            return value(name, kind.of_type, given)
        case GraphQLList():
            return [value(name, kind.of_type, given)]
        case GraphQLEnumType():
            return next(iter(kind.values))
        case GraphQLInputObjectType():
            return {
                key: given.get(key, value(key, one.type, given))
                for key, one in kind.fields.items()
                if key in given or is_required_input_field(one)
            }
        case _:
            return str(uuid4()) if kind.name == "UUID" else given.get(name, SCALARS[kind.name])


@dataclass(slots=True)
class Selection:
    """All that is no object of a type, and those of its edges that were put in."""

    kind: GraphQLObjectType
    edges: dict[str, "Selection"] = field(default_factory=dict[str, "Selection"])

    def __str__(self) -> str:
        told = [_call(self.kind, name) for name in _leaves(self.kind)]
        told += [f"{_call(self.kind, name)} {inner}" for name, inner in self.edges.items()]
        return f"{{ __typename ... on {self.kind.name} {{ {' '.join(told)} }} }}"

    def grow(self, path: Path) -> tuple["Selection", str] | None:
        """Put in what a path needs; give the first edge that was not there."""
        here, new = self, None
        for kind, name in path:
            if name not in here.edges:
                here.edges[name] = Selection(_aim(here.kind.fields[name], kind))
                new = new or (here, name)
            here = here.edges[name]
        return new


@cache
def _texts(call: Call, member: GraphQLObjectType, depth: int, operation: str) -> tuple[str, ...]:
    """Give the texts, made once for all who ask."""
    return tuple(_documents(f"{operation}{call.declared} {{ it: {call.text}", member, depth))


def _documents(begun: str, member: GraphQLObjectType, depth: int) -> Iterator[str]:
    waiting = list(paths(member, depth))
    whole = Selection(member)
    for path in waiting:
        whole.grow(path)
    if not _excessive(f"{begun} {whole} }}"):
        yield f"{begun} {whole} }}"
        return
    while True:
        tree, rest = Selection(member), list[Path]()
        for path in waiting:
            new = tree.grow(path)
            if new is not None and _excessive(f"{begun} {tree} }}"):
                del new[0].edges[new[1]]
                rest.append(path)
        yield f"{begun} {tree} }}"
        if not rest:
            return
        assert len(rest) < len(waiting), rest[0]
        waiting = rest


def members(found: GraphQLField) -> list[GraphQLObjectType]:
    """Give the object types that a field's value may be of."""
    kind = cast("object", get_named_type(cast("Any", found.type)))
    if isinstance(kind, GraphQLObjectType):
        return [kind]
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        return [*API.get_possible_types(kind)]
    return []


def paths(member: GraphQLObjectType, depth: int) -> Iterator[Path]:
    """Give the shortest path to each edge, the nearest first; an edge names field and target."""
    seen = set[tuple[str, str, str]]()
    border: list[tuple[Path, GraphQLObjectType]] = [((), member)]
    for _ in range(depth):
        further: list[tuple[Path, GraphQLObjectType]] = []
        for path, kind in border:
            for name, found in kind.fields.items():
                for target in members(found):
                    if (edge := (kind.name, name, target.name)) not in seen:
                        seen.add(edge)
                        longer = (*path, (target.name, name))
                        yield longer
                        further.append((longer, target))
        border = further


def _aim(found: GraphQLField, kind: str) -> GraphQLObjectType:
    return next(member for member in members(found) if member.name == kind)


def _excessive(document: str) -> bool:
    over = measure_document(API, parse(document), {}, DocumentLimits()).over
    return bool(over)


def _leaves(kind: GraphQLObjectType) -> list[str]:
    return [name for name, found in kind.fields.items() if not members(found)]


def _call(kind: GraphQLObjectType, name: str) -> str:
    return f"{name}{filled(kind.fields[name], {})}"
