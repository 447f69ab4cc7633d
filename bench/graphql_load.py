"""`python -m bench.graphql_load HOST:PORT FILE LANES`: send every body of FILE, one after another.

Each line of the file is a token, a tab and a JSON body; LANES connections are kept open and share
the lines. It does as little as can be done, and says on one line how many answers held data.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

HEAD = (
    "POST /v1/graphql HTTP/1.1\r\nHost: {place}\r\nContent-Type: application/json\r\n"
    "Accept: application/json\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
)
LENGTH = b"content-length:"
REFUSED = b'"errors"'


async def main(place: str, lines: list[str], lanes: int) -> int:
    """Give how many of the lines were answered with data alone."""
    waiting = iter([_request(place, line) for line in lines])
    return sum(await asyncio.gather(*(_lane(place, waiting) for _ in range(lanes))))


async def answers(place: str, lines: list[str]) -> list[object]:
    """Give what each line is answered, as JSON."""
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    found: list[object] = []
    for line in lines:
        writer.write(_request(place, line))
        found.append(json.loads(await _answer(reader)))
    writer.close()
    return found


async def _lane(place: str, waiting: Iterator[bytes]) -> int:
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    good = 0
    for request in waiting:
        writer.write(request)
        good += REFUSED not in await _answer(reader)
    writer.close()
    return good


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(head)
    start = head.lower().index(LENGTH) + len(LENGTH)
    return await reader.readexactly(int(head[start : head.index(b"\r", start)]))


def _request(place: str, line: str) -> bytes:
    token, _, body = line.partition("\t")
    sent = body.encode()
    return HEAD.format(place=place, token=token, length=len(sent)).encode() + sent


if __name__ == "__main__":
    sent = Path(sys.argv[2]).read_text().splitlines()
    print(asyncio.run(main(sys.argv[1], sent, int(sys.argv[3]))), flush=True)
