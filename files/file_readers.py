"""What is made of photos and logs, each in a process of its own, a few at one time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import orjson

from domain.battery_logs import BatteryLog
from domain.errors import InvalidInput, Occupied
from domain.files import PictureSize
from domain.ids import FileId, GarageId
from files.bounded_process import BoundedProcess

# So many files are held and read at one time, whatever their size; of one garage not all of them:
# its hard photos would keep all others waiting.
AT_ONCE, OF_ONE_GARAGE = 3, 2
# Whoever waits longer sends it again; a request has ten seconds.
TURN_SECONDS = 4.0
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
    turn_seconds: float = TURN_SECONDS
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    # Those of a garage are kept as long as one of its files is looked at, or waits.
    _of_garages: WeakValueDictionary[GarageId, asyncio.Semaphore] = field(
        default_factory=WeakValueDictionary[GarageId, asyncio.Semaphore]
    )

    @asynccontextmanager
    async def turn(self, id: FileId, garage: GarageId) -> AsyncGenerator[None]:
        """Wait for one's turn to look at a garage's file.

        Raises:
            Occupied: too many others are looked at; nothing was lost.
        """
        own = self._of_garages.setdefault(garage, asyncio.Semaphore(OF_ONE_GARAGE))
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self.turn_seconds):
                    await held.enter_async_context(own)
                    await held.enter_async_context(self._turns)
            except TimeoutError as error:
                raise Occupied("file", id) from error
            yield

    async def photo(self, content: bytes) -> KeptPhoto:
        """Make a photo ready to be kept.

        Raises:
            InvalidInput: it cannot be read, and why.
        """
        return _photo_of(await self.photos.run(content))

    async def log(self, content: bytes) -> BatteryLog | None:
        """Give the figures of a battery's log; None: it is another text.

        Raises:
            InvalidInput: as `BoundedProcess.run` says.
        """
        told = orjson.loads(await self.logs.run(content) or b"null")
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
