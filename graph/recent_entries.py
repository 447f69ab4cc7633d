"""Entries of the vocabulary that were read by their key a moment ago: many cards name the same few.

An entry is believed for some seconds, or until this process loads others; that there is none is
never kept. The vocabulary is everybody's, so nothing here depends on who asks.

Entries that are asked all the time would each be read anew by themselves when their seconds are
over. So whoever has to read one reads along those of its kind that were asked meanwhile
(`asked_lately`), and all of them are over together the next time.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

SECONDS = 5.0
MOST = 8_192
# So many are read along at most.
MOST_ALONG = 500


@dataclass(slots=True)
class RecentEntry:
    """An entry, when it was read, and whether it was asked since."""

    entry: object
    at: float
    asked: bool = False


class RecentEntries:
    def __init__(
        self, seconds: float = SECONDS, most: int = MOST, now: Callable[[], float] = monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._now = now
        self._kept = OrderedDict[tuple[str, str], RecentEntry]()
        # When those of a kind were last given to be read along.
        self._given = dict[str, float]()

    def __len__(self) -> int:
        return len(self._kept)

    def known(self, kind: str, keys: Iterable[str]) -> dict[str, object]:
        """Give those of these entries that are still believed."""
        found = ((key, self.one(kind, key)) for key in keys)
        return {key: entry for key, entry in found if entry is not None}

    def one(self, kind: str, key: str) -> object | None:
        """Give one that is still believed."""
        kept = self._kept.get((kind, key))
        if kept is None or kept.at <= self._now() - self._seconds:
            return None
        kept.asked = True
        return kept.entry

    def asked_lately(self, kind: str) -> list[str]:
        """Give the keys of this kind that were asked since they were read.

        They are given once in the time that they are believed: to look for them costs a walk.
        """
        now = self._now()
        if self._given.get(kind, 0.0) > now - self._seconds:
            return []
        self._given[kind] = now
        asked = [key for (of, key), kept in self._kept.items() if of == kind and kept.asked]
        return asked[-MOST_ALONG:]

    def keep(self, kind: str, entries: Iterable[tuple[str, object]]) -> None:
        at = self._now()
        for key, entry in entries:
            self._kept.pop((kind, key), None)
            self._kept[kind, key] = RecentEntry(entry, at)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        self._kept.clear()
