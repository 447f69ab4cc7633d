"""Takes away from an MP4 what tells where and by whom it was filmed, byte for byte in its place.

A phone writes the place into `udta` or `meta` inside of `moov`, and notes of other programs into
`uuid` boxes; a film in fragments has them in `moof` too, and `meco` holds more of them. Those boxes
become `free`, filled with nothing: no offset moves, no picture changes.
Source: ISO/IEC 14496-12, 8.10 (user data), 8.11 (metadata), 8.1.2 (free space).
"""

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterator

from domain.errors import InvalidInput

HEADER, LONG_HEADER = 8, 16
# What is looked into; an hour of film has an index of a few MiB.
INDEX_BYTES = 32 << 20
TELLING = frozenset({b"udta", b"meta", b"meco", b"uuid"})
# Boxes that hold boxes in which such a one may stand: at most three of them lie in each other.
HOLDING = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf"})
DEEPEST = 3
# An hour in fragments of half a second has fewer; all of them are walked at once.
MOST_BOXES = 100_000
# The length of a last box that goes on to the end of the file.
OPEN_END = 1 << 62


async def without_places(came: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Give an MP4 of the same length without what tells the place.

    Raises:
        InvalidInput: its boxes do not fit into each other, or its index is larger than any.
    """
    reader = BoxReader()
    async for piece in came:
        for part in reader.read(piece):
            yield part
    reader.demand_end()


class BoxReader:
    """Reads boxes as they come; those that matter are held until they are whole."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._passing = 0
        self._begun = False
        self._boxes = 0

    def read(self, piece: bytes) -> Generator[bytes]:
        """Take the next bytes, and give those that can go on."""
        self._held += piece
        while self._held and (part := self._next_part()):
            yield part

    def demand_end(self) -> None:
        """Return when the file may end here."""
        if self._held or not self._begun or 0 < self._passing < OPEN_END:
            raise broken_video()

    def _next_part(self) -> bytes:
        """Give what can go on of what is held; nothing: more has to come first."""
        if self._passing == 0:
            box = self._next_box()
            if box or self._passing == 0:
                return box
        part = self._take(min(self._passing, len(self._held)))
        self._passing -= len(part)
        return bytes(part)

    def _next_box(self) -> bytes:
        """Give a box that was looked into, or say how many bytes of the next one pass."""
        size, kind = _size_of(self._held), bytes(self._held[4:8])
        if size is None:
            return b""
        if not self._begun and kind != b"ftyp":
            raise broken_video()
        self._begun = True
        if kind not in TELLING | HOLDING:
            self._count_box()
            self._passing = size
            return b""
        if size > INDEX_BYTES:
            raise broken_video()
        if len(self._held) < size:
            return b""
        box = self._take(size)
        self._blank(box, 0, size)
        return bytes(box)

    def _blank(self, index: bytearray, start: int, end: int, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise broken_video()
        for place, size, head in _boxes(index, start, end):
            self._count_box()
            kind = bytes(index[place + 4 : place + 8])
            if kind in TELLING:
                index[place + 4 : place + 8] = b"free"
                index[place + head : place + size] = bytes(size - head)
            elif kind in HOLDING:
                self._blank(index, place + head, place + size, depth + 1)

    def _count_box(self) -> None:
        self._boxes += 1
        if self._boxes > MOST_BOXES:
            raise broken_video()

    def _take(self, size: int) -> bytearray:
        part = self._held[:size]
        del self._held[:size]
        return part


def broken_video() -> InvalidInput:
    return InvalidInput("file", "the file does not read as a whole MP4: its boxes do not fit")


def _size_of(held: bytearray) -> int | None:
    """Give the length of the box that begins here; None: more has to come to tell."""
    if len(held) < HEADER:
        return None
    size = int.from_bytes(held[:4])
    if size == 0:
        return 2 * OPEN_END
    if size == 1:
        size = int.from_bytes(held[HEADER:LONG_HEADER])
        if len(held) < LONG_HEADER:
            return None
        return size if LONG_HEADER <= size < OPEN_END else _broken_size()
    return size if size >= HEADER else _broken_size()


def _broken_size() -> int:
    raise broken_video()


def _boxes(index: bytearray, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield each box's place, its length, and that of its header."""
    place = start
    while place < end:
        size = _size_of(index[place : place + LONG_HEADER])
        if size is None or place + size > end:
            raise broken_video()
        yield place, size, LONG_HEADER if index.startswith(b"\0\0\0\1", place) else HEADER
        place += size
