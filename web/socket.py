"""graphql-transport-ws on one socket: every operation for itself, pings, an end with the token."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol, cast

import orjson
from cross_web import HTTPException
from graphql import GraphQLError, OperationType, get_operation_ast
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    CompleteMessage,
    ConnectionInitMessage,
    Message,
    PongMessage,
    SubscribeMessage,
)

from domain.errors import TooMany, Unavailable
from resolvers.context import RequestContext
from resolvers.deeds import note_refusal
from resolvers.documents import QueryDocument
from resolvers.subscriptions.audience import RunEnded, RunRefused
from resolvers.subscriptions.requests import SubscriptionRequest
from resolvers.subscriptions.shared_runs import SharedRuns
from web.event_stream import until_set
from web.gate import Gate
from web.persisted_queries import NamedDocuments, UnknownDocument, hand_over_id
from web.points import begin_events, counted_results, release_points
from web.trusted_documents import DocumentRefused

if TYPE_CHECKING:
    from strawberry.asgi import ASGIWebSocketAdapter
    from strawberry.schema import BaseSchema

PING_SECONDS = 20.0
CLOSE_SECONDS = 2.0
SILENT = 4408
CROWDED = 4429
EXPIRED = 4401
# Clients may come again with another token, as the graphql-ws client does by itself.
REVOKED = 4403


# Strawberry gives every operation of a socket its one context; each runs in a task of its own.
OPERATION: ContextVar[RequestContext] = ContextVar("operation")


class DetachedStream:
    """The schema, with a context of its own for every operation that runs on a socket.

    What an operation answers is counted, and told where that is asked.
    """

    def __init__(self, schema: "BaseSchema") -> None:
        self._schema = schema

    async def stream(
        self,
        query: str,
        *,
        variable_values: dict[str, object] | None,
        context_value: RequestContext,
        root_value: None,
        operation_name: str | None,
    ) -> AsyncGenerator[object]:
        del context_value
        context = OPERATION.get()
        results = await self._schema.stream(
            query,
            variable_values=variable_values,
            context_value=context,
            root_value=root_value,
            operation_name=operation_name,
        )
        return counted_results(context, cast("AsyncGenerator[object]", results))


class AudienceHolder(Protocol):
    """What the view knows: those who follow, and what everybody has to pass."""

    audiences: SharedRuns
    gate: Gate
    named: NamedDocuments

    async def read(
        self, context: RequestContext, query: str | None, variables: Mapping[str, object] | None
    ) -> QueryDocument: ...


class SubscriptionSocket(BaseGraphQLTransportWSHandler[RequestContext, None]):
    """Strawberry's handler, made gentle: one bad operation does not end the others."""

    ping_seconds = PING_SECONDS
    _watch: asyncio.Task[None] | None = None
    _main: asyncio.Task[None] | None = None
    _answered = True
    _cut = False

    async def handle(self) -> None:
        self._counted = contextlib.ExitStack()
        self.schema = cast("BaseSchema", DetachedStream(self.schema))
        self._main = asyncio.current_task()
        try:
            await super().handle()
        except asyncio.CancelledError:
            if not self._cut:
                raise

    async def handle_message(self, message: Message) -> None:
        if not isinstance(_message_field(message, "type"), str):
            await self.handle_invalid_message("Messages are objects with a type")
            return
        try:
            cast("AudienceHolder", self.view).gate.message(self.context.caller)
        except TooMany as many:
            await self.websocket.close(code=CROWDED, reason=str(many))
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        if message.get("payload", {}) is None:
            message = {"type": "connection_init"}
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._watch is None:
            try:
                counted = cast("AudienceHolder", self.view).gate.socket(self.context.caller)
                self._counted.enter_context(counted)
            except TooMany as many:
                await self.websocket.close(code=CROWDED, reason=str(many))
                return
            self._watch = asyncio.create_task(self._watched())

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        if self.connection_acknowledged:
            refused = await self._expand(message)
            if refused is not None:
                await self._refuse(str(_message_field(message, "id")), *refused)
                return
            if wrong := _protocol_error(message):
                await self._refuse(str(message["id"]), "BAD_REQUEST", wrong)
                return
        if self._is_full and message["id"] not in self.operations:
            await self._refuse(message["id"], "TOO_MANY", str(TooMany("operations on a socket")))
            return
        await super().handle_subscribe(message)

    @property
    def _is_full(self) -> bool:
        most = self.max_subscriptions_per_connection
        return self.connection_acknowledged and most is not None and len(self.operations) >= most

    async def _expand(self, message: SubscribeMessage) -> tuple[str, str] | None:
        """Put the text of a document in its place, where it is named; say why it may not run."""
        asked = _message_field(message, "payload")
        if not isinstance(asked, dict) or not isinstance(_message_field(message, "id"), str):
            return None
        known = cast("dict[str, object]", asked)
        if not isinstance(known.get("query"), str | None):
            return None
        hand_over_id(known)
        try:
            known["query"] = await self._meant(cast("str | None", known.get("query")), known)
        except (UnknownDocument, DocumentRefused) as refused:
            return refused.code, str(refused)
        except Unavailable as silent:
            return "UNAVAILABLE", f"{silent}. Try again in a moment."
        except HTTPException as wrong:
            return "BAD_REQUEST", wrong.reason
        return None

    async def _meant(self, text: str | None, asked: dict[str, object]) -> str | None:
        room = cast("AudienceHolder", self.view)
        try:
            return await room.named.expand(self.context.key, text, asked.get("extensions"))
        except DocumentRefused as refused:
            room.gate.refused(self.context.caller)
            note_refusal(self.context, refused.code)
            raise

    async def handle_complete(self, message: CompleteMessage) -> None:
        if not isinstance(_message_field(message, "id"), str):
            raise KeyError("id")
        await super().handle_complete(message)

    async def handle_pong(self, message: PongMessage) -> None:
        del message
        self._answered = True

    async def shutdown(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        self._counted.close()
        await super().shutdown()

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """Close for nothing: the operation gets its `error` message, the others go on."""
        del error
        return None

    async def _refuse(self, id: str, code: str, reason: str) -> None:
        error = GraphQLError(reason, extensions={"code": code})
        await self.send_message({"id": id, "type": "error", "payload": [error.formatted]})

    async def run_operation(self, operation: Operation[RequestContext, None]) -> None:
        """Read the document, then run it in its caller's turn, or follow with an audience."""
        room, context = cast("AudienceHolder", self.view), self.context.for_operation()
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            try:
                room.gate.enter(context.caller)
                document = await room.read(context, operation.query, operation.variables)
                if _is_subscription(document, operation.operation_name):
                    with room.gate.stream(context.caller):
                        await self._followed(operation, context)
                else:
                    async with room.gate.turn(context.caller, heavy=context.heavy):
                        await self._run(operation, context)
            except TooMany as many:
                release_points(context)
                told = GraphQLError(str(many), extensions={"code": "TOO_MANY"})
                await operation.send_initial_errors([told])

    async def _run(
        self, operation: Operation[RequestContext, None], context: RequestContext
    ) -> None:
        """Run as Strawberry does, with a context of the operation's own."""
        OPERATION.set(context)
        await super().run_operation(operation)

    async def _followed(
        self, operation: Operation[RequestContext, None], context: RequestContext
    ) -> None:
        room, document = cast("AudienceHolder", self.view), context.document
        assert document is not None  # noqa: S101 - it was read just before
        begin_events(context)
        asked = room.audiences.read_request(document, operation.variables, operation.operation_name)
        if asked is None or context.signed_in is None:
            await self._run(operation, context)
        else:
            await self._follow(operation, asked, context)

    async def _follow(
        self,
        operation: Operation[RequestContext, None],
        asked: SubscriptionRequest,
        context: RequestContext,
    ) -> None:
        """Send what an audience tells: its text as it is, between our own id and a brace."""
        socket = self._socket
        opening = f'{{"id":{orjson.dumps(operation.id).decode()},"type":"next","payload":'
        following = cast("AudienceHolder", self.view).audiences.follow(asked, context)
        async with contextlib.aclosing(following):
            async for news in following:
                if isinstance(news, RunRefused):
                    await operation.send_initial_errors(list(news.errors))
                    return
                await socket.send_text(f"{opening}{news.payload}}}")
                if isinstance(news, RunEnded):
                    break
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    @property
    def _socket(self) -> WebSocket:
        return cast("ASGIWebSocketAdapter", self.websocket).ws

    async def _watched(self) -> None:
        """Ping until the client falls silent or the word for it ends; then close."""
        with contextlib.suppress(WebSocketDisconnected, RuntimeError):
            try:
                revoked = self.context.revoked
                async with asyncio.timeout(self.context.seconds_left), until_set(revoked):
                    await self._pinged()
                await self._closed(SILENT, "No pong")
            except TimeoutError:
                watch = self.context.watch
                if watch is not None and watch.over.is_set():
                    await self._closed(REVOKED, "The session is over")
                else:
                    await self._closed(EXPIRED, "The token has expired or was revoked")

    async def _pinged(self) -> None:
        """Ping, and return once a ping was not answered or not even taken."""
        while True:
            await asyncio.sleep(self.ping_seconds)
            if not self._answered:
                return
            self._answered = False
            try:
                async with asyncio.timeout(self.ping_seconds):
                    await self.send_message({"type": "ping"})
            except TimeoutError:
                return

    async def _closed(self, code: int, reason: str) -> None:
        """Close the socket; a client that does not even take that is left where it is."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.websocket.close(code=code, reason=reason)
        except TimeoutError:
            self._cut = True
            if self._main is not None:
                self._main.cancel()


def _protocol_error(message: SubscribeMessage) -> str | None:
    """Say what of a message is not as the protocol has it; a missing id closes the socket."""
    if not isinstance(_message_field(message, "id"), str):
        raise KeyError("id")
    asked = _message_field(message, "payload")
    if not isinstance(_message_field(asked, "query"), str):
        return "The payload must be an object whose `query` is a string."
    if not isinstance(_message_field(asked, "variables"), dict | None):
        return "The `variables` must be an object or null."
    if not isinstance(_message_field(asked, "operationName"), str | None):
        return "The `operationName` must be a string or null."
    return None


def _is_subscription(document: QueryDocument, name: str | None) -> bool:
    if document.parsed is None or document.errors:
        return False
    operation = get_operation_ast(document.parsed, name)
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def _message_field(message: object, name: str) -> object:
    """Give a field of what a client sent, which may be anything."""
    return cast("dict[str, object]", message).get(name) if isinstance(message, dict) else None
