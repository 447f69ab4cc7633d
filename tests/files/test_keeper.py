"""A photo and a log go past us into a real bucket, and come back from it opened by us."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from domain.access import Actor, Role
from domain.errors import IllegalTransition, InvalidInput, Occupied, Unavailable
from domain.files import FileFacts, FileState, FileType, StoredFile
from domain.ids import FileId, GarageId, OperationId, PersonId
from files.bucket import Bucket
from files.bucket_store import BucketStore, BucketUploads
from files.file_readers import AT_ONCE, FileReaders
from files.scanners import ClamScanner, Scanner
from records.database import Records
from records.files import FileStore
from repair.files import FileKeeper
from repair.operations import Operation
from tests.billing.sample_books import VAULT
from tests.files.samples import digest, photo

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ASHA = Actor(id=PersonId("asha"), role=Role.TECHNICIAN, garage=GarageId("garage_pune"))
LOG = b"time,soc,temp\n1,80,31\n"


def keeper(records: Records, bucket: Bucket, scanner: Scanner | None = None) -> FileKeeper:
    return FileKeeper(
        files=FileStore(records),
        objects=BucketStore(bucket),
        uploads=BucketUploads(bucket),
        vault=VAULT,
        readers=FileReaders(),
        quota=1 << 20,
        scanner=scanner,
    )


def operation() -> Operation:
    return Operation(id=OperationId(str(uuid4())), actor=ASHA, at=NOW)


async def announced(keeper: FileKeeper, content: bytes, type: FileType) -> StoredFile:
    facts = FileFacts(type=type, length=len(content), sha256=digest(content))
    return await keeper.request(facts, None, operation())


async def sent(keeper: FileKeeper, file: StoredFile, content: bytes) -> int:
    address = keeper.uploads.address(file, NOW)
    async with httpx.AsyncClient() as client:
        told = dict(address.headers)
        return (await client.put(address.url, content=content, headers=told)).status_code


async def completed(keeper: FileKeeper, id: FileId) -> StoredFile:
    return await keeper.keep(await keeper.prepare(id, operation()))


@pytest.mark.row("AR-14", "PI-1")
@pytest.mark.parametrize("type", [FileType.TEXT, FileType.JPEG])
async def test_a_file_comes_back_from_the_bucket(
    records: Records, bucket: Bucket, type: FileType
) -> None:
    house, content = keeper(records, bucket), LOG if type is FileType.TEXT else photo()
    file = await announced(house, content, type)
    with pytest.raises(IllegalTransition, match=r"^0 of"):
        await completed(house, file.id)
    assert await sent(house, file, content) == 200
    kept = await completed(house, file.id)
    assert await completed(house, file.id) == kept
    back = b"".join([piece async for piece in house.read(kept)])
    assert (kept.state, digest(back)) == (FileState.STORED, kept.facts.sha256)
    assert (back == content) is (type is FileType.TEXT)
    assert await house.uploads.received(file.id, len(content)) == 0
    stored = b"".join([piece async for piece in house.objects.read(f"{file.id}/whole")])
    assert back not in stored


@pytest.mark.row("AR-14")
async def test_what_nobody_looked_at_is_not_kept(records: Records, bucket: Bucket) -> None:
    house = keeper(records, bucket, ClamScanner("127.0.0.1", 9))
    file = await announced(house, LOG, FileType.TEXT)
    assert await sent(house, file, LOG) == 200
    with pytest.raises(Unavailable, match="clamd could not be asked"):
        await completed(house, file.id)
    assert (await house.files.get(file.id)).state is FileState.ASKED
    assert await house.uploads.received(file.id, len(LOG)) == len(LOG)


async def test_other_bytes_of_the_same_length_are_let_go_of(
    records: Records, bucket: Bucket
) -> None:
    house = keeper(records, bucket)
    file = await announced(house, LOG, FileType.TEXT)
    assert await sent(house, file, LOG.swapcase()) == 200
    with pytest.raises(InvalidInput, match="another SHA-256"):
        await completed(house, file.id)
    assert await house.uploads.received(file.id, len(LOG)) == 0
    assert await house.objects.facts(f"{file.id}/whole") is None
    assert await sent(house, file, LOG) == 200
    assert (await completed(house, file.id)).facts.sha256 == digest(LOG)


async def test_two_who_complete_at_once_keep_the_same(records: Records, bucket: Bucket) -> None:
    """The key was made when the file was announced: whoever writes last wrote the same."""
    house, content = keeper(records, bucket), photo()
    file = await announced(house, content, FileType.JPEG)
    assert await sent(house, file, content) == 200
    made = [await house.prepare(file.id, operation()) for _ in range(2)]
    first, second = [await house.keep(one) for one in made]
    assert first == second
    back = b"".join([piece async for piece in house.read(first)])
    assert digest(back) == first.facts.sha256


@pytest.mark.parametrize(
    "garages", [["a", "b", "c"], ["garage_pune", "garage_pune"]], ids="all own".split()
)
async def test_so_many_are_looked_at_and_no_more(
    records: Records, bucket: Bucket, garages: list[str]
) -> None:
    """Of all garages, and of one, which leaves a place to others."""
    house = replace(keeper(records, bucket), readers=FileReaders(turn_seconds=0.01))
    file = await announced(house, LOG, FileType.TEXT)
    assert await sent(house, file, LOG) == 200
    async with AsyncExitStack() as busy:
        for garage in garages:
            await busy.enter_async_context(house.readers.turn(file.id, GarageId(garage)))
        with pytest.raises(Occupied):
            await completed(house, file.id)
        if len(garages) < AT_ONCE:
            await busy.enter_async_context(house.readers.turn(file.id, GarageId("other")))
    assert (await completed(house, file.id)).state is FileState.STORED
