"""An identity provider that says whatever a test has it say, over HTTP on this machine."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "garage-app", "not: a real/secret"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "two"}, private=True)
OK = 200


@dataclass(slots=True)
class ScriptedProvider:
    """`document`, `claims` and `header` change what an honest one says; None leaves a value out.

    Attributes:
        answers: by path, what is said in place of that: status and body; None: nothing, ever.
        asked: how often each path was asked.
        form: what was sent for the last token, and by which credentials.
        token: the whole ID token, where a test has made one.
    """

    issuer: str = ""
    keys: list[Any] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    document: dict[str, Any] = field(default_factory=dict[str, Any])
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    header: dict[str, Any] = field(default_factory=dict[str, Any])
    answers: dict[str, tuple[int, bytes] | None] = field(
        default_factory=dict[str, tuple[int, bytes] | None]
    )
    asked: Counter[str] = field(default_factory=Counter[str])
    form: dict[str, str] = field(default_factory=dict[str, str])
    credentials: str = ""
    nonce: str = "the nonce"
    signer: RSAKey = field(default_factory=lambda: KEY)
    token: str | None = None

    def honest(self, now: datetime) -> dict[str, Any]:
        seconds = int(now.timestamp())
        return {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "google-118",
            "iat": seconds,
            "exp": seconds + 300,
            # Where none is said, the code is the nonce: sign-ins side by side have their own.
            "nonce": self.nonce or self.form["code"],
            "email": "asha@example.org",
            "email_verified": True,
        }

    def minted(self, now: datetime) -> str:
        claims = self.honest(now) | self.claims
        header = {"alg": "RS256", "kid": self.signer.kid} | self.header
        given = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({k: v for k, v in header.items() if v is not None}, given, self.signer)

    def _said(self, path: str, body: bytes) -> tuple[int, bytes] | None:
        if path in self.answers:
            return self.answers[path]
        url = self.issuer
        honest: dict[str, Any] = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize?tenant=one",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/keys",
            "code_challenge_methods_supported": ["plain", "S256"],
        }
        match path:
            case "/.well-known/openid-configuration":
                said = {k: v for k, v in (honest | self.document).items() if v is not None}
            case "/keys":
                said = {"keys": self.keys}
            case "/token":
                self.form = dict(parse_qsl(body.decode()))
                token = self.token or self.minted(datetime.now(UTC))
                said = {"id_token": token, "access_token": "opaque", "token_type": "Bearer"}
            case _:
                return 404, b"{}"
        return OK, orjson.dumps(said)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (line := await reader.readline()).strip():
                path = line.split()[1].decode().partition("?")[0]
                headers = dict([one async for one in _headers(reader)])
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.asked[path] += 1
                if path == "/token":
                    self.credentials = headers.get("authorization", "")
                said = self._said(path, body)
                if said is None:
                    # Until whoever waits goes away.
                    await reader.read()
                    return
                await self._send(writer, *said)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
        place = f"location: {self.issuer}/elsewhere" if status // 100 == 3 else "x: y"
        head = f"HTTP/1.1 {status} Said\r\ncontent-length: {len(body)}\r\n{place}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()


async def _headers(reader: asyncio.StreamReader) -> AsyncGenerator[tuple[str, str]]:
    while line := (await reader.readline()).decode().strip():
        name, _, value = line.partition(":")
        yield name.lower(), value.strip()


@asynccontextmanager
async def scripted_provider() -> AsyncGenerator[ScriptedProvider]:
    provider = ScriptedProvider()
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.issuer = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.close()
        await server.wait_closed()
