"""The API explorer: ours alone, from our own files, and only for developers."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest

from domain.errors import Unavailable
from resolvers.sign_in import build_sign_in_api
from tests.resolvers.fakes import World
from tests.web.clients import PATH, app, client
from web.asgi import ASSETS
from web.paths import EXPLORER
from web.refresh_cookie import COOKIE
from web.ui.page import FILES, HERE, MISSING

DOCUMENTS = (
    "const script = require('fs').readFileSync(process.argv[1], 'utf8');"
    "const all = eval(script + '; [SIGN_IN, CONFIRM, OWED, REFRESH]');"
    "console.log(JSON.stringify(all));"
)
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
        guarded = await opened.get(EXPLORER)
    assert page.status_code in {400, 406}
    assert (asset.status_code, guarded.status_code) == (404, 404)


async def test_administrators_have_one_in_production(folder: Path) -> None:
    async def is_administrator(word: str) -> bool:
        return word == "zoya"

    built = app(World(), development=False, ui=folder, explorer=is_administrator)
    async with client(built) as opened:
        api = await opened.get(PATH, headers=BROWSER)
        told = [
            (page.status_code, "graphiql" in page.text.lower(), asset.status_code, own.status_code)
            for cookie in (None, f"{COOKIE}=asha", f"{COOKIE}=zoya")
            for headers in [BROWSER if cookie is None else BROWSER | {"cookie": cookie}]
            for page in [await opened.get(EXPLORER, headers=headers)]
            for asset in [await opened.get(f"{ASSETS}/graphiql.js", headers=headers)]
            for own in [await opened.get(f"{ASSETS}/door.js", headers=headers)]
        ]
    assert api.status_code == 406
    assert told == [(401, False, 401, 200), (401, False, 401, 200), (200, True, 200, 200)]


async def test_silent_records_show_nobody_the_explorer(folder: Path) -> None:
    async def silent(_: str) -> bool:
        raise Unavailable("postgres", "it is silent")

    built = app(World(), development=False, ui=folder, explorer=silent)
    async with client(built, {"cookie": f"{COOKIE}=zoya"}) as opened:
        page = await opened.get(EXPLORER, headers=BROWSER)
        posted = await opened.post(EXPLORER)
    assert (page.status_code, page.json()["errors"][0]["extensions"]["code"]) == (
        503,
        "UNAVAILABLE",
    )
    assert posted.status_code == 405


async def test_the_form_takes_no_style_or_script_from_elsewhere(folder: Path) -> None:
    async def nobody(_: str) -> bool:
        return False

    async with client(app(World(), development=False, ui=folder, explorer=nobody)) as opened:
        form = await opened.get(EXPLORER, headers=BROWSER)
    assert "unsafe" not in form.headers["content-security-policy"]
    assert form.headers["cache-control"] == "no-store"
    assert "://" not in form.text


async def test_a_session_of_the_page_renews_its_token_once() -> None:
    """Two questions at once use one refresh token up; what is refused is said, and begins anew."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(Path(__file__).with_name("door_check.js")),
        *(str(HERE / name) for name in ("door.js", "start.js", "sign_in.js")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert (process.returncode, said.decode()) == (0, "")


async def test_the_documents_of_the_pages_fit_the_door() -> None:
    process = await asyncio.create_subprocess_exec(
        *("node", "-e", DOCUMENTS, str(HERE / "door.js")), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    documents = build_sign_in_api(introspection=False).documents
    given = dict.fromkeys(("email", "password", "challenge", "code"), "x")
    read = [
        documents.read_now(text, given | {"op": str(UUID(int=7))}, anonymous=True)
        for text in json.loads(said)
    ]
    assert [one.errors for one in read] == [[]] * 4
