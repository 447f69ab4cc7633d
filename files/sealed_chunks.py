"""Bytes sealed chunk by chunk under one key: they are written, read and sent on without being held.

Each chunk is a fresh nonce, the sealed bytes and their tag (AES-256-GCM), bound to the name of the
whole and to its place in it: a chunk that is moved, or is of another file, does not open. How long
the whole is has to be known from elsewhere: a chunk that is missing at the end leaves no trace.
"""

import os
from collections.abc import AsyncGenerator, AsyncIterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Tampered

CHUNK = 1 << 18
NONCE = 12
EXTRA = NONCE + 16
SEALED_CHUNK = CHUNK + EXTRA
KEY_BYTES = 32


def sealed_length(length: int) -> int:
    """Give how many bytes so many are when they are sealed."""
    return length + EXTRA * -(-length // CHUNK)


def seal_chunk(key: bytes, name: str, place: int, plain: bytes) -> bytes:
    """Seal the chunk that stands at a place, from 0."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(name, place))


def open_chunk(key: bytes, name: str, place: int, sealed: bytes) -> bytes:
    """Give what was sealed.

    Raises:
        Tampered: it was altered, moved, or sealed with another key.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound_to(name, place))
    except InvalidTag as error:
        raise Tampered(name, f"chunk {place} does not open") from error


async def in_chunks(came: AsyncIterable[bytes], size: int) -> AsyncGenerator[bytes]:
    """Give bytes anew in pieces of one size; the last one may be shorter."""
    held = bytearray()
    async for piece in came:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


async def seal(plain: AsyncIterable[bytes], key: bytes, name: str) -> AsyncGenerator[bytes]:
    """Seal bytes as they come."""
    place = 0
    async for chunk in in_chunks(plain, CHUNK):
        yield seal_chunk(key, name, place, chunk)
        place += 1


async def unseal(
    sealed: AsyncIterable[bytes], key: bytes, name: str, first: int = 0
) -> AsyncGenerator[bytes]:
    """Open chunks as they come; `first` is the place of the one that comes first.

    Raises:
        Tampered: as `open_chunk` says.
    """
    place = first
    async for chunk in in_chunks(sealed, SEALED_CHUNK):
        yield open_chunk(key, name, place, chunk)
        place += 1


def _bound_to(name: str, place: int) -> bytes:
    return f"{name}\n{place}".encode()
