"""What somebody did, told in words: "replaced the fan", "fan was replaced", "fan badla".

English tells it first, or last as "fan replaced" does; Hindi tells it last. A verb that no list
knows is read by its ending alone, and only where something done is to be expected.
"""

from collections.abc import Sequence

from ingest.report_words import ReportWord

# What tells of something done wherever it stands in a piece.
DEEDS = frozenset({"does", "safety", "waits"})
# How far from its end a piece of Hindi tells what was done: "badla 3 pin 25 A socket".
HINDI_REACH = 12
# Words that end like a deed and tell none: they say how a thing is, or what it does by itself.
NO_DEED = frozenset(
    "state noticed happens says_finding says_complaint result elsewhere advised running not".split()
)
LEAST_LETTERS = 5


def begins_deed(words: Sequence[ReportWord]) -> bool:
    """Say whether words begin with what somebody did: "cleaned the pins"."""
    # "Cut-off gone" does nothing, "cut the wire" does.
    first = _first_told(words)
    return "does" in first or ("does_first" in first and "noticed" not in first)


def _first_told(words: Sequence[ReportWord]) -> frozenset[str]:
    """Give the groups of the first word behind "then", "finally", "pehle"."""
    return next((w.groups for w in words if "before_deed" not in w.groups), frozenset[str]())


def tells_deed(words: Sequence[ReportWord]) -> bool:
    """Say whether words tell something done: first in English, anywhere as "was replaced" says it,
    last in Hindi.
    """
    if begins_deed(words) or any(not w.groups.isdisjoint(DEEDS) for w in words):
        return True
    # "Filter kachre se bhara tha" tells how it was.
    return any("does_hindi" in w.groups and "state" not in w.groups for w in words[-HINDI_REACH:])


def begins_past(words: Sequence[ReportWord]) -> bool:
    """Say whether words begin like a deed that no list knows: "shellacked the coil"."""
    first = next((w for w in words if "before_deed" not in w.groups), None)
    return first is not None and is_past(first)


def ends_past(words: Sequence[ReportWord]) -> bool:
    """Say whether words may tell a deed behind what it was done to: "fins blown", "pin lubed"."""
    return any(is_past(w) or ends_known(w) for w in words[1:])


def ends_known(word: ReportWord) -> bool:
    """Say whether a word is known to tell a deed, and not how something is: "packed with mud"."""
    return "does_first" in word.groups and word.groups.isdisjoint({"state", "happens"})


def is_past(word: ReportWord) -> bool:
    """Say whether a word ends as what was done does, and is not known to tell something else."""
    text = word.text
    if len(text) < LEAST_LETTERS or not text.endswith("ed") or text.endswith("eed"):
        return False
    return word.groups.isdisjoint(NO_DEED) and not any(g.startswith("mode_") for g in word.groups)
