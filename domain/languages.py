"""The languages that people read here, and which of them serves somebody who writes in another."""

from enum import StrEnum


class Language(StrEnum):
    """Values are as BCP 47 says them."""

    ENGLISH = "en"
    HINDI = "hi"


def reader_language(tag: str) -> Language:
    """Give the language to answer in, for a tag of BCP 47: "hi-Latn" reads Hindi, "ta" English.

    The tag is shortened until it is known (RFC 4647, lookup).
    """
    known = {language.value: language for language in Language}
    return known.get(tag.partition("-")[0], Language.ENGLISH)
