"""The explorer's page: a few lines of HTML and a fixed set of files, nothing from elsewhere."""

from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, Router

HERE = Path(__file__).parent
# What the page needs of what npm installed, and the page's own script.
FILES = {
    "react.js": "node_modules/react/umd/react.production.min.js",
    "react-dom.js": "node_modules/react-dom/umd/react-dom.production.min.js",
    "graphql-ws.js": "node_modules/graphql-ws/umd/graphql-ws.min.js",
    "graphiql.js": "node_modules/graphiql/graphiql.min.js",
    "graphiql.css": "node_modules/graphiql/graphiql.min.css",
}
OWN = {"start.js": "start.js", "page.css": "page.css"}
# CodeMirror, inside GraphiQL, writes style elements; scripts come from files of ours alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MISSING = (
    "The API explorer is not installed. Run `make demo`, which installs it; reload this page.\n"
)


class ExplorerPage:
    """GraphiQL at the API's own address; `folder` is where its assets were installed."""

    def __init__(self, folder: Path | None, assets: str, endpoint: str) -> None:
        self._folder = folder
        self._html = Template((HERE / "page.html").read_text(encoding="utf-8")).substitute(
            assets=assets, endpoint=endpoint
        )

    def response(self) -> Response:
        if not self._installed():
            return PlainTextResponse(MISSING, status_code=404)
        return HTMLResponse(self._html, headers={"content-security-policy": POLICY})

    def assets(self) -> Router:
        return Router(routes=[Route("/{name}", self._asset)])

    def _installed(self) -> bool:
        folder = self._folder
        return folder is not None and all((folder / path).is_file() for path in FILES.values())

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name in OWN:
            return FileResponse(HERE / OWN[name])
        if name in FILES and self._folder is not None and self._installed():
            return FileResponse(self._folder / FILES[name])
        return PlainTextResponse(MISSING, status_code=404)
