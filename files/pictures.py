"""One photo as it is kept: upright, at most so large, without where and when it was taken.

It runs as a program of its own (`python -m files.pictures`): a photo comes in, and what is made of
it goes out. Decoders are large and read what strangers send; here they have bounds of memory and
time, hold no key and no connection, and may crash alone.
"""

import io
import resource
import sys
from typing import Any, cast

import orjson
from pi_heif import register_heif_opener  # pyright: ignore[reportUnknownVariableType]
from PIL import Image, ImageCms, ImageOps

# A camera of 48 megapixels is read; what claims more would be a bomb.
MOST_PIXELS = 50_000_000
SIDE, SMALL_SIDE = 2_560, 320
QUALITY, SMALL_QUALITY = 85, 70
MEMORY_BYTES = 2 << 30
PROCESSOR_SECONDS = 25
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
PROFILE_BYTES = 1 << 16
REFUSED = 3


class Unreadable(Exception):
    """The photo cannot be kept; the text says why."""


def kept_photo(photo: bytes) -> tuple[dict[str, int], bytes, bytes]:
    """Give width and height, the photo as it is kept, and a small one, both JPEG.

    Raises:
        Unreadable: it is none, is broken, or has too many pixels.
    """
    with _opened(photo) as found:
        if found.width * found.height > MOST_PIXELS:
            size = f"{found.width} × {found.height} pixels"
            raise Unreadable(f"the photo has {size}; at most {MOST_PIXELS:,} are read")
        # JPEG decodes at a part of its size by itself; nothing else is changed by it.
        found.draft("RGB", (SIDE, SIDE))
        profile = found.info.get("icc_profile")
        upright = _flattened(ImageOps.exif_transpose(found))
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    if isinstance(profile, bytes) and len(profile) <= PROFILE_BYTES:
        upright = _in_usual_colours(upright, profile)
    # Comments and texts that stood beside the picture: Pillow writes some of them by itself.
    upright.info.clear()
    small = upright.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    size = {"width": upright.width, "height": upright.height}
    return size, _jpeg(upright, QUALITY), _jpeg(small, SMALL_QUALITY)


def _opened(photo: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(photo), formats=FORMATS)
    except Exception as error:
        raise Unreadable("the file does not read as a photo") from error


def _flattened(picture: Image.Image) -> Image.Image:
    """Give it on white where it lets light through."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, clear).convert("RGB")
    return picture.convert("RGB")


def _in_usual_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    """Give an RGB picture as sRGB, so that the profile, which holds texts too, need not be kept."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        shown = ImageCms.profileToProfile(picture, own, _usual_profile())
    except (ImageCms.PyCMSError, OSError):
        return picture
    return picture if shown is None else shown


def _usual_profile() -> ImageCms.ImageCmsProfile:
    # Pillow tells no type of it.
    return ImageCms.ImageCmsProfile(cast("Any", ImageCms).createProfile("sRGB"))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=quality, optimize=True, exif=b"")
    return made.getvalue()


def _told(facts: dict[str, Any], *parts: bytes) -> None:
    out = sys.stdout.buffer
    out.write(orjson.dumps(facts | {"parts": [len(part) for part in parts]}) + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


def main() -> int:
    """Read a photo from the standard input, and write what is made of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    register_heif_opener(thumbnails=False, disable_security_limits=False)
    try:
        size, whole, small = kept_photo(sys.stdin.buffer.read())
    except Unreadable as refused:
        _told({"refused": str(refused)})
        return REFUSED
    except Exception:  # noqa: BLE001 - whatever a decoder says, the photo is none that we can keep
        _told({"refused": "the photo is broken, or too large to be read"})
        return REFUSED
    _told(size, whole, small)
    return 0


if __name__ == "__main__":
    sys.exit(main())
