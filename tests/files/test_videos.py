"""What an MP4 tells of its place is gone, and nothing else moves."""

from collections.abc import AsyncGenerator

import pytest

from domain.errors import InvalidInput
from files.videos import MOST_BOXES, without_places
from tests.files.samples import FILMED_AT, box, film

HEAD = box(b"ftyp", b"isom" + bytes(4))


async def cleaned(content: bytes, size: int) -> bytes:
    async def came() -> AsyncGenerator[bytes]:
        for start in range(0, len(content), size):
            yield content[start : start + size]

    return b"".join([part async for part in without_places(came())])


@pytest.mark.row("CA-13")
@pytest.mark.parametrize("size", [1, 7, 1_000, 1 << 20])
async def test_places_are_filled_with_nothing(size: int) -> None:
    filmed = film(2_000)
    found = await cleaned(filmed, size)
    assert filmed.count(FILMED_AT) == 2
    assert found.count(FILMED_AT) == 0
    differ = [n for n, (a, b) in enumerate(zip(filmed, found, strict=True)) if a != b]
    index = filmed.index(b"moov"), filmed.index(b"mdat")
    assert differ
    assert all(index[0] < n < index[1] for n in differ)


async def test_a_long_box_and_an_open_end_pass() -> None:
    long = (1).to_bytes(4) + b"free" + (16 + 5).to_bytes(8) + b"12345"
    filmed = HEAD + long + bytes(4) + b"mdat" + b"to the end"
    assert await cleaned(filmed, 3) == filmed


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no box",
        HEAD[:-1],
        box(b"moov", b""),
        HEAD + box(b"moov", b"\0\0\0\x02trak"),
        HEAD + box(b"moov", (99).to_bytes(4) + b"trak"),
        HEAD + (1 << 31).to_bytes(4) + b"moov",
        HEAD + (1).to_bytes(4) + b"mdat" + (3).to_bytes(8),
    ],
    ids="empty text cut headless small beyond huge short".split(),
)
async def test_boxes_that_do_not_fit_are_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="does not read as a whole MP4"):
        await cleaned(content, 5)


@pytest.mark.row("CA-13")
@pytest.mark.parametrize("place", ["moof", "moof traf", "moov trak mdia", "meco"])
async def test_places_are_looked_for_where_a_film_may_hold_them(place: str) -> None:
    told = box(b"meta", FILMED_AT)
    for kind in reversed(place.split()):
        told = box(kind.encode(), told)
    found = await cleaned(HEAD + told, 1_000)
    assert (len(found), found.count(FILMED_AT)) == (len(HEAD + told), 0)


async def test_boxes_in_boxes_without_end_are_refused() -> None:
    nested = b""
    for _ in range(2_000):
        nested = box(b"trak", nested)
    with pytest.raises(InvalidInput, match="does not read as a whole MP4"):
        await cleaned(HEAD + box(b"moov", nested), 1_000)


@pytest.mark.parametrize("inside", [True, False])
async def test_so_many_boxes_are_walked_and_no_more(inside: bool) -> None:
    """Each takes its moment of the loop on which everybody else waits."""
    many = box(b"free", b"") * (MOST_BOXES - 2)
    film = HEAD + (box(b"moov", many) if inside else many + box(b"free", b""))
    assert await cleaned(film, 1 << 20) == film
    with pytest.raises(InvalidInput, match="does not read as a whole MP4"):
        await cleaned(film + box(b"free", b""), 1 << 20)
