"""Another service that vouches for people (OpenID Connect), found by its own discovery document.

What it says is bounded: 1.8 seconds for all that one sign-in asks, 64 KiB an answer, no redirect,
addresses of https alone. Its document and keys are kept for an hour; a key that is not known has
them read again, once a minute at most, so that nobody makes us ask on and on. A service that keeps
failing is left alone for a while by the breaker.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from access.http_client import OK, ask, open_client, public_authorities, read_object
from access.id_tokens import (
    ExpectedToken,
    ProviderIdentity,
    ProviderKey,
    key_name,
    read_id_token,
    read_identity,
    read_keys,
)
from access.provider_accounts import ProviderAccount, is_safe
from domain.errors import NotAuthenticated, Unavailable

DEPENDENCY = "identity_provider"
SILENT = (
    "The service that you sign in by does not answer. Try again in a minute, or sign in with your "
    "password."
)
DISCOVERY = "/.well-known/openid-configuration"
SCOPE = "openid email"
PATIENCE_SECONDS = 1.8
CONNECT_SECONDS = 0.9
TIMEOUT = httpx.Timeout(PATIENCE_SECONDS, connect=CONNECT_SECONDS)
KEPT_SECONDS = 3_600.0
REREAD_SECONDS = 60.0
BROKEN = 500
BASIC, POST = "client_secret_basic", "client_secret_post"


class Breaker(Protocol):
    """What `domain.circuit_breaker.CircuitBreaker` does."""

    def pass_through(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGrant:
    """A code that somebody brought, and what proves that it is for them."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect: str
    nonce: str = field(repr=False)


class ProviderDocument(BaseModel):
    """What a service says of itself (OpenID Connect Discovery 1.0; RFC 8414; RFC 9207)."""

    model_config = ConfigDict(strict=True, frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = [BASIC]
    code_challenge_methods_supported: list[str] = ["S256"]
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    id_token: str
    access_token: str


class IdentityProvider:
    """One for each process: what it keeps is what this process read."""

    def __init__(
        self,
        account: ProviderAccount,
        breaker: Breaker,
        clock: Callable[[], float] = monotonic,
        patience_s: float = PATIENCE_SECONDS,
    ) -> None:
        self.account = account
        self._breaker = breaker
        self._clock = clock
        self._patience_s = patience_s
        self._reading = asyncio.Lock()
        self._document: ProviderDocument | None = None
        self._keys: dict[str | None, ProviderKey] = {}
        self._read_at = self._reread_at = -KEPT_SECONDS

    async def document(self) -> ProviderDocument:
        """Give what the service says of itself; its keys are read with it.

        Raises:
            Unavailable: it does not answer, or not in a form that can be believed.
        """
        async with self._bounded() as client:
            return await self._known(client)

    async def identity(self, grant: CodeGrant, now: datetime) -> ProviderIdentity:
        """Give whom a code stands for, which is used up by this.

        Raises:
            NotAuthenticated: the service does not know the code, or its token does not hold.
            Unavailable: it does not answer, or not in a form that can be believed.
        """
        async with self._bounded() as client:
            document = await self._known(client)
            tokens = await self._redeem(client, document, grant)
            expected = ExpectedToken(
                issuer=document.issuer, audience=self.account.client, nonce=grant.nonce
            )
            key = await self._key(client, document, key_name(tokens.id_token))
            claims = read_id_token(tokens.id_token, key, expected, now)
            if "email" not in claims and document.userinfo_endpoint is not None:
                more = await self._userinfo(client, document.userinfo_endpoint, tokens)
                # The answer is not signed: it counts for the person of the token alone.
                claims = claims | (more if more.get("sub") == claims["sub"] else {})
            return read_identity(document.issuer, claims)

    @asynccontextmanager
    async def _bounded(self) -> AsyncGenerator[httpx.AsyncClient]:
        """Give a client for one sign-in, whose time is limited in all."""
        try:
            with self._breaker.pass_through():
                try:
                    async with (
                        asyncio.timeout(self._patience_s),
                        open_client(TIMEOUT, public_authorities()) as client,
                    ):
                        yield client
                except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValidationError) as error:
                    raise Unavailable(DEPENDENCY, type(error).__name__) from error
        except Unavailable as error:
            raise Unavailable(DEPENDENCY, error.reason, SILENT) from error

    async def _known(self, client: httpx.AsyncClient) -> ProviderDocument:
        # One at a time: a hundred who come at once ask once.
        async with self._reading:
            if self._document is None or self._clock() - self._read_at >= KEPT_SECONDS:
                url = self.account.issuer.rstrip("/") + DISCOVERY
                read = ProviderDocument.model_validate(await self._get(client, url))
                self._demand_believable(read)
                self._keys = read_keys(await self._get(client, read.jwks_uri))
                self._document, self._read_at = read, self._clock()
            return self._document

    def _demand_believable(self, document: ProviderDocument) -> None:
        ours = document.issuer == self.account.issuer
        if not ours or "S256" not in document.code_challenge_methods_supported:
            raise Unavailable(DEPENDENCY, "its document is of another issuer, or knows no PKCE")
        for url in (document.authorization_endpoint, document.token_endpoint):
            self._demand_safe(url)

    def _demand_safe(self, url: str) -> None:
        if not is_safe(url, loopback=self.account.loopback):
            raise Unavailable(DEPENDENCY, "its document names an address without TLS")

    async def _key(
        self, client: httpx.AsyncClient, document: ProviderDocument, kid: str | None
    ) -> ProviderKey:
        """Give the key of a name, or the only one where none is named.

        Raises:
            NotAuthenticated: it is none of the service's.
        """
        found = self._key_of(kid)
        async with self._reading:
            if found is None and self._clock() - self._reread_at >= REREAD_SECONDS:
                self._reread_at = self._clock()
                self._keys = read_keys(await self._get(client, document.jwks_uri))
        found = found or self._key_of(kid)
        if found is None:
            raise NotAuthenticated("the token of the other service is signed by no key of its own")
        return found

    def _key_of(self, kid: str | None) -> ProviderKey | None:
        if kid is None and len(self._keys) == 1:
            [only] = self._keys.values()
            return only
        return self._keys.get(kid)

    async def _redeem(
        self, client: httpx.AsyncClient, document: ProviderDocument, grant: CodeGrant
    ) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": grant.code,
            "redirect_uri": grant.redirect,
            "code_verifier": grant.verifier,
            "client_id": self.account.client,
        }
        account, methods = self.account, document.token_endpoint_auth_methods_supported
        known = None
        if BASIC in methods or POST not in methods:
            known = httpx.BasicAuth(_quoted(account.client), _quoted(account.secret))
        else:
            form["client_secret"] = account.secret
        request = client.build_request("POST", document.token_endpoint, data=form)
        return _Tokens.model_validate(await _answer(client, request, known))

    async def _userinfo(
        self, client: httpx.AsyncClient, url: str, tokens: _Tokens
    ) -> dict[str, Any]:
        self._demand_safe(url)
        bearer = {"authorization": f"Bearer {tokens.access_token}"}
        return await _answer(client, client.build_request("GET", url, headers=bearer))

    async def _get(self, client: httpx.AsyncClient, url: str) -> dict[str, Any]:
        self._demand_safe(url)
        try:
            return await _answer(client, client.build_request("GET", url))
        except NotAuthenticated as error:
            raise Unavailable(DEPENDENCY, "it refuses what is for everybody") from error


async def _answer(
    client: httpx.AsyncClient, request: httpx.Request, known: httpx.Auth | None = None
) -> dict[str, Any]:
    """Give the object that was answered.

    Raises:
        NotAuthenticated: it was refused.
        Unavailable: it is broken, too long, or no object.
    """
    status, body = await ask(client, request, DEPENDENCY, known)
    if status != OK:
        if OK < status < BROKEN:
            raise NotAuthenticated("the other service refused the code")
        raise Unavailable(DEPENDENCY, f"it answered {status}")
    return read_object(body, DEPENDENCY)


def _quoted(text: str) -> str:
    """Give a part of Basic credentials as OAuth wants it (RFC 6749, 2.3.1)."""
    return str(httpx.QueryParams({"x": text}))[2:]
