"""Variables that do not read are named by their place, with what may have been meant."""

from typing import Any

import pytest

from tests.resolvers.fakes import World
from tests.resolvers.inputs import OPERATION
from tests.web.clients import ask

REPORT = """mutation ($op: UUID!, $report: ReportInput!) {
  reportFailure(operationId: $op, report: $report) { __typename } }"""


@pytest.mark.parametrize(
    ("report", "field", "reason"),
    [
        (
            {"text": "x", "vehicle": {"mileage_km": 3}},
            "report.vehicle",
            "unknown field `mileage_km`; did you mean `mileageKm`?",
        ),
        ({"txt": "x"}, "report", "unknown field `txt`; did you mean `text`?"),
        ({"weather": "fine"}, "report", "unknown field `weather`"),
        ({"codes": [7]}, "report.codes.0", "String cannot represent a non string value: 7"),
        (None, "report", "is missing"),
    ],
)
async def test_unread_variables_are_named(
    report: dict[str, Any] | None, field: str, reason: str
) -> None:
    world = World()
    answer = await ask(world, REPORT, {"op": str(OPERATION), "report": report})
    [error] = answer["errors"]
    assert error["message"] == f"{field}: {reason}"
    assert error["extensions"] == {"code": "INVALID_INPUT", "field": field, "reason": reason}
    assert world.written() == (0, 0, 0)
