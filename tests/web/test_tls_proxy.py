"""The proxy that the compose file may have in front: deploy/Caddyfile, run by the real Caddy.

Its name is `localhost` here, for which Caddy makes its own authority in the place of a public one.
"""

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.commands import free_port
from tests.resolvers.fakes import World
from tests.waits import eventually
from tests.web.clients import PATH, actor, app, bearer
from tests.web.live_server import served
from web.caps import Caps

DEPLOY = Path(__file__).parents[2] / "deploy"
PROTOCOL = Subprotocol("graphql-transport-ws")
ASKED = {"query": "{ __typename }"}


@dataclass(slots=True)
class Proxied:
    """The application behind the proxy, and from where it saw itself called."""

    plain: str
    closed: str
    authority: Path
    callers: list[str] = field(default_factory=list[str])

    def trusting(self, change: Callable[[ssl.SSLContext], object] | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority)
        if change is not None:
            change(context)
        return context

    async def shaken(self, change: Callable[[ssl.SSLContext], object]) -> tuple[str, str]:
        """Greet it as a client does that wants this of TLS; give its version and cipher."""
        port = int(self.closed.rpartition(":")[2])
        _, writer = await asyncio.open_connection(
            "localhost", port, ssl=self.trusting(change), family=2
        )
        spoken: ssl.SSLObject = writer.get_extra_info("ssl_object")
        version, cipher = spoken.version(), spoken.cipher()
        writer.close()
        assert version is not None
        assert cipher is not None
        return version, cipher[0]


def noting(inner: ASGIApp, callers: list[str]) -> ASGIApp:
    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            callers.append(scope["client"][0])
        await inner(scope, receive, send)

    return noted


@pytest.fixture(scope="module")
async def proxied(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Proxied]:
    home, ports = tmp_path_factory.mktemp("proxy"), (free_port(), free_port())
    authority = home / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    plain, closed = (f"localhost:{port}" for port in ports)
    found = Proxied(plain=plain, closed=closed, authority=authority)
    caps = Caps(proxies=("127.0.0.1",))
    async with AsyncExitStack() as stack:
        inner = noting(app(World(), development=False), found.callers)
        upstream = await stack.enter_async_context(served(inner, caps))
        given = {
            "BATTWHEELS_HOST_NAME": "localhost",
            "BATTWHEELS_UPSTREAM": upstream,
            "BATTWHEELS_PROXY_BIND": "127.0.0.1",
            "BATTWHEELS_HTTP_PORT": str(ports[0]),
            "BATTWHEELS_HTTPS_PORT": str(ports[1]),
            "XDG_DATA_HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
        }
        process = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("caddy")), "run"),
            *("--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")),
            env=os.environ | given,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await eventually(lambda: _greets(found))
            yield found
        finally:
            process.terminate()
            await process.wait()


async def _greets(proxied: Proxied) -> bool:
    """Say whether it has its certificate by now."""
    try:
        await proxied.shaken(lambda _: None)
    except OSError:
        return False
    return True


def at(
    version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0"
) -> Callable[[ssl.SSLContext], None]:
    def change(context: ssl.SSLContext) -> None:
        context.minimum_version = context.maximum_version = version
        context.set_ciphers(ciphers)

    return change


async def test_two_versions_of_tls_are_spoken(proxied: Proxied) -> None:
    said = [await proxied.shaken(at(v)) for v in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)]
    assert [version for version, _ in said] == ["TLSv1.2", "TLSv1.3"]
    # Keys of one conversation alone, and sealed with what it authenticates (AEAD).
    assert said[0][1].startswith("ECDHE-")
    assert any(name in said[0][1] for name in ("GCM", "CHACHA20"))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_older_ones_are_not(proxied: Proxied) -> None:
    told = list[str]()
    for old in (
        at(ssl.TLSVersion.TLSv1_1),
        at(ssl.TLSVersion.TLSv1_2, "AES128-SHA:AES256-SHA:@SECLEVEL=0"),
    ):
        with pytest.raises(ssl.SSLError) as refused:
            await proxied.shaken(old)
        told.append(refused.value.reason)
    # The proxy says so, and not the client of itself.
    assert told == ["TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE"]


async def test_the_api_answers_by_tls_alone(proxied: Proxied) -> None:
    own = bearer(actor())
    async with httpx.AsyncClient(verify=proxied.trusting(), headers=own) as client:
        proxied.callers.clear()
        plain = await client.post(f"http://{proxied.plain}{PATH}", json=ASKED)
        assert proxied.callers == []
        lying = {"x-forwarded-for": "203.0.113.9"}
        told = await client.post(f"https://{proxied.closed}{PATH}", json=ASKED, headers=lying)
    assert (plain.status_code, plain.text) == (403, "Ask by https.")
    assert (told.status_code, told.json()["data"]) == (200, {"__typename": "Query"})
    assert told.headers["strict-transport-security"].startswith("max-age=31536000")
    # The caller's own word for where they are does not count.
    assert proxied.callers == ["127.0.0.1"]


async def test_sockets_open_by_tls_alone(proxied: Proxied) -> None:
    path, speaks = "/v1/graphql", [PROTOCOL]
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{proxied.plain}{path}", subprotocols=speaks)
    url, trusting = f"wss://{proxied.closed}{path}", proxied.trusting()
    async with connect(url, subprotocols=speaks, ssl=trusting) as opened:
        assert opened.subprotocol == PROTOCOL
    assert refused.value.response.status_code == 403


def test_compose_lets_the_proxy_alone_name_callers() -> None:
    said: dict[str, Any] = yaml.safe_load((DEPLOY / "tls.yml").read_text())
    services = said["services"]
    named = services["proxy"]["networks"]["default"]["ipv4_address"]
    assert services["serve"]["environment"]["BATTWHEELS_PROXIES"] == named
    assert {name for name, one in services.items() if "ports" in one} == {"proxy"}
    assert services["proxy"]["ports"] == ["80:80", "443:443"]
