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
class Stamp:
    """Compared by `ms`, then `count`, then `node`."""

    ms: int
    count: int
    node: str

    @property
    def believed(self) -> bool:
        """Say whether it tells when; one that led too far does not (`claimed`)."""
        return self.ms > 0

    def __str__(self) -> str:
        """Write it as it travels; `parsed` reads it back."""
        return f"{self.ms}.{self.count}.{self.node}"


# Before whatever was written.
NEVER = Stamp(0, 0, "")


def parsed(value: str) -> Stamp:
    """Read a stamp: `1764152220123.0.garage_pune`.

    Raises:
        InvalidInput: it does not read like one.
    """
    found = WRITTEN.fullmatch(value)
    if found is None:
        raise InvalidInput("timestamp", f"{value[:80]!r} is not MILLISECONDS.COUNT.NODE")
    return Stamp(int(found[1]), int(found[2]), found[3])


def ticked(last: Stamp, now_ms: int) -> Stamp:
    """Give the stamp of a local event: always above `last`, also when the wall clock went back."""
    if now_ms > last.ms:
        return Stamp(now_ms, 0, last.node)
    return replace(last, count=last.count + 1)


def heard(last: Stamp, remote: Stamp, now_ms: int) -> Stamp:
    """Give the local stamp behind a message: above both, never led beyond the drift."""
    other = bounded(remote, now_ms)
    ms = max(last.ms, other.ms, now_ms)
    counts = [s.count for s in (last, other) if s.ms == ms]
    return Stamp(ms, max(counts) + 1 if counts else 0, last.node)


def stamped(at: datetime) -> Stamp:
    """Give the stamp of what our own clock dates."""
    return Stamp(int(at.timestamp() * 1000), 0, "")


def knowing(last: Stamp, stamp: Stamp) -> Stamp:
    """Give the stamp of what was done with `last` in front of one: above it, whatever it says."""
    return stamp if stamp > last else replace(stamp, ms=last.ms, count=last.count + 1)


def moment(stamp: Stamp | None, at: datetime) -> datetime:
    """Say when it was done: by the stamp where there is one to believe, else when it came, `at`."""
    if stamp is None or not stamp.believed:
        return at
    return datetime.fromtimestamp(stamp.ms / 1000, UTC)


def claimed(stamp: Stamp, now_ms: int) -> Stamp:
    """Give the stamp as it stands against other writes: below all, if it leads beyond the drift."""
    return stamp if stamp.ms <= now_ms + DRIFT_MS else replace(stamp, ms=0, count=0)


def bounded(stamp: Stamp, now_ms: int) -> Stamp:
    """Give the stamp as it counts here: a lead beyond the drift counts as of now."""
    return stamp if stamp.ms <= now_ms + DRIFT_MS else replace(stamp, ms=now_ms, count=0)
