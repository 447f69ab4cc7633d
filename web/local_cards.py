"""Cards as this process read them last from those that all keep: not sent and not read again.

Whether a card stands, its version keys say each time (`web.card_cache`); what is held here is
believed under the same versions alone, and until its hour is over. It is bounded by bytes, as they
are reckoned; the least recently used goes first.
"""

from collections import OrderedDict
from dataclasses import dataclass

from domain.cards import FailureCard
from domain.ids import CardId

MOST_BYTES = 32 << 20
# A card weighs some five times its body's text.
WEIGHT = 5

Versions = tuple[bytes | None, bytes | None]


@dataclass(frozen=True, slots=True)
class LocalCard:
    """A card, under which versions it was read, until when it is believed (Unix seconds), and what
    it weighs.
    """

    card: FailureCard
    versions: Versions
    until: float
    weight: int


class LocalCards:
    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held = OrderedDict[CardId, LocalCard]()
        self.weight = 0

    def __contains__(self, id: CardId) -> bool:
        return id in self._held

    def under(self, id: CardId, versions: Versions, now: float) -> FailureCard | None:
        """Give a card that was read under these versions, in its hour."""
        held = self._held.get(id)
        if held is None or held.versions != versions or now >= held.until:
            return None
        self._held.move_to_end(id)
        return held.card

    def hold(self, card: FailureCard, versions: Versions, until: float, body_bytes: int) -> None:
        """Hold a card that was read under these versions, in place of what was held of it."""
        self._let_go(self._held.pop(card.id, None))
        held = LocalCard(card, versions, until, WEIGHT * body_bytes)
        self._held[card.id] = held
        self.weight += held.weight
        while self.weight > self._most:
            self._let_go(self._held.popitem(last=False)[1])

    def _let_go(self, held: LocalCard | None) -> None:
        self.weight -= 0 if held is None else held.weight
