"""How much a caller may ask over time: a generic cell rate algorithm over units, per caller.

One number is kept for a caller: the moment until which what they asked is paid for. Each request
moves it on by what it costs; a caller whose moment lies too far ahead waits. A caller is a person
where a token says so, else an address; IPv6 addresses count by their network, which one subscriber
has whole.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from time import monotonic

from domain.errors import TooMany

# Moments that have passed say nothing; they are swept when so many are kept.
KEPT = 20_000
NETWORK_BITS = 64
# Less than this is the noise of adding up.
LEAST_SECONDS = 1e-9


class Rate:
    """`units_per_second` that each caller earns, up to `at_once`."""

    def __init__(
        self, units_per_second: float, at_once: float, now: Callable[[], float] = monotonic
    ) -> None:
        self._second = units_per_second
        self._ahead = at_once / units_per_second
        self._now = now
        self._paid_until: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._paid_until)

    def demand(self, caller: str, saved: float = 0.0) -> None:
        """Let a caller through whose units are not used up.

        Args:
            caller: by name.
            saved: the share of all units that must be left.

        Raises:
            TooMany: they are; it says after how many seconds they are not.
        """
        ahead = self._ahead * (1 - saved)
        wait = self._paid_until.get(caller, 0.0) - self._now() - ahead
        if wait > -LEAST_SECONDS:
            raise TooMany("requests", wait)

    def spend(self, caller: str, units: float = 1.0) -> None:
        """Take units from a caller, who may owe as much again as may be saved.

        Below 0 they are given back; nobody has more than may be saved.
        """
        now = self._now()
        paid = max(self._paid_until.get(caller, now), now) + units / self._second
        if caller not in self._paid_until and len(self._paid_until) >= KEPT:
            self._sweep(now)
        self._paid_until[caller] = min(paid, now + 2 * self._ahead)

    def left(self, caller: str) -> float:
        """Give the units that a caller has left; below 0 what they owe."""
        owed = max(0.0, self._paid_until.get(caller, 0.0) - self._now())
        return (self._ahead - owed) * self._second

    def _sweep(self, now: float) -> None:
        """Forget whoever owes nothing; if all owe, those who owe least."""
        owing = {c: until for c, until in self._paid_until.items() if until > now}
        if len(owing) >= KEPT:
            most = sorted(owing, key=owing.__getitem__)[KEPT // 2 :]
            owing = {caller: owing[caller] for caller in most}
        self._paid_until = owing


def by_address(host: str | None) -> str:
    """Give the name of a caller who is known by their address alone."""
    try:
        address = ip_address((host or "").split("%", 1)[0])
    except ValueError:
        return "address:?"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"address:{int(address) >> NETWORK_BITS:x}"
    return f"address:{getattr(address, 'ipv4_mapped', None) or address}"


def by_person(person: str) -> str:
    return f"person:{person}"
