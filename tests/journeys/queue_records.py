"""Records of an offline queue, and how they are handed in and heard of."""

from typing import Any
from uuid import uuid4

from tests.journeys.people import PUNE, Person
from web.wiring import Runtime

CHANGES = """query ($after: String, $first: Int! = 100) { changes(after: $after, first: $first) {
  __typename
  ... on Changes { cursor more lag entries { kind key priority gone
    card { key version title cause { primary } } ticket { key status } } }
  ... on Resync { cursor } ... on Refusal { message } } }"""
SYNC = """mutation ($operations: [JSON!]!) { syncOperations(operations: $operations) {
  __typename
  ... on OperationsAnswered { answers {
    operationId state field reason key version mine theirs } }
  ... on Refusal { message } } }"""


def record(type: str, data: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "operation_id": str(uuid4()),
        "type": type,
        "data": data,
        "timestamp": "1764000000000.0.phone_1",
        "garage_id": PUNE,
        "priority": 5,
        **more,
    }


async def told(house: Runtime) -> None:
    """Move what was written into the change log."""
    while await house.relay.step():
        pass


async def sync(person: Person, *records: object) -> list[dict[str, Any]]:
    return (await person.ask(SYNC, operations=list(records)))["answers"]


async def opened(technician: Person, text: str) -> tuple[str, int]:
    [answer] = await sync(technician, record("report_failure", {"report": {"text": text}}))
    return answer["key"], answer["version"]
