"""Master keys as the setting holds them: the current one, older ones, and the key of the marks."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from access.vault import SETTING, DataKey, keyed_mark
from domain.errors import UnsafeSetting

INDEX = "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKeys:
    """The keys of the setting.

    Attributes:
        current: the name of the one that wraps data keys; the others only unwrap.
        masters: 32 bytes each, by name.
        index_key: of the marks; it does not rotate.
    """

    current: str
    masters: Mapping[str, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)

    def key_for(self, purpose: str) -> bytes:
        """Give a key for another purpose: it follows from the index key and tells nothing of it."""
        return sha256(keyed_mark(self.index_key, "purpose", purpose)).digest()

    @property
    def older_keys(self) -> list[DataKey]:
        """The same keys as those that values were sealed with before there were data keys."""
        return [DataKey(name=name, secret=secret) for name, secret in self.masters.items()]


def parse_keys(text: str, *, elsewhere: bool = False) -> MasterKeys:
    """Read `NAME:BASE64 NAME:BASE64 … index:BASE64`; the first key is the current one.

    `elsewhere`: a key service keeps the master key, so that only older ones need be here, or none.

    Raises:
        UnsafeSetting: it reads otherwise, or a key has not 32 bytes.
    """
    named = [part.partition(":") for part in text.split()]
    try:
        keys = {name: b64decode(key, validate=True) for name, _, key in named}
    except Base64Error as error:
        raise UnsafeSetting(SETTING, "does not read as NAME:BASE64 NAME:BASE64") from error
    for name, secret in keys.items():
        DataKey(name=name, secret=secret)
    index = keys.pop(INDEX, None)
    if index is None or (not keys and not elsewhere):
        raise UnsafeSetting(SETTING, "needs a key to wrap with, and one named `index`")
    return MasterKeys(current=next(iter(keys), ""), masters=keys, index_key=index)
