"""How often something was used of late, remembered by its mark alone."""

from collections import OrderedDict
from collections.abc import Hashable

REMEMBERED = 4_096


class RecentUses:
    """Counts uses of the latest few thousand marks; the one used longest ago is forgotten."""

    def __init__(self) -> None:
        self._uses = OrderedDict[Hashable, int]()

    def count(self, mark: Hashable) -> int:
        """Count one more use, and give how many there were with it."""
        uses = self._uses.pop(mark, 0) + 1
        self._uses[mark] = uses
        if len(self._uses) > REMEMBERED:
            self._uses.popitem(last=False)
        return uses
