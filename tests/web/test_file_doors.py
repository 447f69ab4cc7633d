"""The door of uploads on a real port: large files pass, and a stranger's body is not read on."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from domain.files import FileType
from domain.ids import FileId
from files.folder_uploads import FolderUploads
from files.sealed_chunks import CHUNK
from tests.files.samples import noise
from tests.files.test_bucket import NOW, announced
from tests.web.live_server import served
from web.body_limits import BodyLimit
from web.caps import Caps
from web.file_doors import UploadDoor
from web.file_links import FileLinks
from web.paths import UPLOADS

CAPS = Caps(body_bytes=1_000, body_seconds=1, upload_idle_seconds=1, uploads=1)
LARGE = noise(3 * CHUNK + 5)


def door_at(root: Path, caps: Caps = CAPS) -> UploadDoor:
    links = FileLinks(b"k" * 32)
    return UploadDoor(links=links, uploads=FolderUploads(root, b"u" * 32, links.upload), caps=caps)


def app_of(door: UploadDoor) -> Starlette:
    return Starlette(
        routes=[Route(UPLOADS + "{name}", door.endpoint, methods=["PUT", "HEAD"])],
        middleware=[Middleware(BodyLimit, caps=door.caps)],
    )


def sender(door: UploadDoor, host: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app_of(door), client=(host, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://files.test")


def address(door: UploadDoor, content: bytes) -> tuple[FileId, str]:
    file = announced(content, FileType.TEXT)
    return file.id, door.links.upload(file, datetime.now(UTC)).url


async def request(place: str, head: str, body: bytes) -> tuple[bytes, bool]:
    """Send a head and a beginning; give what is answered, and whether the door was shut then."""
    host, port = place.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + body)
    answer = await reader.read(4_096)
    shut = await reader.read() == b""
    writer.close()
    return answer.split(b"\r\n")[0], shut


def head_of(link: str, length: int) -> str:
    parts = urlsplit(link)
    return (
        f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nhost: x\r\n"
        f"content-type: text/plain\r\ncontent-length: {length}\r\n\r\n"
    )


@pytest.mark.row("AR-14")
async def test_a_file_larger_than_any_body_passes(tmp_path: Path) -> None:
    door = door_at(tmp_path)
    named, link = address(door, LARGE)
    async with served(app_of(door), CAPS) as place, httpx.AsyncClient() as client:
        sent = await client.put(
            f"http://{place}{link}", content=LARGE, headers={"content-type": "text/plain"}
        )
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, str(len(LARGE)))
    assert b"".join([piece async for piece in door.uploads.read(named)]) == LARGE


@pytest.mark.row("AR-14")
@pytest.mark.parametrize("how", ["unsigned", "of another length"])
async def test_a_strangers_body_is_not_read(tmp_path: Path, how: str) -> None:
    door = door_at(tmp_path)
    named, link = address(door, LARGE)
    length = len(LARGE) if how == "unsigned" else len(LARGE) + 1
    asked = link.replace("signature=", "signature=0") if how == "unsigned" else link
    async with served(app_of(door), CAPS) as place:
        answer, shut = await request(place, head_of(asked, length), LARGE[:100])
    assert answer == (
        b"HTTP/1.1 403 Forbidden" if how == "unsigned" else b"HTTP/1.1 413 Request Entity Too Large"
    )
    assert shut
    assert await door.uploads.received(named, len(LARGE)) == 0


@pytest.mark.row("AR-14", figure="an address lasts 15 minutes at most")
@pytest.mark.parametrize(("minutes", "open"), [(14, True), (16, False)])
def test_links_last_fifteen_minutes(minutes: int, *, open: bool) -> None:
    links, file = FileLinks(b"k" * 32), announced(LARGE, FileType.TEXT)
    later = NOW + timedelta(minutes=minutes)
    asked, given = (
        dict(parse_qsl(urlsplit(link).query))
        for link in (links.upload(file, NOW).url, links.download(file.id, NOW))
    )
    taken = links.announced(file.id, asked, later)
    assert (taken is not None, links.opens(file.id, given, later)) == (open, open)
    if taken is not None:
        assert (taken.id, taken.facts) == (file.id, file.asked)


@pytest.mark.row("AR-14")
@pytest.mark.parametrize("name", ["type", "length", "sha256", "expires", "signature", "part"])
def test_no_part_of_a_link_is_anybody_elses(name: str) -> None:
    links, file = FileLinks(b"k" * 32), announced(LARGE, FileType.TEXT)
    asked, given = (
        dict(parse_qsl(urlsplit(link).query))
        for link in (links.upload(file, NOW).url, links.download(file.id, NOW))
    )
    others = {"type": "text/csv", "length": "1", "sha256": "0" * 64, "part": "small"}
    other = others.get(name, "9" * 10)
    if name in asked:
        assert links.announced(file.id, asked | {name: other}, NOW) is None
        assert links.announced(file.id, {k: v for k, v in asked.items() if k != name}, NOW) is None
    if name in given:
        assert not links.opens(file.id, given | {name: other}, NOW)
    assert links.announced(f"fil_{'0' * 32}", asked, NOW) is None
    assert not links.opens(f"fil_{'0' * 32}", given, NOW)


async def test_who_falls_silent_is_let_go(tmp_path: Path) -> None:
    door = door_at(tmp_path)
    named, link = address(door, LARGE)
    async with served(app_of(door), CAPS) as place:
        begun = LARGE[: CHUNK + 50]
        answer, shut = await request(place, head_of(link, len(LARGE)), begun)
    assert (answer, shut) == (b"HTTP/1.1 408 Request Timeout", True)
    assert await door.uploads.received(named, len(LARGE)) == CHUNK


@pytest.mark.parametrize(
    ("caps", "other"),
    [({"uploads": 1}, 503), ({"uploads": 2, "uploads_per_address": 1}, 204)],
    ids="all one".split(),
)
async def test_so_many_files_come_in_at_one_time(
    tmp_path: Path, caps: dict[str, int], other: int
) -> None:
    """Of all, and of one address, which does not keep others out."""
    door = door_at(tmp_path, replace(CAPS, upload_idle_seconds=60, **caps))
    (_, first), (_, second), (_, third) = [address(door, LARGE) for _ in range(3)]
    going = asyncio.Event()

    async def slow() -> AsyncGenerator[bytes]:
        yield LARGE[:CHUNK]
        await going.wait()
        yield LARGE[CHUNK:]

    told = {"content-type": "text/plain", "content-length": str(len(LARGE))}
    async with sender(door, "192.0.2.1") as client, sender(door, "192.0.2.2") as stranger:
        one = asyncio.create_task(client.put(first, content=slow(), headers=told))
        while not door.is_busy("192.0.2.1"):  # noqa: ASYNC110 - a count, no event
            await asyncio.sleep(0.01)
        assert (await client.put(second, content=LARGE, headers=told)).status_code == 503
        assert (await stranger.put(third, content=LARGE, headers=told)).status_code == other
        going.set()
        assert (await one).status_code == 204
        assert (await client.put(second, content=LARGE, headers=told)).status_code == 204


async def test_what_was_taken_meanwhile_does_not_wait(tmp_path: Path) -> None:
    """It is listed, and gone when it is looked at."""
    door = door_at(tmp_path)
    (tmp_path / f"fil_{'0' * 32}").symlink_to(tmp_path / "taken")
    (tmp_path / f"fil_{'1' * 32}").touch()
    assert [named async for named, _ in door.uploads.waiting()] == [f"fil_{'1' * 32}"]
