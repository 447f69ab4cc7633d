"""Who sent a request, and the headers of one or of an answer, as ASGI holds them: pairs of bytes,
names in small letters.

Starlette's mappings make text of each header they pass; a request asks for a dozen.
"""

from collections.abc import Iterable, Mapping

from starlette.types import Scope

RawHeaders = list[tuple[bytes, bytes]]


def read_header(scope: Scope, name: bytes) -> str | None:
    """Give the first header of that name, None where there is none."""
    for known, value in scope["headers"]:
        if known == name:
            return value.decode("latin-1")
    return None


def peer_address(scope: Scope) -> str | None:
    """Give the address that a request or socket came from; None: the server does not tell."""
    peer: tuple[str, int] | None = scope.get("client")
    return peer[0] if peer else None


def raw_headers(said: Mapping[str, str]) -> RawHeaders:
    """Give headers as ASGI sends them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in said.items()]


def with_missing(headers: Iterable[tuple[bytes, bytes]], others: RawHeaders) -> RawHeaders:
    """Give headers, and of others those that are not among them."""
    given = [*headers]
    names = {name for name, _ in given}
    return [*given, *(one for one in others if one[0] not in names)]
