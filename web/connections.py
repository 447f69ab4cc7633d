"""Open connections, counted: so many for the process, so many for one address.

When the process has no room left, the address with the most connections loses its oldest to
whoever has fewer, so that a crowd from a few addresses does not keep everybody else out.
"""

from typing import Protocol


class Connection(Protocol):
    """What can be cut."""

    def cut(self) -> None: ...


class Connections:
    """All open connections of this process, oldest first within each address."""

    def __init__(self, most: int, per_address: int, proxies: frozenset[str] = frozenset()) -> None:
        self._most = most
        self._per_address = per_address
        self._proxies = proxies
        self._open: dict[str, dict[Connection, None]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def of(self, address: str) -> int:
        return len(self._open.get(address, ()))

    def admit(self, address: str, connection: Connection) -> bool:
        """Count a connection in; False when there is no room for it."""
        if address not in self._proxies and self.of(address) >= self._per_address:
            return False
        if self._count >= self._most and not self._cut_for(address):
            return False
        self._open.setdefault(address, {})[connection] = None
        self._count += 1
        return True

    def hand_over(self, address: str, old: Connection, new: Connection) -> None:
        """Let a connection go on under another protocol, as a WebSocket does."""
        held = self._open.get(address, {})
        if old in held:
            del held[old]
            held[new] = None

    def leave(self, address: str, connection: Connection) -> None:
        held = self._open.get(address)
        if held is None or connection not in held:
            return
        del held[connection]
        self._count -= 1
        if not held:
            del self._open[address]

    def _cut_for(self, address: str) -> bool:
        counted = [one for one in self._open if one not in self._proxies]
        greedy = max(counted, key=self.of, default=address)
        if self.of(greedy) <= self.of(address) + 1:
            return False
        oldest = next(iter(self._open[greedy]))
        self.leave(greedy, oldest)
        oldest.cut()
        return True
