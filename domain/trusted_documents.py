"""Trusted documents: what a partner's programs ask, registered before they ask it (EX-7).

A manifest is a list of documents; each is named by the SHA-256 of its text, so that the same text
has the same name wherever it was built. A partner sends the name instead of the text. What a
document may cost, which deprecated fields it reads and which scopes it needs is known from then on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from domain import limits
from domain.errors import InvalidInput
from domain.ids import DocumentId, PersonId

MOST_ENTRIES = 500
MOST_OF_PARTNER = 5_000
NAME_LIMIT, TEXT_LIMIT = 120, 32_768
ID = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
# Under this name our own front ends register; people's requests are looked up there.
OWN = "battwheels"


class OperationKind(StrEnum):
    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """One document of a manifest, as it was handed in."""

    name: str
    text: str

    @property
    def id(self) -> DocumentId:
        return document_id(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedDocument:
    """A registered document and what is known of it since.

    Attributes:
        objects: how many it may give, with the longest pages that its variables allow.
        deprecated: the fields, arguments and values that go, as `CardUsage.rating`.
        scopes: what a key needs to run it, a line for each root field.
    """

    partner: str
    id: DocumentId
    name: str
    text: str
    kind: OperationKind
    objects: int
    deprecated: tuple[str, ...]
    scopes: tuple[str, ...]
    registered_by: PersonId
    registered_at: datetime


def document_id(text: str) -> DocumentId:
    return DocumentId(sha256(text.encode(errors="surrogatepass")).hexdigest())


def parse_document_id(value: str) -> DocumentId | None:
    """Give the id that a caller wrote, with `sha256:` before it or without; None: it is none."""
    found = ID.fullmatch(value)
    return None if found is None else DocumentId(found.group(1).lower())


def parse_document_ids(values: Sequence[str]) -> list[DocumentId]:
    """Give the ids that a caller wrote, each once, in their order.

    Raises:
        InvalidInput: there is none, there are too many, or one of them is none: its place is named.
    """
    limits.check_count("ids", len(values), MOST_ENTRIES, least=1)
    found: dict[DocumentId, None] = {}
    for place, one in enumerate(values):
        named = parse_document_id(one)
        if named is None:
            raise InvalidInput(f"ids.{place}", "is not `sha256:` and 64 hexadecimal digits")
        found[named] = None
    return list(found)


def parse_entry(name: str, text: str, id: str | None) -> ManifestEntry:
    """Read one entry.

    Raises:
        InvalidInput: a value is too long or empty, or the id is not that of the text.
    """
    if len(text) > TEXT_LIMIT:
        raise InvalidInput("text", f"has {len(text)} characters; at most {TEXT_LIMIT} are kept")
    if not text.strip():
        raise InvalidInput("text", "is empty")
    entry = ManifestEntry(name=limits.clean_text("name", name, NAME_LIMIT), text=text)
    if id is not None and parse_document_id(id) != entry.id:
        raise InvalidInput("sha256", "is not the SHA-256 of the text")
    return entry


def demand_manifest(entries: Sequence[ManifestEntry]) -> None:
    """Let a manifest pass that has a bearable number of documents, each of them once.

    Raises:
        InvalidInput: it has none or too many, or one of them twice: it is named.
    """
    limits.check_count("documents", len(entries), MOST_ENTRIES, least=1)
    seen: dict[DocumentId, str] = {}
    for place, entry in enumerate(entries):
        if entry.id in seen:
            raise InvalidInput(
                f"documents.{place}.text", f"{entry.name!r} is {seen[entry.id]!r} once more"
            )
        seen[entry.id] = entry.name
