"""Everything that a field may answer can be asked for in one selection, without aliases."""

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from schema import sdl
from tests.schema.selections import documents

KEYS = ("key", "Key")


@pytest.fixture(scope="module")
def built() -> GraphQLSchema:
    return build_schema(sdl.PRINTED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_all_members_merge_in_one_selection(built: GraphQLSchema, depth: int) -> None:
    wrong = {
        name: [error.message for error in found]
        for name, text in documents(built, depth)
        if (found := validate(built, parse(text)))
    }
    assert wrong == {}


def test_a_conflict_is_seen(built: GraphQLSchema) -> None:
    text = sdl.PRINTED.read_text(encoding="utf-8")
    broken = build_schema(text.replace("currentTicket: Ticket", "ticket: Ticket"))
    asked = dict(documents(broken, 1))["startRepair"]
    [error] = validate(broken, parse(asked))
    assert error.message.startswith("Fields 'ticket' conflict")


def test_keys_are_texts(built: GraphQLSchema) -> None:
    found = {
        f"{kind.name}.{name}": str(field.type).strip("!")
        for kind in built.type_map.values()
        if not kind.name.startswith("__")
        for name, field in getattr(kind, "fields", {}).items()
        # What machines and people are let in with are things of their own, and no keys of others.
        if name.endswith(KEYS) and not name.endswith(("apiKey", "ApiKey", "asskey"))
    }
    assert set(found.values()) == {"String"}


def test_every_deprecation_names_its_end(built: GraphQLSchema) -> None:
    reasons = [
        field.deprecation_reason
        for kind in built.type_map.values()
        if not kind.name.startswith("__")
        for field in getattr(kind, "fields", {}).values()
        if field.deprecation_reason is not None
    ]
    assert reasons
    assert [r for r in reasons if not r.endswith("It goes after 2027-06-30.")] == []
