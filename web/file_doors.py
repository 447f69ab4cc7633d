"""The doors that files come in and go out by: strangers stand there, with nothing but a link.

Nothing of a body is read before the link was found to be ours and the length that is announced is
the one that was signed; what comes is written away as it comes. A body that comes to another end
than the one announced is not taken for whole: whoever completes it is told how much came.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from domain.errors import (
    BattwheelsError,
    IllegalTransition,
    InvalidInput,
    NotFound,
    Occupied,
    Unavailable,
)
from domain.files import FileState, FileType, StoredFile
from domain.ids import FileId, file_id
from files.folder_uploads import FolderUploads
from web.caps import Caps
from web.file_links import SMALL, Announcement, FileLinks
from web.headers import peer_address
from web.signed_links import plain_response

EXPIRED = "This link has expired or was never given. Ask for it again."
GONE = "There is no such file, or it was taken away."
SILENT = "The files do not answer. Try again in a minute."
# What is never shown by a browser as a page of ours.
ATTACHED = frozenset({FileType.CSV, FileType.TEXT})

log = logging.getLogger("battwheels.files")


class FileReader(Protocol):
    """Gives a kept file's bytes."""

    def __call__(
        self, file: StoredFile, *, small: bool = False, start: int = 0
    ) -> AsyncGenerator[bytes]: ...


@dataclass(slots=True, kw_only=True)
class UploadDoor:
    """Takes what an address was signed for (`PUT`), and says how much of it came (`HEAD`).

    Who sends slowly holds a place for long: one address never holds all of them.
    """

    links: FileLinks
    uploads: FolderUploads
    caps: Caps
    _from: Counter[str] = field(default_factory=Counter[str], init=False)

    def is_busy(self, sender: str) -> bool:
        """Say whether as many files come in as may, of all or of one who sends."""
        many = self._from[sender] >= self.caps.uploads_per_address
        return many or self._from.total() >= self.caps.uploads

    async def endpoint(self, request: Request) -> Response:
        announced = self.links.announced(
            request.path_params["name"], request.query_params, datetime.now(UTC)
        )
        if announced is None:
            return _closing(403, EXPIRED)
        if request.method == "HEAD":
            return await self._progress(announced)
        misfit = _misfit(request, announced)
        if misfit is not None:
            return misfit
        sender = peer_address(request.scope) or ""
        if self.is_busy(sender):
            return _closing(503, "Too many files come in at once. Send it again in a moment.")
        self._from[sender] += 1
        try:
            return await self._take(request, announced)
        finally:
            self._from[sender] -= 1
            # Nothing is kept of who sends no more.
            self._from += Counter()

    async def _progress(self, announced: Announcement) -> Response:
        length = announced.facts.length
        came = await self.uploads.received(announced.id, length)
        return Response(headers={"upload-offset": str(came), "upload-length": str(length)})

    async def _take(self, request: Request, announced: Announcement) -> Response:
        start, length = _start_of(request) or 0, announced.facts.length
        try:
            async with asyncio.timeout(self.caps.upload_seconds):
                await self.uploads.receive(announced.id, start, length, self._body(request))
        except (IllegalTransition, Occupied) as refused:
            return _closing(409, str(refused))
        except Unavailable:
            return _closing(503, SILENT)
        except (TimeoutError, ClientDisconnect):
            return _closing(408, "The file did not come whole in time. What came is kept: go on.")
        came = await self.uploads.received(announced.id, length)
        if came < length:
            return _closing(400, f"{came} of {length} bytes came. Send the rest.")
        return Response(status_code=204, headers={"upload-offset": str(came)})

    async def _body(self, request: Request) -> AsyncGenerator[bytes]:
        came = request.stream()
        while True:
            async with asyncio.timeout(self.caps.upload_idle_seconds):
                piece = await anext(came, None)
            if piece is None:
                return
            yield piece


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadDoor:
    """Gives a part of a file to whoever has a link to it, all of it or from a byte on."""

    links: FileLinks
    find: Callable[[FileId], Awaitable[StoredFile]]
    read: FileReader

    async def endpoint(self, request: Request) -> Response:
        name, given = request.path_params["name"], request.query_params
        if not self.links.opens(name, given, datetime.now(UTC)):
            return plain_response(403, EXPIRED)
        small = given.get("part") == SMALL
        try:
            file = await self.find(file_id(name))
            return await self._answer(file, request.headers, small=small)
        except (NotFound, InvalidInput):
            return plain_response(404, GONE)
        except Unavailable:
            return plain_response(503, SILENT)

    async def _answer(
        self, file: StoredFile, headers: Mapping[str, str], *, small: bool
    ) -> Response:
        kept = file.kept
        length = 0 if kept is None else kept.small_length if small else kept.facts.length
        if kept is None or file.state is not FileState.STORED or not length:
            return plain_response(404, GONE)
        start = _first_byte(headers.get("range"), length)
        told = {
            "accept-ranges": "bytes",
            "content-length": str(length - start),
            "content-disposition": _disposition(file),
        }
        if start:
            told["content-range"] = f"bytes {start}-{length - 1}/{length}"
        came = self.read(file, small=small, start=start)
        # The first piece is read before the answer begins: what is gone or altered is told as such.
        first = await anext(came, b"")
        return StreamingResponse(
            _watched(file.id, first, came),
            status_code=206 if start else 200,
            media_type=kept.facts.type.value,
            headers=told,
        )


async def _watched(id: FileId, first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    yield first
    try:
        async for piece in rest:
            yield piece
    except BattwheelsError:
        log.exception("a file broke off", extra={"file": id})
        raise


def _misfit(request: Request, announced: Announcement) -> Response | None:
    """Say what of the head does not fit what was signed; None: nothing."""
    wanted = announced.facts
    if request.headers.get("content-type", "").split(";", 1)[0].strip() != wanted.type:
        return _closing(415, f"This address takes {wanted.type} alone.")
    start, said = _start_of(request), request.headers.get("content-length", "")
    if start is None:
        return _closing(400, "`Content-Range` does not read as `bytes FIRST-LAST/LENGTH`.")
    if not said.isdecimal():
        return _closing(411, "Say the length of the body in `Content-Length`.")
    if int(said[:20]) != wanted.length - start:
        return _closing(413, f"This address takes {wanted.length} bytes in all, no other length.")
    return None


def _start_of(request: Request) -> int | None:
    """Say from which byte on a body goes on; None: that cannot be read."""
    said = request.headers.get("content-range")
    if said is None:
        return 0
    first = said.removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() and len(first) < 13 else None  # noqa: PLR2004


def _first_byte(said: str | None, length: int) -> int:
    """Read `Range: bytes=FIRST-…`; any other one is answered with all, as the protocol allows."""
    first, dash, last = (said or "").removeprefix("bytes=").partition("-")
    if not dash or last not in {"", str(length - 1)} or not first.isdecimal() or len(first) > 12:  # noqa: PLR2004
        return 0
    return int(first) if int(first) < length else 0


def _disposition(file: StoredFile) -> str:
    shown = "attachment" if file.facts.type in ATTACHED else "inline"
    return f'{shown}; filename="{file.id}.{ENDINGS[file.facts.type]}"'


ENDINGS = {
    FileType.JPEG: "jpg",
    FileType.PNG: "png",
    FileType.WEBP: "webp",
    FileType.HEIC: "heic",
    FileType.MP4: "mp4",
    FileType.WEBM: "webm",
    FileType.CSV: "csv",
    FileType.TEXT: "txt",
}


def _closing(status: int, text: str) -> Response:
    """Refuse, and let go of a sender whose body nobody reads."""
    response = plain_response(status, text)
    response.headers["connection"] = "close"
    return response
