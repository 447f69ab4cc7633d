"""The application: a value built from its services and a few settings."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from resolvers.api import build
from resolvers.audiences import Audiences
from resolvers.services import Services
from sync.queue import SCHEMA
from web.callers import Verify
from web.caps import Caps
from web.endpoint import DEADLINE_SECONDS, Endpoint, refusal
from web.envelope import Envelope
from web.gate import Gate
from web.graphql import Callers, View
from web.health import Parts, Probe, Readiness, health
from web.limits import Bodies
from web.metrics import Metrics
from web.operators import Operators
from web.papers import PATH as PDF
from web.papers import Papers
from web.ui.page import Page

GRAPHQL = "/v1/graphql"
STREAM = "/v1/graphql/stream"
RECORDS = "/v1/operation.schema.json"
# What a page of an allowed origin may send beside what every page may.
CALLERS_HEADERS = ["Authorization", "Content-Type", "GraphQL-Require-Preflight", "Last-Event-ID"]
PREFLIGHT_SECONDS = 600
MOVED = ("/graphql", "/v2/graphql")
ASSETS = "/v1/ui"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPERATIONAL = ("/health", "/ready", "/metrics")

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How the application meets the world.

    Attributes:
        verify: gives who a token speaks for and until when, or raises NotAuthenticated.
        probes: one for each store; returns when the store answers.
        development: the schema may be asked for, GraphiQL is shown, sockets may be anonymous.
        origins: pages of other sites that may call, as `https://portal.example`.
        ui: the folder of GraphiQL's assets.
        deadline: seconds that a request may take.
        lifespan: what runs beside the application as long as it lives.
        operators: who may read the metrics and which parts are missing; None: whom development
            admits, everybody.
        parts: what runs beside the stores.
        papers: answers signed links to PDFs; None where there are no books.
        caps: how much any one caller may take.
    """

    verify: Verify
    probes: Mapping[str, Probe]
    development: bool = False
    origins: Sequence[str] = ()
    ui: Path | None = None
    deadline: float = DEADLINE_SECONDS
    lifespan: Lifespan | None = None
    metrics: Metrics = field(default_factory=Metrics)
    papers: Papers | None = None
    caps: Caps = field(default_factory=Caps)
    operators: Operators | None = None
    parts: Parts = field(default_factory=Parts)


def application(services: Services, door: Door) -> Starlette:
    """Build the application; nothing is opened and nothing global is touched."""
    page = Page(door.ui, ASSETS, GRAPHQL) if door.development else None
    named = [GRAPHQL, STREAM, *MOVED, *OPERATIONAL]
    return Starlette(
        routes=[
            *_graphql(services, door, page),
            *_operational(door),
            *_assets(page),
            *_papers(door),
        ],
        middleware=[
            Middleware(Envelope, metrics=door.metrics, routes=named, secure=not door.development),
            *_origins(door),
            Middleware(Bodies, caps=door.caps),
        ],
        exception_handlers={404: _not_found, 500: _broken},
        lifespan=door.lifespan,
    )


def _origins(door: Door) -> list[Middleware]:
    """Answer the browsers of the allowed pages; without any, no page of another site may call."""
    if not door.origins:
        return []
    allowed = Middleware(
        CORSMiddleware,
        allow_origins=list(door.origins),
        allow_methods=["GET", "POST"],
        allow_headers=CALLERS_HEADERS,
        expose_headers=["X-Trace-Id"],
        max_age=PREFLIGHT_SECONDS,
    )
    return [allowed]


def _graphql(services: Services, door: Door, page: Page | None) -> list[BaseRoute]:
    caps, development = door.caps, door.development
    api = build(introspection=development, limits=caps.documents)
    audiences = Audiences(api, caps.audiences, caps.audiences_per_person)
    callers = Callers(
        verify=door.verify, gate=Gate(caps), origins=door.origins, anonymous=development
    )
    view = View(audiences, services, callers, door.metrics)
    events = View(audiences, services, callers, door.metrics, stream=True)
    plain = Endpoint(view, origins=door.origins, deadline=door.deadline, page=page)
    stream = Endpoint(events, origins=door.origins, deadline=door.deadline)
    return [
        WebSocketRoute(GRAPHQL, plain),
        Route(GRAPHQL, plain),
        Route(STREAM, stream),
        Route(RECORDS, _records),
        *(Route(path, _moved, methods=METHODS) for path in MOVED),
    ]


def _operational(door: Door) -> list[BaseRoute]:
    operators = door.operators or Operators(everyone=door.development)
    return [
        Route("/health", health),
        Route("/ready", Readiness(door.probes, door.parts, operators).endpoint),
        Route("/metrics", door.metrics.guarded(operators)),
    ]


def _assets(page: Page | None) -> list[BaseRoute]:
    return [] if page is None else [Mount(ASSETS, page.assets())]


def _papers(door: Door) -> list[BaseRoute]:
    return [] if door.papers is None else [Route(PDF, door.papers.endpoint)]


async def _records(_: Request) -> Response:
    """Answer what a record of an offline queue looks like, as a JSON Schema."""
    return Response(orjson.dumps(SCHEMA), media_type="application/schema+json")


async def _moved(_: Request) -> Response:
    return refusal(404, "MOVED", f"The API is at {GRAPHQL}.", {"location": GRAPHQL})


async def _not_found(_: Request, __: Exception) -> Response:
    return refusal(404, "NOT_FOUND", f"There is nothing here. The API is at {GRAPHQL}.")


async def _broken(request: Request, _: Exception) -> Response:
    said = f"Something went wrong on our side. Report it with this trace id: {request.state.trace}"
    return refusal(500, "INTERNAL", said)
