"""The secrets of API keys: made, recognized, and kept as a hash alone.

A secret is `bw_`, eight letters by which people tell keys apart, and 256 random bits. Against such
a secret one plain SHA-256 is enough: there is nothing to guess, and each request pays for it.
"""

import re
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import unquote_to_bytes

SECRET_BYTES, PREFIX_BYTES = 32, 5
RANDOM_BYTES = SECRET_BYTES + PREFIX_BYTES
MARK = "bw_"
PREFIX_LETTERS = 8
FORM = re.compile(r"bw_([a-z2-7]{8})_[A-Za-z0-9_\-]{43}")
INSIDE = re.compile(rb"bw_[a-z2-7]{8}_[A-Za-z0-9_\-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MintedSecret:
    """A new secret: its text is shown once, its digest is kept."""

    text: str = field(repr=False)
    prefix: str
    digest: bytes


def mint_secret(randomness: bytes) -> MintedSecret:
    """Make a secret of `RANDOM_BYTES` random bytes."""
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(len(randomness))
    prefix = b32encode(randomness[:PREFIX_BYTES]).decode().lower()
    secret = urlsafe_b64encode(randomness[PREFIX_BYTES:]).decode().rstrip("=")
    text = f"{MARK}{prefix}_{secret}"
    return MintedSecret(text=text, prefix=prefix, digest=digest_of(text))


def prefix_of(token: str) -> str | None:
    """Give the prefix of a secret; None: it is none, but a token of another kind."""
    found = FORM.fullmatch(token)
    return None if found is None else found.group(1)


def digest_of(text: str) -> bytes:
    return sha256(text.encode()).digest()


def is_key(token: str) -> bool:
    """Say whether a token means to be a key, well-formed or not."""
    return token.startswith(MARK)


def holds_key(path: str, query: bytes) -> bool:
    """Say whether a URL carries a secret, written plainly or in percents."""
    return any(INSIDE.search(part) for part in (path.encode(), query, unquote_to_bytes(query)))
