"""An application over fake stores, and a client that is somebody."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette

from access.tokens import AccessTokens
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from tests.domain.samples import NOW, PUNE
from tests.resolvers.fakes import World
from tests.web.shared_schemas import shared_schemas
from web.asgi import AppOptions, application

TOKENS = AccessTokens(b"for tests only, thirty-two bytes")
PATH = "/v1/graphql"


def actor(role: Role = Role.ADMIN, garage: GarageId | None = PUNE, id: str = "zoya") -> Actor:
    return Actor(id=PersonId(id), role=role, garage=garage)


def bearer(who: Actor, lifetime: timedelta = timedelta(minutes=15)) -> dict[str, str]:
    return {"authorization": f"Bearer {TOKENS.mint(who, NOW, lifetime)}"}


def app(world: World, *, development: bool = True, **settings: Any) -> Starlette:  # noqa: ANN401
    async def answers() -> None:
        return None

    probes = settings.pop("probes", {"neo4j": answers, "postgres": answers, "redis": answers})
    services = settings.pop("services", world.services)
    verify = settings.pop("verify", TOKENS.verify)
    door = AppOptions(verify=verify, probes=probes, development=development, **settings)
    with shared_schemas():
        return application(services, door)


@asynccontextmanager
async def client(
    asgi: Starlette, headers: dict[str, str] | None = None
) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://battwheels.test", headers=headers
    ) as opened:
        yield opened


async def ask(
    world: World, query: str, variables: dict[str, Any] | None = None, who: Actor | None = None
) -> dict[str, Any]:
    """Ask over HTTP and give the answer's JSON."""
    headers = bearer(who or actor())
    async with client(app(world), headers) as opened:
        body = {"query": query, "variables": variables or {}}
        answer = await opened.post(PATH, json=body)
        return answer.json()
