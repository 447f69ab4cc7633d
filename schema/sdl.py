"""The schema as text, `schema/schema.graphql`: committed, and compared with what is built."""

from pathlib import Path

from strawberry.printer import print_schema
from strawberry.schema.base import BaseSchema

PRINTED = Path(__file__).with_name("schema.graphql")


def sdl(schema: BaseSchema) -> str:
    return print_schema(schema) + "\n"


def write(schema: BaseSchema) -> None:
    PRINTED.write_text(sdl(schema), encoding="utf-8")
