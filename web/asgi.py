"""The application: a value built from its services and a few settings."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from access.oidc import OidcDoor
from access.revocations import RightsWatch
from domain.access import Actor
from domain.api_keys import Rung
from resolvers.api import Api, build_api
from resolvers.passkeys import PasskeyUseCases
from resolvers.services import Services
from resolvers.sign_in import SignInUseCases, build_sign_in_api
from resolvers.subscriptions.shared_runs import SharedRuns
from sync.offline_queue import SCHEMA
from web.app.pages import AppPages
from web.body_limits import BodyLimit
from web.callers import Verify
from web.caps import Caps
from web.endpoint import Endpoint, refusal
from web.explorer import AdministratorsExplorer, IsAdministrator
from web.files import FileRuntime
from web.garage_rates import GarageRates
from web.gate import Gate
from web.graphql import CallerRules, GraphQLView
from web.health import Parts, Probe, Readiness, health
from web.invoice_pdfs import PATH as PDF
from web.invoice_pdfs import InvoicePdfs
from web.live_keys import LiveKeys
from web.loop_lag import LoopLag
from web.metrics import Metrics
from web.middleware import RequestEnvelope
from web.oidc import OidcCallback, OidcStart
from web.operators import Operators
from web.paths import EXPLORER, FILES, OIDC_CALLBACK, OIDC_START, SIGN_IN, UPLOADS
from web.persisted_queries import NamedDocuments
from web.return_exports import PATH as RETURN
from web.return_exports import ReturnFiles
from web.sign_in import SignInEndpoint
from web.trusted_documents import DocumentRecords, TrustedDocuments
from web.ui.page import ExplorerPage, ExplorerPaths

GRAPHQL = "/v1/graphql"
STREAM = "/v1/graphql/stream"
RECORDS = "/v1/operation.schema.json"
# What a page of an allowed origin may send beside what every page may.
CALLERS_HEADERS = [
    *("Authorization", "Content-Type", "GraphQL-Require-Preflight", "Last-Event-ID"),
    *("X-Garage", "X-API-Version", "If-None-Match", "X-Cost", "Content-Range", "Range"),
]
# What such a page may read of an answer's headers beside what every page may.
TOLD_HEADERS = [
    *("Upload-Offset", "Upload-Length"),
    *("X-Trace-Id", "ETag", "X-API-Version", "Deprecation", "Sunset", "Retry-After"),
    *("RateLimit-Policy", "RateLimit", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]
PREFLIGHT_SECONDS = 600
MOVED = ("/graphql", "/v2/graphql")
ASSETS = "/v1/ui"
EXPLORER_PATHS = ExplorerPaths(assets=ASSETS, endpoint=GRAPHQL, door=SIGN_IN)
JWKS = "/.well-known/jwks.json"
# A key is published before it signs; whoever meets an unknown one reads again.
JWKS_SECONDS = 60
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPERATIONAL = ("/health", "/ready", "/metrics")

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppOptions:
    """How the application meets the world.

    Attributes:
        verify: gives who a token speaks for and until when, or raises NotAuthenticated.
        keys: the keys of machines; None: there are none.
        registered: the documents that partners have registered; None: there are none.
        rung: how far people are held to the documents of our own front ends; None: not at all.
        probes: one for each store; returns when the store answers.
        development: the schema may be asked for, GraphiQL is shown, sockets may be anonymous.
        origins: pages of other sites that may call, as `https://portal.example`.
        ui: the folder of GraphiQL's assets.
        pages: the pages under `/app/`; None: there are none.
        deadline: seconds that a request may take.
        lifespan: what runs beside the application as long as it lives.
        operators: who may read the metrics and which parts are missing; None: whom development
            admits, everybody.
        parts: what runs beside the stores.
        watch: tells who stays on a socket or a stream when their rights end; None: they never do.
        sign_in: lets in whoever is not known yet; None where the records are not connected.
        oidc: lets in by another service's word; None: there is none.
        passkeys: lets in by a passkey; None where the records are not connected.
        explorer: says whose browser has a refresh token, so that administrators are shown GraphiQL
            in production too; None: nobody is.
        jwks: gives the public keys of access tokens.
        papers: answers signed links to PDFs; None where there are no books.
        returns: answers signed links to returns of months; None where there are no books.
        files: takes files in and gives them by signed links; None where none are kept.
        caps: how much any one caller may take.
        garages: counts the requests of garages with all processes; None: nobody does.
        lag: how late the loop is, kept by whoever watches it.
    """

    verify: Verify
    keys: LiveKeys | None = None
    registered: DocumentRecords | None = None
    rung: Rung | None = None
    probes: Mapping[str, Probe]
    development: bool = False
    origins: Sequence[str] = ()
    ui: Path | None = None
    pages: AppPages | None = None
    deadline: float = Caps().answer_seconds
    lifespan: Lifespan | None = None
    metrics: Metrics = field(default_factory=Metrics)
    papers: InvoicePdfs | None = None
    returns: ReturnFiles | None = None
    files: FileRuntime | None = None
    caps: Caps = field(default_factory=Caps)
    garages: GarageRates | None = None
    lag: LoopLag = field(default_factory=LoopLag)
    operators: Operators | None = None
    parts: Parts = field(default_factory=Parts)
    watch: Callable[[Actor], RightsWatch] | None = None
    sign_in: SignInUseCases | None = None
    oidc: OidcDoor | None = None
    passkeys: PasskeyUseCases | None = None
    explorer: IsAdministrator | None = None
    jwks: Callable[[], Mapping[str, Any]] | None = None


def application(services: Services, options: AppOptions) -> Starlette:
    """Build the application; nothing is opened and nothing global is touched."""
    page = ExplorerPage(options.ui, EXPLORER_PATHS) if options.development else None
    api = build_api(introspection=options.development, limits=options.caps.documents)
    documents = _named_documents(api, options)
    doors = [GRAPHQL, STREAM, SIGN_IN, OIDC_START, OIDC_CALLBACK, EXPLORER]
    named = [*doors, JWKS, *MOVED, *OPERATIONAL]
    built = Starlette(
        routes=[
            *_graphql_routes(services, options, page, (api, documents)),
            *_operational_routes(options),
            *_key_routes(options),
            *_asset_routes(page),
            *_link_routes(options),
            *([] if options.pages is None else options.pages.routes()),
        ],
        middleware=[
            Middleware(
                RequestEnvelope,
                metrics=options.metrics,
                routes=named,
                secure=not options.development,
            ),
            # Starlette's own stands outside of all others, where nothing would dress its answer.
            Middleware(ServerErrorMiddleware, handler=_broken_response),
            *_origins(options),
            Middleware(BodyLimit, caps=options.caps),
        ],
        exception_handlers={404: _not_found_response},
        lifespan=options.lifespan,
    )
    built.state.trusted = documents.trusted
    built.state.garages = options.garages
    built.state.manifests = api.manifests
    built.state.registered = options.registered
    return built


def _named_documents(api: Api, options: AppOptions) -> NamedDocuments:
    trusted = None
    if options.registered is not None:
        trusted = TrustedDocuments(
            options.registered, api.documents, options.metrics, options.caps.trusted_bytes
        )
    return NamedDocuments(kept=api.documents, trusted=trusted, rung=options.rung)


def _origins(options: AppOptions) -> list[Middleware]:
    """Answer the browsers of the allowed pages; without any, no page of another site may call."""
    if not options.origins:
        return []
    allowed = Middleware(
        CORSMiddleware,
        allow_origins=list(options.origins),
        allow_methods=["GET", "POST", "PUT", "HEAD"],
        allow_headers=CALLERS_HEADERS,
        expose_headers=TOLD_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )
    return [allowed]


def _graphql_routes(
    services: Services,
    options: AppOptions,
    page: ExplorerPage | None,
    schema: tuple[Api, NamedDocuments],
) -> list[BaseRoute]:
    (api, named), caps = schema, options.caps
    audiences = SharedRuns(api, caps.audiences, caps.audiences_per_person)
    gate = Gate(caps, options.lag)
    callers = CallerRules(
        verify=options.verify,
        gate=gate,
        named=named,
        keys=options.keys,
        origins=options.origins,
        anonymous=options.development,
        watch=options.watch,
        garages=options.garages,
    )
    view = GraphQLView(audiences, services, callers, options.metrics)
    events = GraphQLView(audiences, services, callers, options.metrics, stream=True)
    plain = Endpoint(view, origins=options.origins, deadline=options.deadline, page=page)
    stream = Endpoint(events, origins=options.origins, deadline=options.deadline)
    return [
        WebSocketRoute(GRAPHQL, plain),
        Route(GRAPHQL, plain),
        Route(STREAM, stream),
        Route(RECORDS, _records),
        *_sign_in_routes(services, options, gate),
        *_explorer_routes(options, gate),
        *(Route(path, _moved_response, methods=METHODS) for path in MOVED),
    ]


def _sign_in_routes(services: Services, options: AppOptions, gate: Gate) -> list[BaseRoute]:
    if options.sign_in is None:
        return []
    door = SignInEndpoint(
        api=build_sign_in_api(introspection=options.development),
        door=options.sign_in,
        oidc=options.oidc,
        passkeys=options.passkeys,
        gate=gate,
        now=services.now,
        origins=options.origins,
        deadline=options.deadline,
    )
    return [Route(SIGN_IN, door), *_oidc_routes(services, options, gate)]


def _oidc_routes(services: Services, options: AppOptions, gate: Gate) -> list[BaseRoute]:
    if options.oidc is None:
        return []
    oidc, now, deadline = options.oidc, services.now, options.deadline
    start = OidcStart(oidc=oidc, gate=gate, now=now, deadline=deadline)
    callback = OidcCallback(oidc=oidc, gate=gate, now=now, deadline=deadline)
    return [Route(OIDC_START, start), Route(OIDC_CALLBACK, callback)]


def _key_routes(options: AppOptions) -> list[BaseRoute]:
    """Give the public keys of access tokens to whoever checks them without asking us."""
    if options.jwks is None:
        return []
    jwks = options.jwks

    async def answer(_: Request) -> Response:
        headers = {"cache-control": f"public, max-age={JWKS_SECONDS}"}
        return Response(
            orjson.dumps(jwks()), media_type="application/jwk-set+json", headers=headers
        )

    return [Route(JWKS, answer)]


def _operational_routes(options: AppOptions) -> list[BaseRoute]:
    operators = options.operators or Operators(everyone=options.development)
    return [
        Route("/health", health),
        Route("/ready", Readiness(options.probes, options.parts, operators).endpoint),
        Route("/metrics", options.metrics.guarded(operators)),
    ]


def _asset_routes(page: ExplorerPage | None) -> list[BaseRoute]:
    return [] if page is None else [Mount(ASSETS, page.assets())]


def _explorer_routes(options: AppOptions, gate: Gate) -> list[BaseRoute]:
    """Show administrators the explorer in production, where the operator wants that."""
    if options.explorer is None or options.development:
        return []
    explorer = AdministratorsExplorer(
        page=ExplorerPage(options.ui, EXPLORER_PATHS, guarded=True),
        is_administrator=options.explorer,
        gate=gate,
    )
    return explorer.routes(EXPLORER, ASSETS)


def _link_routes(options: AppOptions) -> list[BaseRoute]:
    pdfs = [] if options.papers is None else [Route(PDF, options.papers.endpoint)]
    files = [] if options.returns is None else [Route(RETURN, options.returns.endpoint)]
    return [*pdfs, *files, *_file_routes(options)]


def _file_routes(options: AppOptions) -> list[BaseRoute]:
    if options.files is None:
        return []
    uploads, downloads = options.files.uploads, options.files.downloads
    given = Route(FILES + "{name}", downloads.endpoint)
    if uploads is None:
        return [given]
    return [Route(UPLOADS + "{name}", uploads.endpoint, methods=["PUT", "HEAD"]), given]


async def _records(_: Request) -> Response:
    """Answer what a record of an offline queue looks like, as a JSON Schema."""
    return Response(orjson.dumps(SCHEMA), media_type="application/schema+json")


async def _moved_response(_: Request) -> Response:
    return refusal(404, "MOVED", f"The API is at {GRAPHQL}.", {"location": GRAPHQL})


async def _not_found_response(_: Request, __: Exception) -> Response:
    return refusal(404, "NOT_FOUND", f"There is nothing here. The API is at {GRAPHQL}.")


async def _broken_response(request: Request, _: Exception) -> Response:
    said = f"Something went wrong on our side. Report it with this trace id: {request.state.trace}"
    return refusal(500, "INTERNAL", said)
