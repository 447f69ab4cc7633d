"""Runs a program of ours on what a stranger sent: alone, with bounds, a few at one time."""

import asyncio
import sys
from dataclasses import dataclass, field

from domain.errors import InvalidInput, Occupied
from domain.ids import FileId

AT_ONCE = 2
# Whoever waits longer sends it again; a request has ten seconds.
TURN_SECONDS = 4.0
SECONDS = 30.0


@dataclass(slots=True)
class BoundedProcess:
    """The program of a module: it reads a file, and writes what it makes of it.

    It has no environment, no key and no connection, and bounds its own memory and processor.
    """

    module: str
    seconds: float = SECONDS
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self, id: FileId, content: bytes) -> bytes:
        """Give what the program wrote; nothing: it died.

        Raises:
            InvalidInput: it did not end in time.
            Occupied: too many others are looked at; nothing was lost.
        """
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Occupied("file", id) from error
        try:
            return await self._written(content)
        finally:
            self._turns.release()

    async def _written(self, content: bytes) -> bytes:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            self.module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(self.seconds):
                told, _ = await program.communicate(content)
        except TimeoutError as error:
            said = "the file cannot be read within the bounds of memory and time"
            raise InvalidInput("file", said) from error
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        return told
