"""Has photos made ready in a process of its own, a few at one time."""

import asyncio
import sys
from dataclasses import dataclass, field

import orjson

from domain.errors import InvalidInput, Occupied
from domain.files import PictureSize
from domain.ids import FileId

AT_ONCE = 2
# Whoever waits longer sends it again; a request has ten seconds.
TURN_SECONDS = 4.0
SECONDS = 30.0
BROKEN = "the photo cannot be read within the bounds of memory and time"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPhoto:
    """A photo as it is kept, and a small one beside it, both JPEG."""

    size: PictureSize
    whole: bytes
    small: bytes


@dataclass(slots=True)
class PictureProcess:
    """The program `files.pictures`, with its turns."""

    seconds: float = SECONDS
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def keep(self, id: FileId, photo: bytes) -> KeptPhoto:
        """Make a photo ready to be kept.

        Raises:
            InvalidInput: it cannot be read, and why.
            Occupied: too many others are made ready; nothing was lost.
        """
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Occupied("file", id) from error
        try:
            return _photo_of(await self._run(photo))
        finally:
            self._turns.release()

    async def _run(self, photo: bytes) -> bytes:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "files.pictures",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(self.seconds):
                told, _ = await program.communicate(photo)
        except TimeoutError as error:
            raise InvalidInput("file", BROKEN) from error
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        return told


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
