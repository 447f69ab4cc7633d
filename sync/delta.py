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
from records.change_log import LogEntry
from sync.delta_cursors import DeltaPosition

WINDOW = 20_000
REMEMBERED = 16
CARD = "failure_card"
TICKET = "ticket"
CRITICAL = 4


class DeltaPriority(StrEnum):
    CRITICAL = "critical"
    NORMAL = "normal"
    LOW = "low"


ORDER = tuple(DeltaPriority)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedEntry:
    entry: LogEntry
    priority: DeltaPriority


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaBatch:
    """Up to a batch of entries, the cursor behind them, and how much of the log is still ahead."""

    entries: tuple[RankedEntry, ...]
    place: DeltaPosition
    more: bool
    lag: int


class DeltaLog(Protocol):
    async def bounds(self) -> tuple[int, int]: ...
    async def latest(
        self, after: int, until: int, garage: GarageId | None, *, every: bool
    ) -> list[LogEntry]: ...


class SeverityLookup(Protocol):
    async def severities(self, ids: Sequence[str]) -> Mapping[str, int]: ...


class DeltaReader:
    def __init__(self, log: DeltaLog, cards: SeverityLookup) -> None:
        self._log = log
        self._cards = cards
        self._windows: OrderedDict[tuple[int, int, str | None, bool], tuple[RankedEntry, ...]] = (
            OrderedDict()
        )

    async def head(self) -> int:
        return (await self._log.bounds())[1]

    async def after(
        self, place: DeltaPosition, garage: GarageId | None, most: int, *, every: bool = False
    ) -> DeltaBatch:
        """Give the next batch behind `place`; with `every`, tickets of all garages.

        Raises:
            CursorLost: the log was trimmed beyond the cursor, or never was as far.
        """
        floor, head = await self._log.bounds()
        if not floor <= place.done <= head or place.until > head:
            raise CursorLost(place.done, head)
        until = place.until or min(head, place.done + WINDOW)
        ranked = await self._ranked(place.done, until, garage, every=every)
        start = bisect_right(ranked, (place.rank, place.seq), key=_rank_order)
        taken = ranked[start : start + most]
        if start + most < len(ranked):
            rank, seq = _rank_order(taken[-1])
            following = DeltaPosition(done=place.done, until=until, rank=rank, seq=seq)
        else:
            following = DeltaPosition(done=until)
        return DeltaBatch(
            entries=taken,
            place=following,
            more=following.until > 0 or until < head,
            lag=head - following.done,
        )

    async def _ranked(
        self, done: int, until: int, garage: GarageId | None, *, every: bool
    ) -> tuple[RankedEntry, ...]:
        key = (done, until, garage, every)
        if key not in self._windows:
            found = await self._log.latest(done, until, garage, every=every)
            cards = [entry.entity for entry in found if entry.kind == CARD]
            self._windows[key] = rank_entries(found, await self._cards.severities(cards))
            while len(self._windows) > REMEMBERED:
                self._windows.popitem(last=False)
        return self._windows[key]


def compress_entries(entries: Sequence[LogEntry]) -> list[LogEntry]:
    """Give the newest entry of each entity, oldest first: what `latest` asks the log for."""
    newest = {e.entity: e for e in sorted(entries, key=lambda e: e.seq)}
    return sorted(newest.values(), key=lambda e: e.seq)


def rank_entries(
    found: Sequence[LogEntry], severities: Mapping[str, int]
) -> tuple[RankedEntry, ...]:
    """Give the entries critical first, and within a priority in the order of the log."""
    given = [RankedEntry(entry=e, priority=_priority_of(e, severities)) for e in found]
    return tuple(sorted(given, key=_rank_order))


def _rank_order(entry: RankedEntry) -> tuple[int, int]:
    return ORDER.index(entry.priority), entry.entry.seq


def _priority_of(entry: LogEntry, severities: Mapping[str, int]) -> DeltaPriority:
    if entry.kind != CARD:
        return DeltaPriority.NORMAL
    level = severities.get(entry.entity, 0)
    if level >= CRITICAL:
        return DeltaPriority.CRITICAL
    return DeltaPriority.NORMAL if level > 1 else DeltaPriority.LOW
