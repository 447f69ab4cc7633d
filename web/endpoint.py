"""One HTTP request to GraphQL: who calls, how long it may take, and what if the caller leaves."""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from math import ceil

from cross_web import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.utils import ClientDisconnected

from access.api_keys import holds_key
from domain.errors import InvalidInput, NotAuthenticated, TooMany, Unavailable
from resolvers.deeds import note_refusal
from web.api_versions import HEADER as VERSION
from web.api_versions import choose_version
from web.body_limits import BodyRefused, is_forged
from web.departures import Departure
from web.deprecations import deprecation_headers
from web.event_stream import HEADERS as UNKEPT
from web.event_stream import EventStream
from web.graphql import JSON, GraphQLView, choose_media_type
from web.headers import peer_address, raw_headers, read_header
from web.persisted_queries import UnknownDocument
from web.points import count_answer, release_points
from web.rates import by_address
from web.refresh_cookie import forget_session
from web.trusted_documents import DocumentRefused
from web.ui.page import ExplorerPage
from web.variables import VariablesTooLarge, demand_readable

log = logging.getLogger("battwheels.request")

JSON_TEXT = f"{JSON}; charset=utf-8"
RAW_VERSION = VERSION.encode()
# Answers that go on after their head.
LASTING = StreamingResponse | EventStream
FORBIDDEN = 4403
OK = 200
TAG_DIGITS = 32
# Kept by the caller alone, and asked for anew each time: what they may see changes.
PRIVATE = "private, no-cache"
BURNT_KEY = (
    "A key stood in the URL, which logs and histories keep: it is burnt. Have it revoked, and send "
    "the new one as `Authorization: Bearer KEY`."
)


class Endpoint:
    """`/v1/graphql` as an ASGI application; a `page` is shown to browsers in development."""

    def __init__(
        self,
        view: GraphQLView,
        *,
        origins: Collection[str] = (),
        deadline: float,
        page: ExplorerPage | None = None,
    ) -> None:
        self._view = view
        self._origins = origins
        self._deadline = deadline
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if holds_key(scope["path"], scope["query_string"]):
                await send({"type": "websocket.close", "code": FORBIDDEN, "reason": BURNT_KEY})
                return
            await self._view(scope, receive, send)
            return
        request = Request(scope, receive)
        with suppress(ClientDisconnect, ClientDisconnected):
            at_once = self._at_once(request)
            if at_once is not None:
                await at_once(scope, receive, send)
                return
            await self._body(request)
            await Departure(receive).unless_gone(self._answered(request, send))

    async def _answered(self, request: Request, send: Send) -> None:
        try:
            response = await self._run(request)
        except UnknownDocument as error:
            response = _unknown_document(request, error)
        await response(request.scope, _wait_for_ever, send)

    async def _body(self, request: Request) -> None:
        try:
            await request.body()
        except BodyRefused:
            self._view.gate.refused(request.state.context.caller)
            raise

    def _at_once(self, request: Request) -> Response | None:
        """Answer what the headers decide: nothing of a body is read before its caller is known."""
        if self._page is not None and _is_browser(request):
            return self._page.response()
        wrong = burnt_key(request) or self._misfit(request)
        if wrong is not None:
            return wrong
        try:
            choose_version(read_header(request.scope, RAW_VERSION))
            context = self._view.known(request)
            self._view.gate.enter(context.caller)
        except NotAuthenticated as error:
            return self._unknown(request, error)
        except (TooMany, InvalidInput, Unavailable) as error:
            return refusal_of(error)
        if context.signed_in is None:
            request.state.most = self._view.gate.caps.anonymous_bytes
        request.state.context = context
        return None

    def _unknown(self, request: Request, error: NotAuthenticated) -> Response:
        """Say that nobody vouches for the caller; an address that asks on and on hears less."""
        caller = by_address(peer_address(request.scope))
        try:
            self._view.gate.enter(caller)
        except TooMany as many:
            return _too_many(many)
        self._view.gate.refused(caller)
        return refusal(401, "NOT_AUTHENTICATED", str(error), {"www-authenticate": "Bearer"})

    def _misfit(self, request: Request) -> Response | None:
        if is_forged(request.headers, self._origins):
            return refusal(403, "CSRF", "Send the header `GraphQL-Require-Preflight: 1`.")
        if request.method not in {"GET", "POST"}:
            return refusal(405, "METHOD", "GraphQL takes GET and POST.", {"allow": "GET, POST"})
        accepted = read_header(request.scope, b"accept")
        streams = accepted is not None and "text/event-stream" in accepted
        if not streams and choose_media_type(accepted) is None:
            return refusal(406, "ACCEPT", "Accept application/graphql-response+json.")
        if request.method == "POST" and not _is_json(request):
            return refusal(415, "MEDIA_TYPE", "Send the body as application/json.")
        return None

    async def _run(self, request: Request) -> Response:
        response, context = await self._outcome(request), request.state.context
        response.raw_headers += raw_headers(context.told())
        if context.signed_out:
            forget_session(response)
        if isinstance(response, LASTING):
            # Strawberry's own would let a browser keep what was told.
            response.headers.update(UNKEPT)
        if context.document is not None and context.document.deprecated:
            response.headers.update(deprecation_headers(context.document.deprecated))
        return response

    async def _outcome(self, request: Request) -> Response:
        request.state.status = 200
        caller = request.state.context.caller
        try:
            async with asyncio.timeout(self._deadline):
                demand_readable(await request.body(), self._view.gate.caps)
                response = await self._view.followed(request) or await self._view.answer(request)
        except (TooMany, InvalidInput, Unavailable) as error:
            return _unrun(request, refusal_of(error))
        except (VariablesTooLarge, DocumentRefused, HTTPException) as error:
            self._view.gate.refused(caller)
            if isinstance(error, DocumentRefused):
                note_refusal(request.state.context, error.code)
            return _unrun(request, _unfit(error))
        except TimeoutError:
            said = (
                f"We could not answer within {self._deadline:g} seconds. Try again with the same "
                "operation id; nothing is done twice."
            )
            return refusal(504, "DEADLINE", said)
        if isinstance(response, LASTING):
            return response
        count_answer(request.state.context, response.body, ran=request.state.ran)
        return _finished(request, response)


def _unrun(request: Request, response: Response) -> Response:
    """Answer what never ran: it gets its points back."""
    release_points(request.state.context)
    return response


def _finished(request: Request, response: Response) -> Response:
    kind = choose_media_type(read_header(request.scope, b"accept")) or JSON
    if kind != JSON or response.headers.get("content-type") != JSON_TEXT:
        response.headers["content-type"] = f"{kind}; charset=utf-8"
    response.status_code = request.state.status
    if request.method == "GET" and _is_whole_by_id(request):
        return _revalidated(request, response)
    return response


def _is_whole_by_id(request: Request) -> bool:
    """Say whether a registered document was answered without a fault, and told of nobody."""
    known = request.state
    whole = known.named and known.status == OK and getattr(known, "whole", False)
    # What it cost is another each time.
    return whole and not known.context.personal and not known.context.asks_cost


def _revalidated(request: Request, response: Response) -> Response:
    """Let the caller keep an answer, and hear that it is the same instead of hearing it again."""
    tag = f'"{sha256(response.body).hexdigest()[:TAG_DIGITS]}"'
    known = {"etag": tag, "cache-control": PRIVATE, "vary": "authorization, accept, x-garage"}
    asked = request.headers.get("if-none-match", "")
    if tag in (one.strip().removeprefix("W/") for one in asked.split(",")):
        return Response(status_code=304, headers=known)
    response.headers.update(known)
    return response


def refusal(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Give an answer that says in GraphQL's own shape why there is none."""
    error = {"message": message, "extensions": {"code": code}}
    return JSONResponse({"errors": [error]}, status_code=status, headers=headers)


def burnt_key(request: Request) -> Response | None:
    """Refuse a key that stands in a URL: logs and histories have it by now."""
    if not holds_key(request.scope["path"], request.scope["query_string"]):
        return None
    return refusal(400, "KEY_IN_URL", BURNT_KEY)


def _unknown_document(request: Request, error: UnknownDocument) -> Response:
    """Ask for the text: no fault of the caller, who is not counted among those that are refused."""
    kind = choose_media_type(request.headers.get("accept")) or JSON
    answer = refusal(200 if kind == JSON else 400, error.code, str(error))
    answer.headers["content-type"] = f"{kind}; charset=utf-8"
    return answer


def refusal_of(error: TooMany | InvalidInput | Unavailable) -> Response:
    """Say why nothing of a request is run."""
    match error:
        case TooMany():
            return _too_many(error)
        case InvalidInput():
            return refusal(400, "INVALID_INPUT", str(error))
        case Unavailable():
            said = f"{error}. Try again in a moment."
            return refusal(503, "UNAVAILABLE", said, {"retry-after": "1"})


def _unfit(error: VariablesTooLarge | DocumentRefused | HTTPException) -> Response:
    """Say why a request is none that may run."""
    match error:
        case VariablesTooLarge():
            return refusal(400, "TOO_MUCH", str(error))
        case DocumentRefused():
            return refusal(400, error.code, error.said)
        case HTTPException():
            return refusal(error.status_code, "BAD_REQUEST", error.reason)


def _too_many(error: TooMany) -> Response:
    later = {} if error.retry_s is None else {"retry-after": str(max(1, ceil(error.retry_s)))}
    return refusal(429, "TOO_MANY", str(error), later)


def _is_browser(request: Request) -> bool:
    wanted = request.headers.get("accept", "")
    return request.method == "GET" and "query" not in request.query_params and "text/html" in wanted


def _is_json(request: Request) -> bool:
    said = read_header(request.scope, b"content-type")
    return said == JSON or (said or "").split(";", 1)[0].strip().lower() == JSON


async def _wait_for_ever() -> Message:
    await asyncio.Event().wait()
    raise AssertionError
