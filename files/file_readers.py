"""What is made of photos and logs, each in a process of its own."""

from dataclasses import dataclass, field

import orjson

from domain.battery_logs import BatteryLog
from domain.errors import InvalidInput
from domain.files import PictureSize
from domain.ids import FileId
from files.bounded_process import BoundedProcess

BROKEN = "the photo cannot be read within the bounds of memory and time"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPhoto:
    """A photo as it is kept, and a small one beside it, both JPEG."""

    size: PictureSize
    whole: bytes
    small: bytes


@dataclass(frozen=True, slots=True)
class FileReaders:
    """The programs that read what came, with their turns."""

    photos: BoundedProcess = field(default_factory=lambda: BoundedProcess("files.pictures"))
    logs: BoundedProcess = field(default_factory=lambda: BoundedProcess("files.log_tables"))

    async def photo(self, id: FileId, content: bytes) -> KeptPhoto:
        """Make a photo ready to be kept.

        Raises:
            InvalidInput: it cannot be read, and why.
            Occupied: as `BoundedProcess.run` says.
        """
        return _photo_of(await self.photos.run(id, content))

    async def log(self, id: FileId, content: bytes) -> BatteryLog | None:
        """Give the figures of a battery's log; None: it is another text.

        Raises:
            InvalidInput, Occupied: as `BoundedProcess.run` says.
        """
        told = orjson.loads(await self.logs.run(id, content) or b"null")
        return None if told is None else BatteryLog(**told)


def _photo_of(told: bytes) -> KeptPhoto:
    line, _, rest = told.partition(b"\n")
    if not line:
        raise InvalidInput("file", BROKEN)
    facts = orjson.loads(line)
    if "refused" in facts:
        raise InvalidInput("file", facts["refused"])
    first, second = facts["parts"]
    size = PictureSize(width=facts["width"], height=facts["height"])
    return KeptPhoto(size=size, whole=rest[:first], small=rest[first : first + second])
