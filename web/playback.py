"""The door that a simulated year is told at: the application itself, without a socket between.

A moment of the past is no argument of any public door. It comes from the clock of this process,
which wiring alone can give it: each asking carries its own moment along, and background work keeps
real time.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from domain.access import Actor, Role
from domain.errors import Unavailable
from domain.ids import PersonId
from graph.synthetic import SyntheticEntry, SyntheticStore
from web.asgi import GRAPHQL
from web.server import build_application, run_background
from web.settings import Settings
from web.wiring import Runtime

MOMENT: ContextVar[datetime | None] = ContextVar("simulated_moment", default=None)
WORD = timedelta(hours=1)
# One process asks for a whole network of garages, and nobody waits for it.
MANY = 10**9
LONG_S = 120.0
PATIENT_S = 100
PAGE = 200

Answer = dict[str, Any]


def told_moment() -> datetime:
    """Give the moment that is being played; outside of it, now."""
    return MOMENT.get() or datetime.now(UTC)


def unhurried(settings: Settings) -> Settings:
    """Give the settings of a process that plays: nobody counts what its garages ask."""
    caps = replace(
        settings.caps,
        late_milliseconds=MANY,
        answer_seconds=PATIENT_S,
        heavy_seconds=PATIENT_S,
        garage_requests=MANY,
        garage_requests_alone=MANY,
        garage_points=MANY,
        garage_points_alone=MANY,
    )
    return replace(settings, caps=caps)


class HouseDoor:
    """Asks a house's own application as anybody, at any moment."""

    def __init__(self, house: Runtime, client: httpx.AsyncClient) -> None:
        self._house, self._client = house, client

    async def ask(
        self, who: Actor, at: datetime, document: str, variables: Mapping[str, object]
    ) -> Answer:
        """Ask for one thing and give it.

        Raises:
            Unavailable: the house does not answer it.
        """
        token = self._house.tokens.mint(who, at, WORD)
        headers = {"authorization": f"Bearer {token}"}
        told = MOMENT.set(at)
        try:
            response = await self._client.post(
                GRAPHQL, json={"query": document, "variables": dict(variables)}, headers=headers
            )
        finally:
            MOMENT.reset(told)
        answer = response.json()
        if answer.get("errors") or not answer.get("data"):
            raise Unavailable("the service", f"it answered {str(answer)[:300]}")
        [found] = answer["data"].values()
        return found


@asynccontextmanager
async def open_door(house: Runtime) -> AsyncGenerator[HouseDoor]:
    """Open a door of a house whose clock tells the moment that is played, its work beside it."""
    playing = replace(house, now=told_moment)
    transport = httpx.ASGITransport(app=build_application(playing), raise_app_exceptions=False)
    async with (
        run_background(playing),
        httpx.AsyncClient(
            transport=transport, base_url="http://simulator", timeout=LONG_S
        ) as client,
    ):
        yield HouseDoor(playing, client)


RETIRE = """mutation ($id: ID!, $n: Int!, $op: UUID!) {
  retireCard(id: $id, expectedVersion: $n, operationId: $op) { __typename
    ... on CardRetired { card { key version } } ... on Refusal { message } } }"""
DELETE_CARD = """mutation ($id: ID!, $n: Int!, $op: UUID!) {
  deleteCard(id: $id, expectedVersion: $n, operationId: $op) { __typename
    ... on CardDeleted { key } ... on Refusal { message } } }"""
DELETE_TICKET = """mutation ($id: ID!, $n: Int!, $op: UUID!) {
  deleteTicket(id: $id, expectedVersion: $n, operationId: $op) { __typename
    ... on TicketDeleted { key } ... on Refusal { message } } }"""
ADMIN = Actor(id=PersonId("sim_admin"), role=Role.ADMIN)


@dataclass(frozen=True, slots=True)
class ClearedCount:
    """What was taken out, and what the service said of the rest."""

    tickets: int
    cards: int
    kept: dict[str, str]


async def clear_synthetic(house: Runtime, door: HouseDoor) -> ClearedCount:
    """Take out all that simulated garages left: tickets first, so that what they taught goes too.

    Tombstones stay, as of everything that is deleted, and so do the deeds in the audit.
    """
    store = SyntheticStore(house.graph)
    tickets, tickets_kept = await _clear(store.tickets, partial(_asked, door, DELETE_TICKET))
    cards, cards_kept = await _clear(store.cards, partial(_delete_card, door))
    await store.forget_rest()
    return ClearedCount(tickets, cards, tickets_kept | cards_kept)


async def _clear(
    page: Callable[[int], Awaitable[list[SyntheticEntry]]],
    remove: Callable[[SyntheticEntry], Awaitable[Answer]],
) -> tuple[int, dict[str, str]]:
    """Give how many went, and what is still there with what the service said of it.

    A draft goes by itself once its ticket is gone, at times before it is asked for; what somebody
    changed meanwhile is asked for again, at the version that it has then.
    """
    gone, refused = 0, dict[SyntheticEntry, str]()
    while found := [one for one in await page(PAGE + len(refused)) if one not in refused]:
        for one in found:
            told = await remove(one)
            gone += "message" not in told
            if "message" in told:
                refused[one] = told["message"]
    left = set(await page(1 + len(refused)))
    return gone, {one.id: reason for one, reason in refused.items() if one in left}


async def _delete_card(door: HouseDoor, card: SyntheticEntry) -> Answer:
    if card.published:
        told = await _asked(door, RETIRE, card)
        if "card" not in told:
            return told
        card = replace(card, version=told["card"]["version"])
    return await _asked(door, DELETE_CARD, card)


async def _asked(door: HouseDoor, document: str, entry: SyntheticEntry) -> Answer:
    given = {"id": entry.id, "n": entry.version, "op": str(uuid4())}
    return await door.ask(ADMIN, datetime.now(UTC), document, given)
