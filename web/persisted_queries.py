"""Automatic persisted queries: a document is sent once, and named by its SHA-256 from then on.

The protocol is Apollo's, which most clients speak: `extensions.persistedQuery` holds `version` 1
and `sha256Hash`. A request that names a document which is not kept is answered with
`PERSISTED_QUERY_NOT_FOUND`; the client sends it once more with its text and its name, and the text
is kept as every document is that may run and comes again (`resolvers.documents`): bounded by its
bytes, known to be valid, from callers who are vouched for. So a name gives no right: what it stands
for is measured, guarded and narrowed for whoever runs it, as if they had sent the text.
"""

import re
from dataclasses import replace
from hashlib import sha256
from typing import cast

from cross_web import HTTPException
from strawberry.http import GraphQLRequestData

from resolvers.documents import Documents

VERSION = 1
DIGEST = re.compile(r"[0-9a-fA-F]{64}")


class UnknownDocument(Exception):
    """Nobody sent a document of that name, or it was let go since."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


def expand_request(documents: Documents, sent: GraphQLRequestData) -> GraphQLRequestData:
    """Give a request with the text that its hash names; one without a hash is given back.

    Raises:
        UnknownDocument: no document of that name is kept.
        HTTPException: the name does not read as one, or is not that of the text beside it.
    """
    text = expand_text(documents, sent.query, sent.extensions)
    return sent if text == sent.query else replace(sent, query=text)


def expand_text(documents: Documents, text: str | None, extensions: object) -> str | None:
    """Give the text that is meant: the one that was sent, or the one that the hash names.

    Raises:
        UnknownDocument, HTTPException: as `expand_request` does.
    """
    digest = _digest(extensions)
    if digest is None:
        return text
    if not text:
        kept = documents.text_of(digest)
        if kept is None:
            raise UnknownDocument
        return kept
    # A longer one is refused for its length, before anybody looks at it.
    short = len(text) <= documents.limits.characters
    if short and sha256(text.encode(errors="surrogatepass")).digest() != digest:
        raise HTTPException(400, "The `sha256Hash` is not that of the `query`.")
    documents.expect(digest)
    return text


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
