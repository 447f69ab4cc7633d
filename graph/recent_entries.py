"""Entries of the vocabulary that were read by their key a moment ago: many cards name the same few.

An entry is believed for some seconds, or until this process loads others; that there is none is
never kept. The vocabulary is everybody's, so nothing here depends on who asks.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from time import monotonic

SECONDS = 5.0
MOST = 8_192


class RecentEntries:
    def __init__(
        self, seconds: float = SECONDS, most: int = MOST, now: Callable[[], float] = monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._now = now
        self._kept = OrderedDict[tuple[str, str], tuple[float, object]]()

    def __len__(self) -> int:
        return len(self._kept)

    def known(self, kind: str, keys: Iterable[str]) -> dict[str, object]:
        """Give those of these entries that are still believed."""
        since, found = self._now() - self._seconds, dict[str, object]()
        for key in keys:
            at, entry = self._kept.get((kind, key), (0.0, None))
            if entry is not None and at > since:
                found[key] = entry
        return found

    def keep(self, kind: str, entries: Iterable[tuple[str, object]]) -> None:
        at = self._now()
        for key, entry in entries:
            self._kept.pop((kind, key), None)
            self._kept[kind, key] = at, entry
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        self._kept.clear()
