"""A scanner's word decides; one that does not speak lets nothing pass."""

import asyncio
import sys
from collections.abc import AsyncGenerator

import pytest

from domain.errors import InvalidInput, Unavailable
from files.scanners import ClamScanner, CommandScanner
from tests.files.samples import noise

BAD = b"a virus, so to speak"
ENDS = "import sys; sys.exit(int(b'virus' in sys.stdin.buffer.read()))"


async def said(content: bytes) -> AsyncGenerator[bytes]:
    yield content


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak as clamd does."""
    assert await reader.readexactly(10) == b"zINSTREAM\0"
    came = b""
    while size := int.from_bytes(await reader.readexactly(4)):
        came += await reader.readexactly(size)
    writer.write(b"stream: Eicar FOUND\0" if b"virus" in came else b"stream: OK\0")
    writer.close()


@pytest.mark.parametrize("kind", ["clamd", "command"])
async def test_what_is_harmful_is_refused(kind: str) -> None:
    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    clamd, command = ClamScanner("127.0.0.1", port), CommandScanner((sys.executable, "-c", ENDS))
    scanner = clamd if kind == "clamd" else command
    async with server:
        await scanner.demand_clean(said(noise(200_000)))
        with pytest.raises(InvalidInput, match="holds something harmful"):
            await scanner.demand_clean(said(BAD))


@pytest.mark.parametrize(
    "scanner",
    [
        ClamScanner("127.0.0.1", 9),
        CommandScanner(("/no/such/scanner",)),
        CommandScanner((sys.executable, "-c", "import sys; sys.exit(2)")),
    ],
    ids=["silent", "missing", "broken"],
)
async def test_a_scanner_without_a_word_is_unavailable(
    scanner: ClamScanner | CommandScanner,
) -> None:
    with pytest.raises(Unavailable):
        await scanner.demand_clean(said(noise(2_000_000)))
