"""As whom passkeys know us (the relying party of WebAuthn)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """As whom passkeys know us: a domain, and the pages of it on which they are used."""

    id: str
    origins: tuple[str, ...]
