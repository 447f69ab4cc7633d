"""GraphQL over HTTP, to the letter of its specification, on top of Strawberry's view."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from domain.errors import NotAuthenticated
from resolvers.audiences import Audiences
from resolvers.context import Context
from resolvers.services import Services
from web.callers import Verify, bearer, offered
from web.event_stream import EventStream, resumed
from web.metrics import Metrics
from web.socket import Socket

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
UNDECIDED = ("*/*", "application/*")
INIT_WAIT = timedelta(seconds=5)
OPERATIONS_PER_SOCKET = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """How callers are known, and which pages may open sockets."""

    verify: Verify
    origins: Collection[str] = ()
    anonymous_sockets: bool = False


class View(GraphQL[Context, None]):
    """HTTP and WebSocket on one path; with `stream`, server-sent events instead."""

    graphql_transport_ws_handler_class = Socket

    def __init__(
        self,
        audiences: Audiences,
        services: Services,
        callers: Callers,
        metrics: Metrics,
        *,
        stream: bool = False,
    ) -> None:
        super().__init__(
            audiences.api,
            graphql_ide=None,
            subscription_protocols=[
                GRAPHQL_SSE_PROTOCOL if stream else GRAPHQL_TRANSPORT_WS_PROTOCOL
            ],
            connection_init_wait_timeout=INIT_WAIT,
            max_subscriptions_per_connection=OPERATIONS_PER_SOCKET,
            allowed_origins=list(callers.origins),
        )
        self.audiences = audiences
        self._stream = stream
        self._services = services
        self._callers = callers
        self._metrics = metrics

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        """Give the context of a caller.

        Raises:
            NotAuthenticated: a request's token was refused (a socket's is looked at later).
        """
        del response
        context = Context(services=self._services, trace=request.state.trace)
        value = request.headers.get("authorization")
        if value is not None and isinstance(request, Request):
            self._sign_in(context, value)
        elif value is not None:
            context.authorization = value
        return context

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        sent = offered(context.connection_params)
        value = context.authorization if sent is None else sent
        if value is None and not self._callers.anonymous_sockets:
            raise ConnectionRejectionError
        if value is not None:
            try:
                self._sign_in(context, value)
            except NotAuthenticated as error:
                raise ConnectionRejectionError from error
        return UNSET

    def _sign_in(self, context: Context, authorization: str) -> None:
        now = self._services.now()
        context.signed_in, context.expires = self._callers.verify(bearer(authorization), now)

    # What comes in.

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def parse_json(self, data: str | bytes) -> dict[str, object]:
        parsed: object = super().parse_json(data)
        if parsed is not None and not isinstance(parsed, dict):
            raise HTTPException(400, "The body, variables and extensions must be JSON objects.")
        return cast("dict[str, object]", parsed or {})

    async def parse_http_body(
        self, request: AsyncHTTPRequestAdapter
    ) -> GraphQLRequestData | list[GraphQLRequestData]:
        parsed = await super().parse_http_body(request)
        if isinstance(parsed, GraphQLRequestData):
            name = cast("object", parsed.operation_name)
            if name is not None and not isinstance(name, str):
                raise HTTPException(400, "The `operationName` must be a string or null.")
        return parsed

    async def followed(self, request: Request) -> Response | None:
        """Give the stream of a subscription that an audience serves, None for anything else.

        Raises:
            InvalidInput: the `Last-Event-ID` is not one of ours.
        """
        if not self._stream or "text/event-stream" not in request.headers.get("accept", ""):
            return None
        sent = await self.parse_http_body(self.request_adapter_class(request))
        if not isinstance(sent, GraphQLRequestData):
            return None
        context = await self.get_context(request, Response())
        asked = self.audiences.asked(sent.query, sent.variables, sent.operation_name)
        if asked is None or context.signed_in is None:
            return None
        asked = resumed(asked, request.headers.get("last-event-id"))
        return EventStream(self.audiences.follow(asked, context), context.seconds_left)

    # What goes out.

    def encode_json(self, data: object) -> str:
        # Text, because bytes would turn every WebSocket frame into a binary one.
        return orjson.dumps(data).decode()

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        self._metrics.operation(_outcome(result))
        answer = await super().process_result(request, result)
        if _never_ran(result) and media_type(request.headers.get("accept")) == RESPONSE_JSON:
            answer.pop("data", None)
            request.state.status = 400
        return answer


def media_type(accept: str | None) -> str | None:
    """Give the media type to answer in; None when the caller accepts neither.

    A caller that names none is of the time before the newer type (GraphQL over HTTP, section 6).
    """
    if accept is None:
        return JSON
    kinds = [part.split(";", 1)[0].strip().lower() for part in accept.split(",")]
    if RESPONSE_JSON in kinds:
        return RESPONSE_JSON
    if JSON in kinds or any(kind in UNDECIDED for kind in kinds):
        return JSON
    return None


def _never_ran(result: ExecutionResult) -> bool:
    """Say whether the request was refused before any field ran (a request error)."""
    errors = result.errors or []
    refused = result.data is None and bool(errors) and all(e.path is None for e in errors)
    return refused or isinstance(result, PreExecutionError)


def _outcome(result: ExecutionResult) -> str:
    if result.errors:
        return "error"
    return "degraded" if (result.extensions or {}).get("degraded") else "ok"
