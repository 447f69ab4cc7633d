"""Documents that schemathesis makes of the schema: whatever fits its types, and nothing we chose.

Its own check calls every error of GraphQL a fault of the server; what is an answer in the words of
the API is decided by whoever asks (`tests/journeys/test_hostile_doors.py`).
"""

from collections.abc import Iterator
from typing import Any

import schemathesis
from graphql.language import StringValueNode
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from schemathesis.graphql import scalar

from tests.rows.text import ROOT

SCHEMA = ROOT / "schema" / "schema.graphql"
# Large inputs take long to make, and some are thrown away; neither is what is tried here.
SLOW_TO_MAKE = (
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)


def _json() -> st.SearchStrategy[StringValueNode]:
    return st.text(max_size=40).map(nodes.String)


scalar("Paise", st.integers(-(2**63), 2**63).map(nodes.Int))
scalar("JSON", _json())


def documents(each: int, turn: int = 1) -> Iterator[str]:
    """Yield so many documents for each query and mutation, the same ones for the same turn."""
    schema: Any = schemathesis.graphql.from_path(SCHEMA)
    for found in schema.get_all_operations():
        yield from _documents_of(found.ok(), each, turn)


def _documents_of(operation: Any, each: int, turn: int) -> list[str]:  # noqa: ANN401 - untyped there
    made = list[str]()

    @seed(turn)
    @settings(
        max_examples=each,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=SLOW_TO_MAKE,
    )
    @given(case=operation.as_strategy())
    def collect(case: Any) -> None:  # noqa: ANN401 - untyped there
        made.append(str(case.body))

    collect()
    return made
