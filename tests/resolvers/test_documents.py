"""What a document may ask, what reading it may cost, and what is kept of it."""

from itertools import combinations

import pytest
from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    parse,
    validate,
)

from resolvers import overlapping_fields
from resolvers.api import build_api
from resolvers.cost import measure_document
from resolvers.document_limits import DocumentLimits
from resolvers.document_outline import DocumentOutline, outline_document
from resolvers.documents import Documents
from resolvers.overlapping_fields import FieldMerging, OverlappingFields

API = build_api(introspection=False)
PAGE = "{ cards(first: 1) { edges { node { key } } } }"


def documents(**limits: int) -> Documents:
    return Documents(API.types, limits=DocumentLimits(**limits))


def codes(text: str, held: Documents | None = None, **variables: object) -> set[str]:
    document = (held or documents()).read_now(text, variables)
    return {(e.extensions or {}).get("code", "") for e in document.errors}


@pytest.mark.parametrize("anonymous", [False, True])
async def test_documents_are_kept_by_their_bytes(anonymous: bool) -> None:
    held = documents(cached_bytes=600_000)
    for n in range(200):
        text = f"{{ cards(first: 1) {{ edges {{ node {{ key }} }} }} }} # {n} {'x' * 1_000}"
        for _ in range(2):
            assert not (await held.read(text, {}, anonymous=anonymous)).errors
    assert held.kept_bytes <= 600_000
    assert (len(held) > 0) is not anonymous
    assert len(held) <= 600_000 / (4 * 1_000)


def test_what_is_refused_or_large_is_not_kept() -> None:
    held = documents(cached_bytes=400_000)
    for text in ("{ nope }", "{ cards(", "{ " + "__typename " * 9 + "} #" + "x" * 30_000, PAGE):
        for _ in range(2):
            held.read_now(text, {})
    assert len(held) == 1


def test_what_comes_again_is_kept_and_costs_no_tokens() -> None:
    held = documents()
    assert [held.read_now(PAGE, {}).tokens for _ in range(3)] == [17, 17, 0]
    for n in range(5_000):
        held.read_now(f"{{ __typename }} # {n}", {})
    assert (len(held), held.read_now(PAGE, {}).tokens) == (1, 0)


TEXTS = (
    PAGE,
    "query A($a: Int = 1, $b: [In!]! = [{x: {y: 1}}] @d(x: 2)) @e(z: $a) { a(b: $b, c: {d: $a}) }",
    'query query { query mutation { fragment } } fragment query on on { on } # } { query "',
    'mutation { a(t: "} query { \\" ", block: """ "quoted" \\""" } # """) } subscription S { b }',
    "{ a(x: -1.5e+3, y: 0.5) ... on B @include(if: $c) { ...d } }",
    "\ufeff{,,a,,}\r\n#x\rquery B{b}",
)


@pytest.mark.parametrize("text", TEXTS)
def test_an_outline_counts_what_the_parser_finds(text: str) -> None:
    parsed = parse(text)
    operations = [d for d in parsed.definitions if isinstance(d, OperationDefinitionNode)]
    assert outline_document(text, 10_000) == DocumentOutline(
        tokens=parsed.token_count,
        operations=len(operations),
        fragments=len(parsed.definitions) - len(operations),
        variables=sum(len(one.variable_definitions or ()) for one in operations),
    )


@pytest.mark.parametrize("text", ['"', '"""', '"""a""', "{ a(", '"\\', "}" * 9, "\0", "\ud800"])
def test_an_outline_of_no_document_is_counted_too(text: str) -> None:
    assert outline_document(text, 5).tokens <= 6
    assert codes(text, documents(tokens=5))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("{ cards { edges { cursor } } }", "query A{cards,{edges{cursor}}} # x", True),
        ("{ cards { edges { cursor } } }", "{ a: cards { edges { cursor } } }", False),
        ("query A { __typename } query B { __typename }", "query A { __typename }", False),
    ],
)
def test_spaces_and_names_do_not_tell_documents_apart(one: str, other: str, same: bool) -> None:
    held = documents()
    marks = [held.read_now(text, {}).mark for text in (one, other)]
    assert (marks[0] == marks[1]) is same


def test_only_a_long_text_is_refused_unparsed() -> None:
    assert codes("#" + "x" * 32_768) == {"TOO_MUCH"}
    assert documents().read_now("#" + "x" * 100_000, {}).text == "#" + "x" * 799


@pytest.mark.parametrize(
    "text",
    [
        "{ cards(first: -1000000) { edges { node { key } } } " + "a: " + PAGE[2:],
        ("{ cards(first: -1) { edges { node { cites { cites { cites { cites { id } } } } } } } }"),
        (
            "query($n: Int! = 100) { cards(first: $n) { edges { node { "
            "cites { cites { cites { cites { id } } } } } } } }"
        ),
        (
            "query($n: Int) { cards(first: $n) { edges { node { "
            "cites { cites { cites { cites { id } } } } } } } }"
        ),
    ],
)
def test_cost_is_never_bought(text: str) -> None:
    least = measure_document(API.types, parse(PAGE), {}, DocumentLimits()).objects
    for given in ({}, {"n": None}, {"n": 1.5}, {"n": True}, {"n": -(10**30)}, {"n": "1"}):
        if "$n" not in text and given:
            continue
        found = measure_document(API.types, parse(text), given, DocumentLimits())
        assert found.objects >= least > 0
        if "cites" in text:
            said = f"The document asks for {found.objects} objects; at most 20000 are allowed."
            assert found.over == [said]


def test_each_operation_counts_with_its_own_defaults() -> None:
    fragment = "fragment f on Query { cards(first: $n) { edges { node { key } } } }"
    text = f"query A($n: Int! = 1) {{ ...f }} query B($n: Int! = 100) {{ ...f }} {fragment}"
    assert measure_document(API.types, parse(text), {}, DocumentLimits()).objects >= 100


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{ cards { edges { node { " + "id " * 1_000 + "} } } }", "fields"),
        ("{ __schema { types { fields { type { fields { name } } } } } }", "lists of types"),
        (
            (
                "{ __schema { ...a } } fragment a on __Schema { types { ...b } } "
                "fragment b on __Type { ofType { ...b } }"
            ),
            "lists of types",
        ),
    ],
)
def test_fields_are_counted(text: str, what: str) -> None:
    over = measure_document(API.types, parse(text), {}, DocumentLimits()).over
    assert [said for said in over if what in said]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (" ".join(f"query q{n} {{ __typename }}" for n in range(21)), "21 operations"),
        ("query(" + " ".join(f"$v{n}: Int" for n in range(101)) + ") { a }", "101 variables"),
        ("{ a }" + " ".join(f"fragment f{n} on A {{ b }}" for n in range(21)), "21 fragments"),
        ("{ " + "a " * 1_999 + "}", "more than 2000 tokens"),
    ],
)
def test_what_has_too_many_parts_is_refused_unparsed(text: str, what: str) -> None:
    found = documents().read_now(text, {})
    assert (found.parsed, found.text) == (None, text)
    [error] = found.errors
    assert what in error.message
    assert error.extensions == {"code": "TOO_MUCH"}


def test_the_schema_can_still_be_read_by_developers() -> None:

    held = Documents(build_api(introspection=True).types, introspection=True)
    assert held.read_now(INTROSPECTION, {}, anonymous=True).errors == []


def test_refusals_name_nothing_of_the_schema() -> None:
    [error] = documents().read_now("{ cards { nope } card { key } }", {}).errors
    assert error.extensions == {"code": "INVALID_DOCUMENT"}
    assert not {"Connection", "CardArgument", "ID", "nope"} & set(error.message.split())
    assert error.locations


# Merging.

FIELDS = (
    "a: id",
    "a: key",
    "a: title",
    "id",
    "key",
    "a: version",
    "a: cites { key }",
    "a: cites { a: key }",
    "a: signature { text }",
    "b: cites { key: id }",
    "b: cites { key }",
    "... on FailureCard { a: key }",
    "...f",
    "...g",
)
PARTS = (
    "fragment f on FailureCard { a: title b: cites { key } } "
    "fragment g on FailureCard { a: title ...f }"
)


def conflicts(schema: GraphQLSchema, text: str, rule: type) -> bool:
    return bool(validate(schema, parse(text), [rule]))


@pytest.mark.parametrize("pair", list(combinations(FIELDS, 2)))
def test_merging_agrees_with_graphql_core(pair: tuple[str, str]) -> None:
    for text in (
        f"{{ cards {{ edges {{ node {{ {' '.join(pair)} }} }} }} }} {PARTS}",
        (
            f"{{ node(id: 1) {{ ... on FailureCard {{ {pair[0]} }} ... on Ticket {{ a: key }} "
            f"... on FailureCard {{ {pair[1]} }} }} }} {PARTS}"
        ),
        (
            f"{{ cards {{ edges {{ node {{ {pair[0]} }} }} }} "
            f"cards {{ edges {{ node {{ {pair[1]} }} }} }} }} {PARTS}"
        ),
    ):
        known = conflicts(API.types, text, OverlappingFieldsCanBeMergedRule)
        assert conflicts(API.types, text, OverlappingFields) is known, text


def steps(parts: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Give how many steps a document of so many equal fragments costs."""
    made = list[FieldMerging]()

    def kept(context: ValidationContext) -> FieldMerging:
        made.append(FieldMerging(context))
        return made[-1]

    monkeypatch.setattr(overlapping_fields, "FieldMerging", kept)
    spread = " ".join(f"...f{n}" for n in range(parts))
    written = " ".join(
        f"fragment f{n} on FailureCard {{ {'id title ' * 10} }}" for n in range(parts)
    )
    validate(
        API.types,
        parse(f"{{ cards {{ edges {{ node {{ {spread} }} }} }} }} {written}"),
        [OverlappingFields],
    )
    return made[0].steps


def test_merging_grows_with_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the fragments are four times the steps, and not sixteen."""
    assert steps(80, monkeypatch) < 5 * steps(20, monkeypatch)


def test_merging_without_end_is_refused() -> None:
    circles = " ".join(
        f"fragment f{n} on FailureCard {{ cites {{ ...f{n + 1} a{n}: id }} }}" for n in range(19)
    )
    text = f"{{ cards {{ edges {{ node {{ ...f0 }} }} }} }} {circles} fragment f19 on FailureCard"
    found = validate(API.types, parse(text + " { cites { ...f0 } }"), [OverlappingFields])
    assert {(e.extensions or {}).get("code") for e in found} <= {"TOO_MUCH"}


INTROSPECTION = """
query IntrospectionQuery { __schema { queryType { name } mutationType { name }
  subscriptionType { name } types { ...FullType }
  directives { name description locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description
  fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef }
    isDeprecated deprecationReason }
  inputFields { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }
"""
