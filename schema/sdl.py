"""The schemas as text, committed and compared with what is built: `schema/schema.graphql`, and
`schema/sign-in.graphql` of the door for whoever is not known yet.
"""

from pathlib import Path

from graphql import GraphQLSchema, lexicographic_sort_schema, print_schema

PRINTED = Path(__file__).with_name("schema.graphql")
PRINTED_SIGN_IN = Path(__file__).with_name("sign-in.graphql")


def print_sdl(schema: GraphQLSchema) -> str:
    """Give the sorted text; graphql-core's printer, as Strawberry's leaves enums undescribed."""
    return print_schema(lexicographic_sort_schema(schema)) + "\n"


def write_sdl(schema: GraphQLSchema) -> None:
    PRINTED.write_text(print_sdl(schema), encoding="utf-8")


def printed_sdl() -> str:
    """Give the schema as it is committed."""
    return PRINTED.read_text(encoding="utf-8")
