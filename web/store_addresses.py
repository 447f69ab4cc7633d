"""How production reaches its stores: by password and TLS, or on its own machine if it says so.

TLS counts where the store's certificate is checked: else whoever stands between answers in its
place (`neo4j+ssc`, `sslmode=require`, `ssl_cert_reqs=none` take any).
"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from domain.errors import UnsafeSetting
from web.secret_strength import password_weakness

STORES = ("NEO4J_URI", "POSTGRES_URL", "REDIS_URL")
CHECKED = frozenset({"neo4j+s", "bolt+s", "rediss"})
CHECKED_MODES = frozenset({"verify-ca", "verify-full"})
UNCHECKED = frozenset({"neo4j+ssc", "bolt+ssc"})
UNCHECKED_MODES = frozenset({"allow", "prefer", "require"})
# What redis-py reads of a URL, and would take as an order not to look.
LOOKED_AT = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}
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
        wrong = _tls_weakness(parts)
        if wrong is not None and (parts.hostname or "") not in own:
            raise UnsafeSetting(name, f"{wrong}, or name the host in {OWN} if it is this machine")


def demand_closed(name: str, url: str, own: frozenset[str]) -> None:
    """Hold the address of a service that hears secrets of ours to https, or to this machine.

    Raises:
        UnsafeSetting: whoever stands between could read along.
    """
    _parse_address(name, url)
    if leaves_in_clear(url, own):
        raise UnsafeSetting(name, f"has no TLS; use https, or name the host in {OWN}")


def leaves_in_clear(url: str, own: frozenset[str] = frozenset()) -> bool:
    """Say whether what is sent to a URL leaves this machine without TLS."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme != "https" and host not in own and not _is_loopback(host)


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


def _tls_weakness(parts: SplitResult) -> str | None:
    """Say what is wrong with the way to a store; None: it is closed, and leads to that store."""
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    mode = said.get("sslmode", "")
    if parts.scheme in UNCHECKED or mode in UNCHECKED_MODES:
        return "takes any certificate; use neo4j+s, bolt+s or sslmode=verify-full"
    if parts.scheme not in CHECKED and mode not in CHECKED_MODES:
        return "has no TLS; use it"
    if any(said.get(name, wanted).lower() != wanted for name, wanted in LOOKED_AT.items()):
        return "tells us to take any certificate; leave ssl_cert_reqs and ssl_check_hostname out"
    return None


def _is_own_machine(host: str) -> bool:
    """Say whether a host is this machine: the loopback, or a container's name without a dot."""
    return _is_loopback(host) or ("." not in host and ":" not in host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
