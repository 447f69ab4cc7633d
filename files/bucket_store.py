"""Objects and uploads in a bucket behind the S3 interface."""

import tempfile
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound
from domain.files import ADDRESS_LASTS, StoredFile
from domain.ids import FileId
from files.bucket import ENCRYPTED, Bucket, removed_first
from files.folder_store import READ_AT_ONCE
from files.object_store import ObjectFacts
from files.upload_place import UploadAddress

KEPT, INCOMING = "kept/", "incoming/"
# What is larger waits on the disk until it is whole; it is sealed by then.
IN_MEMORY = 4 << 20


@dataclass(frozen=True, slots=True)
class BucketStore:
    """What is removed leaves a mark before its versions; to forget is to let go of all of them."""

    bucket: Bucket

    async def put(self, key: str, content: AsyncIterable[bytes]) -> None:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
            async for piece in content:
                whole.write(piece)
            whole.seek(0)
            await self.bucket.put(KEPT + key, whole)

    async def read(self, key: str, start: int = 0) -> AsyncGenerator[bytes]:
        async for piece in _pieces(self.bucket, KEPT + key, start):
            yield piece

    async def facts(self, key: str) -> ObjectFacts | None:
        found = await self.bucket.head(KEPT + key)
        if found is None:
            return None
        return ObjectFacts(key=key, length=found["ContentLength"], at=found["LastModified"])

    async def remove(self, key: str) -> None:
        if await self.bucket.head(KEPT + key) is not None:
            await self.bucket.delete(KEPT + key)

    async def restore(self, key: str) -> bool:
        versions = await self.bucket.versions(KEPT + key)
        marks = [*removed_first(versions)]
        if not marks or len(marks) == len(versions):
            return False
        for mark in marks:
            await self.bucket.delete(KEPT + key, mark)
        return True

    async def forget(self, key: str) -> None:
        for one in await self.bucket.versions(KEPT + key):
            await self.bucket.delete(KEPT + key, one["VersionId"])

    async def objects(self, prefix: str) -> AsyncGenerator[ObjectFacts]:
        async for found in _listed(self.bucket, KEPT + prefix):
            yield ObjectFacts(key=found.key.removeprefix(KEPT), length=found.length, at=found.at)


@dataclass(frozen=True, slots=True)
class BucketUploads:
    """Uploads that go past us: the bucket takes what we signed, of this length and type alone."""

    bucket: Bucket

    def address(self, file: StoredFile, now: datetime) -> UploadAddress:
        asked, seconds = file.asked, int(ADDRESS_LASTS.total_seconds())
        url = self.bucket.signed_put(
            INCOMING + file.id, seconds, length=asked.length, type=asked.type.value
        )
        return UploadAddress(
            url=url,
            headers={
                "Content-Type": asked.type.value,
                "x-amz-server-side-encryption": ENCRYPTED["ServerSideEncryption"],
            },
            expires_at=now + ADDRESS_LASTS,
            resumable=False,
        )

    async def received(self, id: FileId, length: int) -> int:
        found = await self.bucket.head(INCOMING + id)
        return 0 if found is None else min(length, found["ContentLength"])

    async def read(self, id: FileId) -> AsyncGenerator[bytes]:
        async for piece in _pieces(self.bucket, INCOMING + id, 0):
            yield piece

    async def discard(self, id: FileId) -> None:
        for one in await self.bucket.versions(INCOMING + id):
            await self.bucket.delete(INCOMING + id, one["VersionId"])

    async def waiting(self) -> AsyncGenerator[tuple[FileId, datetime]]:
        async for found in _listed(self.bucket, INCOMING):
            yield FileId(found.key.removeprefix(INCOMING)), found.at


async def _pieces(bucket: Bucket, key: str, start: int) -> AsyncGenerator[bytes]:
    found = await bucket.head(key)
    if found is None:
        raise NotFound("object", key.partition("/")[2])
    if start >= found["ContentLength"]:
        return
    with closing(await bucket.get(key, start)) as body:
        while piece := await body.read(READ_AT_ONCE):
            yield piece


async def _listed(bucket: Bucket, prefix: str) -> AsyncGenerator[ObjectFacts]:
    after = ""
    while found := await bucket.page(prefix, after):
        for one in found:
            yield ObjectFacts(key=one["Key"], length=one["Size"], at=one["LastModified"])
        after = found[-1]["Key"]
