"""Whoever signed in on this machine: their refresh token in a file, and what asks by it.

A refresh token is good once. The operation that will use it is kept beside it, so that an answer
that was lost (the network, a killed command) is asked for again and does not end the session.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import typer

from domain.errors import InvalidInput, Occupied, Refused, Unavailable
from web.local import files
from web.store_addresses import leaves_in_clear

DOOR = "/v1/graphql/sign-in"
API = "/v1/graphql"
TIMEOUT = httpx.Timeout(40.0, connect=5.0)
PATIENCE_SECONDS = 60.0
# Asked for anew before it ends: a request takes a while.
SPARE = timedelta(seconds=60)
UNKNOWN = 401
NOBODY = "nobody is signed in here; run `battwheels sign-in`"
ENTRY = """__typename
  ... on SignedIn { person role accessToken expiresAt refreshToken recoveryCodes }
  ... on SignInRefused { message } ... on UnfitInput { message }"""
Home = Annotated[
    Path,
    typer.Option(
        "--home", envvar="BATTWHEELS_HOME", help="The folder that keeps who is signed in."
    ),
]
SIGNED_IN = Path(".battwheels")
REFRESH = f"""mutation ($op: UUID!, $token: String!) {{
  refresh(operationId: $op, token: $token) {{ {ENTRY} }} }}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """A session at a service; `operation` is the one that uses the token."""

    url: str
    token: str = field(repr=False)
    operation: str


@dataclass(frozen=True, slots=True)
class SessionFile:
    """Where it is kept, for its owner's eyes alone."""

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "sign-in.json"

    @contextmanager
    def held(self) -> Generator[None]:
        """Hold the file: two commands at once do not use one token twice.

        Raises:
            Occupied: another command holds it.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with files.hold_lock(self.home / "sign-in.lock", PATIENCE_SECONDS):
                yield
        except TimeoutError as error:
            raise Occupied("sign-in", str(self.path)) from error

    def read(self) -> KeptSession | None:
        try:
            return KeptSession(**json.loads(self.path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def keep(self, url: str, token: str) -> None:
        kept = KeptSession(url=url, token=token, operation=str(uuid4()))
        files.write_whole(self.path, json.dumps(asdict(kept)), mode=0o600)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def parse_service(url: str) -> str:
    """Give where the service is; only this very machine is spoken to in the clear.

    Raises:
        InvalidInput: it is no such address.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise InvalidInput("url", "does not read as https://HOST") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise InvalidInput("url", "does not read as https://HOST")
    if leaves_in_clear(url):
        raise InvalidInput("url", "would send your password in the clear; use https")
    return url.rstrip("/")


def ask_door(url: str, query: str, **variables: object) -> dict[str, Any]:
    """Ask the door for signing in one thing, and give its answer.

    Raises:
        Unavailable: there is no way to the service, or it takes nothing now.
        Refused: it says no, and why.
    """
    given = {"op": str(uuid4())} | variables
    found = _post(f"{url}{DOOR}", query, given)
    if found["__typename"] in {"SignInRefused", "UnfitInput", "TooManySignIns"}:
        raise Refused(found["message"])
    return found


def refresh(kept: SessionFile) -> tuple[KeptSession, dict[str, Any]]:
    """Give a fresh access token, with the session as it was kept.

    Raises:
        Refused: nobody is signed in, or the session is over: then it is forgotten.
        Unavailable: there is no way to the service.
    """
    with kept.held():
        session = kept.read()
        if session is None:
            raise Refused(f"Not signed in: {NOBODY}.")
        try:
            found = ask_door(session.url, REFRESH, op=session.operation, token=session.token)
        except Refused:
            kept.forget()
            raise
        kept.keep(session.url, found["refreshToken"])
    return session, found


def ask_api(url: str, token: str, query: str) -> dict[str, Any]:
    """Ask the API one thing as whoever has the token.

    Raises:
        Unavailable: there is no way to the service.
    """
    return _post(f"{url}{API}", query, {"op": str(uuid4())}, {"authorization": f"Bearer {token}"})


class SessionAuth(httpx.Auth):
    """Sends the access token of whoever signed in here, a fresh one where it has to be."""

    def __init__(self, kept: SessionFile) -> None:
        self._kept = kept
        self._turn = asyncio.Lock()
        self._token = ""
        self._until = datetime.min.replace(tzinfo=UTC)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["authorization"] = f"Bearer {await self._fresh()}"
        response = yield request
        if response.status_code == UNKNOWN:
            # Their rights were changed: a new token says the new ones.
            self._until = datetime.min.replace(tzinfo=UTC)
            request.headers["authorization"] = f"Bearer {await self._fresh()}"
            yield request

    async def _fresh(self) -> str:
        async with self._turn:
            if datetime.now(UTC) + SPARE >= self._until:
                _, found = await asyncio.to_thread(refresh, self._kept)
                self._token = found["accessToken"]
                self._until = datetime.fromisoformat(found["expiresAt"])
            return self._token


def _post(
    url: str, query: str, variables: dict[str, object], headers: dict[str, str] | None = None
) -> dict[str, Any]:
    body = {"query": query, "variables": variables}
    try:
        told = httpx.post(url, json=body, headers=headers, timeout=TIMEOUT)
        answer: dict[str, Any] = told.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable("the service", type(error).__name__) from error
    if answer.get("errors"):
        raise Unavailable("the service", answer["errors"][0]["message"])
    [found] = answer["data"].values()
    return found
