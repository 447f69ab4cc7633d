"""Cards that were read lately, decoded: a version never changes, so it is decoded and checked once.

Whether a card may be seen, its version of now and its counters are asked of the graph each time;
only the body of that version is kept here, by id and version, and the card as it stood when its
counters were last read. What is kept is bounded by its size, the least recently used goes first.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from domain.cards import NEUTRAL, FailureCard
from domain.usage import Usage
from graph import bodies
from graph.database import Row

MOST_BYTES = 64 << 20
# A decoded card weighs some five times its body's text, and a little more than that.
WEIGHT = 5
FRAME = 2_000

Key = tuple[str, int]


class DecodedCards:
    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._weight = 0
        # The card, the row of its counters, and what both weigh.
        self._kept = OrderedDict[Key, tuple[FailureCard, Row, int]]()

    @property
    def weight(self) -> int:
        """Bytes, as they are reckoned."""
        return self._weight

    def missing(self, found: Sequence[Row]) -> list[Key]:
        """Give the versions of which the bodies have to be read."""
        keys = ((row["id"], row["version"]) for row in found)
        return [key for key in keys if key not in self._kept]

    def cards(self, found: Sequence[Row], read: Sequence[Row]) -> list[FailureCard]:
        """Give the cards of these rows with their counters; `read` has the missing bodies."""
        fresh = {(row["card"], row["n"]): row["body"] for row in read}
        cards = (self._card(row, fresh.get((row["id"], row["version"]))) for row in found)
        return [card for card in cards if card is not None]

    def _card(self, row: Row, body: str | None) -> FailureCard | None:
        key = (row["id"], row["version"])
        if body is not None:
            return self._keep(key, with_usage(bodies.read_card(body), row), row, body)
        if key not in self._kept:
            # It went between the two reads.
            return None
        card, beside, weight = self._kept[key]
        self._kept.move_to_end(key)
        if beside != row:
            card = with_usage(card, row)
            self._kept[key] = card, row, weight
        return card

    def _keep(self, key: Key, card: FailureCard, row: Row, body: str) -> FailureCard:
        weight = WEIGHT * len(body) + FRAME
        self._weight += weight - self._kept.pop(key, (None, None, 0))[2]
        self._kept[key] = card, row, weight
        return card

    def trim(self) -> None:
        """Let go of the least recently used, until what is kept fits."""
        while self._weight > self._most:
            _, (_, _, weight) = self._kept.popitem(last=False)
            self._weight -= weight


def with_usage(card: FailureCard, row: Row) -> FailureCard:
    """Give a card with the counters that stand on its node."""
    reputation = row["reputation"]
    return replace(
        card,
        usage=read_usage(row),
        reputation=NEUTRAL if reputation is None else reputation,
        recheck=row["recheck"],
    )


def read_usage(row: Row) -> Usage:
    """Give the counters as a card's node holds them."""
    last = row["last_used"]
    return Usage(
        matched=row["times_matched"],
        used=row["times_used"],
        successes=row["successes"],
        failures=row["failures"],
        ratings=tuple(row["ratings"]),
        actual_minutes=row["actual_minutes"],
        estimated_minutes=row["estimated_minutes"],
        last_used=None if last is None else last.to_native(),
    )
