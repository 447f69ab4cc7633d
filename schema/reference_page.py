"""The reference of the GraphQL API, made from the printed schema: `docs/graphql.md`."""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import TypeVar, cast

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

from schema.sdl import printed_sdl

T = TypeVar("T")
PAGE = Path(__file__).parent.parent / "docs" / "graphql.md"
HEAD = """# GraphQL reference

Made from `schema/schema.graphql`; `make reference` prints it anew. How to call, page, follow and
keep: [building a client](building-a-client.md). What refusals mean: [refusals](refusals.md).

`!` means that the value is always there. An argument with a default may be left out.
"""
KINDS: Mapping[type[GraphQLNamedType], str] = {
    GraphQLObjectType: "Types",
    GraphQLInterfaceType: "Interfaces",
    GraphQLUnionType: "Results and other unions",
    GraphQLEnumType: "Enums",
    GraphQLInputObjectType: "Inputs",
    GraphQLScalarType: "Scalars",
}


def print_reference(schema: GraphQLSchema) -> str:
    """Give the page as Markdown."""
    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    present = [root for root in roots if root is not None]
    rest = [one for one in schema.type_map.values() if _is_ours(one) and one not in present]
    order = list(KINDS)
    rest.sort(key=lambda one: (order.index(type(one)), one.name))
    parts = [HEAD, *(_root_section(root) for root in present)]
    for kind, members in groupby(rest, key=type):
        parts += [f"\n## {KINDS[kind]}\n", *(_type_section(one) for one in members)]
    return "".join(parts)


def _is_ours(one: GraphQLNamedType) -> bool:
    return not (is_introspection_type(one) or is_specified_scalar_type(one))


def _root_section(root: GraphQLObjectType) -> str:
    fields = [_verb_section(f"{root.name}.{name}", field) for name, field in root.fields.items()]
    return "".join([f"\n## {root.name}\n", _description_of(root.description), *fields])


def _verb_section(name: str, field: GraphQLField) -> str:
    head = f"\n### {name}\n{_description_of(field.description)}\nGives {_linked_type(field)}.\n"
    return head + _table_of("argument", field.args, _argument_row)


def _type_section(one: GraphQLNamedType) -> str:
    return f"\n### {one.name}\n{_description_of(one.description)}{_type_content(one)}"


def _type_content(one: GraphQLNamedType) -> str:
    match one:
        case GraphQLObjectType() | GraphQLInterfaceType():
            return _table_of("field", one.fields, _field_row)
        case GraphQLInputObjectType():
            return _table_of("field", one.fields, _argument_row)
        case GraphQLUnionType():
            return "\nOne of " + ", ".join(_link_to(member.name) for member in one.types) + ".\n"
        case GraphQLEnumType():
            return "".join(["\n", *(_enum_row(*value) for value in one.values.items())])
        case _:
            return ""


def _enum_row(key: str, value: GraphQLEnumValue) -> str:
    return f"- `{key}`{': ' if value.description else ''}{_one_line(value.description)}\n"


def _table_of(word: str, rows: Mapping[str, T], cells: Callable[[T], Iterable[str]]) -> str:
    if not rows:
        return ""
    lines = [f"| `{name}` | {' | '.join(cells(row))} |\n" for name, row in rows.items()]
    return "".join([f"\n| {word} | type | meaning |\n|---|---|---|\n", *lines])


def _field_row(field: GraphQLField) -> list[str]:
    takes = [
        f"`{name}`: {_linked_type(one)}{_default_text(one)}" for name, one in field.args.items()
    ]
    said = [_one_line(field.description), f"Takes {', '.join(takes)}." if takes else ""]
    return [_linked_type(field), " ".join(filter(None, said))]


def _argument_row(one: GraphQLArgument | GraphQLInputField) -> list[str]:
    return [_linked_type(one) + _default_text(one), _one_line(one.description)]


def _default_text(one: GraphQLArgument | GraphQLInputField) -> str:
    """Give a default as the schema writes it; that nothing is null needs no words."""
    written = one.ast_node and one.ast_node.default_value
    return "" if written is None or print_ast(written) == "null" else f" = `{print_ast(written)}`"


def _linked_type(one: GraphQLField | GraphQLArgument | GraphQLInputField) -> str:
    """Give a type as it is written, the name in it leading to where it is explained."""
    kind = cast("GraphQLType", one.type)
    name = get_named_type(kind).name
    shown = _link_to(name) if _is_ours(get_named_type(kind)) else name
    return str(kind).replace("[", "\\[").replace("]", "\\]").replace(name, shown)


def _link_to(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _description_of(text: str | None) -> str:
    return f"\n{text}\n" if text else ""


def _one_line(text: str | None) -> str:
    return " ".join((text or "").replace("|", "\\|").split())


if __name__ == "__main__":
    PAGE.write_text(print_reference(build_schema(printed_sdl())), encoding="utf-8")
