"""Documents that ask one root field for everything that it may answer, made from the schema."""

from collections.abc import Iterator
from typing import cast

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_leaf_type,
    is_required_argument,
)

from resolvers.cost import named_type


def documents(schema: GraphQLSchema, depth: int) -> Iterator[tuple[str, str]]:
    """Give each root field's name and its document: all members, `depth` levels below them."""
    roots = {
        "query": schema.query_type,
        "mutation": schema.mutation_type,
        "subscription": schema.subscription_type,
    }
    for operation, root in roots.items():
        fields: dict[str, GraphQLField] = root.fields if root else {}
        for name, field in fields.items():
            yield name, document(schema, operation, name, field, depth)


def document(
    schema: GraphQLSchema, operation: str, name: str, field: GraphQLField, depth: int
) -> str:
    """Give a document named like its field, with a variable for each argument in use."""
    args = {n: a for n, a in field.args.items() if a.deprecation_reason is None}
    variables = ", ".join(f"${n}: {a.type}" for n, a in args.items())
    given = ", ".join(f"{n}: ${n}" for n in args)
    head = f"{operation} {name}{f'({variables})' if args else ''}"
    called = f"{name}{f'({given})' if args else ''}"
    return f"{head} {{ {called} {selection(schema, _named(field), depth)} }}"


def selection(schema: GraphQLSchema, kind: GraphQLNamedType, depth: int) -> str:
    """Give every field of a type that is not deprecated, and of all its members at once."""
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        members = schema.get_possible_types(kind)
        parts = [f"... on {m.name} {selection(schema, m, depth)}" for m in members]
        return f"{{ __typename {' '.join(parts)} }}"
    found = cast("GraphQLObjectType", kind).fields.items()
    told = [f"{n} {_below(schema, f, depth)}" for n, f in found if _asked(f, depth)]
    return f"{{ __typename {' '.join(told)} }}"


def _named(field: GraphQLField) -> GraphQLNamedType:
    found = named_type(cast("object", field.type))
    assert found is not None
    return found


def _below(schema: GraphQLSchema, field: GraphQLField, depth: int) -> str:
    return selection(schema, _named(field), depth - 1)


def _asked(field: GraphQLField, depth: int) -> bool:
    needs = any(is_required_argument(argument) for argument in field.args.values())
    fits = depth > 0 or is_leaf_type(_named(field))
    return field.deprecation_reason is None and fits and not needs
