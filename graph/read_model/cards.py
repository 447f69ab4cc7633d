"""All searchable cards in memory: their entries by row, and what finds rows.

A card that changes gets a new row, and its old one is dead. One thread writes, any number read,
each a snapshot: what a search began with it ends with, whatever is written meanwhile.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from domain.ids import CardId
from graph.read_model.entries import IndexedCard, ReadCard, Shared
from graph.read_model.vectors import Rows, VectorIndex, VectorReader
from graph.read_model.words import WordIndex, WordReader

# What an entry and its words take, about, beside the vector; measured on 100,000 cards.
ENTRY_BYTES = 1_500
# So many dead rows, and such a share of them, make it worth while to read all anew.
DEAD_LEAST, DEAD_SHARE = 5_000, 0.5
ALIVE = sys.maxsize


@dataclass(frozen=True, slots=True)
class CardRows:
    """What only grows: the cards by row, the number of the snapshot that let a row go, and the
    rows by code and by symptom.
    """

    entries: list[IndexedCard] = field(default_factory=list[IndexedCard])
    gone: list[int] = field(default_factory=list[int])
    with_code: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    with_symptom: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSnapshot:
    """The cards that were published together; `count` rows, `cards` of them alive."""

    number: int
    count: int
    cards: int
    rows: CardRows
    words: WordReader
    vectors: VectorReader

    def __len__(self) -> int:
        return self.cards

    def entry(self, row: int) -> IndexedCard | None:
        """Give the card of a row, if the row is alive."""
        alive = row < self.count and self.rows.gone[row] > self.number
        return self.rows.entries[row] if alive else None

    def with_code(self, code: str) -> Sequence[int]:
        """Give the rows of cards that report a code, dead ones too, the oldest first."""
        return self.rows.with_code.get(code, ())

    def with_symptom(self, code: str) -> Sequence[int]:
        return self.rows.with_symptom.get(code, ())


class CardIndex:
    def __init__(self, size: int) -> None:
        self.shared: Shared = {}
        self._vectors = VectorIndex(size)
        self._words = WordIndex()
        self._rows = CardRows()
        self._row_of: dict[CardId, int] = {}
        self.snapshot = self._publish(0)

    @property
    def bytes_held(self) -> int:
        """Give about how much memory it takes."""
        return self._vectors.bytes_held + ENTRY_BYTES * len(self._rows.entries)

    @property
    def worn(self) -> bool:
        """Say whether so many rows are dead that it is better read anew."""
        dead = len(self._rows.entries) - len(self._row_of)
        return dead > max(DEAD_LEAST, DEAD_SHARE * len(self._row_of))

    def version(self, card: CardId) -> int:
        """Give the version of a card that is kept, 0 for none."""
        row = self._row_of.get(card)
        return 0 if row is None else self._rows.entries[row].version

    def put(self, cards: Sequence[ReadCard], gone: Iterable[CardId] = ()) -> None:
        """Take in cards as they are now, and let go of those that are not to be found any more."""
        number = self.snapshot.number + 1
        changed = [card for card in cards if not self._is_kept(card)]
        gone = [card for card in gone if card in self._row_of]
        if not changed and not gone:
            return
        for id in (*(card.entry.id for card in changed), *gone):  # noqa: A001
            self._let_go(id, number)
        new = {self._take(card): card for card in changed}
        embedded = [row for row, card in new.items() if card.vector is not None]
        if embedded:
            vectors = np.array([new[row].vector for row in embedded], np.float32)
            self._vectors.add(np.array(embedded, np.int64), vectors, self._living)
        self._words.publish()
        self.snapshot = self._publish(number)

    def _publish(self, number: int) -> CardSnapshot:
        return CardSnapshot(
            number=number,
            count=len(self._rows.entries),
            cards=len(self._row_of),
            rows=self._rows,
            words=self._words.reader,
            vectors=self._vectors.reader,
        )

    def _is_kept(self, card: ReadCard) -> bool:
        """Say whether a card is kept as it is; only how well it worked moves without a version."""
        row = self._row_of.get(card.entry.id)
        if row is None:
            return False
        kept = self._rows.entries[row]
        if replace(kept, effectiveness=card.entry.effectiveness) != card.entry:
            return False
        self._rows.entries[row] = card.entry
        return True

    def _let_go(self, card: CardId, number: int) -> None:
        row = self._row_of.pop(card, None)
        if row is not None:
            self._rows.gone[row] = number
            self._words.delete(row)

    def _take(self, card: ReadCard) -> int:
        row = len(self._rows.entries)
        self._vectors.reserve(row)
        self._rows.entries.append(card.entry)
        self._rows.gone.append(ALIVE)
        self._row_of[card.entry.id] = row
        self._words.add(row, card)
        for code in card.entry.codes:
            self._rows.with_code[code].append(row)
        for symptom in card.entry.symptoms:
            self._rows.with_symptom[symptom].append(row)
        return row

    def _living(self, rows: Rows) -> Rows:
        return rows[[self._rows.gone[row] == ALIVE for row in map(int, rows)]]
