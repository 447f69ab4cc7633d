"""The points of an operation: reserved by what it may give, counted by what it gave.

A point stands for one object. Whoever asks pays first for all that their document may give (the
estimate); what the answer did not hold is given back. An operation that is broken off keeps what it
reserved: nobody knows how far it came.
"""

from collections.abc import Callable
from dataclasses import dataclass

# How every object begins that has a field, written without spaces. In a text the quote has a
# backslash before it, so this is only found where an object begins, or where a text ends with `{`.
OBJECT = '{"'
OBJECT_BYTES = OBJECT.encode()


def count_objects(json: bytes | str, envelope: int) -> int:
    """Give how many objects a JSON holds as it is sent, beside those around it."""
    found = json.count(OBJECT_BYTES) if isinstance(json, bytes) else json.count(OBJECT)
    return max(0, found - envelope)


@dataclass(slots=True)
class PointAccount:
    """The points of one operation, on its way through the door.

    Attributes:
        requested: points that were reserved before anything ran.
        weights: those of them that running costs, whatever the answer holds.
        requests: those of them that asking costs, whether anything ran or not.
        left: points that the garage has left, as far as is known here.
        resets_s: seconds until some come back.
        change: is told how many points more (or fewer, below 0) were used than was counted so far.
        actual: points that were used, None while the operation runs.
    """

    requested: int
    weights: int
    requests: int
    left: int
    resets_s: int
    change: Callable[[int], None]
    actual: int | None = None

    def count(self, objects: int) -> None:
        """Count the objects of an answer: the first gives back what was not used of the estimate.

        Each answer after it, an event of a subscription, costs what it holds.
        """
        if self.actual is None:
            self._use(self.requests + self.weights + objects, self.requested)
        else:
            self._use(objects, 0)

    def release(self) -> None:
        """Give back what was reserved for an operation that never ran."""
        if self.actual is None:
            self._use(self.requests, self.requested)

    @property
    def told(self) -> dict[str, int]:
        """What `extensions.cost` says."""
        return {
            "requested": self.requested,
            "actual": self.requested if self.actual is None else self.actual,
            "remaining": self.left,
            "resetsIn": self.resets_s,
        }

    def _use(self, points: int, counted: int) -> None:
        self.actual = points if self.actual is None else self.actual + points
        more = points - counted
        if more:
            self.left = max(0, self.left - more)
            self.change(more)
