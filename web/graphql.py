"""GraphQL over HTTP, to the letter of its specification, on top of Strawberry's view."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from graphql import GraphQLError, OperationType, get_operation_ast
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError, MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.schema.exceptions import (
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult, SubscriptionExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType as StrawberryOperationType
from strawberry.types.unset import UNSET, UnsetType

from access.revocations import OVER, RightsWatch
from domain.access import Actor
from domain.deeds import read_origin
from domain.errors import InvalidInput, NotAuthenticated, TooMany, Unavailable
from resolvers.context import RequestContext
from resolvers.documents import TOO_MUCH, Documents, QueryDocument
from resolvers.execution import is_developer
from resolvers.services import Services
from resolvers.subscriptions.audience import Broadcast, RunRefused
from resolvers.subscriptions.shared_runs import SharedRuns
from web.callers import COST, GARAGE, Verify, bearer_token, offered, sign_in
from web.event_stream import KEY_REVOKED, EventStream, resume_after
from web.garage_rates import GarageRates
from web.gate import Gate, caller_name, points_of_running
from web.headers import peer_address, read_header
from web.live_keys import LiveKeys
from web.metrics import Metrics
from web.persisted_queries import NamedDocuments, hand_over_id, names_document
from web.points import begin_events, count_result, reserve_points, tell_cost
from web.socket import SubscriptionSocket
from web.variables import VariablesTooLarge, demand_readable, demand_small

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
ASKED = "1"
RAW_GARAGE, RAW_COST = GARAGE.encode(), COST.encode()
UNDECIDED = ("*/*", "application/*")
# A document of more characters carries its texts itself.
LONG_DOCUMENT = 4_000
FOLLOW = (
    "A subscription has more answers than one: follow it on a socket (graphql-transport-ws), or at "
    "/v1/graphql/stream with `Accept: text/event-stream`."
)
BY_POST = StrawberryOperationType.from_http("POST")
INIT_WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRules:
    """How callers are known, which pages may call, and whether anybody may who is not known.

    `watch` tells those who stay when what let them in has ended; `garages` counts with all
    processes.
    """

    verify: Verify
    gate: Gate
    named: NamedDocuments
    keys: LiveKeys | None = None
    origins: Collection[str] = ()
    anonymous: bool = False
    watch: Callable[[Actor], RightsWatch] | None = None
    garages: GarageRates | None = None


class RequestAdapter(StarletteRequestAdapter):
    """Strawberry's view of a request, and what we know of it."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.state = request.state


class GraphQLView(GraphQL[RequestContext, None]):
    """HTTP and WebSocket on one path; with `stream`, server-sent events instead."""

    graphql_transport_ws_handler_class = SubscriptionSocket
    request_adapter_class = RequestAdapter

    def __init__(
        self,
        audiences: SharedRuns,
        services: Services,
        callers: CallerRules,
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
            max_subscriptions_per_connection=callers.gate.caps.operations_per_socket,
            allowed_origins=list(callers.origins),
        )
        self.audiences = audiences
        self.gate = callers.gate
        self.named = callers.named
        self._stream = stream
        self._services = services
        self._callers = callers
        self._metrics = metrics

    def known(self, request: Request) -> RequestContext:
        """Give the context of a caller, from the headers alone.

        Raises:
            NotAuthenticated: the token is not good, or there is none where one is needed.
            InvalidInput, Unavailable: as `web.callers.sign_in` says.
        """
        context = self._nobody(request)
        value = read_header(request.scope, b"authorization")
        if value is not None:
            self._sign_in(context, value, read_header(request.scope, RAW_GARAGE))
        elif not self._callers.anonymous:
            raise NotAuthenticated("send `Authorization: Bearer TOKEN`")
        context.caller = caller_name(context.signed_in, peer_address(request.scope))
        return context

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> RequestContext:
        """Give the context of a caller; who opens a socket is asked later."""
        del response
        if isinstance(request, Request):
            return request.state.context
        context = self._nobody(request)
        context.authorization = request.headers.get("authorization")
        context.garage_header = request.headers.get(GARAGE)
        context.caller = caller_name(None, peer_address(request.scope))
        return context

    def _nobody(self, request: Request | WebSocket) -> RequestContext:
        return RequestContext(
            services=self._services,
            trace=request.state.trace,
            origin=read_origin(
                peer_address(request.scope), read_header(request.scope, b"user-agent")
            ),
            asks_cost=read_header(request.scope, RAW_COST) == ASKED,
        )

    async def read(
        self, context: RequestContext, query: str | None, variables: Mapping[str, object] | None
    ) -> QueryDocument:
        """Read a document for a caller, and count what that and running it costs them.

        Raises:
            TooMany: their share does not hold it, or that of their garage.
        """
        text, given = query or "", variables or {}
        prose = len(text) if len(text) > LONG_DOCUMENT else 0
        try:
            prose += demand_small(given, self.gate.caps)
        except VariablesTooLarge as over:
            error = GraphQLError(str(over), extensions=dict(TOO_MUCH))
            document = QueryDocument(text, None, [error])
        else:
            document = await self._document(self.audiences.api.documents, context, text, given)
            if document.errors and is_developer(context):
                developers = self.audiences.api.developers
                document = await self._document(developers, context, text, given)
        context.document = document
        context.heavy = self.gate.read(context.caller, document, prose)
        garages = self._callers.garages
        if garages is not None and context.signed_in is not None:
            running = points_of_running(document, prose)
            await reserve_points(garages, context, document, running)
        return document

    async def _document(
        self,
        documents: Documents,
        context: RequestContext,
        text: str,
        variables: Mapping[str, object],
    ) -> QueryDocument:
        anonymous = context.signed_in is None
        if documents.is_quick(text):
            return documents.read_now(text, variables, anonymous=anonymous)
        async with self.gate.document_turn(context.caller):
            return await documents.read(text, variables, anonymous=anonymous)

    async def on_ws_connect(self, context: RequestContext) -> UnsetType | dict[str, object] | None:
        sent = offered(context.connection_params)
        value = context.authorization if sent is None else sent
        if value is None and not self._callers.anonymous:
            raise ConnectionRejectionError
        if value is not None:
            garage = offered(context.connection_params, GARAGE) or context.garage_header
            try:
                self._sign_in(context, value, garage)
            except (NotAuthenticated, InvalidInput, Unavailable) as error:
                raise ConnectionRejectionError from error
            context.caller = caller_name(context.signed_in, None)
            self._watch_rights(context)
        context.asks_cost |= offered(context.connection_params, COST) == ASKED
        return UNSET

    def _sign_in(self, context: RequestContext, authorization: str, garage: str | None) -> None:
        rules = self._callers
        sign_in(context, bearer_token(authorization), (rules.verify, rules.keys), garage)

    def _watch_rights(self, context: RequestContext) -> None:
        """Hear from now on when the rights of a caller end who stays."""
        person = context.signed_in if context.key is None else None
        if self._callers.watch is not None and person is not None:
            context.watch = self._callers.watch(person)
            context.revoked = context.watch.over

    # What comes in.

    def decode_json(self, data: str | bytes) -> object:
        try:
            demand_readable(data, self.gate.caps)
        except VariablesTooLarge as over:
            raise JSONDecodeError(str(over), "", 0) from over
        return orjson.loads(data)

    def parse_json(self, data: str | bytes) -> dict[str, object]:
        parsed = self._parsed_object(data)
        hand_over_id(parsed)
        return parsed

    def parse_query_params(self, params: Mapping[str, str | None]) -> dict[str, Any]:
        given: dict[str, Any] = dict(params)
        for name in ("variables", "extensions"):
            if given.get(name):
                given[name] = self._parsed_object(given[name])
        hand_over_id(given)
        return given

    def _parsed_object(self, data: str | bytes) -> dict[str, object]:
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
            text = await self._named_text(cast("Request", request), parsed)
            return parsed if text is parsed.query else replace(parsed, query=text)
        return parsed

    async def answer(self, request: Request) -> Response:
        """Answer a request; the usual one, a JSON object by POST, without what others need.

        Whatever is wrong with it, `run` says.
        """
        sent = None if request.method == "GET" or self._stream else await _usual_request(request)
        if sent is None:
            return await self.run(request)
        context: RequestContext = request.state.context
        text = await self._named_text(request, sent)
        if text is not sent.query:
            sent.query = text
        await self.read(context, text, sent.variables)
        _demand_one_answer(context, sent.operation_name)
        async with self.gate.turn(context.caller, heavy=context.heavy):
            result = await self._executed(sent, context)
        said = await self.process_result(request, result)
        return Response(orjson.dumps(said), headers={"content-type": f"{JSON}; charset=utf-8"})

    async def _executed(self, sent: GraphQLRequestData, context: RequestContext) -> ExecutionResult:
        try:
            return await self.schema.execute(
                sent.query,
                sent.variables,
                context,
                operation_name=sent.operation_name,
                allowed_operation_types=BY_POST,
                operation_extensions=sent.extensions,
            )
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason("POST")) from error
        except MissingQueryError as error:
            raise HTTPException(400, "No GraphQL query found in the request") from error

    async def _named_text(self, request: Request, sent: GraphQLRequestData) -> str | None:
        """Give the text that is meant: what was sent, or what it names."""
        state, extensions = request.state, sent.extensions
        state.named = names_document(extensions)
        return await self.named.expand(state.context.key, sent.query, extensions)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """No page: a GET that names its document by its hash has no `query` either."""
        named = "extensions" in request.query_params or "documentId" in request.query_params
        return not named and super().should_render_graphql_ide(request)

    async def followed(self, request: Request) -> Response | None:
        """Give the stream of a subscription that an audience serves, None for anything else.

        Raises:
            InvalidInput: the `Last-Event-ID` is not one of ours.
            TooMany: the caller's share does not hold it.
        """
        if not self._stream or "text/event-stream" not in request.headers.get("accept", ""):
            return None
        sent = await self.parse_http_body(self.request_adapter_class(request))
        if not isinstance(sent, GraphQLRequestData):
            return None
        context = await self.get_context(request, Response())
        document = await self.read(context, sent.query, sent.variables)
        asked = self.audiences.read_request(document, sent.variables, sent.operation_name)
        if asked is None or context.signed_in is None:
            return None
        asked = resume_after(asked, request.headers.get("last-event-id"))
        begin_events(context)
        self._watch_rights(context)
        following = self.audiences.follow(asked, context)
        why = KEY_REVOKED if context.watch is None else OVER
        news = self._shared(following, context)
        return EventStream(news, context.seconds_left, context.revoked, why)

    async def _shared(
        self, following: AsyncGenerator[Broadcast], context: RequestContext
    ) -> AsyncGenerator[Broadcast]:
        """Pass the news on, as one of the streams that the caller may have."""
        try:
            async with aclosing(following):
                with self.gate.stream(context.caller):
                    async for news in following:
                        yield news
        except TooMany as many:
            yield RunRefused([GraphQLError(str(many), extensions={"code": "TOO_MANY"})])

    async def execute_operation(  # noqa: PLR0913, PLR0917 - Strawberry's own
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: GraphQLRequestData | list[GraphQLRequestData],
        context: RequestContext,
        root_value: None,
        sub_response: Response,
    ) -> ExecutionResult | list[ExecutionResult] | SubscriptionExecutionResult:
        if isinstance(request_data, GraphQLRequestData) and context.document is None:
            await self.read(context, request_data.query, request_data.variables)
        if isinstance(request_data, GraphQLRequestData) and request_data.protocol == "http":
            _demand_one_answer(context, request_data.operation_name)
        async with self.gate.turn(context.caller, heavy=context.heavy):
            result = await super().execute_operation(
                request, request_adapter, request_data, context, root_value, sub_response
            )
        if isinstance(result, SubscriptionExecutionResult):
            return cast("SubscriptionExecutionResult", self._streamed(result, context))
        return result

    async def _streamed(
        self, results: SubscriptionExecutionResult, context: RequestContext
    ) -> AsyncGenerator[Any]:
        try:
            async with aclosing(cast("AsyncGenerator[Any]", results)):
                with self.gate.stream(context.caller):
                    async for one in results:
                        count_result(context, one)
                        yield one
        except TooMany as many:
            error = GraphQLError(str(many), extensions={"code": "TOO_MANY"})
            yield PreExecutionError(data=None, errors=[error])

    # What goes out.

    def encode_json(self, data: object) -> str:
        # Text, because bytes would turn every WebSocket frame into a binary one.
        return orjson.dumps(data).decode()

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        self._metrics.operation(_outcome_label(result))
        context: RequestContext = request.state.context
        if _never_ran(result) and not (context.document and context.document.errors):
            self.gate.refused(context.caller)
        request.state.ran = not _never_ran(result)
        request.state.whole = not result.errors and not context.degraded
        answer = await super().process_result(request, result)
        tell_cost(context, answer, ran=request.state.ran)
        if _never_ran(result) and choose_media_type(request.headers.get("accept")) == RESPONSE_JSON:
            answer.pop("data", None)
            request.state.status = 400
        return answer


async def _usual_request(request: Request) -> GraphQLRequestData | None:
    """Read a body that is a JSON object as it should be; None: it is not."""
    try:
        sent: object = orjson.loads(await request.body())
    except JSONDecodeError:
        return None
    if not isinstance(sent, dict):
        return None
    said = cast("dict[str, Any]", sent)
    hand_over_id(said)
    texts = said.get("query"), said.get("operationName")
    objects = said.get("variables"), said.get("extensions")
    if not all(isinstance(one, str | None) for one in texts):
        return None
    if not all(isinstance(one, dict | None) for one in objects):
        return None
    return GraphQLRequestData(texts[0], objects[0], texts[1], objects[1])


def _demand_one_answer(context: RequestContext, operation_name: str | None) -> None:
    """Refuse a subscription where one answer goes out: nobody would hear what comes later."""
    parsed = None if context.document is None else context.document.parsed
    chosen = None if parsed is None else get_operation_ast(parsed, operation_name)
    if chosen is not None and chosen.operation is OperationType.SUBSCRIPTION:
        raise HTTPException(400, FOLLOW)


def choose_media_type(accept: str | None) -> str | None:
    """Give the media type to answer in; None when the caller accepts neither.

    A caller that names none is of the time before the newer type (GraphQL over HTTP, section 6).
    """
    if accept is None:
        return JSON
    if accept in {JSON, RESPONSE_JSON}:
        return accept
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


def _outcome_label(result: ExecutionResult) -> str:
    if result.errors:
        return "error"
    return "degraded" if (result.extensions or {}).get("degraded") else "ok"
