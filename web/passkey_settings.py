"""As whom passkeys know this house: a domain, and the pages on which they may be used."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from access.passkey_domains import RelyingParty
from domain.errors import InvalidInput

DOMAIN = "BATTWHEELS_PASSKEY_DOMAIN"
LOCAL = "localhost"
LONGEST_NAME = 253
LABEL = re.compile(r"[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?")


def read_party(
    domain: str | None, pages: Sequence[str], *, production: bool
) -> RelyingParty | None:
    """Give as whom passkeys know us; None: none are taken.

    Args:
        domain: as it was set, else the host of the first page.
        pages: addresses at which people use this house, the public one first.
        production: whether pages are on TLS alone.

    Raises:
        InvalidInput: the domain is no name, or none of the pages is of it.
    """
    origins = [one for one in map(_origin_of, pages) if one is not None]
    hosts = {origin: urlsplit(origin).hostname or "" for origin in origins}
    name = domain or next(iter(hosts.values()), None)
    if name is None or (domain is None and not _is_name(name)):
        return None
    fit = tuple(
        origin
        for origin, host in hosts.items()
        if (host == name or host.endswith(f".{name}")) and _is_safe(origin, host, production)
    )
    if not _is_name(name) or (domain is not None and not fit):
        raise InvalidInput(DOMAIN, "is no domain of BATTWHEELS_PUBLIC_URL or an allowed origin")
    return RelyingParty(id=name, origins=fit) if fit else None


def _origin_of(page: str) -> str | None:
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.hostname else None


def _is_name(host: str) -> bool:
    """Say whether it is a name and no address: passkeys belong to names."""
    *above, last = host.split(".")
    labels = all(LABEL.fullmatch(label) for label in (*above, last))
    return len(host) <= LONGEST_NAME and labels and last[0].isalpha()


def _is_safe(origin: str, host: str, production: bool) -> bool:  # noqa: FBT001 - as it was asked
    return origin.startswith("https://") or (host == LOCAL and not production)
