"""`python -m bench.follow_load HOST:PORT TOKENS [ADDRESSES SLOW]`: a raw socket for each token.

It speaks just enough WebSocket to be no bottleneck: text frames are searched for a number, not
parsed. The file TOKENS holds a token on each line; the sockets come from so many ADDRESSES. The
document comes as the first line of standard input. It prints `ready`; after a line `slow` every
SLOW-th socket reads no more, which is answered with `slowed`, and after an empty line the arrivals
are printed: number of the change to moments.
"""

import asyncio
import json
import os
import sys
from base64 import b64encode
from collections import defaultdict
from pathlib import Path
from time import monotonic

MARK = b'"title":"Change '
AT_ONCE = 50


Arrivals = dict[int, list[float]]


class Follower(asyncio.Protocol):
    """One subscriber; the moments at which each change arrived are kept together for all."""

    def __init__(
        self, place: str, token: str, query: str, arrivals: dict[int, list[float]]
    ) -> None:
        self._place = place
        self._token = token
        self._query = query
        self._arrivals = arrivals
        self._waiting = b""
        self._opened = False
        self._transport: asyncio.Transport
        self.following = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        key = b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /v1/graphql HTTP/1.1\r\nHost: {self._place}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        if not self._opened:
            head, found, rest = self._waiting.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head  # noqa: S101
            self._opened, self._waiting = True, rest
            payload = {"authorization": f"Bearer {self._token}"}
            self._say({"type": "connection_init", "payload": payload})
        for opcode, frame in self._frames():
            self._heard(opcode, frame)

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    def _frames(self) -> list[tuple[int, bytes]]:
        found = list[tuple[int, bytes]]()
        while (cut := _cut(self._waiting)) is not None:
            start, end = cut
            found.append((self._waiting[0] & 0x0F, self._waiting[start:end]))
            self._waiting = self._waiting[end:]
        return found

    def _heard(self, opcode: int, frame: bytes) -> None:
        if (at := frame.find(MARK)) >= 0:
            start = at + len(MARK)
            number = int(frame[start : frame.index(b'"', start)])
            self._arrivals[number].append(monotonic())
        elif opcode == 9:  # noqa: PLR2004 - a ping of the WebSocket itself
            self._frame(0x8A, frame)
        elif b'"connection_ack"' in frame:
            self._say({"type": "subscribe", "id": "1", "payload": {"query": self._query}})
            self._say({"type": "ping"})
        elif b'"ping"' in frame:
            self._say({"type": "pong"})
        elif b'"pong"' in frame and not self.following.done():
            self.following.set_result(None)
        else:
            sys.stderr.write(f"heard {frame[:300]!r}\n")

    def _say(self, message: dict[str, object]) -> None:
        self._frame(0x81, json.dumps(message).encode())

    def _frame(self, opening: int, body: bytes) -> None:
        """Send a frame masked with zeros, which leave it as it is."""
        size = len(body)
        length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2)  # noqa: PLR2004
        self._transport.write(bytes([opening]) + length + bytes(4) + body)


def _cut(data: bytes) -> tuple[int, int] | None:
    """Give where the first frame's body begins and ends; None while it is not whole."""
    if len(data) < 2:  # noqa: PLR2004
        return None
    start, size = 2, data[1] & 0x7F
    if size == 126:  # noqa: PLR2004
        start, size = 4, int.from_bytes(data[2:4])
    elif size == 127:  # noqa: PLR2004
        start, size = 10, int.from_bytes(data[2:10])
    return (start, start + size) if len(data) >= start + size else None


async def main(place: str, tokens: Path, addresses: int = 1, slow: int = 0) -> None:
    query, arrivals = sys.stdin.readline(), defaultdict[int, list[float]](list)
    host, _, port = place.partition(":")
    loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)

    async def follow(number: int, token: str) -> Follower:
        async with gate:
            _, follower = await loop.create_connection(
                lambda: Follower(place, token, query, arrivals),
                host,
                int(port),
                local_addr=(f"127.0.0.{1 + number % addresses}", 0),
            )
            await follower.following
            return follower

    lines = enumerate(tokens.read_text().split())
    followers = await asyncio.gather(*(follow(number, token) for number, token in lines))
    print("ready", flush=True)
    while (await asyncio.to_thread(sys.stdin.readline)).strip() == "slow":
        for follower in followers[::slow]:
            follower.stop_reading()
        print("slowed", flush=True)
    print(json.dumps(arrivals), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])))
