"""One contract for a folder and for a bucket: whole or not there, and brought back when removed."""

from collections.abc import AsyncGenerator
from secrets import token_hex

import pytest

from domain.errors import NotFound
from files.object_store import ObjectStore
from tests.files.samples import noise

BYTES = noise(3_000_000)


async def said(*pieces: bytes) -> AsyncGenerator[bytes]:
    for piece in pieces:
        yield piece


async def stored(objects: ObjectStore, content: bytes) -> str:
    key = f"fil_{token_hex(8)}/whole"
    await objects.put(key, said(content))
    return key


async def whole(objects: ObjectStore, key: str, start: int = 0) -> bytes:
    return b"".join([piece async for piece in objects.read(key, start)])


@pytest.mark.row("AR-14")
async def test_what_is_put_is_read(objects: ObjectStore) -> None:
    key = f"fil_{token_hex(8)}/whole"
    await objects.put(key, said(BYTES[:5], BYTES[5:2_000_000], BYTES[2_000_000:]))
    assert await whole(objects, key) == BYTES
    assert await whole(objects, key, 2_999_990) == BYTES[-10:]
    assert await whole(objects, key, 3_000_000) == b""
    facts = await objects.facts(key)
    assert facts is not None
    assert (facts.key, facts.length) == (key, 3_000_000)
    await objects.put(key, said(b"another"))
    assert await whole(objects, key) == b"another"


@pytest.mark.row("AR-14")
async def test_what_is_not_there_is_not_found(objects: ObjectStore) -> None:
    key = f"fil_{token_hex(8)}/whole"
    with pytest.raises(NotFound):
        await whole(objects, key)
    assert await objects.facts(key) is None
    assert await objects.restore(key) is False
    await objects.remove(key)
    await objects.forget(key)
    assert await objects.restore(key) is False


@pytest.mark.row("AR-14")
async def test_a_put_that_breaks_off_leaves_what_was(objects: ObjectStore) -> None:
    key = await stored(objects, b"before")

    async def broken() -> AsyncGenerator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await objects.put(key, broken())
    assert await whole(objects, key) == b"before"


@pytest.mark.row("DR-6")
async def test_what_was_removed_comes_back(objects: ObjectStore) -> None:
    key = await stored(objects, b"needed after all")
    await objects.remove(key)
    await objects.remove(key)
    assert await objects.facts(key) is None
    assert await objects.restore(key) is True
    assert await whole(objects, key) == b"needed after all"


@pytest.mark.row("DR-6")
async def test_what_was_forgotten_does_not_come_back(objects: ObjectStore) -> None:
    key = await stored(objects, b"one")
    await objects.put(key, said(b"two"))
    await objects.remove(key)
    await objects.forget(key)
    assert await objects.restore(key) is False
    assert await objects.facts(key) is None


async def test_objects_are_listed_by_their_beginning(objects: ObjectStore) -> None:
    mark = token_hex(4)
    keys = [f"fil_{mark}{n}/{part}" for n in range(3) for part in ("small", "whole")]
    for key in reversed(keys):
        await objects.put(key, said(b"123"))
    await objects.remove(keys[1])
    found = [(one.key, one.length) async for one in objects.objects(f"fil_{mark}")]
    assert found == [(key, 3) for key in keys if key != keys[1]]
