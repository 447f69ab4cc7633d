"""The vault: who a person is, sealed at rest, and marks to search by without opening anything.

A sealed value begins with the name of the key that it was sealed with, so that several keys open at
once while one takes another's place (`access.rotation`).
"""

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from access.personal_fields import SealedPlace
from domain.errors import UnsafeSetting

SETTING = "BATTWHEELS_VAULT_KEYS"
KEY_BYTES = 32
NONCE_BYTES = 12
LONGEST_NAME = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """A key that values are sealed with.

    Attributes:
        name: 1 to 32 bytes; each value that it seals begins with it.
        secret: 32 bytes.
        table: the one whose values it seals; None: a key of the setting, which sealed values of all
            tables before there were data keys.
    """

    name: str
    secret: bytes = field(repr=False)
    table: str | None = None

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise UnsafeSetting(SETTING, f"each key needs {KEY_BYTES} bytes")
        if len(self.name.encode()) > LONGEST_NAME or not self.name:
            raise UnsafeSetting(SETTING, "a key's name has 1 to 32 bytes")

    def associated(self, place: SealedPlace) -> bytes:
        """Give what a value is bound to beside the key: where it stands (table:column:row)."""
        where = place.older_name if self.table is None else str(place)
        return f"{self.name}\n{where}".encode()


@dataclass(slots=True)
class KeyRing:
    """The data keys that are open in this process; whoever reads them anew changes it in place."""

    _keys: dict[str, DataKey] = field(default_factory=dict[str, DataKey], repr=False)
    _primaries: dict[str, DataKey] = field(default_factory=dict[str, DataKey], repr=False)
    _only: DataKey | None = field(default=None, repr=False)

    @classmethod
    def of_one(cls, key: DataKey, *others: DataKey) -> Self:
        """Give a ring that seals all tables with one key; the others open what they sealed."""
        ring = cls()
        ring.put([key, *others], {})
        ring._only = key
        return ring

    def put(self, keys: list[DataKey], primaries: dict[str, DataKey]) -> None:
        """Let these keys open, and the primaries seal, each its table."""
        self._keys = {key.name: key for key in keys}
        self._primaries = primaries

    @property
    def names(self) -> set[str]:
        return {*self._keys}

    def primary(self, table: str) -> DataKey:
        """Give the key that a table's new values are sealed with.

        Raises:
            UnsafeSetting: there is none: the data keys were not read.
        """
        found = self._primaries.get(table, self._only)
        if found is None:
            raise UnsafeSetting(SETTING, f"opened no data key for {table}")
        return found

    def named(self, name: str) -> DataKey:
        """Give the key of a name.

        Raises:
            UnsafeSetting: it is not there.
        """
        if name not in self._keys:
            raise UnsafeSetting(SETTING, f"the key {name!r} is needed and missing")
        return self._keys[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """AES-256-GCM under the ring's keys; a value that is moved to another place does not open.

    Attributes:
        index_key: of the marks; it does not rotate, or nothing would be found again.
    """

    ring: KeyRing
    index_key: bytes = field(repr=False)
    randomness: Callable[[int], bytes] = os.urandom

    def __post_init__(self) -> None:
        if len(self.index_key) != KEY_BYTES:
            raise UnsafeSetting(SETTING, f"each key needs {KEY_BYTES} bytes")

    def seal(self, plain: bytes, place: SealedPlace) -> bytes:
        """Give length and name of the key, a fresh nonce, and the sealed text."""
        key, nonce = self.ring.primary(place.table), self.randomness(NONCE_BYTES)
        name = key.name.encode()
        closed = AESGCM(key.secret).encrypt(nonce, plain, key.associated(place))
        return bytes([len(name)]) + name + nonce + closed

    def open(self, sealed: bytes, place: SealedPlace) -> bytes:
        """Give what was sealed.

        Raises:
            UnsafeSetting: its key is gone, or it was altered or moved.
        """
        key = self.ring.named(key_name(sealed))
        rest = sealed[1 + sealed[0] :]
        try:
            return AESGCM(key.secret).decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], key.associated(place)
            )
        except InvalidTag as error:
            raise UnsafeSetting(SETTING, f"{place} does not open") from error

    def reseal(self, sealed: bytes, place: SealedPlace) -> bytes:
        """Give the same value under the table's key of now."""
        return self.seal(self.open(sealed, place), place)

    def mark(self, kind: str, value: str) -> bytes:
        """Give the blind index of a value: the same for the same, and nothing can be read of it."""
        return keyed_mark(self.index_key, kind, value)


def keyed_mark(key: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(key, f"{kind}\n{value}".encode(), sha256)


def key_name(sealed: bytes) -> str:
    """Give the name of the key that a value was sealed with."""
    return sealed[1 : 1 + sealed[0]].decode(errors="replace")
