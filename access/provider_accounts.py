"""As whom another service knows us, and which of its addresses may be asked."""

from dataclasses import dataclass, field

import httpx

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """As whom the other service knows us; `loopback`: it may run on this machine, without TLS."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    loopback: bool = False


def is_safe(url: str, *, loopback: bool) -> bool:
    """Say whether an address may be asked: https, or in development this very machine."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if read.userinfo or read.fragment or not read.host:
        return False
    return read.scheme == "https" or (loopback and read.scheme == "http" and read.host in LOOPBACK)
