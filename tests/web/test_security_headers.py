"""What every answer carries, whoever gives it: a route, an accident, a socket, the parser."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from billing.paper.copies import WHOLE, PaperView
from domain.ids import InvoiceId
from tests.commands import free_port
from tests.patience import PATIENT_SECONDS
from tests.resolvers.fakes import World
from tests.waits import eventually
from tests.web.clients import PATH, actor, app, bearer, client
from tests.web.live_server import served
from web.asgi import JWKS, STREAM
from web.health import Parts
from web.invoice_pdfs import InvoicePdfs, PdfLinks
from web.loop_lag import LoopLag
from web.management import serve_management
from web.metrics import Metrics
from web.middleware import SECURITY
from web.settings import Settings

PORTAL, EVIL = "https://portal.example", "https://evil.example"
ONE_YEAR = "max-age=31536000; includeSubDomains"
LINKS = PdfLinks(b"k" * 32)
# What may be kept says so itself.
KEPT = {JWKS: "public, max-age=60", STREAM: "no-store, no-transform"}


def no_keys() -> dict[str, Any]:
    return {"keys": []}


async def broken(id: InvoiceId, view: PaperView = WHOLE) -> bytes:
    raise RuntimeError(id)


def asks() -> Iterator[tuple[int, str, str, dict[str, str]]]:
    """Yield the status, method, path and headers of a request for each way of being answered."""
    own = bearer(actor())
    typed = own | {"content-type": "application/json"}
    yield 200, "POST", PATH, typed
    yield 401, "POST", PATH, typed | {"authorization": "Bearer nonsense"}
    yield 403, "POST", PATH, {"origin": EVIL}
    yield 405, "PUT", PATH, own
    yield 406, "GET", PATH, own | {"accept": "image/png"}
    yield 415, "POST", PATH, own | {"content-type": "text/plain"}
    yield 413, "POST", PATH, typed | {"content-length": "9999999"}
    yield 200, "POST", STREAM, typed | {"accept": "text/event-stream"}
    yield 200, "GET", "/v1/operation.schema.json", {}
    yield 200, "GET", "/health", {}
    yield 200, "GET", "/ready", {}
    yield 401, "GET", "/metrics", {}
    yield 200, "GET", JWKS, {}
    yield 404, "GET", "/graphql", {}
    yield 404, "GET", "/v1/ui/start.js", {}
    yield 404, "GET", "/.git/config", {}
    yield 405, "TRACE", "/health", {}
    yield 403, "GET", "/v1/invoices/inv_1.pdf", {}
    yield 500, "GET", LINKS.sign(InvoiceId("inv_one"), datetime.now(UTC)), {}
    preflight = {"access-control-request-method": "POST"}
    yield 200, "OPTIONS", PATH, preflight | {"origin": PORTAL}
    yield 400, "OPTIONS", PATH, preflight | {"origin": EVIL}


def undressed(headers: Mapping[str, str], path: str = "") -> dict[str, str | None]:
    """Give what is not as it should be."""
    wanted = dict(SECURITY)
    wanted["cache-control"] = KEPT.get(path, "no-store")
    return {name: headers.get(name) for name in wanted if headers.get(name) != wanted[name]}


async def test_every_answer_is_dressed() -> None:
    papers = InvoicePdfs(links=LINKS, print=broken)
    settings: dict[str, Any] = {"papers": papers, "origins": [PORTAL], "jwks": no_keys}
    async with client(app(World(), development=False, **settings)) as opened:
        for status, method, path, headers in asks():
            body = b'{"query": "{ __typename }"}' if method == "POST" else None
            answer = await opened.request(method, path, headers=headers, content=body)
            assert answer.status_code == status, (method, path, headers)
            assert undressed(answer.headers, path) == {}, (method, path)
            assert answer.headers["strict-transport-security"] == ONE_YEAR
            assert len(answer.headers["x-trace-id"]) == 32
            assert "server" not in answer.headers


async def test_an_accident_names_its_trace_and_nothing_else() -> None:
    async with client(app(World(), papers=InvoicePdfs(links=LINKS, print=broken))) as opened:
        answer = await opened.get(LINKS.sign(InvoiceId("inv_secret"), datetime.now(UTC)))
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL"}
    assert error["message"].endswith(answer.headers["x-trace-id"])
    assert "inv_secret" not in answer.text


async def test_no_origin_may_read_by_default() -> None:
    async with client(app(World()), bearer(actor())) as opened:
        answer = await opened.post(PATH, json={"query": "{ __typename }"}, headers={"origin": EVIL})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("head", "status"),
    [(b"NONSENSE\r\n\r\n", b"400"), (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n", b"431")],
)
async def test_what_no_application_answers_is_dressed(head: bytes, status: bytes) -> None:
    async with served(app(World())) as place:
        host, _, port = place.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head)
        said = await reader.read()
        writer.close()
    lines = said.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert lines[0].encode().split()[1] == status
    found = dict(line.split(": ", 1) for line in lines[1:])
    assert undressed(found) == {}


async def test_a_refused_socket_is_dressed() -> None:
    async with served(app(World(), development=False)) as place:
        protocols = [Subprotocol("graphql-transport-ws")]
        socket = connect(f"ws://{place}{PATH}", origin=Origin(EVIL), subprotocols=protocols)
        with pytest.raises(InvalidStatus) as refused:
            async with socket:
                pass
    answer = refused.value.response
    assert answer.status_code == 403
    assert undressed(answer.headers) == {}
    assert "server" not in answer.headers


async def test_the_port_of_operators_is_dressed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, management_port=free_port())
    url = f"http://127.0.0.1:{settings.management_port}"
    async with (
        serve_management(settings, {}, Parts(), Metrics(), LoopLag()),
        httpx.AsyncClient(base_url=url, timeout=PATIENT_SECONDS) as opened,
    ):

        async def told() -> httpx.Response | None:
            try:
                return await opened.get("/health")
            except httpx.TransportError:
                return None

        answer = await eventually(told, lambda found: found is not None)
    assert answer is not None
    assert undressed(answer.headers) == {}
    assert "server" not in answer.headers
