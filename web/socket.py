"""graphql-transport-ws on one socket: every operation for itself, pings, an end with the token."""

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from graphql import GraphQLError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    PongMessage,
    SubscribeMessage,
)

from resolvers.context import Context

if TYPE_CHECKING:
    from strawberry.schema import BaseSchema

PING_SECONDS = 20.0
SILENT = 4408
EXPIRED = 4401


class Apart:
    """The schema, with a context of its own for every operation that runs on a socket."""

    def __init__(self, schema: "BaseSchema") -> None:
        self._schema = schema

    async def stream(
        self,
        query: str,
        *,
        variable_values: dict[str, object] | None,
        context_value: Context,
        root_value: None,
        operation_name: str | None,
    ) -> object:
        return await self._schema.stream(
            query,
            variable_values=variable_values,
            context_value=context_value.fresh(),
            root_value=root_value,
            operation_name=operation_name,
        )


class Socket(BaseGraphQLTransportWSHandler[Context, None]):
    """Strawberry's handler, made gentle: one bad operation does not end the others."""

    ping_seconds = PING_SECONDS
    _watch: asyncio.Task[None] | None = None
    _answered = True

    async def handle(self) -> None:
        self.schema = cast("BaseSchema", Apart(self.schema))
        await super().handle()

    async def handle_message(self, message: Message) -> None:
        if not isinstance(_field(message, "type"), str):
            await self.handle_invalid_message("Messages are objects with a type")
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        if message.get("payload", {}) is None:
            message = {"type": "connection_init"}
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._watch is None:
            self._watch = asyncio.create_task(self._watched())

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        if self.connection_acknowledged and (wrong := _wrong(message)):
            await self._refuse(str(message["id"]), wrong)
            return
        await super().handle_subscribe(message)

    async def handle_pong(self, message: PongMessage) -> None:
        del message
        self._answered = True

    async def shutdown(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await super().shutdown()

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """Close for nothing: the operation gets its `error` message, the others go on."""
        del error
        return None

    async def _refuse(self, id: str, reason: str) -> None:
        error = GraphQLError(reason, extensions={"code": "BAD_REQUEST"})
        await self.send_message({"id": id, "type": "error", "payload": [error.formatted]})

    async def _watched(self) -> None:
        """Ping until the client falls silent or the word for it ends; then close."""
        with contextlib.suppress(TimeoutError, WebSocketDisconnected, RuntimeError):
            async with asyncio.timeout(self._left()):
                await self._pinged()
            return
        with contextlib.suppress(WebSocketDisconnected, RuntimeError):
            await self.websocket.close(code=EXPIRED, reason="The token has expired")

    async def _pinged(self) -> None:
        while True:
            await asyncio.sleep(self.ping_seconds)
            if not self._answered:
                await self.websocket.close(code=SILENT, reason="No pong")
                return
            self._answered = False
            await self.send_message({"type": "ping"})

    def _left(self) -> float | None:
        ends = self.context.expires
        if ends is None:
            return None
        return max(timedelta(0), ends - self.context.services.now()).total_seconds()


def _wrong(message: SubscribeMessage) -> str | None:
    """Say what of a message is not as the protocol has it; a missing id closes the socket."""
    if not isinstance(_field(message, "id"), str):
        raise KeyError("id")
    asked = _field(message, "payload")
    if not isinstance(_field(asked, "query"), str):
        return "The payload must be an object whose `query` is a string."
    if not isinstance(_field(asked, "variables"), dict | None):
        return "The `variables` must be an object or null."
    if not isinstance(_field(asked, "operationName"), str | None):
        return "The `operationName` must be a string or null."
    return None


def _field(message: object, name: str) -> object:
    """Give a field of what a client sent, which may be anything."""
    return cast("dict[str, object]", message).get(name) if isinstance(message, dict) else None
