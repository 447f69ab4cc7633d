"""The explorer's pages: a few lines of HTML and a fixed set of files, nothing from elsewhere."""

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, Router

HERE = Path(__file__).parent
# What the page needs of what npm installed, and the pages' own.
FILES = {
    "react.js": "node_modules/react/umd/react.production.min.js",
    "react-dom.js": "node_modules/react-dom/umd/react-dom.production.min.js",
    "graphql-ws.js": "node_modules/graphql-ws/umd/graphql-ws.min.js",
    "graphiql.js": "node_modules/graphiql/graphiql.min.js",
    "graphiql.css": "node_modules/graphiql/graphiql.min.css",
}
OWN = ("start.js", "door.js", "sign_in.js", "page.css")
# CodeMirror, inside GraphiQL, writes style elements; scripts come from files of ours alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FORM_POLICY = POLICY.replace(" 'unsafe-inline'", "")
MISSING = (
    "The API explorer is not installed. Run `battwheels explorer`, which installs it; reload this "
    "page.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerPaths:
    """Where the pages find their files, the API, and the door by which somebody signs in."""

    assets: str
    endpoint: str
    door: str


class ExplorerPage:
    """GraphiQL; `folder` is where its assets were installed.

    `guarded`: whoever is shown it has signed in; all others see the form for that.
    """

    def __init__(self, folder: Path | None, paths: ExplorerPaths, *, guarded: bool = False) -> None:
        self._folder = folder
        said = asdict(paths) | {"signed_in": "yes" if guarded else ""}
        self._html = _filled("page.html", said)
        self._form = _filled("sign_in.html", said)

    def form(self) -> Response:
        """Ask who comes: the answer tells nobody whether there is an explorer behind it."""
        headers = {"content-security-policy": FORM_POLICY}
        return HTMLResponse(self._form, status_code=401, headers=headers)

    def response(self) -> Response:
        if not self._installed():
            return PlainTextResponse(MISSING, status_code=404)
        return HTMLResponse(self._html, headers={"content-security-policy": POLICY})

    def assets(self) -> Router:
        return Router(routes=[Route("/{name}", self._asset)])

    def own_asset(self, name: str) -> Response | None:
        """Give a file that anybody may have; None: it is none of those."""
        return FileResponse(HERE / name) if name in OWN else None

    def asset(self, name: str) -> Response:
        """Give a file of the explorer."""
        if name in FILES and self._folder is not None and self._installed():
            return FileResponse(self._folder / FILES[name])
        return PlainTextResponse(MISSING, status_code=404)

    def _installed(self) -> bool:
        folder = self._folder
        return folder is not None and all((folder / path).is_file() for path in FILES.values())

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self.own_asset(name) or self.asset(name)


def _filled(name: str, said: dict[str, str]) -> str:
    return Template((HERE / name).read_text(encoding="utf-8")).substitute(said)
