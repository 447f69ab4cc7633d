"""A hybrid logical clock: order without trusting anybody's wall clock (CF-5).

A stamp is milliseconds, a counter and the node that made it, compared in that order (Kulkarni et
al., "Logical Physical Clocks", 2014). A clock that runs ahead may lead by `DRIFT_MS`; whatever
claims more is taken to have happened when it arrived, and has no claim against another write: a
phone a year ahead wins nothing.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain.errors import InvalidInput

DRIFT_MS = 60_000
WRITTEN = re.compile(r"(\d{1,15})\.(\d{1,9})\.([A-Za-z0-9][A-Za-z0-9_\-]{0,63})")


@dataclass(frozen=True, slots=True, order=True)
class HybridTimestamp:
    """Compared by `ms`, then `count`, then `node`."""

    ms: int
    count: int
    node: str

    @property
    def checked(self) -> bool:
        """Say whether it tells when; one that led too far does not (`claim_timestamp`)."""
        return self.ms > 0

    def __str__(self) -> str:
        """Write it as it travels; `parse_timestamp` reads it back."""
        return f"{self.ms}.{self.count}.{self.node}"


# Before whatever was written.
NEVER = HybridTimestamp(0, 0, "")


def parse_timestamp(value: str) -> HybridTimestamp:
    """Read a stamp: `1764152220123.0.garage_pune`.

    Raises:
        InvalidInput: it does not read like one.
    """
    found = WRITTEN.fullmatch(value)
    if found is None:
        raise InvalidInput("timestamp", f"{value[:80]!r} is not MILLISECONDS.COUNT.NODE")
    return HybridTimestamp(int(found[1]), int(found[2]), found[3])


def tick(last: HybridTimestamp, now_ms: int) -> HybridTimestamp:
    """Give the stamp of a local event: always above `last`, also when the wall clock went back."""
    if now_ms > last.ms:
        return HybridTimestamp(now_ms, 0, last.node)
    return replace(last, count=last.count + 1)


def receive(last: HybridTimestamp, remote: HybridTimestamp, now_ms: int) -> HybridTimestamp:
    """Give the local stamp behind a message: above both, never led beyond the drift."""
    other = bound_drift(remote, now_ms)
    ms = max(last.ms, other.ms, now_ms)
    counts = [s.count for s in (last, other) if s.ms == ms]
    return HybridTimestamp(ms, max(counts) + 1 if counts else 0, last.node)


def timestamp_of(at: datetime) -> HybridTimestamp:
    """Give the stamp of what our own clock dates."""
    return HybridTimestamp(int(at.timestamp() * 1000), 0, "")


def merge_timestamps(last: HybridTimestamp, stamp: HybridTimestamp) -> HybridTimestamp:
    """Give the stamp of what was done with `last` in front of one: above it, whatever it says."""
    return stamp if stamp > last else replace(stamp, ms=last.ms, count=last.count + 1)


def moment_of(stamp: HybridTimestamp | None, at: datetime) -> datetime:
    """Say when it was done: by the stamp where there is one to believe, else when it came, `at`."""
    if stamp is None or not stamp.checked:
        return at
    return datetime.fromtimestamp(stamp.ms / 1000, UTC)


def claim_timestamp(stamp: HybridTimestamp, now_ms: int) -> HybridTimestamp:
    """Give the stamp as it stands against other writes: below all, if it leads beyond the drift."""
    return stamp if stamp.ms <= now_ms + DRIFT_MS else replace(stamp, ms=0, count=0)


def bound_drift(stamp: HybridTimestamp, now_ms: int) -> HybridTimestamp:
    """Give the stamp as it counts here: a lead beyond the drift counts as of now."""
    return stamp if stamp.ms <= now_ms + DRIFT_MS else replace(stamp, ms=now_ms, count=0)
