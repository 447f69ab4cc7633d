"""What changed since a garage last asked: the latest of each entity, the critical ones first.

The log between a garage's cursor and the end of its window is compressed to the newest entry of
each entity and ranked once. An entity that changes while its window is being read changes behind
the window too, so whatever moves is told again: an interrupted catch-up loses nothing.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.errors import CursorLost
from domain.ids import GarageId
from records.change_log import Entry
from sync.cursors import Place

WINDOW = 20_000
REMEMBERED = 16
CARD = "failure_card"
TICKET = "ticket"
CRITICAL = 4


class Priority(StrEnum):
    CRITICAL = "critical"
    NORMAL = "normal"
    LOW = "low"


ORDER = tuple(Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    entry: Entry
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Up to a batch of entries, the cursor behind them, and how much of the log is still ahead."""

    entries: tuple[Ranked, ...]
    place: Place
    more: bool
    lag: int


class Log(Protocol):
    async def bounds(self) -> tuple[int, int]: ...
    async def latest(
        self, after: int, until: int, garage: GarageId | None, *, every: bool
    ) -> list[Entry]: ...


class Severities(Protocol):
    async def severities(self, ids: Sequence[str]) -> Mapping[str, int]: ...


class Deltas:
    def __init__(self, log: Log, cards: Severities) -> None:
        self._log = log
        self._cards = cards
        self._windows: OrderedDict[tuple[int, int, str | None, bool], tuple[Ranked, ...]] = (
            OrderedDict()
        )

    async def head(self) -> int:
        return (await self._log.bounds())[1]

    async def after(
        self, place: Place, garage: GarageId | None, most: int, *, every: bool = False
    ) -> Batch:
        """Give the next batch behind `place`; with `every`, tickets of all garages.

        Raises:
            CursorLost: the log was trimmed beyond the cursor, or never was as far.
        """
        floor, head = await self._log.bounds()
        if not floor <= place.done <= head or place.until > head:
            raise CursorLost(place.done, head)
        until = place.until or min(head, place.done + WINDOW)
        ranked = await self._ranked(place.done, until, garage, every=every)
        start = bisect_right(ranked, (place.rank, place.seq), key=_key)
        taken = ranked[start : start + most]
        if start + most < len(ranked):
            rank, seq = _key(taken[-1])
            following = Place(done=place.done, until=until, rank=rank, seq=seq)
        else:
            following = Place(done=until)
        return Batch(
            entries=taken,
            place=following,
            more=following.until > 0 or until < head,
            lag=head - following.done,
        )

    async def _ranked(
        self, done: int, until: int, garage: GarageId | None, *, every: bool
    ) -> tuple[Ranked, ...]:
        key = (done, until, garage, every)
        if key not in self._windows:
            found = await self._log.latest(done, until, garage, every=every)
            cards = [entry.entity for entry in found if entry.kind == CARD]
            self._windows[key] = ranked(found, await self._cards.severities(cards))
            while len(self._windows) > REMEMBERED:
                self._windows.popitem(last=False)
        return self._windows[key]


def compressed(entries: Sequence[Entry]) -> list[Entry]:
    """Give the newest entry of each entity, oldest first: what `latest` asks the log for."""
    newest = {e.entity: e for e in sorted(entries, key=lambda e: e.seq)}
    return sorted(newest.values(), key=lambda e: e.seq)


def ranked(found: Sequence[Entry], severities: Mapping[str, int]) -> tuple[Ranked, ...]:
    """Give the entries critical first, and within a priority in the order of the log."""
    given = [Ranked(entry=e, priority=_priority(e, severities)) for e in found]
    return tuple(sorted(given, key=_key))


def _key(entry: Ranked) -> tuple[int, int]:
    return ORDER.index(entry.priority), entry.entry.seq


def _priority(entry: Entry, severities: Mapping[str, int]) -> Priority:
    if entry.kind != CARD:
        return Priority.NORMAL
    level = severities.get(entry.entity, 0)
    if level >= CRITICAL:
        return Priority.CRITICAL
    return Priority.NORMAL if level > 1 else Priority.LOW
