"""Signed links to files: one takes what was announced, others give what is kept, until they expire.

What a link says is all that its door knows of the asker, so all of it is signed: which file, its
length, type and hash, or which part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from domain.errors import InvalidInput
from domain.files import ADDRESS_LASTS, FileFacts, FileType, StoredFile, parse_facts
from domain.ids import FileId, file_id
from files.upload_place import UploadAddress
from web import signed_links
from web.paths import FILES, UPLOADS

LIFETIME = timedelta(minutes=15)
WHOLE, SMALL = "whole", "small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a signed address takes."""

    id: FileId
    facts: FileFacts


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Signs with one key; who has a link needs no token.

    `base` is where people reach this service.
    """

    key: bytes
    base: str = ""

    def download(self, id: FileId, now: datetime, *, small: bool = False) -> str:
        part, until = SMALL if small else WHOLE, int((now + LIFETIME).timestamp())
        told = urlencode(
            {"part": part, "expires": until, "signature": self._download(id, part, until)}
        )
        return f"{self.base}{FILES}{id}?{told}"

    def upload(self, file: StoredFile, now: datetime) -> UploadAddress:
        expires = now + ADDRESS_LASTS
        until, asked = int(expires.timestamp()), file.asked
        told = urlencode(
            {
                "type": asked.type.value,
                "length": asked.length,
                "sha256": asked.sha256,
                "expires": until,
                "signature": self._upload(file.id, asked, until),
            }
        )
        return UploadAddress(
            url=f"{self.base}{UPLOADS}{file.id}?{told}",
            headers={"Content-Type": asked.type.value},
            expires_at=expires,
            resumable=True,
        )

    def opens(self, id: str, given: Mapping[str, str], now: datetime) -> bool:
        """Say whether we signed this link to a part of a file, and it has not expired."""
        part = given.get("part", "")
        return signed_links.holds(
            lambda until: self._download(id, part, until),
            given.get("expires", ""),
            given.get("signature", ""),
            now,
        )

    def announced(self, id: str, given: Mapping[str, str], now: datetime) -> Announcement | None:
        """Give what an address takes; None: we did not sign it, or it has expired."""
        try:
            found = Announcement(id=file_id(id), facts=_facts_of(given))
        except (InvalidInput, ValueError):
            return None
        held = signed_links.holds(
            lambda until: self._upload(found.id, found.facts, until),
            given.get("expires", ""),
            given.get("signature", ""),
            now,
        )
        return found if held else None

    def _download(self, id: str, part: str, until: int) -> str:
        return signed_links.signature(self.key, f"file\n{id}\n{part}\n{until}")

    def _upload(self, id: str, asked: FileFacts, until: int) -> str:
        said = f"upload\n{id}\n{asked.type}\n{asked.length}\n{asked.sha256}\n{until}"
        return signed_links.signature(self.key, said)


def _facts_of(given: Mapping[str, str]) -> FileFacts:
    length = given.get("length", "")
    if not length.isdecimal() or len(length) > signed_links.LONGEST:
        raise ValueError
    return parse_facts(FileType(given.get("type", "")), int(length), given.get("sha256", ""))
