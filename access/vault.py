"""The vault: who a customer is, sealed at rest, and marks to search by without opening anything."""

import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import UnsafeSetting

KEY_BYTES = 32
NONCE_BYTES = 12
LONGEST_NAME = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """AES-256-GCM under named keys; new values are sealed with `current`, old keys still open.

    A sealed value is bound to its place (`where`): moved to another row, it does not open.

    Attributes:
        keys: 32 bytes each, by name; drop one only when nothing is sealed with it any more.
        index_key: of the marks; it does not rotate, or nothing would be found again.
    """

    current: str
    keys: Mapping[str, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)
    randomness: Callable[[int], bytes] = os.urandom

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise UnsafeSetting("BATTWHEELS_VAULT_KEYS", f"has no key named {self.current!r}")
        if any(len(key) != KEY_BYTES for key in (*self.keys.values(), self.index_key)):
            raise UnsafeSetting("BATTWHEELS_VAULT_KEYS", f"each key needs {KEY_BYTES} bytes")
        if any(len(name.encode()) > LONGEST_NAME or not name for name in self.keys):
            raise UnsafeSetting("BATTWHEELS_VAULT_KEYS", "a key's name has 1 to 32 bytes")

    def seal(self, plain: bytes, where: str) -> bytes:
        """Give length and name of the key, a fresh nonce, and the sealed text."""
        name, nonce = self.current.encode(), self.randomness(NONCE_BYTES)
        closed = AESGCM(self.keys[self.current]).encrypt(
            nonce, plain, _bounded_name(self.current, where)
        )
        return bytes([len(name)]) + name + nonce + closed

    def open(self, sealed: bytes, where: str) -> bytes:
        """Give what was sealed.

        Raises:
            UnsafeSetting: its key is gone, or it was altered or moved.
        """
        length = sealed[0]
        name = sealed[1 : 1 + length].decode(errors="replace")
        rest = sealed[1 + length :]
        if name not in self.keys:
            raise UnsafeSetting("BATTWHEELS_VAULT_KEYS", f"the key {name!r} is needed and missing")
        try:
            return AESGCM(self.keys[name]).decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bounded_name(name, where)
            )
        except InvalidTag as error:
            raise UnsafeSetting("BATTWHEELS_VAULT_KEYS", f"{where} does not open") from error

    def mark(self, kind: str, value: str) -> bytes:
        """Give the blind index of a value: the same for the same, and nothing can be read of it."""
        return hmac.digest(self.index_key, f"{kind}\n{value}".encode(), sha256)


def _bounded_name(name: str, where: str) -> bytes:
    return f"{name}\n{where}".encode()
