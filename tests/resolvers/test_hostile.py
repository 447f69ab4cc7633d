"""What nobody should send: each gets a typed refusal or a plain answer, and nothing is written."""

from typing import Any

import pytest
from graphql import parse

from resolvers.api import build_api
from resolvers.cost import measure_document
from resolvers.document_limits import DocumentLimits
from schema.nodes import global_id
from tests.domain.samples import CARD
from tests.resolvers.fakes import World
from tests.resolvers.inputs import OPERATION
from tests.web.clients import ask

MATCH = """query ($report: ReportInput!) { match(report: $report) {
  __typename ... on InvalidInput { field } } }"""
REPORT = """mutation ($op: UUID!, $report: ReportInput!) {
  reportFailure(operationId: $op, report: $report) { __typename ... on InvalidInput { field } } }"""
SEARCH = """query ($text: String!) { search(text: $text) {
  __typename ... on InvalidInput { field } } }"""


WIDE = """{ cards(first: 100) { edges { node { vehicles(first: 100) { edges { node { make } } }
  signature { symptoms { text component { name suppliers { name } } } } } } } }"""
CATEGORY = "report.vehicle.category"
DEEP = "{ components { edges { node { " + "partOf { " * 7 + "name" + " }" * 11
NESTED = """query ($n: Int!) { cards(first: $n) { edges { node {
  cites { cites { cites { cites { title } } } } } } } }"""


def bomb(n: int) -> str:
    parts = [f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(n)]
    return "query { ...f0 } " + " ".join(parts) + f" fragment f{n} on Query {{ __typename }}"


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({}, "report.text"),
        ({"text": ""}, "report.text"),
        ({"text": " \n\t "}, "report.text"),
        ({"text": "\x00\x01\x02"}, "report.text"),
        ({"text": "x", "codes": ["E1"] * 51}, "report.codes"),
        ({"text": "x", "codes": ["E" * 41]}, "report.codes"),
        ({"text": "x", "codes": [""]}, "report.codes"),
        ({"text": "x", "vehicle": {"model": "450X"}}, "report.vehicle.make"),
        ({"text": "x", "vehicle": {"make": "x" * 81}}, "report.vehicle.make"),
        ({"text": "x", "vehicle": {"make": "Ather", "year": 1}}, "report.vehicle.year"),
        ({"text": "x", "vehicle": {"mileageKm": -1}}, "report.vehicle.mileageKm"),
    ],
)
@pytest.mark.parametrize("query", [MATCH, REPORT])
async def test_wrong_reports_name_their_field(
    query: str, report: dict[str, Any], field: str
) -> None:
    world = World()
    answer = await ask(world, query, {"op": str(OPERATION), "report": report})
    [said] = answer["data"].values()
    assert said == {"__typename": "InvalidInput", "field": field}
    assert world.written() == (0, 0, 0)


@pytest.mark.parametrize(
    "report",
    [
        {"text": "🔋⚡ गाड़ी चार्ज नहीं हो रही \u202e\u0000 x"},
        {"text": 'P0A1F/P0A80 NOT x "unbalanced ( [ { ~ ^ * ? : \\'},
        {"text": "'; MATCH (n) DETACH DELETE n //"},
        {"text": "<script>alert(1)</script>"},
        {"text": "x", "codes": ["???"]},
        {"text": "x", "codes": ["ZZ99999"]},
        {"text": "x", "vehicle": {"make": "Nobody", "model": "Nothing", "year": 2024}},
    ],
)
async def test_odd_reports_are_answered(report: dict[str, Any]) -> None:
    answer = await ask(World(), MATCH, {"report": report})
    assert answer == {"data": {"match": {"__typename": "Matches"}}}


@pytest.mark.parametrize("text", ["", " ", "x" * 1_001, "\x00"])
async def test_wrong_searches_name_their_field(text: str) -> None:
    answer = await ask(World(), SEARCH, {"text": text})
    assert answer["data"]["search"] == {"__typename": "InvalidInput", "field": "text"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ card(id: "") { key } }', "INVALID_INPUT"),
        ('{ card(id: "nonsense") { key } }', "INVALID_INPUT"),
        ('{ ticket(id: "tkt_\' OR 1=1") { key } }', "INVALID_INPUT"),
        (f'{{ card(id: "{global_id("Ticket", "tkt_0001")}") {{ key }} }}', "INVALID_INPUT"),
        ('{ node(id: "nonsense") { key } }', "INVALID_INPUT"),
        (f'{{ node(id: "{global_id("Secret", "x")}") {{ key }} }}', "INVALID_INPUT"),
        ("{ cards(first: 0) { __typename } }", "INVALID_INPUT"),
        ("{ cards(first: 101) { __typename } }", "INVALID_INPUT"),
        ("{ cards(first: -1) { __typename } }", "INVALID_INPUT"),
        ('{ cards(after: "nonsense!") { __typename } }', "INVALID_INPUT"),
        ('{ cards(filter: {model: "450X"}) { __typename } }', "INVALID_INPUT"),
        ('{ cards(filter: {code: "E401"}) { __typename } }', "INVALID_INPUT"),
        ("{ cards(first: 99999999999) { __typename } }", None),
        ("{ cards(first: 1.5) { __typename } }", None),
        ('{ cards(filter: {status: "draft"}) { __typename } }', None),
        ("{ cards(filter: {status: NOPE}) { __typename } }", None),
        ("{ nope }", None),
        ("{ cards(", None),
        ("", None),
        ("{" * 900, None),
        ("{ cards " * 500, None),
    ],
)
async def test_wrong_questions_are_refused(query: str, code: str | None) -> None:
    world = World()
    world.hold(CARD)
    answer = await ask(world, query)
    found = [error.get("extensions", {}).get("code") for error in answer["errors"]]
    assert len(answer["errors"]) <= 10
    assert set(found) <= {code, "BAD_REQUEST"}
    assert "Traceback" not in str(answer)


@pytest.mark.parametrize(
    ("variables", "field", "reason"),
    [
        ({"report": None}, "report", "is missing"),
        ({"report": {"text": 7}}, "report.text", "String cannot represent"),
        ({"report": {"text": "x", "nope": 1}}, "report", "unknown field `nope`"),
        ({"report": {"text": "x", "codes": [None]}}, "report.codes.0", "is missing"),
        ({"report": {"text": "x", "vehicle": {"category": "TANK"}}}, CATEGORY, "TANK"),
        ({"report": "text"}, "report", "to be an object"),
        ({}, "report", "Expected a value of non-null type"),
    ],
)
async def test_wrong_types_are_refused(variables: dict[str, Any], field: str, reason: str) -> None:
    answer = await ask(World(), MATCH, variables)
    told = answer["errors"][0]["extensions"]
    assert (told["code"], told["field"]) == ("INVALID_INPUT", field)
    assert reason in told["reason"]
    assert answer["errors"][0]["message"] == f"{field}: {told['reason']}"


async def test_wrong_operation_ids_are_refused() -> None:
    world = World()
    answer = await ask(world, REPORT, {"op": "not a uuid", "report": {"text": "x"}})
    assert answer["errors"][0]["extensions"]["field"] == "op"
    assert "INTERNAL" not in str(answer)
    assert world.written() == (0, 0, 0)


@pytest.mark.parametrize(
    "query",
    [
        " ".join(["{"] + [f"a{i}: __typename" for i in range(16)] + ["}"]),
        WIDE,
        "{ " + " ".join("__typename" for _ in range(11)) + " }",
        "{ __typename " + "@skip(if: false) " * 31 + "}",
        " ".join(f"fragment f{i} on Query {{ __typename }}" for i in range(21)) + " { __typename }",
        DEEP,
        NESTED,
        bomb(19),
    ],
)
async def test_greedy_documents_are_refused(query: str) -> None:
    world = World()
    answer = await ask(world, query, {"n": 100} if "$n" in query else None)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"TOO_MUCH"}
    assert sum(world.asked.values()) == 0


async def test_too_many_tokens_are_refused() -> None:
    answer = await ask(World(), "{ " + "__typename " * 2_001 + "}")
    assert answer["errors"][0]["message"] == "The document has more than 2000 tokens."


def test_fragment_bombs_are_measured_once() -> None:
    """Spread out, these are 2^200 fields: whoever walks them all never comes back."""
    schema = build_api(introspection=False).types
    said = measure_document(schema, parse(bomb(200)), {}, DocumentLimits(fragments=1_000)).over
    assert said == [
        "The document asks for 1000000000 root fields; at most 10 are allowed.",
        "The document asks for 1000000000 fields; at most 1000 are allowed.",
    ]


def test_fragment_cycles_end() -> None:
    schema = build_api(introspection=False).types
    document = parse("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }")
    over = measure_document(schema, document, {}, DocumentLimits()).over
    assert over == []


@pytest.mark.row("FB-4")
async def test_degraded_answers_say_so() -> None:
    world = World()
    world.matcher.degraded = "meaning: neo4j does not answer"
    query = '{ match(report: {text: "x"}) { ... on Matches { level degraded } } }'
    answer = await ask(world, query)
    assert answer == {
        "data": {"match": {"level": "KEYWORD", "degraded": "meaning: neo4j does not answer"}},
        "extensions": {"degraded": ["meaning: neo4j does not answer"]},
    }
