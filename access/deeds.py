"""What keeps deeds: marks in place of personal values, a seal on their way, and a mark on each row.

A deed of the graph travels there within its event. Neo4j, the stream and whoever follows them are
told ids alone, so it travels sealed (AES-256-GCM, bound to the event), and is opened where the
change log takes the event in. All keys follow from one; none of them is in a database.
"""

import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.deeds import AUDITED, Deed, deed_of
from domain.events import Event
from records.audit_trail import DeedWriter
from records.database import Connection

NONCE_BYTES = 12
MARK_CHARACTERS = 32
# What only the sealed deed knows; the rest stands in its event.
SEALED = ("user_role", "ip_address", "user_agent", "old_value", "new_value")


class DeedVault:
    """The keys of the deeds, which follow from `key`: 32 bytes that do not rotate."""

    def __init__(self, key: bytes) -> None:
        self._marks, sealing, self._rows = (
            hmac.digest(key, purpose, sha256) for purpose in (b"marks", b"sealing", b"rows")
        )
        self._cipher = AESGCM(sealing)

    def mark(self, value: str) -> str:
        """Give the keyed hash of a personal value, 128 bits of it."""
        found = hmac.digest(self._marks, value.encode(), sha256).hex()
        return f"hmac:{found[:MARK_CHARACTERS]}"

    def sign(self, said: bytes) -> bytes:
        """Give the mark that a row or a link bears."""
        return hmac.digest(self._rows, said, sha256)

    def seal(self, deed: Deed) -> str:
        whole = asdict(deed)
        said = orjson.dumps([whole[name] for name in SEALED])
        nonce = os.urandom(NONCE_BYTES)
        closed = self._cipher.encrypt(nonce, said, deed.audit_id.encode())
        return b64encode(nonce + closed).decode()

    def open(self, event: Event) -> Deed:
        """Give the deed that an event tells of; as much as the event knows where it does not open:
        the key is another one, or somebody touched it.
        """
        deed = deed_of(event)
        if event.deed is None:
            return deed
        try:
            sealed = b64decode(event.deed)
            nonce, closed = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            said: list[Any] = orjson.loads(self._cipher.decrypt(nonce, closed, event.id.encode()))
        except (ValueError, InvalidTag):
            return deed
        return replace(deed, **dict(zip(SEALED, said, strict=True)))


class EventDeeds:
    """Writes the deeds of events, in the transaction that takes the events in."""

    def __init__(self, vault: DeedVault, writer: DeedWriter) -> None:
        self._vault = vault
        self._writer = writer

    async def write(self, events: Sequence[Event], connection: Connection) -> None:
        deeds = [self._vault.open(event) for event in events if event.type in AUDITED]
        await self._writer.write(connection, deeds)
