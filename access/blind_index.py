"""What sealed values are found by: keyed hashes that only the same value has, garage by garage.

Names are marked by their parts. So that a mark tells little of its part, parts share marks (a few
thousand for a garage), and each name has some marks of nothing (`docs/decisions/0050`): what is
found by them is opened and looked at, and what does not fit is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from access.vault import Vault
from domain.ids import GarageId

# Marks of parts that a garage's names share.
SHARED = 4_096
# A name's marks fill a number of these, so that they do not tell how long it is.
FILLED = 8
MARK_BYTES = 8
NUMBER_BYTES = 4


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """Marks by the vault's key of marks, which does not rotate."""

    vault: Vault

    def exact(self, garage: GarageId, kind: str, value: str) -> bytes:
        """Give the mark of a whole value in a garage: 32 bytes."""
        return self.vault.mark(kind, f"{garage}\n{value}")

    def parts(self, garage: GarageId, parts: Iterable[str]) -> tuple[bytes, ...]:
        """Give the marks of parts of a name, 8 bytes each, which others share."""
        numbers = {self._number("part of a name", f"{garage}\n{part}") for part in parts}
        return self._marks(garage, numbers)

    def filled(self, garage: GarageId, parts: Iterable[str], row: str) -> tuple[bytes, ...]:
        """Give the same for a name that is kept, with marks of nothing to a full number of them."""
        numbers = {self._number("part of a name", f"{garage}\n{part}") for part in parts}
        more = 0
        while not numbers or len(numbers) % FILLED:
            numbers.add(self._number("no part of a name", f"{row}\n{more}"))
            more += 1
        return self._marks(garage, numbers)

    def _number(self, kind: str, value: str) -> int:
        return int.from_bytes(self.vault.mark(kind, value)[:NUMBER_BYTES]) % SHARED

    def _marks(self, garage: GarageId, numbers: Iterable[int]) -> tuple[bytes, ...]:
        found = (self.vault.mark("shared part", f"{garage}\n{one}") for one in numbers)
        return tuple(sorted(mark[:MARK_BYTES] for mark in found))
