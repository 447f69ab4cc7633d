"""The roles of the pieces of a repair report, and where a text tells what they are judged by."""

from dataclasses import dataclass
from enum import Enum, auto

from ingest.report_pieces import ReportPiece
from ingest.text_spans import TextSpans


class PieceRole(Enum):
    COMPLAINT = auto()
    FINDING = auto()
    ACTION = auto()
    SAFETY = auto()
    RESULT = auto()
    TIME = auto()
    FACT = auto()
    OTHER = auto()


WORK = frozenset({PieceRole.ACTION, PieceRole.SAFETY})


@dataclass(frozen=True, slots=True)
class SeenPlaces:
    """Where a text tells a fact, a symptom of the vocabulary, a measured value."""

    facts: TextSpans
    symptoms: TextSpans
    measured: TextSpans


def is_state(piece: ReportPiece) -> bool:
    """Say whether a piece tells how a broken thing is."""
    return any(group == "state" or group.startswith("mode_") for group in piece.groups)
