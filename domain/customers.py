"""Customers of a garage: by what they are found again, in the one form that it is compared in.

Names are found by any part of three letters or more, and by the first two letters of a word. So a
name is cut into runs of three letters; a name that holds all runs of what is sought is looked at.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain import limits
from domain.characters import digits_folded
from domain.errors import InvalidInput
from domain.ids import CustomerId, GarageId, PersonId

NOTES_LIMIT = 2_000
SEARCH_LIMIT = 100
RUN = 3
PREFIX = 2
# What stands before a run that begins a word.
BEGIN = "^"
# Accents of Latin and Greek letters; what changes an Indic letter has other classes.
LEAST_ACCENT = 200
PHONE = re.compile(r"\+?[0-9]{6,15}")
SPACERS = re.compile(r"[\s().\-–/]")
MOBILE = re.compile(r"(?:0|\+?91|0091)?([6-9][0-9]{9})")
REGISTERED = re.compile(r"[0-9]{2}[0-9A-Z]{13}")


class SearchKind(StrEnum):
    """By what somebody is sought."""

    NAME = "name"
    PHONE = "telephone"
    GSTIN = "GSTIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSearch:
    """What is sought: a telephone number or GSTIN in its one form, or the words of a name."""

    kind: SearchKind
    value: str = ""
    words: tuple[str, ...] = ()

    def fits(self, name: str) -> bool:
        """Say whether a name holds each word: two letters begin one of its, more stand anywhere."""
        held = name_words(name)
        return all(
            any(word in one if len(word) >= RUN else one.startswith(word) for one in held)
            for word in self.words
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMarks:
    """What a customer is found by, as keyed hashes (`access.blind_index`)."""

    name: tuple[bytes, ...] = ()
    phone: bytes | None = None
    gstin: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCustomer:
    """A customer of a garage, closed; of one who was erased nothing is left but that there was one.

    Attributes:
        who: name, address, how they are reached, GSTIN and notes, sealed; empty: erased.
        marks: what it is to be found by; they are kept, and not read again.
    """

    id: CustomerId
    garage: GarageId
    version: int
    who: bytes
    changed_at: datetime
    changed_by: PersonId
    marks: CustomerMarks = CustomerMarks()


def parse_notes(value: str | None, field: str = "notes") -> str | None:
    """Give what a garage notes of a customer or a vehicle, None for nothing.

    Raises:
        InvalidInput: it has more than 2,000 characters.
    """
    if value is None:
        return None
    return limits.clean_text(field, value, NOTES_LIMIT, least=0) or None


def parse_search(value: str, field: str = "search") -> CustomerSearch:
    """Read what somebody typed to find a customer.

    Raises:
        InvalidInput: it is empty, too long, or has no word of two letters.
    """
    text = digits_folded(limits.clean_text(field, value, SEARCH_LIMIT))
    digits = phone_digits(text)
    if digits is not None:
        return CustomerSearch(kind=SearchKind.PHONE, value=digits)
    compact = SPACERS.sub("", text).upper()
    if REGISTERED.fullmatch(compact):
        return CustomerSearch(kind=SearchKind.GSTIN, value=compact)
    words = name_words(text)
    if max(map(len, words), default=0) < PREFIX:
        raise InvalidInput(field, "needs two letters of a word at least, or a whole number")
    return CustomerSearch(kind=SearchKind.NAME, words=words)


def phone_digits(value: str) -> str | None:
    """Give a telephone number's one spelling, with the country's code where it is a mobile of
    India's; None: it is none.
    """
    digits = SPACERS.sub("", digits_folded(value))
    mobile = MOBILE.fullmatch(digits)
    if mobile is not None:
        return f"91{mobile[1]}"
    return digits.lstrip("+0") if PHONE.fullmatch(digits) else None


def name_words(name: str) -> tuple[str, ...]:
    """Give the words of a name without case and accents, each once, in their order."""
    letters = "".join(
        one for one in unicodedata.normalize("NFKD", name.casefold()) if not _is_left_out(one)
    )
    kept = (one if one.isalnum() or unicodedata.category(one)[0] == "M" else " " for one in letters)
    return tuple(dict.fromkeys("".join(kept).split()))


def name_parts(words: Iterable[str]) -> frozenset[str]:
    """Give the parts that words are marked by, and that a search for them asks."""
    return frozenset(part for word in words for part in _parts_of(word))


def sought_parts(words: Sequence[str]) -> frozenset[str]:
    """Give the parts that a name has to hold for each of these words to stand in it."""
    long = [part for word in words if len(word) >= RUN for part in _runs_of(word)]
    return frozenset([*long, *(BEGIN + word for word in words if len(word) == PREFIX)])


def _parts_of(word: str) -> list[str]:
    return [*_runs_of(word), BEGIN + word[:PREFIX]]


def _runs_of(word: str) -> list[str]:
    return [word[n : n + RUN] for n in range(len(word) - RUN + 1)]


def _is_left_out(letter: str) -> bool:
    """Joiners choose how a letter is drawn, and accents are left out by whoever types in haste."""
    return unicodedata.category(letter) == "Cf" or unicodedata.combining(letter) >= LEAST_ACCENT
