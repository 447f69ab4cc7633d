"""Bytes are sealed piece by piece, and open where and as they were sealed alone."""

from collections.abc import AsyncGenerator

import pytest

from domain.errors import Tampered
from files.sealed_chunks import CHUNK, SEALED_CHUNK, seal, sealed_length, unseal
from tests.files.samples import noise

KEY = b"k" * 32


async def pieces(content: bytes, size: int = 100_000) -> AsyncGenerator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def whole(came: AsyncGenerator[bytes]) -> bytes:
    return b"".join([piece async for piece in came])


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
async def test_what_is_sealed_opens(length: int) -> None:
    content = noise(length)
    sealed = await whole(seal(pieces(content), KEY, "a"))
    assert len(sealed) == sealed_length(length)
    assert await whole(unseal(pieces(sealed), KEY, "a")) == content
    assert await whole(unseal(pieces(sealed[SEALED_CHUNK:]), KEY, "a", 1)) == content[CHUNK:]


@pytest.mark.parametrize("how", ["another key", "another name", "altered", "moved"])
async def test_what_was_touched_does_not_open(how: str) -> None:
    sealed = await whole(seal(pieces(noise(2 * CHUNK)), KEY, "a"))
    first, second = sealed[:SEALED_CHUNK], sealed[SEALED_CHUNK:]
    key, name = (b"x" * 32 if how == "another key" else KEY), "b" if how == "another name" else "a"
    touched = {"altered": first + bytes([second[0] ^ 1]) + second[1:], "moved": second + first}
    with pytest.raises(Tampered):
        await whole(unseal(pieces(touched.get(how, sealed)), key, name))
