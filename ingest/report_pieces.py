"""A repair report cut into pieces: sentences, and in each what commas and "and" keep apart.

A piece knows the words of `repair_phrases.yaml` that it holds. Pieces are cut where a full stop, a
line, a comma or a dash stands, before "and", "then" and "because" where another thing begins, and
inside of what has no such sign at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.cuts import JOINTS, LINKS, PIECE_ENDS, cuts_run, long_runs, opens_piece
from ingest.report_words import ReportWord, split_words

MOST_PIECES = 400
# Words of a heading before its colon.
LONGEST_HEADING = 3
# What parts a heading from what it heads: "Complaint: …", "Complaint - …".
HEADING_ENDS = frozenset({":", "-", "\u2013", "\u2014", "=>", "->"})


@dataclass(frozen=True, slots=True)
class ReportPiece:
    """What stands between two cuts: at least one word.

    Attributes:
        sentence: the number of its sentence; `heading` is the word of a form before it, if any.
        opened_by: the joint or the link that it begins behind ("and", "because"), if any.
    """

    words: tuple[ReportWord, ...]
    sentence: int
    heading: str | None = None
    opened_by: str | None = None

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(group for word in self.words for group in word.groups)

    def holds(self, *groups: str) -> bool:
        return any(group in word.groups for word in self.words for group in groups)

    def count(self, group: str) -> int:
        return sum(group in word.groups for word in self.words)


def split_report(text: str) -> tuple[ReportPiece, ...]:
    """Give the pieces of a report in the order of the text, at most so many."""
    pieces: list[ReportPiece] = []
    for number, sentence in enumerate(split_words(text)):
        pieces += _pieces_of(sentence, number)
        if len(pieces) >= MOST_PIECES:
            break
    return tuple(pieces[:MOST_PIECES])


def _pieces_of(words: Sequence[ReportWord], number: int) -> Iterator[ReportPiece]:
    runs = long_runs(words)
    heading, held, opened = None, list[ReportWord](), None
    for at, word in enumerate(words):
        if word.text in HEADING_ENDS and at <= LONGEST_HEADING and heading is None and held:
            heading = _heading_of(held)
            if heading is None:
                yield ReportPiece(tuple(held), number, None, opened)
            held = []
            continue
        if held and at in runs and cuts_run(words, at, held):
            yield ReportPiece(tuple(held), number, heading, opened)
            held, opened = [], None
        cut = word.text in PIECE_ENDS or (bool(held) and opens_piece(words, at, held))
        if cut and held:
            yield ReportPiece(tuple(held), number, heading, opened)
            held, opened = [], None
        if word.text in PIECE_ENDS:
            continue
        if cut and (word.text in JOINTS or not word.groups.isdisjoint(LINKS)):
            opened = next((link for link in LINKS if link in word.groups), word.text)
            continue
        held.append(word)
    if held:
        yield ReportPiece(tuple(held), number, heading, opened)


def _heading_of(held: Sequence[ReportWord]) -> str | None:
    every = {group for word in held for group in word.groups}
    # "Diagnosed with scanner: …" tells the tool, too.
    if "diagnostic_tool" in every:
        return None
    return next((name for name in sorted(every) if name.startswith("says_")), None)
