"""As whom we are known where people sign in by what is not ours: a service, or a device."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """As whom the other service knows us; `loopback`: it may run on this machine, without TLS."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """As whom passkeys know us: a domain, and the pages of it on which they are used."""

    id: str
    origins: tuple[str, ...]
