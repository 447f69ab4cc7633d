"""`/v1/graphql/sign-in` over HTTP: the one door that needs no token, small in all it takes.

The order is that of every door: how often this address asks, how large it is, then what it says. In
browsers the refresh token goes into a cookie that no page reads, that travels to this host alone,
over TLS alone, and never with a request that another site causes (RFC 6265bis, `__Host-`).
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, cast

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from access.second_factors import SignInChallenge
from access.sign_in import SignedIn
from domain.deeds import read_origin
from domain.errors import TooMany, Unavailable
from resolvers.api import Api
from resolvers.oidc import OidcUseCases
from resolvers.passkeys import PasskeyUseCases
from resolvers.sign_in import SignInContext, SignInUseCases
from web.body_limits import is_forged
from web.endpoint import burnt_key, refusal, refusal_of
from web.gate import Gate
from web.headers import peer_address
from web.rates import by_address
from web.refresh_cookie import COOKIE, OWED_COOKIE, forget_challenge
from web.variables import VariablesTooLarge, demand_readable

MOST_BYTES = 4_096
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEndpoint:
    """`api` is the door's own schema; `door`, `oidc` and `passkeys` do what it asks."""

    api: Api
    door: SignInUseCases
    gate: Gate
    now: Callable[[], datetime]
    oidc: OidcUseCases | None = None
    passkeys: PasskeyUseCases | None = None
    origins: Collection[str] = ()
    deadline: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with suppress(ClientDisconnect):
            response = self._misfit(request) or await self._answered(request)
            await response(scope, receive, send)

    def _misfit(self, request: Request) -> Response | None:
        """Answer what the headers decide."""
        burnt = burnt_key(request)
        if burnt is not None:
            return burnt
        if request.method != "POST":
            return refusal(405, "METHOD", "Send a POST.", {"allow": "POST"})
        if is_forged(request.headers, self.origins):
            return refusal(403, "CSRF", "Send the header `GraphQL-Require-Preflight: 1`.")
        kind = request.headers.get("content-type", "").split(";", 1)[0].strip().lower()
        if kind != JSON:
            return refusal(415, "MEDIA_TYPE", "Send the body as application/json.")
        try:
            self.gate.enter(_caller(request))
        except TooMany as many:
            return refusal_of(many)
        request.state.most = MOST_BYTES
        return None

    async def _answered(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(self.deadline):
                body = await request.body()
                asked = self._read(body)
                if asked is None:
                    self.gate.refused(_caller(request))
                    return refusal(400, "BAD_REQUEST", "Send a query and its variables as JSON.")
                async with self.gate.turn(_caller(request)):
                    return await self._run(request, *asked)
        except (TooMany, Unavailable) as error:
            return refusal_of(error)
        except TimeoutError:
            said = f"We could not answer within {self.deadline:g} seconds. Send it again."
            return refusal(504, "DEADLINE", said)

    def _read(self, body: bytes) -> tuple[str, dict[str, Any]] | None:
        """Give the document and its variables; None: it does not read as a request."""
        try:
            demand_readable(body, self.gate.caps)
            sent: object = orjson.loads(body)
        except (VariablesTooLarge, orjson.JSONDecodeError):
            return None
        if not isinstance(sent, dict):
            return None
        given = cast("dict[str, object]", sent)
        query: object = given.get("query")
        variables: object = given.get("variables") or {}
        if not isinstance(query, str) or not isinstance(variables, dict):
            return None
        return query, cast("dict[str, Any]", variables)

    async def _run(self, request: Request, query: str, variables: dict[str, Any]) -> Response:
        caller = _caller(request)
        document = self.api.documents.read_now(query, variables, anonymous=True)
        self.gate.read(caller, document, 0)
        context = SignInContext(
            door=self.door,
            oidc=self.oidc,
            passkeys=self.passkeys,
            now=self.now,
            trace=request.state.trace,
            address=caller,
            origin=read_origin(
                peer_address(request.scope),
                request.headers.get("user-agent"),
            ),
            browser=_is_page(request),
            cookie=request.cookies.get(COOKIE),
            owed=request.cookies.get(OWED_COOKIE),
            document=document,
        )
        result = await self.api.execute(query, variables, context)
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        response = JSONResponse(answer, status_code=400 if document.errors else 200)
        if context.kept is not None:
            keep_refresh_token(response, context.kept, context.now())
            if context.owed is not None:
                forget_challenge(response)
        return response


def keep_refresh_token(response: Response, kept: SignedIn, now: datetime) -> None:
    """Have the browser keep what its session goes on by."""
    seconds = ceil((kept.session_ends_at - now).total_seconds())
    response.set_cookie(
        COOKIE,
        kept.refresh_token,
        max_age=seconds,
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )


def keep_challenge(response: Response, owed: SignInChallenge, now: datetime) -> None:
    """Have the browser keep by what its person owes a code; what is kept opens nothing alone."""
    seconds = ceil((owed.expires_at - now).total_seconds())
    response.set_cookie(
        OWED_COOKIE,
        owed.word,
        max_age=seconds,
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )


def _is_page(request: Request) -> bool:
    """Say whether a page asks: its scripts must never hold a refresh token."""
    return "origin" in request.headers or "sec-fetch-site" in request.headers


def _caller(request: Request) -> str:
    return by_address(peer_address(request.scope))
