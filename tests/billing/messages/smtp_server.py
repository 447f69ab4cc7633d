"""A mail server that speaks SMTP on a real socket, keeps what it takes, and refuses as told."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext


@dataclass
class Postbox:
    """Set `codes` to answer a verb otherwise, `silent` to answer nothing at all."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list[EmailMessage])
    heard: list[str] = field(default_factory=list[str])
    codes: dict[str, int] = field(default_factory=dict[str, int])
    silent: bool = False

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self.silent:
            await reader.read()
            writer.close()
            return
        try:
            writer.write(b"220 postbox\r\n")
            while line := (await reader.readline()).decode().strip():
                verb = line.partition(" ")[0].upper()
                self.heard.append(verb)
                if verb == "DATA" and self.codes.get(verb, 0) == 0:
                    writer.write(b"354 go on\r\n")
                    await self._take(reader)
                writer.write(self._answer(verb))
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _take(self, reader: StreamReader) -> None:
        body = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
        made = message_from_bytes(body, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.taken.append(made)

    def _answer(self, verb: str) -> bytes:
        if verb == "EHLO" and verb not in self.codes:
            return b"250-postbox\r\n250 AUTH PLAIN\r\n"
        usual = {"AUTH": 235, "QUIT": 221}.get(verb, 250)
        return f"{self.codes.get(verb, usual)} as <meera@joshi.example> was told\r\n".encode()


@asynccontextmanager
async def postbox(
    context: SSLContext | None = None, box: Postbox | None = None
) -> AsyncGenerator[Postbox]:
    """Give a server on a port of its own, behind TLS where there is a context."""
    box = box or Postbox()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0, ssl=context)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
