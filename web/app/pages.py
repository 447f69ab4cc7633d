"""`/app/`: the built pages, from memory; every path that is no file is the one page.

What has a hash in its name never changes and is kept for good; the page itself and its worker are
asked for each time, so that a new release is seen. Nothing on a page comes from elsewhere, and no
style or script stands inside it.
"""

import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from web.headers import peer_address

APP = "/app"
PAGE, ASSETS = "index.html", "assets/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'{uploads}; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FOREVER = "public, max-age=31536000, immutable"
MISSING = (
    "The pages are not built. In development `battwheels serve` and `battwheels demo` build them "
    "where npm is; look at what they said. The API is at /v1/graphql.\n"
)
# By these alone the demo is asked: a page of elsewhere that makes its own name mean this machine
# (DNS rebinding) reads no password.
OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
KINDS = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}
# A path that names a file: what is not there of those is not there.
FILE = re.compile(r"\.[a-z0-9]+$")
SUFFIXES: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPick:
    """Somebody whom the demo offers to come in as; `role` as the API says it."""

    name: str
    role: str
    email: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """One file: its bytes, and the same compressed where that is smaller."""

    kind: str
    body: bytes
    packed: Mapping[str, bytes]
    caching: str

    @property
    def tag(self) -> str:
        return f'W/"{sha256(self.body).hexdigest()[:20]}"'


class AppPages:
    """Those in a folder, read when they are first asked for; `demo` are offered to come in as.

    `uploads` is where a bucket takes what is sent, `https://HOST`; None: this service does.
    """

    def __init__(
        self, folder: Path | None, demo: Sequence[DemoPick] = (), *, uploads: str | None = None
    ) -> None:
        self._folder = folder
        self._demo = demo
        self._policy = POLICY.format(uploads="" if uploads is None else f" {uploads}")
        self._files: dict[str, PageFile] = {}

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", _to_app),
            Route(APP, _to_app),
            *([Route(f"{APP}/demo-people", self._people)] if self._demo else []),
            Route(f"{APP}/{{path:path}}", self._answer),
        ]

    async def _people(self, request: Request) -> Response:
        """Give the demo's people to a page that this very machine opened."""
        caller = peer_address(request.scope) or ""
        if request.url.hostname not in OWN_NAMES or not _is_loopback(caller):
            return PlainTextResponse("The demo is for this machine alone.\n", status_code=404)
        return JSONResponse([asdict(one) for one in self._demo])

    async def _answer(self, request: Request) -> Response:
        if not self._files:
            self._files = self._read_files()
        if PAGE not in self._files:
            return PlainTextResponse(MISSING, status_code=404)
        path = request.path_params["path"]
        found = self._files.get(path)
        if found is None and FILE.search(path):
            return PlainTextResponse("There is no such file.\n", status_code=404)
        return _file_response(request, found or self._files[PAGE], self._policy)

    def _read_files(self) -> dict[str, PageFile]:
        if self._folder is None or not (self._folder / PAGE).is_file():
            return {}
        paths = [path for path in self._folder.rglob("*") if path.is_file()]
        plain = [path for path in paths if path.suffix not in SUFFIXES.values()]
        found = {str(path.relative_to(self._folder)): path for path in plain}
        return {name: self._read_file(name, path) for name, path in found.items()}

    def _read_file(self, name: str, path: Path) -> PageFile:
        body = path.read_bytes()
        packed = {
            coding: path.with_name(path.name + suffix).read_bytes()
            for coding, suffix in SUFFIXES.items()
            if path.with_name(path.name + suffix).is_file()
        }
        if name == PAGE and self._demo:
            body, packed = body.replace(b"<html", b"<html data-demo", 1), {}
        return PageFile(
            kind=KINDS.get(path.suffix) or mimetypes.guess_type(name)[0] or "text/plain",
            body=body,
            packed=packed,
            caching=FOREVER if name.startswith(ASSETS) else "no-cache",
        )


def _file_response(request: Request, file: PageFile, policy: str) -> Response:
    headers = {
        "content-security-policy": policy,
        "cache-control": file.caching,
        "vary": "Accept-Encoding",
        "etag": file.tag,
    }
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    said = request.headers.get("accept-encoding", "")
    taken = {one.split(";")[0].strip() for one in said.split(",")}
    for coding, body in file.packed.items():
        if coding in taken:
            packed = {**headers, "content-encoding": coding}
            return Response(body, media_type=file.kind, headers=packed)
    return Response(file.body, media_type=file.kind, headers=headers)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _to_app(_: Request) -> Response:
    return RedirectResponse(f"{APP}/", status_code=307)
