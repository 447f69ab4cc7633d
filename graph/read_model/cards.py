"""All searchable cards in memory: their entries by row, and what finds rows.

A card that changes gets a new row, and its old one is dead. One thread writes, any number read: a
row is found only once everything about it is there, and a dead one is passed over.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from domain.ids import CardId
from graph.read_model.entries import IndexedCard, ReadCard, Shared
from graph.read_model.vectors import Rows, VectorIndex
from graph.read_model.words import WordIndex

# What an entry and its words take, about, beside the vector; measured on 100,000 cards.
ENTRY_BYTES = 1_500
# So many dead rows, and such a share of them, make it worth while to read all anew.
DEAD_LEAST, DEAD_SHARE = 5_000, 0.5


class CardIndex:
    def __init__(self, size: int) -> None:
        self.size = size
        self.vectors = VectorIndex(size)
        self.words = WordIndex()
        self.shared: Shared = {}
        self._entries: list[IndexedCard | None] = []
        self._row_of: dict[CardId, int] = {}
        self._with_code: defaultdict[str, list[int]] = defaultdict(list)
        self._with_symptom: defaultdict[str, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._row_of)

    @property
    def bytes_held(self) -> int:
        """Give about how much memory it takes."""
        return self.vectors.bytes_held + ENTRY_BYTES * len(self._entries)

    @property
    def worn(self) -> bool:
        """Say whether so many rows are dead that it is better read anew."""
        dead = len(self._entries) - len(self)
        return dead > max(DEAD_LEAST, DEAD_SHARE * len(self))

    def entry(self, row: int) -> IndexedCard | None:
        """Give the card of a row, if the row is alive."""
        found = self._entries[row]
        return found if found is not None and self._row_of.get(found.id) == row else None

    def with_code(self, code: str) -> Sequence[int]:
        """Give the rows of cards that report a code, dead ones too, the oldest first."""
        return self._with_code.get(code, ())

    def with_symptom(self, code: str) -> Sequence[int]:
        return self._with_symptom.get(code, ())

    def entries(self) -> list[IndexedCard | None]:
        """Give the cards of all rows; of a dead row, none."""
        return list(self._entries)

    def put(self, cards: Sequence[ReadCard], gone: Iterable[CardId] = ()) -> None:
        """Take in cards as they are now, and let go of those that are not to be found any more."""
        new = {self._take(card): card for card in cards}
        embedded = [row for row, card in new.items() if card.vector is not None]
        if embedded:
            vectors = np.array([new[row].vector for row in embedded], np.float32)
            self.vectors.add(np.array(embedded, np.int64), vectors, self._living)
        dead = [self._row_of.get(card.entry.id) for card in cards]
        dead += [self._row_of.pop(card, None) for card in gone]
        for row in dead:
            if row is not None:
                self.words.delete(row)
        self.words.publish()
        self._row_of |= {card.entry.id: row for row, card in new.items()}
        for row in dead:
            if row is not None:
                self._entries[row] = None

    def _take(self, card: ReadCard) -> int:
        row = len(self._entries)
        self.vectors.reserve(row)
        self._entries.append(card.entry)
        self.words.add(row, card)
        for code in card.entry.codes:
            self._with_code[code].append(row)
        for symptom in card.entry.symptoms:
            self._with_symptom[symptom].append(row)
        return row

    def _living(self, rows: Rows) -> Rows:
        return rows[[self._entries[row] is not None for row in map(int, rows)]]
