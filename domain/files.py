"""Photos, videos and logs that people hand in: what may come, how large, and how it is kept.

A file is asked for first, with its type, length and hash; its bytes come by an address of their
own; what came is checked against what was announced, and only then kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from domain import limits
from domain.battery_logs import BatteryLog
from domain.errors import InvalidInput
from domain.ids import FileId, GarageId, PersonId, TicketId

# For so long an address takes what was announced.
ADDRESS_LASTS = timedelta(minutes=15)
# For so long what was announced and did not come counts among what its garage keeps.
UPLOAD_WAITS = timedelta(hours=1)
# For so long what was taken away can be brought back.
KEPT_REMOVED = timedelta(days=90)
SHA_256 = re.compile(r"[0-9a-f]{64}")


class FileType(StrEnum):
    """The media types that are taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    MP4 = "video/mp4"
    WEBM = "video/webm"
    CSV = "text/csv"
    TEXT = "text/plain"

    @property
    def kind(self) -> "FileKind":
        return KINDS[self]


class FileKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    LOG = "log"


class FileState(StrEnum):
    """ASKED: its bytes are still to come; REMOVED: taken away, and for a while not yet for good."""

    ASKED = "asked"
    STORED = "stored"
    REMOVED = "removed"


KINDS: Mapping[FileType, FileKind] = {
    FileType.JPEG: FileKind.PHOTO,
    FileType.PNG: FileKind.PHOTO,
    FileType.WEBP: FileKind.PHOTO,
    FileType.HEIC: FileKind.PHOTO,
    FileType.MP4: FileKind.VIDEO,
    FileType.WEBM: FileKind.VIDEO,
    FileType.CSV: FileKind.LOG,
    FileType.TEXT: FileKind.LOG,
}
MOST_BYTES: Mapping[FileKind, int] = {
    FileKind.PHOTO: limits.PHOTO_BYTES,
    FileKind.VIDEO: limits.VIDEO_BYTES,
    FileKind.LOG: limits.LOG_BYTES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file is: its media type, its bytes, and the SHA-256 of them, in hexadecimal."""

    type: FileType
    length: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSize:
    """Pixels of a picture as it is shown."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file as it is kept: of a photo without where and when it was taken, at most so large.

    Attributes:
        facts: of what is given back, which of a photo is not what came.
        small_length: bytes of the small picture beside a photo; 0: there is none.
        picture: of photos.
        log: of logs of a battery, in figures.
    """

    facts: FileFacts
    at: datetime
    small_length: int = 0
    picture: PictureSize | None = None
    log: BatteryLog | None = None

    @property
    def length(self) -> int:
        """All bytes that it takes."""
        return self.facts.length + self.small_length


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a garage.

    Attributes:
        owner: who hands it in.
        asked: what was announced.
        waits_until: until then it counts though its bytes have not come.
        key: its own key, sealed; None: it was erased, and nothing opens it any more.
        kept: None until they came and were found to be what was announced.
        ticket: the ticket that it belongs to; None: none names it yet.
    """

    id: FileId
    garage: GarageId
    owner: PersonId
    state: FileState
    asked: FileFacts
    asked_at: datetime
    waits_until: datetime
    key: bytes | None = field(repr=False)
    kept: KeptFile | None = None
    ticket: TicketId | None = None

    @property
    def facts(self) -> FileFacts:
        return self.asked if self.kept is None else self.kept.facts


def parse_facts(type: FileType, length: int, sha256: str) -> FileFacts:
    """Read what is announced of a file.

    Raises:
        InvalidInput: it is empty or larger than its kind may be, or the hash reads as none.
    """
    most = MOST_BYTES[type.kind]
    if not 0 < length <= most:
        said = f"{length} bytes; a {type.kind} has 1 to {most:,}"
        raise InvalidInput("length", said)
    if not SHA_256.fullmatch(sha256):
        raise InvalidInput("sha256", "is not 64 hex digits, 0 to 9 and a to f")
    return FileFacts(type=type, length=length, sha256=sha256)


def demand_room(used: int, length: int, quota: int) -> None:
    """Return when a garage has room for so many bytes more.

    Raises:
        InvalidInput: it keeps too many already.
    """
    left = max(0, quota - used)
    if length > left:
        raise InvalidInput(
            "length",
            f"{length:,} bytes, and the garage has room for {left:,} of its {quota:,}: take away "
            "what is not needed, or have its room made larger",
        )
