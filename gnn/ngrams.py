"""A text as numbers of its words and of their pieces, so that a misspelt word stays near.

Pieces of three to five letters, hashed into a fixed number of rows. There is no word list, so no
language and no script is unknown, and a model that learns from reports in Hindi or with typos needs
no other network to read them.
"""

import re
import unicodedata
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

ROWS = 1 << 14
SHORTEST, LONGEST = 3, 5
MOST = 400
# Letters, digits and the marks that Indian scripts write their vowels with.
WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0dff\u200d]+[^\W_]*)*")
Rows = NDArray[np.int64]


def words_of(text: str) -> list[str]:
    """Give the words of a text in small letters, one spelling for each character."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def text_rows(text: str) -> Rows:
    """Give the rows of a text's words and pieces, at most `MOST`, in the order of the text."""
    rows = [row for word in words_of(text) for row in _word_rows(word)]
    return np.array(rows[:MOST], dtype=np.int64)


@lru_cache(maxsize=1 << 16)
def _word_rows(word: str) -> tuple[int, ...]:
    edged = f"<{word}>"
    pieces = {
        edged[begin : begin + size]
        for size in range(SHORTEST, LONGEST + 1)
        for begin in range(len(edged) - size + 1)
    }
    return tuple(crc32(piece.encode()) % ROWS for piece in sorted(pieces | {edged}))
