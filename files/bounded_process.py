"""Runs a program of ours on what a stranger sent: alone, and with bounds."""

import asyncio
import sys
from dataclasses import dataclass

from domain.errors import InvalidInput

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class BoundedProcess:
    """The program of a module: it reads a file, and writes what it makes of it.

    It has no environment, no key and no connection, and bounds its own memory and processor.
    """

    module: str
    seconds: float = SECONDS

    async def run(self, content: bytes) -> bytes:
        """Give what the program wrote; nothing: it died.

        Raises:
            InvalidInput: it did not end in time.
        """
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
