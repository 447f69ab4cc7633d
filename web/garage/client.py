"""How a garage meets the service: hand in the queue, then catch up; over GraphQL and HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from domain.errors import NotAuthenticated, Unavailable
from web.garage.replica import Replica, entity_of

CARD_KIND = "failure_card"
PAGE = 100
BATCH = 100
POLL_SECONDS = 5.0
# A network that swallows what is sent shall not take a whole poll.
TIMEOUT = httpx.Timeout(40.0, connect=3.0)
# Changes take these cards away; who reads everything anew must not keep them either.
OUT_OF_USE = frozenset({"DEPRECATED", "MERGED", "REJECTED"})
UNKNOWN = 401
TOO_MANY = 429
# How long to wait where the service asks for less and does not say until when.
BUSY_SECONDS = 5.0
CARD = """key version status title make signature { text severity errorCodes { key } }
  cause { primary confidence }
  resolution { type highVoltage labourMinutes steps { action minutes safety }
    parts { quantity part { key name } } }"""
TICKET = "key version status severity text assignee safety { hazards steps language }"
CHANGES = f"""query ($after: String, $first: Int!) {{ changes(after: $after, first: $first) {{
  __typename
  ... on Changes {{ cursor more lag entries {{ kind key gone
    card {{ {CARD} }} ticket {{ {TICKET} }} }} }}
  ... on Resync {{ cursor }}
  ... on Refusal {{ message }} }} }}"""
CARDS = f"""query ($after: String) {{ cards(first: 100, after: $after) {{
  pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {CARD} }} }} }} }}"""
TICKETS = f"""query ($after: String) {{ tickets(first: 100, after: $after) {{
  pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {TICKET} }} }} }} }}"""
SYNC = """mutation ($operations: [JSON!]!) { syncOperations(operations: $operations) {
  __typename
  ... on OperationsAnswered { answers {
    operationId state field reason key version mine theirs
    safety { hazards steps language } } }
  ... on Refusal { message } } }"""

CaughtUp = Callable[[int, int], None]
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RemoteService:
    """The service over HTTP, as one person of the garage."""

    http: httpx.AsyncClient
    token: str

    async def ask(self, query: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
        """Ask for one thing and give it.

        Raises:
            Unavailable: there is no way to the service now, or it takes no more of this person for
                `retry_s` seconds; try again later.
            NotAuthenticated: the token does not hold any more.
        """
        try:
            answer = await self.http.post(
                "/v1/graphql",
                json={"query": query, "variables": variables},
                headers={"authorization": f"Bearer {self.token}"},
                timeout=TIMEOUT,
            )
            if answer.status_code == UNKNOWN:
                raise NotAuthenticated(
                    "run `battwheels sign-in`, or `battwheels garage init` with a new token"
                )
            body: dict[str, Any] = answer.json()
        except (httpx.TransportError, ValueError) as error:
            raise Unavailable("the service", type(error).__name__) from error
        if answer.status_code == TOO_MANY:
            said = body["errors"][0]["message"]
            raise Unavailable("the service", said, retry_s=_retry_seconds(answer))
        if body.get("errors"):
            raise Unavailable("the service", body["errors"][0]["message"])
        [found] = body["data"].values()
        return found


async def synchronise(replica: Replica, remote: RemoteService, told: CaughtUp) -> None:
    """Drain the queue, then catch up; whatever was done stays done when this is cut off.

    Raises:
        Unavailable, NotAuthenticated: as `Remote.ask` says; nothing is lost.
    """
    await drain_queue(replica, remote)
    await catch_up(replica, remote, told)


async def drain_queue(replica: Replica, remote: RemoteService, pause: Pause = asyncio.sleep) -> int:
    """Hand in the whole queue and give how much was done.

    What is deferred stays for the next pass, with all that follows on the same entity, while the
    rest goes on; passes end when one gets nothing done. Where the service asks for less, smaller
    pages follow after the time that it names.

    Raises:
        Unavailable, NotAuthenticated: as `RemoteService.ask` says; also where one record alone is
            not taken, not even after that time. The queue keeps what was not taken.
    """
    done = 0
    while passed := await _pass_batch(replica, remote, pause):
        done += passed
    return done


async def _pass_batch(replica: Replica, remote: RemoteService, pause: Pause) -> int:
    done, deferred, most, refused = 0, set[str](), BATCH, False
    while records := replica.waiting(most, deferred):
        try:
            result = await remote.ask(SYNC, operations=records)
        except Unavailable as busy:
            if busy.retry_s is None or (refused and len(records) == 1):
                raise
            most, refused = max(1, len(records) // 2), True
            await pause(busy.retry_s)
            continue
        refused = False
        if result["__typename"] != "OperationsAnswered":
            raise Unavailable("the service", result["message"])
        answers = result["answers"]
        replica.answered(answers)
        later = [a["state"] == "DEFERRED" for a in answers]
        deferred |= {entity_of(r) for r, wait in zip(records, later, strict=True) if wait}
        done += later.count(False)
    return done


def _retry_seconds(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdecimal() else BUSY_SECONDS


async def catch_up(replica: Replica, remote: RemoteService, told: CaughtUp) -> None:
    """Read the changes behind the cursor into the replica, batch by batch."""
    taken = 0
    while True:
        result = await remote.ask(CHANGES, after=replica.setting("cursor"), first=PAGE)
        match result["__typename"]:
            case "Changes":
                replica.apply(result["entries"], result["cursor"])
                taken += len(result["entries"])
                told(taken, taken + result["lag"])
                if not result["more"]:
                    return
            case "Resync":
                await _read_all(replica, remote, result["cursor"], told)
            case _:
                raise Unavailable("the service", result["message"])


async def _read_all(replica: Replica, remote: RemoteService, cursor: str, told: CaughtUp) -> None:
    """Read everything anew; the cursor was given before, so nothing falls in between."""
    replica.restart()
    taken = 0
    for kind, query in ((CARD_KIND, CARDS), ("ticket", TICKETS)):
        after = None
        while True:
            page = await remote.ask(query, after=after)
            nodes = [edge["node"] for edge in page["edges"]]
            field = "card" if kind == CARD_KIND else "ticket"
            entries = [
                {"kind": kind, "key": n["key"], "card": None, "ticket": None, field: n}
                for n in nodes
                if kind != CARD_KIND or n["status"] not in OUT_OF_USE
            ]
            replica.apply(entries, None)
            taken += len(entries)
            told(taken, taken)
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
    replica.set(cursor=cursor)
