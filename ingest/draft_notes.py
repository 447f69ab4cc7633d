"""What to know of a text that makes no good card: it asks, tells no work, or two failures."""

from ingest.failures import split_failures
from ingest.piece_roles import WORK
from ingest.questions import is_question
from ingest.repair_report import ReadReport

OTHER_SCRIPT = (
    "Cards are read out of English and Hinglish, in Latin letters: write it so, or fill in the "
    "card by hand."
)
ASKS = "This asks something and tells no repair: ask it of `match` or `diagnose`."
NO_WORK = (
    "This tells no work that was done: report it as a failure (`match`, `reportFailure`), and "
    "draft the card after the repair."
)
SEVERAL = "This tells of {count} failures, and a card is for one: draft each by itself."
MOSTLY = 2


def draft_note(report: ReadReport) -> str | None:
    """Give what to know of a text before its draft is used; None where it tells one repair."""
    if not _in_latin_letters(report.text):
        return OTHER_SCRIPT
    work = report.of(*WORK)
    nothing_found = any(piece.holds("no_fault") for piece in report.pieces)
    if not work and not nothing_found:
        return ASKS if is_question(report.text) else NO_WORK
    apart = _failures(report)
    return SEVERAL.format(count=apart) if apart > 1 else None


def _in_latin_letters(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return MOSTLY * sum(letter < "\u0250" for letter in letters) >= len(letters)


def _failures(report: ReadReport) -> int:
    """Count the failures that were each worked on: a cause has symptoms of its own, too."""
    starts = [piece.start for piece in report.of(*WORK)]
    count = place = 0
    for told in split_failures(report.text, report.findings):
        place = max(place, report.text.find(told, place))
        count += any(place <= start < place + len(told) for start in starts)
    return count
