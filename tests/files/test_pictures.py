"""What stands beside a picture in its file is not kept with it."""

import io
from typing import Any, cast

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from files.pictures import kept_photo

WHERE = "18.5200 N 73.8567 E"
NOTE = f"<x:xmpmeta>{WHERE}</x:xmpmeta>"
PROFILE = ImageCms.ImageCmsProfile(cast("Any", ImageCms).createProfile("sRGB")).tobytes()


def noted_photo(form: str) -> bytes:
    """Give a photo with every note that its kind may have beside the picture but EXIF."""
    made, texts = io.BytesIO(), PngInfo()
    texts.add_text("comment", WHERE)
    texts.add_itxt("XML:com.adobe.xmp", NOTE)
    beside: dict[str, dict[str, object]] = {
        "JPEG": {"comment": WHERE.encode(), "xmp": NOTE.encode(), "dpi": (77, 77)},
        "PNG": {"pnginfo": texts, "dpi": (77, 77)},
        "WEBP": {"xmp": NOTE.encode()},
    }
    picture = Image.new("RGB", (40, 30), (200, 30, 30))
    picture.save(made, form, icc_profile=PROFILE + WHERE.encode(), **beside[form])
    assert WHERE.encode() in made.getvalue()
    return made.getvalue()


@pytest.mark.row("CA-13")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_notes_beside_a_photo_are_gone(form: str) -> None:
    size, whole, small = kept_photo(noted_photo(form))
    assert size == {"width": 40, "height": 30}
    for made in (whole, small):
        found = Image.open(io.BytesIO(made))
        assert {*found.info} == {"jfif", "jfif_density", "jfif_unit", "jfif_version"}
        assert found.info["jfif_density"] == (1, 1)
        assert WHERE.encode() not in made


@pytest.mark.parametrize("profile", [PROFILE, b"no profile", None], ids="known broken none".split())
def test_colours_stay_as_they_are_seen(profile: bytes | None) -> None:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(made, "PNG", icc_profile=profile)
    _, whole, _ = kept_photo(made.getvalue())
    seen = Image.open(io.BytesIO(whole)).convert("RGB").tobytes()[:3]
    assert max(abs(a - b) for a, b in zip(seen, (200, 30, 30), strict=True)) <= 2
