"""Files to hand in: photos with a place in them, a film, a log; all of them made up."""

import io
from hashlib import sha256
from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).parent / "samples"
# Eighteen degrees north, seventy-three east, as a phone writes it.
NORTH, EAST = (18.0, 31.0, 12.0), (73.0, 51.0, 24.0)
GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
FILMED_AT = b"+18.5200+073.8567/"


def photo(width: int = 64, height: int = 48, form: str = "JPEG") -> bytes:
    """Give a photo that lies on its side (EXIF says so) and tells where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "Phone"
    place = exif.get_ifd(GPS)
    place[1], place[2], place[3], place[4] = "N", NORTH, "E", EAST
    made = io.BytesIO()
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((30, 30, 200), (0, 0, width // 2, height))
    picture.save(made, form, exif=exif)
    return made.getvalue()


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def box(kind: bytes, content: bytes) -> bytes:
    """Give a box of an MP4."""
    return (8 + len(content)).to_bytes(4) + kind + content


def film(size: int = 300_000) -> bytes:
    """Give an MP4 of noise that tells where it was filmed, twice."""
    place = box(b"udta", box(b"\xa9xyz", FILMED_AT))
    track = box(b"trak", box(b"tkhd", bytes(20)) + box(b"meta", FILMED_AT))
    index = box(b"moov", box(b"mvhd", bytes(100)) + track + place)
    head = box(b"ftyp", b"isom" + bytes(4) + b"isommp42")
    return head + index + box(b"mdat", noise(size))


def noise(size: int) -> bytes:
    """Give bytes that look like nothing, the same each time."""
    made = b"".join(sha256(n.to_bytes(4)).digest() for n in range(size // 32 + 1))
    return made[:size]


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()
