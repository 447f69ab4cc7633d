"""How production reaches its stores: by password and TLS, or on its own machine if it says so."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from domain.errors import UnsafeSetting
from web.secret_strength import password_weakness

STORES = ("NEO4J_URI", "POSTGRES_URL", "REDIS_URL")
ENCRYPTED = frozenset({"neo4j+s", "neo4j+ssc", "bolt+s", "bolt+ssc", "rediss"})
ENCRYPTED_MODES = frozenset({"require", "verify-ca", "verify-full"})
OWN = "BATTWHEELS_OWN_STORES"


def demand_safe(urls: Mapping[str, str], own: frozenset[str]) -> None:
    """Hold the addresses of the stores, by the names of their settings, to what production needs.

    Raises:
        UnsafeSetting: one has no password, a weak one, or no TLS and is not of `own`.
    """
    for host in own:
        if not _is_own_machine(host):
            raise UnsafeSetting(OWN, f"{host!r} is not of this machine; name it with TLS instead")
    for name, url in urls.items():
        parts = _parse_address(name, url)
        # Neo4j's password is a setting of its own.
        if name != "NEO4J_URI":
            _demand_password(name, parts)
        if not _is_encrypted(parts) and (parts.hostname or "") not in own:
            raise UnsafeSetting(
                name, f"has no TLS; use it, or name the host in {OWN} if it is this machine"
            )


def _parse_address(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UnsafeSetting(name, "does not read as an address") from error
    if not parts.scheme or not parts.hostname:
        raise UnsafeSetting(name, "does not read as SCHEME://HOST")
    return parts


def _demand_password(name: str, parts: SplitResult) -> None:
    if parts.password is None:
        raise UnsafeSetting(name, "has no password; give the store one")
    weakness = password_weakness(unquote(parts.password))
    if weakness is not None:
        raise UnsafeSetting(name, f"its password {weakness}; set a random one of your own")


def _is_encrypted(parts: SplitResult) -> bool:
    mode = parse_qs(parts.query).get("sslmode", [""])[-1]
    return parts.scheme in ENCRYPTED or mode in ENCRYPTED_MODES


def _is_own_machine(host: str) -> bool:
    """Say whether a host is this machine: the loopback, or a container's name without a dot."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return "." not in host and ":" not in host
