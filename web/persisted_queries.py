"""How a request names its document: by the id of a registered one, or by a hash that was sent.

`documentId` is the id of a registered document (`web.trusted_documents`): machines are held to
those. Automatic persisted queries are for people's front ends: a document is sent once, and named
by its SHA-256 from then on. The protocol is Apollo's, which most clients speak:
`extensions.persistedQuery` holds `version` 1 and `sha256Hash`. A request that names a document
which is not kept is answered with `PERSISTED_QUERY_NOT_FOUND`; the client sends it once more with
its text and its name, and the text is kept as every document is that may run and comes again
(`resolvers.documents`): bounded by its bytes, known to be valid, from callers who are vouched for.

A name gives no right: what it stands for is measured, guarded and narrowed for whoever runs it, as
if they had sent the text.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from cross_web import HTTPException

from domain.api_keys import ApiKey, Rung
from domain.ids import DocumentId
from domain.trusted_documents import OWN, parse_document_id
from resolvers.documents import Documents
from web.trusted_documents import DocumentReader, TrustedDocuments

VERSION = 1
DIGEST = re.compile(r"[0-9a-fA-F]{64}")


class UnknownDocument(Exception):
    """Nobody sent a document of that name, or it was let go since."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDocuments:
    """What a request may name its document by: an id that was registered, a hash that was sent.

    Attributes:
        rung: how far people are held to the documents of our own front ends; None: not at all.
    """

    kept: Documents
    trusted: TrustedDocuments | None = None
    rung: Rung | None = None

    async def expand(self, key: ApiKey | None, text: str | None, extensions: object) -> str | None:
        """Give the text that is meant: the one that was sent, or the one that is named.

        Raises:
            UnknownDocument: no document of that hash is kept.
            DocumentRefused: the caller may not run it (`web.trusted_documents`).
            HTTPException: the name does not read as one, or is not that of the text beside it.
            Unavailable: it is not held here, and the records do not answer.
        """
        if extensions is None and text and self.rung is None and key is None:
            return text
        digest, named = _digest(extensions), _document_id(extensions)
        if named is not None and digest is None and not text and self.trusted is not None:
            held = self.trusted.held_text(OWN if key is None else key.partner, named)
            if held is not None:
                return held
        if text and named is not None and len(text) <= self.kept.limits.characters:
            _demand_same(text, bytes.fromhex(named), "documentId")
        if key is not None and self.trusted is not None:
            named = named or (None if digest is None else DocumentId(digest.hex()))
            reader = DocumentReader(partner=key.partner, rung=key.rung)
            return await self.trusted.expand(reader, text, named)
        if self.trusted is not None and (text or named is not None):
            text = await self.trusted.expand(
                DocumentReader(partner=OWN, rung=self.rung), text, named
            )
        return text if digest is None else await self._by_hash(text, digest)

    async def _by_hash(self, text: str | None, digest: bytes) -> str:
        if not text:
            kept = self.kept.text_of(digest)
            if kept is None and self.trusted is not None:
                kept = await self.trusted.text_of(OWN, DocumentId(digest.hex()))
            if kept is None:
                raise UnknownDocument
            return kept
        # A longer one is refused for its length, before anybody looks at it.
        if len(text) <= self.kept.limits.characters:
            _demand_same(text, digest, "sha256Hash")
        self.kept.expect(digest)
        return text


def hand_over_id(sent: dict[str, object]) -> None:
    """Put the `documentId` of a request among its extensions, which every protocol hands on."""
    extensions = sent.get("extensions")
    if "documentId" in sent and isinstance(extensions, dict | None):
        sent["extensions"] = {**(extensions or {}), "documentId": sent["documentId"]}


def names_document(extensions: object) -> bool:
    """Say whether a request names a registered document."""
    return _field(extensions, "documentId") is not None


def _demand_same(text: str, digest: bytes, name: str) -> None:
    if sha256(text.encode(errors="surrogatepass")).digest() != digest:
        raise HTTPException(400, f"The `{name}` is not that of the `query`.")


def _document_id(extensions: object) -> DocumentId | None:
    written = _field(extensions, "documentId")
    if written is None:
        return None
    found = parse_document_id(written) if isinstance(written, str) else None
    if found is None:
        raise HTTPException(400, "A `documentId` is `sha256:` and 64 hexadecimal digits.")
    return found


def _digest(extensions: object) -> bytes | None:
    named = _field(extensions, "persistedQuery")
    if named is None:
        return None
    written = _field(named, "sha256Hash")
    if _field(named, "version") != VERSION or not isinstance(written, str):
        raise HTTPException(400, "A `persistedQuery` has `version` 1 and a `sha256Hash`.")
    if not DIGEST.fullmatch(written):
        raise HTTPException(400, "A `sha256Hash` has 64 hexadecimal digits.")
    return bytes.fromhex(written)


def _field(said: object, name: str) -> object:
    """Give a field of what a client sent, which may be anything."""
    return cast("dict[str, object]", said).get(name) if isinstance(said, dict) else None
