"""Asks a virus scanner of the operator's about what came; none is built in.

A scanner is clamd behind an address (its `INSTREAM`), or a program that reads a file from its
standard input and ends with 0 where it finds nothing and with 1 where it finds something, as
`clamdscan -` does.
"""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from domain.errors import InvalidInput, Unavailable

SCANNER = "scanner"
SECONDS = 20.0
FOUND = "the file holds something harmful, says the virus scanner; it was not kept"
CLEAN, INFECTED = 0, 1
LINE = 4_096


class Scanner(Protocol):
    async def demand_clean(self, content: AsyncIterable[bytes]) -> None:
        """Return when nothing harmful was found.

        Raises:
            InvalidInput: something was.
            Unavailable: the scanner does not answer; nothing is kept that it has not seen.
        """
        ...


@dataclass(frozen=True, slots=True)
class ClamScanner:
    """clamd at a host and a port."""

    host: str
    port: int

    async def demand_clean(self, content: AsyncIterable[bytes]) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                said = await self._asked(content)
        except (OSError, TimeoutError) as error:
            raise Unavailable(SCANNER, "clamd could not be asked") from error
        if said.endswith(b"FOUND"):
            raise InvalidInput("file", FOUND)
        if not said.endswith(b"OK"):
            raise Unavailable(SCANNER, "clamd did not say whether the file is clean")

    async def _asked(self, content: AsyncIterable[bytes]) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(b"zINSTREAM\0")
            async for piece in content:
                writer.write(len(piece).to_bytes(4) + piece)
                await writer.drain()
            writer.write(bytes(4))
            return (await reader.read(LINE)).rstrip(b"\0\n ")
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class CommandScanner:
    """A program with its arguments."""

    command: tuple[str, ...]

    async def demand_clean(self, content: AsyncIterable[bytes]) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                verdict = await self._verdict(content)
        except (OSError, TimeoutError) as error:
            raise Unavailable(SCANNER, f"{self.command[0]} could not be run to its end") from error
        if verdict == INFECTED:
            raise InvalidInput("file", FOUND)
        if verdict != CLEAN:
            raise Unavailable(SCANNER, f"{self.command[0]} ended with {verdict}")

    async def _verdict(self, content: AsyncIterable[bytes]) -> int:
        nowhere = asyncio.subprocess.DEVNULL
        program = await asyncio.create_subprocess_exec(
            *self.command, stdin=asyncio.subprocess.PIPE, stdout=nowhere, stderr=nowhere
        )
        try:
            if program.stdin is not None:
                await _hand_over(program.stdin, content)
            return await program.wait()
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()


async def _hand_over(to: asyncio.StreamWriter, content: AsyncIterable[bytes]) -> None:
    # A scanner that has seen enough closes its end.
    with suppress(BrokenPipeError, ConnectionResetError):
        async for piece in content:
            to.write(piece)
            await to.drain()
        to.close()
