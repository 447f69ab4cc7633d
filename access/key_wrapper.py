"""Whoever keeps the master key: it wraps data keys, and never leaves its keeper."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from access.vault import NONCE_BYTES, SETTING
from domain.errors import UnsafeSetting
from records.data_keys import KeptKey


class KeyWrapper(Protocol):
    """A file of this machine, or a key management service."""

    @property
    def current(self) -> str:
        """The name of the master key that wraps what is new."""
        ...

    async def wrap(self, secret: bytes, name: str) -> tuple[str, bytes]:
        """Wrap a data key, bound to its name; give the master key's name, and the wrapped key.

        Raises:
            Unavailable: the service does not answer.
        """
        ...

    async def unwrap(self, key: KeptKey) -> bytes:
        """Open a data key.

        Raises:
            UnsafeSetting: its master key is gone or another one, or it was altered or renamed.
            Unavailable: the service does not answer.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWrapper:
    """Master keys of a setting or file: AES-256-GCM, 32 bytes each, by name."""

    current: str
    masters: Mapping[str, bytes] = field(repr=False)
    randomness: Callable[[int], bytes] = os.urandom

    async def wrap(self, secret: bytes, name: str) -> tuple[str, bytes]:
        nonce = self.randomness(NONCE_BYTES)
        closed = AESGCM(self.masters[self.current]).encrypt(nonce, secret, bound_to(name))
        return self.current, nonce + closed

    async def unwrap(self, key: KeptKey) -> bytes:
        if key.master not in self.masters:
            raise UnsafeSetting(
                SETTING,
                f"misses {key.master}: data keys are wrapped with it. Put the old key back behind "
                "the current one, as NAME:BASE64; nothing was changed",
            )
        nonce, closed = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self.masters[key.master]).decrypt(nonce, closed, bound_to(key.name))
        except InvalidTag as error:
            raise UnsafeSetting(
                SETTING,
                f"has another key named {key.master} than the one that wrapped the data keys. Put "
                "the right one in its place; nothing was changed",
            ) from error


def bound_to(name: str) -> bytes:
    """Give what a wrapped data key is bound to: one that was renamed does not open."""
    return f"data key\n{name}".encode()
