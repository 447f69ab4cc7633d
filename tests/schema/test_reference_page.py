"""The reference is made from the schema as it is committed, and its links lead somewhere."""

import re

import pytest
from graphql import GraphQLSchema, build_schema

from schema.reference_page import PAGE, print_reference
from schema.sdl import printed_sdl

HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(#([^)]+)\)")


@pytest.fixture(scope="module")
def built() -> GraphQLSchema:
    return build_schema(printed_sdl())


def test_the_page_is_as_the_schema(built: GraphQLSchema) -> None:
    assert PAGE.read_text(encoding="utf-8") == print_reference(built)


def test_every_link_leads_to_one_heading() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = [found.lower().replace(" ", "-").replace(".", "") for found in HEADING.findall(text)]
    assert len(headings) == len(set(headings))
    assert set(LINK.findall(text)) - set(headings) == set()


def test_roots_defaults_enums_and_unions_are_told() -> None:
    schema = build_schema(
        '''
        """What can be read."""
        type Query {
          """Some."""
          some("""How many.""" first: Int! = 20, after: ID = null): [Thing!]!
        }
        """One or other."""
        union Thing = Left | Right
        type Left { """Its side.""" side(of: Side = UP): Side }
        type Right { """Its size.""" size: Int! }
        enum Side { """Above.""" UP DOWN }
        '''
    )
    told = print_reference(schema)
    assert "### Query.some\n\nSome.\n\nGives \\[[Thing](#thing)!\\]!.\n" in told
    assert "| `first` | Int! = `20` | How many. |\n| `after` | ID |  |\n" in told
    assert "### Thing\n\nOne or other.\n\nOne of [Left](#left), [Right](#right).\n" in told
    assert "| `side` | [Side](#side) | Its side. Takes `of`: [Side](#side) = `UP`. |\n" in told
    assert "### Side\n\n- `UP`: Above.\n- `DOWN`\n" in told
