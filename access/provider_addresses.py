"""Which addresses of another service may be asked."""

import httpx

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def is_safe(url: str, *, loopback: bool) -> bool:
    """Say whether an address may be asked: https, or in development this very machine."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if read.userinfo or read.fragment or not read.host:
        return False
    return read.scheme == "https" or (loopback and read.scheme == "http" and read.host in LOOPBACK)
