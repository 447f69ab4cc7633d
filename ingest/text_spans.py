"""Places [start, end) of a text as one union, asked again and again whether they hold something."""

from bisect import bisect_left
from collections.abc import Iterable


class TextSpans:
    """Spans that meet or overlap are kept as one, so that a question costs a search, not a walk."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def overlap(self, start: int, end: int) -> bool:
        """Say whether any character of [start, end) lies in one of the spans."""
        last = bisect_left(self._starts, end) - 1
        return last >= 0 and self._ends[last] > start
