"""Who asks, how they ask, and the documents they ask with."""

from dataclasses import dataclass
from secrets import choice
from string import ascii_lowercase
from typing import Any
from uuid import uuid4

import httpx

from domain.access import Actor
from domain.ids import GarageId
from web.asgi import GRAPHQL

PUNE, DELHI = GarageId("garage_pune"), GarageId("garage_delhi")


def fresh_word() -> str:
    """Give a word that nobody has; without digits, of which some look like a telephone number."""
    return "".join(choice(ascii_lowercase) for _ in range(12))


REPORT = """mutation ($report: ReportInput!, $op: UUID!) {
  reportFailure(report: $report, operationId: $op) {
    __typename ... on FailureReported { ticket { id key status noMatch matching assignee } }
    ... on Refusal { message }
  } }"""
CREATE = """mutation ($card: CardInput!, $op: UUID!, $ticket: ID) {
  createCard(card: $card, operationId: $op, ticket: $ticket) {
    __typename ... on CardCreated { card { id key version status title } }
    ... on Refusal { message }
  } }"""
UPDATE = """mutation ($id: ID!, $card: CardInput!, $expected: Int!, $op: UUID!) {
  updateCard(id: $id, card: $card, expectedVersion: $expected, operationId: $op) {
    __typename ... on CardUpdated { card { key version title } }
    ... on StaleVersion { expected actual current { version title } }
    ... on Refusal { message }
  } }"""
VERIFY = """mutation ($id: ID!, $expected: Int!, $op: UUID!) {
  verifyCard(id: $id, expectedVersion: $expected, operationId: $op) {
    __typename ... on CardVerified { card { key version status verification { by } } }
    ... on Refusal { message }
  } }"""
MATCH = """query ($report: ReportInput!) { match(report: $report) {
  __typename
  ... on Matches { level degraded ranker prompt matches {
    rank score standing cardKey title vehicleLevel sentence
    contributions { source rank score share via }
    reasons { kind subject outcomes { value low high n } }
    card { key cause { primary confidence } usage { used successes failures } }
  } }
  ... on Refusal { message }
} }"""
DIAGNOSE = """query ($report: ReportInput!) { diagnose(report: $report) { __typename
  ... on Diagnosis {
    cause { text confidence cites } suspects { text confidence cites }
    checks { action safety cardKey } reasoning reasoner level degraded truncated
    precedents { similarity suggestion { cardKey rank card { key } } } }
  ... on Refusal { message } } }"""
SEARCH = """query ($text: String!, $make: String, $first: Int! = 10) {
  search(text: $text, make: $make, first: $first) {
    __typename ... on SearchResult { degraded cards { score card { key status make } } }
  } }"""
PROMOTE_MODEL = """mutation ($op: UUID!, $run: String!) {
  promoteModel(operationId: $op, run: $run) { __typename
    ... on ModelPromoted { turn { kind serving replaced } }
    ... on WorseModel { key objections } ... on Refusal { message } } }"""
ROLL_BACK_MODEL = """mutation ($op: UUID!, $kind: ModelKind!) {
  rollBackModel(operationId: $op, kind: $kind) { __typename
    ... on ModelRolledBack { turn { kind serving replaced } } ... on Refusal { message } } }"""
REGISTER_DOCUMENTS = """mutation ($op: UUID!, $manifest: ManifestInput!) {
  registerDocuments(operationId: $op, manifest: $manifest) { __typename
    ... on DocumentsRegistered { documents { key name operation objects deprecated scopes
      registeredAt } }
    ... on Refusal { message } } }"""


@dataclass(frozen=True, slots=True)
class Person:
    """One person at one garage, over HTTP."""

    client: httpx.AsyncClient
    actor: Actor
    token: str

    async def answer(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask and give the whole answer, with its errors and extensions."""
        body = {"query": query, "variables": variables}
        headers = {"authorization": f"Bearer {self.token}"}
        return (await self.client.post(GRAPHQL, json=body, headers=headers)).json()

    async def ask(self, query: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
        """Ask for one thing and give it."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        [found] = answer["data"].values()
        return found

    async def report(self, text: str = "", **said: object) -> dict[str, Any]:
        made = await self.ask(REPORT, report={"text": text, **said}, op=str(uuid4()))
        assert "ticket" in made, made
        return made["ticket"]

    async def create(self, card: dict[str, Any], **more: object) -> dict[str, Any]:
        made = await self.ask(CREATE, card=card, op=str(uuid4()), **more)
        return made["card"]

    async def verify(self, card: str, expected: int = 1) -> dict[str, Any]:
        return await self.ask(VERIFY, id=card, expected=expected, op=str(uuid4()))

    async def match(self, text: str = "", **said: object) -> dict[str, Any]:
        return await self.ask(MATCH, report={"text": text, **said})

    async def search(self, text: str, **how: object) -> list[dict[str, Any]]:
        """Give the cards that a search found, best first."""
        found = await self.ask(SEARCH, text=text, **how)
        return [hit["card"] for hit in found["cards"]]


def content(title: str, text: str | None = None, **more: object) -> dict[str, Any]:
    """Give what an author hands in: the required fields and whatever else is said."""
    return {
        "title": title,
        "signature": {"text": text or title},
        "cause": {"primary": "Found on the bench"},
        "resolution": {"type": "REPAIR", "steps": [{"action": "Look closely", "minutes": 5}]},
        **more,
    }
