"""The API explorer: ours alone, from our own files, and only for developers."""

from pathlib import Path

import pytest

from tests.resolvers.fakes import World
from tests.web.clients import PATH, app, client
from web.asgi import ASSETS
from web.ui.page import FILES, MISSING

BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in FILES.values():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"/* {path} */")
    return tmp_path


async def test_browsers_get_the_explorer(folder: Path) -> None:
    async with client(app(World(), ui=folder)) as opened:
        page = await opened.get(PATH, headers=BROWSER)
        asset = await opened.get(f"{ASSETS}/graphiql.js")
        own = await opened.get(f"{ASSETS}/start.js")
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "://" not in page.text
    assert asset.text == "/* node_modules/graphiql/graphiql.min.js */"
    assert own.status_code == 200


async def test_missing_assets_are_explained(tmp_path: Path) -> None:
    async with client(app(World(), ui=tmp_path)) as opened:
        page = await opened.get(PATH, headers=BROWSER)
        asset = await opened.get(f"{ASSETS}/graphiql.js")
    assert (page.status_code, page.text) == (404, MISSING)
    assert asset.status_code == 404


@pytest.mark.parametrize("name", ["../package.json", "..%2Fpage.py", "page.html", "nope"])
async def test_nothing_else_is_served(folder: Path, name: str) -> None:
    async with client(app(World(), ui=folder)) as opened:
        answer = await opened.get(f"{ASSETS}/{name}")
    assert answer.status_code == 404


async def test_production_has_no_explorer(folder: Path) -> None:
    async with client(app(World(), development=False, ui=folder)) as opened:
        page = await opened.get(PATH, headers=BROWSER)
        asset = await opened.get(f"{ASSETS}/graphiql.js")
    assert page.status_code in {400, 406}
    assert asset.status_code == 404
