"""A photo, a film and a log are announced, sent, looked at, kept and fetched; what lies is not."""

import io
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from domain.access import Role
from files.sealed_chunks import CHUNK
from tests.files.samples import FILMED_AT, GPS, digest, film, noise, photo, sample
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, Person
from web.paths import FILES, UPLOADS
from web.wiring import Runtime

pytestmark = pytest.mark.journey
NONE: dict[str, Any] = {}
FILE = "key state type length sha256 width height sentBy url smallUrl"
REQUEST = f"""mutation ($op: UUID!, $file: FileInput!, $garage: ID) {{
  requestUpload(operationId: $op, file: $file, garage: $garage) {{ __typename
    ... on UploadRequested {{ file {{ {FILE} }}
      upload {{ url method resumable expiresAt headers {{ name value }} }} }}
    ... on InvalidInput {{ field }} ... on Refusal {{ message }} }} }}"""
COMPLETE = f"""mutation ($op: UUID!, $id: ID!) {{
  completeUpload(operationId: $op, id: $id) {{ __typename
    ... on UploadCompleted {{ file {{ {FILE} }} }}
    ... on InvalidInput {{ field }} ... on Refusal {{ message }} }} }}"""
Lie = tuple[bytes, str, dict[str, Any]]
LOG = b"time;cell 1\n" + b"0;3,71\n" * 40_000


@dataclass(frozen=True)
class Sent:
    """A file that was announced: its answer, and where its bytes go."""

    answer: dict[str, Any]
    door: httpx.AsyncClient

    @property
    def id(self) -> str:
        return self.answer["file"]["key"]

    @property
    def address(self) -> str:
        return self.answer["upload"]["url"]

    async def send(self, content: bytes, **headers: str) -> httpx.Response:
        told = {one["name"]: one["value"] for one in self.answer["upload"]["headers"]}
        return await self.door.put(path_of(self.address), content=content, headers=told | headers)


def path_of(link: str) -> str:
    """Give the path of a link with all that it says."""
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


async def announce(person: Person, content: bytes, type: str, **given: Any) -> Sent:  # noqa: ANN401
    told = {"type": type, "length": len(content), "sha256": digest(content)} | given
    found = await person.ask(REQUEST, op=str(uuid4()), file=told)
    return Sent(found, person.client)


async def complete(person: Person, id: str) -> dict[str, Any]:
    return await person.ask(COMPLETE, op=str(uuid4()), id=id)


async def kept(person: Person, content: bytes, type: str) -> dict[str, Any]:
    """Hand a file in, and give it as it is kept."""
    sent = await announce(person, content, type)
    assert (await sent.send(content)).status_code == 204
    return (await complete(person, sent.id))["file"]


async def fetched(person: Person, link: str, **headers: str) -> httpx.Response:
    return await person.client.get(path_of(link), headers=headers)


@pytest.fixture
def asha(somebody: Somebody) -> Person:
    return somebody(Role.TECHNICIAN, PUNE, name="asha")


@pytest.mark.row("AR-14", "CA-13")
async def test_a_log_comes_back_as_it_went(asha: Person) -> None:
    file = await kept(asha, LOG, "CSV")
    assert {name: file[name] for name in ("state", "type", "length", "sha256", "sentBy")} == {
        "state": "STORED",
        "type": "CSV",
        "length": len(LOG),
        "sha256": digest(LOG),
        "sentBy": "asha",
    }
    answer = await fetched(asha, file["url"])
    assert (answer.status_code, answer.content) == (200, LOG)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{file["key"]}.csv"'
    rest = await fetched(asha, file["url"], range=f"bytes={CHUNK + 7}-")
    assert (rest.status_code, rest.content) == (206, LOG[CHUNK + 7 :])


@pytest.mark.row("CA-13")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_is_kept_upright_without_its_place(asha: Person, form: str) -> None:
    taken = photo(64, 48, form)
    assert Image.open(io.BytesIO(taken)).getexif().get_ifd(GPS)
    file = await kept(asha, taken, form)
    answer = await fetched(asha, file["url"])
    found = Image.open(io.BytesIO(answer.content))
    assert (found.format, found.size) == ("JPEG", (48, 64))
    assert dict(found.getexif()) == {}
    assert (file["type"], file["width"], file["height"]) == ("JPEG", 48, 64)
    assert (file["length"], file["sha256"]) == (len(answer.content), digest(answer.content))
    small = await fetched(asha, file["smallUrl"])
    assert Image.open(io.BytesIO(small.content)).format == "JPEG"


@pytest.mark.row("CA-13")
async def test_a_heic_of_forty_megapixels_is_kept(asha: Person) -> None:
    file = await kept(asha, sample("large.heic"), "HEIC")
    assert (file["type"], file["width"], file["height"]) == ("JPEG", 2_560, 1_719)


@pytest.mark.row("CA-13")
async def test_a_film_is_kept_without_its_place(asha: Person) -> None:
    filmed = film()
    assert FILMED_AT in filmed
    file = await kept(asha, filmed, "MP4")
    found = (await fetched(asha, file["url"])).content
    assert FILMED_AT not in found
    assert (len(found), found[-300_000:]) == (len(filmed), filmed[-300_000:])


@pytest.mark.row("AR-14")
@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ((noise(500), "JPEG", NONE), "the file was announced as image/jpeg and begins as nothing"),
        ((film(100), "JPEG", NONE), "the file was announced as image/jpeg and begins as video/mp4"),
        ((photo(), "PNG", NONE), "the file was announced as image/png and begins as image/jpeg"),
        ((b"MZ\0program", "CSV", NONE), "the file was announced as text/csv and begins as nothing"),
        ((b"\xff\xd8\xff broken", "JPEG", NONE), "the file does not read as a photo"),
        ((sample("bomb.heic"), "HEIC", NONE), "the photo has 9000 × 6000 pixels"),
        ((film(100)[:-7], "MP4", NONE), "the file does not read as a whole MP4"),
        ((LOG, "CSV", {"sha256": "0" * 64}), "the bytes that came have another SHA-256"),
    ],
    ids="noise film photo program broken bomb cut hash".split(),
)
async def test_what_lies_is_not_kept(asha: Person, house: Runtime, lie: Lie, why: str) -> None:
    content, told, given = lie
    sent = await announce(asha, content, told, **given)
    assert (await sent.send(content)).status_code == 204
    refused = await complete(asha, sent.id)
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", "id")
    assert refused["message"].startswith(f"id: {why}")
    again = await complete(asha, sent.id)
    assert again["message"].startswith(f"0 of {len(content):,} bytes of {sent.id} came.")
    assert [one async for one in house.files.keeper.objects.objects(sent.id)] == []


@pytest.mark.row("AR-14")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"length": 0}, "file.length"),
        ({"length": (25 << 20) + 1}, "file.length"),
        ({"sha256": "ABC"}, "file.sha256"),
    ],
)
async def test_what_may_not_come_gets_no_address(
    asha: Person, given: dict[str, Any], field: str
) -> None:
    refused = (await announce(asha, photo(), "JPEG", **given)).answer
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", field)


@pytest.mark.row("AR-14")
async def test_an_address_takes_what_it_was_given_for(asha: Person, house: Runtime) -> None:
    sent = await announce(asha, LOG, "CSV")
    link = path_of(sent.address)
    said = {"content-type": "text/csv"}
    tried = {
        "longer": await asha.client.put(link, content=LOG + b"x", headers=said),
        "shorter": await asha.client.put(link, content=LOG[:-1], headers=said),
        "of another type": await sent.send(LOG, **{"Content-Type": "image/jpeg"}),
        "of no length": await asha.client.put(link, content=_pieces(), headers=said),
        "altered": await asha.client.put(link.replace("csv", "plain"), content=LOG, headers=said),
        "unsigned": await asha.client.put(f"{UPLOADS}{sent.id}", content=LOG, headers=said),
        "read": await asha.client.get(
            f"{FILES}{sent.id}?expires=9999999999&signature=0&part=whole"
        ),
    }
    assert {how: answer.status_code for how, answer in tried.items()} == {
        "longer": 413,
        "shorter": 413,
        "of another type": 415,
        "of no length": 411,
        "altered": 403,
        "unsigned": 403,
        "read": 403,
    }
    assert await house.files.keeper.uploads.received(sent.answer["file"]["key"], len(LOG)) == 0


@pytest.mark.row("AR-14")
async def test_what_was_cut_off_goes_on(asha: Person) -> None:
    sent = await announce(asha, LOG, "CSV")
    link, size = path_of(sent.address), len(LOG)

    async def cut() -> AsyncGenerator[bytes]:
        yield LOG[: CHUNK + 1_000]

    told = {"content-type": "text/csv", "content-length": str(size)}
    assert (await sent.door.put(link, content=cut(), headers=told)).status_code == 400
    came = await sent.door.head(link)
    assert (came.status_code, came.headers["upload-offset"]) == (200, str(CHUNK))
    early = await complete(asha, sent.id)
    assert early["__typename"] == "IllegalTransition"
    wrong = await sent.send(LOG[5:], **{"Content-Range": f"bytes 5-{size - 1}/{size}"})
    assert wrong.status_code == 409
    rest = {"Content-Range": f"bytes {CHUNK}-{size - 1}/{size}"}
    assert (await sent.send(LOG[CHUNK:], **rest)).status_code == 204
    assert (await complete(asha, sent.id))["file"]["sha256"] == digest(LOG)


@pytest.mark.row("AR-14")
async def test_nobody_elses_file_is_completed(asha: Person, somebody: Somebody) -> None:
    ravi = somebody(Role.TECHNICIAN, PUNE, name="ravi")
    sent = await announce(asha, LOG, "CSV")
    await sent.send(LOG)
    strange = await complete(ravi, "fil_" + "0" * 32)
    refused = await complete(ravi, sent.id)
    assert refused["__typename"] == strange["__typename"] == "NotFound"
    accountant = somebody(Role.ACCOUNTANT, PUNE)
    assert (await announce(accountant, LOG, "CSV")).answer["__typename"] == "NotAllowed"


@pytest.mark.row("AR-14")
async def test_a_file_is_noise_on_the_disk(asha: Person, home: Path) -> None:
    needle = noise(64).hex().encode()
    log = b"a\n" * 500 + needle + b"\nb" * 500
    sent = await announce(asha, log, "TEXT")
    await sent.send(log)
    came = [path.read_bytes() for path in (home / "files").rglob(f"*{sent.id}*") if path.is_file()]
    await complete(asha, sent.id)
    there = [path.read_bytes() for path in (home / "files").rglob("whole")]
    assert came
    assert there
    assert not any(needle in content for content in [*came, *there])


@pytest.mark.row("AR-14")
async def test_a_garage_keeps_no_more_than_its_room(
    asha: Person, house: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = house.files.keeper.files
    op, told = str(uuid4()), {"type": "CSV", "length": len(LOG), "sha256": digest(LOG)}
    first = await asha.ask(REQUEST, op=op, file=told)
    assert first["__typename"] == "UploadRequested"
    quota = (await files.used(PUNE, house.now())) + 10
    monkeypatch.setattr(type(house.files.keeper), "quota", quota, raising=False)
    again = await asha.ask(REQUEST, op=op, file=told)
    assert again["file"] == first["file"]
    refused = (await announce(asha, LOG, "CSV")).answer
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", "file.length")
    assert await files.used(PUNE, house.now()) == quota - 10


async def _pieces() -> AsyncGenerator[bytes]:
    yield LOG
