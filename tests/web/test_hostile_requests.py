"""Headers, query parameters and paths that nobody should send, and every one that is read."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.routing import Mount, Route

from tests.patience import PATIENT_SECONDS
from tests.resolvers.fakes import World
from tests.web.clients import PATH, actor, app, bearer
from tests.web.live_server import served
from web.asgi import STREAM
from web.body_limits import PREFLIGHTED
from web.caps import Caps
from web.invoice_pdfs import InvoicePdfs, PdfLinks

WEB = Path(__file__).resolve().parents[2] / "web"
READ = re.compile(r"""headers(?:\.get\(|\[)\s*["']([\w-]+)["']""")
ODD = (
    "",
    "x" * 8_000,
    "\u00ff\u00fe",
    "Bearer",
    "Bearer " + "a" * 5_000,
    "Bearer \u00e9.\u00e9.\u00e9",
    "-1",
    "9" * 40,
    "0" * 3_000,
    "*/*;q=" + "9" * 400,
    "," * 4_000,
    "multipart/form-data; boundary=" + "-" * 200,
    "text/event-stream, */*",
    "application/json; charset=utf-16",
    "http://[::1",
    "null",
    "00-" + "0" * 32 + "-" + "0" * 16 + "-00",
    "' OR 1=1 --",
)
# Of HTTP itself: whoever sends two lengths has not spoken our protocol.
FRAMING = frozenset({"content-length", "host"})
BODY = b'{"query": "{ __typename }"}'


def read_headers() -> Iterator[str]:
    """Yield the names of the headers that our own code reads."""
    for path in WEB.rglob("*.py"):
        yield from READ.findall(path.read_text())
    yield from PREFLIGHTED


NAMES = sorted(
    {name.lower() for name in read_headers()}
    | {"accept-encoding", "content-encoding", "cookie", "forwarded", "if-none-match", "range"}
    | {"traceparent", "transfer-encoding", "x-forwarded-for", "sec-fetch-site", "upgrade"}
)


def test_the_headers_are_found() -> None:
    assert {"authorization", "accept", "last-event-id", "origin", "traceparent"} <= set(NAMES)


def _is_good(answer: httpx.Response) -> bool:
    return answer.status_code < 500 and "INTERNAL" not in answer.text and len(answer.text) < 20_000


async def _broken_status(
    client: httpx.AsyncClient, path: str, sent: httpx.Headers, name: str
) -> int | None:
    """Give the status of an answer that is not good; 0 when there was none at all."""
    try:
        answer = await client.post(path, content=BODY, headers=sent)
    except httpx.HTTPError:
        # What is no HTTP may be cut, and the next request is answered.
        return None if name in {"transfer-encoding", "upgrade", *FRAMING} else 0
    return None if _is_good(answer) else answer.status_code


async def test_no_header_breaks_an_answer(world: World) -> None:
    caps = Caps(units_at_once=10**6, refusals_at_once=10**6)
    broken = list[tuple[str, str, int]]()
    async with (
        served(app(world, caps=caps, development=False), caps) as place,
        httpx.AsyncClient(base_url=f"http://{place}", timeout=PATIENT_SECONDS) as client,
    ):
        for path in (PATH, STREAM):
            for name in NAMES:
                for value in ODD if name not in FRAMING else ODD[:3]:
                    given = bearer(actor()) | {"content-type": "application/json", name: value}
                    sent = httpx.Headers(given, encoding="latin-1")
                    status = await _broken_status(client, path, sent, name)
                    if status is not None:
                        broken.append((name, value[:40], status))
        assert (await client.get("/health")).status_code == 200
    assert broken == []


@pytest.mark.parametrize("name", ["query", "variables", "operationName", "extensions", "nope"])
async def test_no_parameter_breaks_an_answer(world: World, name: str) -> None:
    values = (
        *("", "{", "[]", "7", "null", "{}", "x" * 9_000, "%00", "\u202e", '{"a": 1e400}'),
        *('{"a": ' + "[" * 300 + "]" * 300 + "}", "{ cards(first: 1e400) { __typename } }"),
        *('{ search(text: "\\uD800") { __typename } }', "mutation { __typename }"),
    )
    async with (
        served(app(world)) as place,
        httpx.AsyncClient(base_url=f"http://{place}", timeout=PATIENT_SECONDS) as client,
    ):
        for value in values:
            given = {"query": "{ __typename }", name: value}
            url = PATH + "?" + "&".join(f"{key}={quote(text)}" for key, text in given.items())
            assert _is_good(await client.get(url, headers=bearer(actor()))), value[:40]
        raw = await client.get(f"{PATH}?{name}=%ff%fe%", headers=bearer(actor()))
    assert _is_good(raw)
    assert world.written() == (1, 0, 0)


async def test_no_path_or_method_breaks_an_answer(world: World) -> None:
    async def no_page(*_: object, **__: object) -> bytes:
        raise AssertionError

    papers = InvoicePdfs(links=PdfLinks(b"k" * 32), print=no_page)
    asgi = app(world, papers=papers)
    paths = [route.path for route in asgi.routes if isinstance(route, Route | Mount)]
    odd = ("../../etc/passwd", "%00", "%ff", "..%2f..%2fetc", "x" * 3_000, "inv_1", "\u202e")
    queries = ("", "?expires=" + "9" * 400, "?expires=\u0661&signature=%ff", "?masked=" + "1" * 99)
    async with (
        served(asgi) as place,
        httpx.AsyncClient(base_url=f"http://{place}", timeout=PATIENT_SECONDS) as client,
    ):
        for path in paths:
            for part in odd if "{" in path else ("", "/" + odd[0], "/%00"):
                at = path.replace("{name}", part) if "{" in path else path + part
                for query in queries:
                    for method in ("GET", "POST", "DELETE", "TRACE", "X" * 40):
                        answer = await client.request(method, at + query)
                        assert _is_good(answer), (method, at[:60], query[:20])
    assert world.written() == (1, 0, 0)
