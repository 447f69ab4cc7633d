"""A bucket takes what was signed and nothing else, and holds noise where bytes were sealed."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import httpx
import pytest

from domain.errors import Unavailable
from domain.files import UPLOAD_WAITS, FileFacts, FileState, FileType, StoredFile
from domain.ids import FileId, GarageId, PersonId
from files.bucket import Bucket
from files.bucket_store import BucketStore, BucketUploads
from files.sealed_chunks import seal, unseal
from tests.files.samples import digest

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LOG = b"time,volts\n0,3.7\n"


def announced(content: bytes, type: FileType = FileType.CSV) -> StoredFile:
    return StoredFile(
        id=FileId(f"fil_{token_hex(16)}"),
        garage=GarageId("garage_pune"),
        owner=PersonId("asha"),
        state=FileState.ASKED,
        asked=FileFacts(type=type, length=len(content), sha256=digest(content)),
        asked_at=NOW,
        waits_until=NOW + UPLOAD_WAITS,
        key=None,
    )


@pytest.mark.row("AR-14")
async def test_a_signed_put_takes_its_length_and_type_alone(bucket: Bucket) -> None:
    uploads, file = BucketUploads(bucket), announced(LOG)
    address = uploads.address(file, NOW)
    another = {"Content-Type": "image/jpeg"}
    bare = {"Content-Type": "text/csv"}
    async with httpx.AsyncClient() as client:

        async def put(content: bytes, headers: Mapping[str, str], url: str = address.url) -> int:
            return (await client.put(url, content=content, headers=dict(headers))).status_code

        tried = [
            await put(LOG + b"x", address.headers),
            await put(LOG, {**address.headers, **another}),
            await put(LOG, bare),
            await put(LOG, address.headers, address.url.replace("Expires=900", "Expires=90000")),
            await put(LOG, address.headers, address.url.replace(file.id, f"fil_{'0' * 32}")),
        ]
        assert tried == [403] * 5
        assert await uploads.received(file.id, len(LOG)) == 0
        assert await put(LOG, address.headers) == 200
    assert await uploads.received(file.id, len(LOG)) == len(LOG)
    assert b"".join([piece async for piece in uploads.read(file.id)]) == LOG
    assert file.id in [named async for named, _ in uploads.waiting()]
    await uploads.discard(file.id)
    assert file.id not in [named async for named, _ in uploads.waiting()]


@pytest.mark.row("EN-4")
async def test_what_is_stored_is_noise_on_the_servers_disk(bucket: Bucket, weed_home: Path) -> None:
    needles = {how: token_hex(40).encode() for how in ("plain", "incoming", "kept")}
    content = {how: token_bytes(3_000) + one + token_bytes(3_000) for how, one in needles.items()}
    key = token_bytes(32)
    # The control: by the same client, with nothing demanded of the server and nothing sealed here.
    plain: Any = bucket._client  # pyright: ignore[reportPrivateUsage]
    plain.put_object(Bucket="files", Key="plain", Body=content["plain"])
    file = announced(content["incoming"], FileType.TEXT)
    address = BucketUploads(bucket).address(file, NOW)
    async with httpx.AsyncClient() as client:
        sent = await client.put(
            address.url, content=content["incoming"], headers=dict(address.headers)
        )
    assert sent.status_code == 200
    store = BucketStore(bucket)
    await store.put("fil_en4/whole", seal(_one(content["kept"]), key, "fil_en4/whole"))
    on_disk = _volumes(weed_home)
    assert {how: one in on_disk for how, one in needles.items()} == {
        "plain": True,
        "incoming": False,
        "kept": False,
    }
    for name in (f"incoming/{file.id}", "kept/fil_en4/whole"):
        head = await bucket.head(name)
        assert head is not None
        assert head["ServerSideEncryption"] == "AES256"
    # Whoever reads it with the bucket's own key, and without the file's, reads noise.
    taken = b"".join([piece async for piece in store.read("fil_en4/whole")])
    assert needles["kept"] not in taken
    opened = [piece async for piece in unseal(_one(taken), key, "fil_en4/whole")]
    assert b"".join(opened) == content["kept"]


async def test_an_address_names_where_senders_reach_it(bucket: Bucket) -> None:
    inside = bucket.account.url.replace("127.0.0.1", "localhost")
    elsewhere = Bucket(replace(bucket.account, url=inside, public_url=bucket.account.url))
    file = announced(LOG)
    address = BucketUploads(elsewhere).address(file, NOW)
    assert address.url.startswith(bucket.account.url)
    async with httpx.AsyncClient() as client:
        sent = await client.put(address.url, content=LOG, headers=dict(address.headers))
    assert sent.status_code == 200
    assert await BucketUploads(elsewhere).received(file.id, len(LOG)) == len(LOG)


async def test_a_bucket_that_does_not_know_us_is_unavailable(bucket: Bucket) -> None:
    stranger = Bucket(replace(bucket.account, secret="another"))  # noqa: S106 - of nobody
    with pytest.raises(Unavailable, match="the bucket refused with SignatureDoesNotMatch"):
        await stranger.put("kept/x", BytesIO(b"x"))
    nowhere = Bucket(replace(bucket.account, url="http://127.0.0.1:9"))
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        await nowhere.put("kept/x", BytesIO(b"x"))


def _volumes(home: Path) -> bytes:
    """Give all that the server has on its disk of objects."""
    return b"".join(path.read_bytes() for path in sorted(home.glob("*.dat")))


async def _one(content: bytes) -> AsyncGenerator[bytes]:
    yield content
