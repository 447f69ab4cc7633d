"""`/app/`: the built pages, how long each is kept, and what a page may never do."""

from pathlib import Path

import pytest

from tests.resolvers.fakes import World
from tests.web.clients import app, client
from web.app.pages import FOREVER, MISSING, AppPages, DemoPick

PAGE = "<!doctype html><html lang='en'><script src='/app/assets/a-1.js'></script></html>"
PLAIN = {"accept-encoding": "identity"}
ASHA = DemoPick(name="Asha", role="TECHNICIAN", email="a@demo.example", password="of this start")  # noqa: S106


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for name, text in {
        "index.html": PAGE,
        "sw.js": "// worker",
        "assets/a-1.js": "// script",
        "assets/a-1.js.br": "br",
        "assets/a-1.js.gz": "gz",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.row("CC-1")
@pytest.mark.parametrize(
    ("path", "caching"),
    [
        *((name, "no-cache") for name in ("", "bench", "t/tkt_1/steps", "sw.js")),
        ("assets/a-1.js", FOREVER),
    ],
)
async def test_each_file_is_kept_as_long_as_it_holds(folder: Path, path: str, caching: str) -> None:
    async with client(app(World(), pages=AppPages(folder)), PLAIN) as opened:
        told = await opened.get(f"/app/{path}")
        again = await opened.get(f"/app/{path}", headers={"if-none-match": told.headers["etag"]})
    assert (told.status_code, told.headers["cache-control"]) == (200, caching)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.row("CC-1")
async def test_a_page_runs_nothing_from_elsewhere(folder: Path) -> None:
    async with client(app(World(), development=False, pages=AppPages(folder))) as opened:
        page = await opened.get("/app/")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "://" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["strict-transport-security"].startswith("max-age=")


async def test_a_page_may_send_to_the_bucket_alone(folder: Path) -> None:
    pages = AppPages(folder, uploads="https://objects.example:8333")
    async with client(app(World(), pages=pages)) as opened:
        page = await opened.get("/app/")
    policy = page.headers["content-security-policy"]
    assert "; connect-src 'self' https://objects.example:8333; " in policy
    assert policy.count("://") == 1


@pytest.mark.parametrize(
    ("taken", "coding", "body"),
    [("gzip, br", "br", b"br"), ("gzip", "gzip", b"gz"), ("identity", None, b"// script")],
)
async def test_what_a_browser_takes_compressed_is_sent_so(
    folder: Path, taken: str, coding: str | None, body: bytes
) -> None:
    pages = app(World(), pages=AppPages(folder))
    async with (
        client(pages) as opened,
        opened.stream("GET", "/app/assets/a-1.js", headers={"accept-encoding": taken}) as told,
    ):
        sent = b"".join([part async for part in told.aiter_raw()])
    assert (told.headers.get("content-encoding"), sent) == (coding, body)
    assert told.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["assets/gone-2.js", "..%2Fpages.py", "assets/..%2F..%2Fpages.py", "demo-people.json"]
)
async def test_a_file_that_is_not_there_is_no_page(folder: Path, path: str) -> None:
    async with client(app(World(), pages=AppPages(folder))) as opened:
        told = await opened.get(f"/app/{path}")
    assert (told.status_code, told.text) == (404, "There is no such file.\n")


async def test_pages_that_are_not_built_say_so(tmp_path: Path) -> None:
    pages = app(World(), pages=AppPages(tmp_path))
    async with client(pages) as opened:
        told = await opened.get("/app/bench")
        home = await opened.get("/")
        (tmp_path / "index.html").write_text(PAGE)
        built = await opened.get("/app/bench")
    assert (told.status_code, told.text) == (404, MISSING)
    assert (home.status_code, home.headers["location"]) == (307, "/app/")
    assert (built.status_code, built.text) == (200, PAGE)


async def test_the_demo_offers_its_people_to_this_machine_alone(folder: Path) -> None:
    """A page of elsewhere that makes its own name mean this machine reads no password."""
    pages = app(World(), pages=AppPages(folder, [ASHA]))
    async with client(pages) as opened:
        page = await opened.get("/app/")
        own = await opened.get("/app/demo-people", headers={"host": "127.0.0.1:8000"})
        named = await opened.get("/app/demo-people", headers={"host": "evil.example"})
    async with client(app(World(), pages=AppPages(folder))) as opened:
        plain = await opened.get("/app/")
        none = await opened.get("/app/demo-people", headers={"host": "127.0.0.1:8000"})
    assert "<html data-demo" in page.text
    assert [one["email"] for one in own.json()] == [ASHA.email]
    assert (named.status_code, "data-demo" in plain.text) == (404, False)
    assert none.text == PAGE
