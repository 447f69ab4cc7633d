"""`/v1/sign-in/oidc/…` for browsers: away to another service, and back with its answer.

A browser keeps one word meanwhile, in a cookie that no page reads and that only this host sees
(`__Host-`). SameSite is Lax for it, since the other service sends the browser back; it opens
nothing but the sign-in that was begun with it, once. Native clients do the same over GraphQL.
"""

import asyncio
import re
import secrets
from abc import ABC, abstractmethod
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from access.oidc import OidcAnswer, OidcDoor, new_flow
from access.oidc_flows import FLOW_TIME, challenge_of
from access.second_factors import SignInChallenge
from access.sign_in_tries import SignInRequest
from domain.deeds import read_origin
from domain.errors import InvalidInput, NotAuthenticated, TooMany, Unavailable
from domain.ids import OperationId, derive_uuid, uuid7
from domain.sessions import ClientKind
from web.body_limits import OWN
from web.endpoint import burnt_key, refusal, refusal_of
from web.gate import Gate
from web.headers import peer_address
from web.rates import by_address
from web.sign_in import keep_challenge, keep_refresh_token

COOKIE = "__Host-battwheels-oidc"
MOST_BYTES = 4_096
MOST_PARAMETERS = 12
LONGEST_RETURN = 300
WORD_BYTES = 32
RANDOM_BITS = 80
SEE_OTHER = 303
# A path of our own: never another host, whatever a browser makes of `//` and `\\`.
RETURN = re.compile(r"/(?![/.])[A-Za-z0-9\-._~/?=&%]*")
# Where it would begin all over again.
OURS = "/v1/sign-in/"
LONGEST_COOKIE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcEndpoint(ABC):
    """One of the two addresses that a person's browser goes to."""

    oidc: OidcDoor
    gate: Gate
    now: Callable[[], datetime]
    deadline: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with suppress(ClientDisconnect):
            response = self.finished(await self._response(request))
            await response(scope, receive, send)

    @abstractmethod
    async def answer(self, request: Request, said: dict[str, str], /) -> Response:
        """Answer what stands behind the `?`."""

    def finished(self, response: Response) -> Response:
        """Give what is sent, whatever came of it."""
        return response

    async def _response(self, request: Request) -> Response:
        caller = by_address(peer_address(request.scope))
        wrong = burnt_key(request) or _misfit(request)
        if wrong is not None:
            return wrong
        try:
            self.gate.enter(caller)
            async with asyncio.timeout(self.deadline), self.gate.turn(caller):
                return await self.answer(request, _read_query(request.scope["query_string"]))
        except NotAuthenticated as error:
            self.gate.refused(caller)
            return refusal(401, "NOT_AUTHENTICATED", f"{error}.")
        except InvalidInput as error:
            self.gate.refused(caller)
            return refusal_of(error)
        except (TooMany, Unavailable) as error:
            return refusal_of(error)
        except TimeoutError:
            return refusal(504, "DEADLINE", "It took too long. Begin the sign-in again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcStart(OidcEndpoint):
    """Sends a browser to the other service."""

    async def answer(self, request: Request, said: dict[str, str]) -> Response:
        if is_sent_unasked(request.headers):
            return refusal(403, "CSRF", "Begin the sign-in by a click of your own.")
        return_to = parse_return(said.get("returnTo", "/"))
        word = secrets.token_urlsafe(WORD_BYTES)
        challenge = challenge_of(self.oidc.flows.verifier(word))
        now = self.now()
        bits = secrets.randbits(RANDOM_BITS)
        flow = new_flow(challenge, self.oidc.callback, now, bits, return_to)
        address = await self.oidc.begin(flow)
        response = RedirectResponse(address.url, SEE_OTHER)
        response.set_cookie(
            COOKIE,
            f"{word}.{urlsafe_b64encode(return_to.encode()).decode().rstrip('=')}",
            max_age=int(FLOW_TIME.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcCallback(OidcEndpoint):
    """Lets a browser in that comes back, and sends it on to a path of our own; whose person owes a
    code takes a word along by which the page asks for it (`owedSecondFactor`).
    """

    async def answer(self, request: Request, said: dict[str, str]) -> Response:
        word, return_to = read_cookie(request.cookies.get(COOKIE, ""))
        state, now = said.get("state", ""), self.now()
        given = OidcAnswer(
            code=said.get("code", ""),
            state=state,
            verifier=self.oidc.flows.verifier(word),
            redirect=self.oidc.callback,
            issuer=said.get("iss"),
            return_to=return_to,
        )
        entry = await self.oidc.finish(given, _request_of(request, state, now))
        response = RedirectResponse(return_to, SEE_OTHER)
        if isinstance(entry, SignInChallenge):
            keep_challenge(response, entry, now)
        else:
            keep_refresh_token(response, entry, now)
        return response

    def finished(self, response: Response) -> Response:
        """Whatever came of it, what was begun with the cookie has ended."""
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return response


def is_sent_unasked(headers: Mapping[str, str]) -> bool:
    """Say whether a page of another site sent a browser here without its person's doing: whom the
    other service knows already would be signed in unasked.

    Browsers say `Sec-Fetch-User` of a click alone; one that says nothing of the kind is believed.
    """
    elsewhere = headers.get("sec-fetch-site", "none") not in OWN
    return elsewhere and headers.get("sec-fetch-user") != "?1"


def parse_return(path: str) -> str:
    """Read where a browser is to go when it is in.

    Raises:
        InvalidInput: it is no path of our own.
    """
    if len(path) > LONGEST_RETURN or not RETURN.fullmatch(path) or path.startswith(OURS):
        raise InvalidInput("returnTo", f"is no path of ours of up to {LONGEST_RETURN} characters")
    return path


def read_cookie(value: str) -> tuple[str, str]:
    """Give a cookie's word and where the browser goes; the state tells whether both are ours."""
    word, _, kept = value[:LONGEST_COOKIE].partition(".")
    try:
        return word, urlsafe_b64decode(kept + "=" * (-len(kept) % 4)).decode()
    except ValueError:
        return "", "/"


def _misfit(request: Request) -> Response | None:
    """Answer what the request line and the headers decide: a person's browser goes there itself."""
    if request.method != "GET":
        return refusal(405, "METHOD", "Send a GET.", {"allow": "GET"})
    mode = request.headers.get("sec-fetch-mode", "navigate")
    where = request.headers.get("sec-fetch-dest", "document")
    if (mode, where) != ("navigate", "document"):
        return refusal(403, "CSRF", "Open this address in a browser's window.")
    if len(request.scope["query_string"]) > MOST_BYTES:
        return refusal(414, "TOO_LARGE", f"What stands behind the ? is over {MOST_BYTES} bytes.")
    return None


def _read_query(query: bytes) -> dict[str, str]:
    """Read the parameters, each once.

    Raises:
        InvalidInput: there are too many, or one stands there twice.
    """
    try:
        pairs = parse_qsl(query.decode(), max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError as error:
        raise InvalidInput("query", "does not read") from error
    said = dict(pairs)
    if len(said) < len(pairs):
        raise InvalidInput("query", "has a parameter twice")
    return said


def _request_of(request: Request, state: str, now: datetime) -> SignInRequest:
    """Give who asks; the operation is that of the sign-in itself, which is good once."""
    address = peer_address(request.scope)
    return SignInRequest(
        id=OperationId(str(derive_uuid(_uuid_of(state, now), "oidc"))),
        client=ClientKind.BROWSER,
        address=by_address(address),
        at=now,
        origin=read_origin(address, request.headers.get("user-agent")),
    )


def _uuid_of(state: str, now: datetime) -> UUID:
    """Give the id in a state; what does not read is refused as any other that is none of ours."""
    try:
        return UUID(hex=state[:32])
    except ValueError:
        return uuid7(now, 0)
