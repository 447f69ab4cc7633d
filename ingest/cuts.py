"""Where a piece of a report ends though no sign says so: at "and", and in texts without any.

People dictate, and what they dictate has no full stops. A long run of words is cut where what was
found begins, where something done begins, behind a verb that ends a Hindi sentence, and around a
time.
"""

from collections.abc import Sequence
from itertools import pairwise

from ingest.deeds import begins_deed, ends_past, tells_deed
from ingest.report_words import ReportWord

PIECE_ENDS = frozenset({",", ":", "(", ")", "-", "\u2013", "\u2014", "+", "&", "->", "=>"})
JOINTS = frozenset("and then aur phir fir but lekin par also plus".split())
# What parts an effect from its cause, and a cause from its effect.
LINKS = ("because", "leads")
# How far a joint looks for what is done on its sides.
REACH = 20
# So many words without a sign are a run; a piece of it has so many.
LONG_RUN, LEAST_PIECE = 12, 3
HINDI_ENDS = frozenset({"ends_hindi", "does_hindi"})


def opens_piece(words: Sequence[ReportWord], at: int, held: Sequence[ReportWord]) -> bool:
    """Say whether another thing begins at a joint: something is done on both sides of it."""
    word = words[at]
    if not word.groups.isdisjoint(LINKS) and len(held) > 1:
        return True
    if "no_fault" in word.groups:
        return len(held) > 1
    if word.text not in JOINTS:
        return False
    after = _until_sign(words, at + 1)
    if begins_deed(after):
        return True
    return tells_deed(held[-REACH:]) and (tells_deed(after) or ends_past(after))


def _until_sign(words: Sequence[ReportWord], at: int) -> Sequence[ReportWord]:
    rest = words[at : at + REACH]
    return rest[: next((n for n, w in enumerate(rest) if w.text in PIECE_ENDS), len(rest))]


def long_runs(words: Sequence[ReportWord]) -> frozenset[int]:
    """Give the places of the words that stand in a long run without a sign."""
    ends = [-1, *(n for n, w in enumerate(words) if w.text in PIECE_ENDS), len(words)]
    return frozenset(
        n
        for before, after in pairwise(ends)
        if after - before - 1 > LONG_RUN
        for n in range(before + 1, after)
    )


def cuts_run(words: Sequence[ReportWord], at: int, held: Sequence[ReportWord]) -> bool:
    """Say whether another thing begins at a word inside a long run."""
    word, before = words[at], words[at - 1]
    if _ends_hindi(words, at - 1):
        return word.groups.isdisjoint(HINDI_ENDS) and not _ends_hindi(words, at)
    if _begins_time(words, at) or (
        _begins_time(words, at - 2) and "beside_time" not in word.groups
    ):
        return True
    if len(held) < LEAST_PIECE or "leads_on" in before.groups:
        return False
    if "opens_finding" in word.groups:
        return True
    return begins_deed([word]) and "looks" not in word.groups


def _ends_hindi(words: Sequence[ReportWord], at: int) -> bool:
    """Say whether a word ends a sentence of Hindi: "ghise hue the", "nahi chalti", "kit daala"."""
    if at < 1:
        return False
    word, before = words[at], words[at - 1]
    # "The" is a word of both languages; "laga" ends a time.
    if word.text == "the":
        return "ends_hindi" in before.groups
    timed = "time_unit" in before.groups and "beside_time" in word.groups
    return timed or not word.groups.isdisjoint(HINDI_ENDS)


def _begins_time(words: Sequence[ReportWord], at: int) -> bool:
    if at < 0 or not words[at].text[0].isdigit():
        return False
    return any("time_unit" in w.groups for w in words[at + 1 : at + 2])
