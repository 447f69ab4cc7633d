"""Bounds that values keep: each check raises InvalidInput naming the field."""

from domain.characters import plain_text
from domain.errors import InvalidInput
from domain.personal_data import mask_personal

# What is cleaned away may stand beside what is kept; a text beyond this is not even looked at.
ROOM, ROOM_AT_LEAST = 2, 1_000
# Bytes of one file that is handed in, and how many of them one thing may name.
PHOTO_BYTES, VIDEO_BYTES, LOG_BYTES = 25 << 20, 200 << 20, 50 << 20
FILES = 10


def clean_text(field: str, value: str, most: int, *, least: int = 1) -> str:
    """Give `value` without hidden characters (`domain.characters`) and outer space, if it fits.

    Raises:
        InvalidInput: fewer than `least` or more than `most` characters are left.
    """
    if len(value) > ROOM * most + ROOM_AT_LEAST:
        raise InvalidInput(field, f"has {len(value)} characters; at most {most} are kept")
    clean = plain_text(value).strip()
    if len(clean) < least:
        raise InvalidInput(field, "is empty" if least == 1 else f"needs {least} characters")
    if len(clean) > most:
        raise InvalidInput(field, f"has {len(clean)} characters; at most {most} are kept")
    return clean


def clean_prose(field: str, value: str, most: int, *, least: int = 1) -> str:
    """Give people's own words as `clean_text` does, with what tells who somebody is masked.

    Raises:
        InvalidInput: as `clean_text` says.
    """
    return clean_text(
        field, mask_personal(clean_text(field, value, most, least=least)), most, least=least
    )


def check_range(field: str, value: float, low: float, high: float) -> None:
    """Raise InvalidInput unless low ≤ value ≤ high (never true of NaN)."""
    if not low <= value <= high:
        raise InvalidInput(field, f"{value} is not between {low} and {high}")


def check_count(field: str, found: int, most: int, *, least: int = 0) -> None:
    """Raise InvalidInput unless least ≤ found ≤ most."""
    if not least <= found <= most:
        raise InvalidInput(field, f"has {found} entries; {least} to {most} are allowed")
