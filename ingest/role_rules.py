"""The roles that pieces of a report have wherever they stand: what was done, times, prices."""

from collections.abc import Sequence

from ingest import durations
from ingest.deeds import begins_deed, tells_deed
from ingest.piece_roles import PieceRole, SeenPlaces, is_state
from ingest.report_pieces import ReportPiece
from ingest.report_words import ReportWord
from ingest.text_spans import TextSpans

HEADINGS = {
    "says_complaint": "COMPLAINT",
    "says_finding": "FINDING",
    "says_action": "ACTION",
    "says_result": "RESULT",
    "says_time": "TIME",
}

# "Mis-adjusted", "over-tightened": how it was found.
AMISS = frozenset({"mis", "over", "under"})

# What these do is no work on the vehicle.
OTHERS = frozenset({"customer", "owner", "client", "driver", "rider"})


def sure_roles(pieces: Sequence[ReportPiece], seen: SeenPlaces) -> list[PieceRole | None]:
    """Give each piece the role that its own words leave no doubt of; None to the others."""
    sure = [_sure_role(piece, seen) for piece in pieces]
    _protect(pieces, sure)
    return sure


def _protect(pieces: Sequence[ReportPiece], sure: list[PieceRole | None]) -> None:
    """Take what stands beside a step that protects for one too: its wait, what proves it dead."""
    told: set[int] = set()
    for number, piece in enumerate(pieces):
        beside = number > 0 and sure[number - 1] is PieceRole.SAFETY
        if piece.holds("zero_volts") and (beside or piece.sentence in told):
            sure[number] = PieceRole.SAFETY
        if sure[number] is PieceRole.SAFETY:
            told.add(piece.sentence)
    # The last one of each sentence.
    safe = {p.sentence: n for n, p in enumerate(pieces) if sure[n] is PieceRole.SAFETY}
    for number, piece in enumerate(pieces):
        follows = number > 0 and sure[number - 1] is PieceRole.SAFETY
        same = follows and pieces[number - 1].sentence == piece.sentence
        goes_on = safe.get(piece.sentence, -1) > number
        waits = sure[number] is PieceRole.TIME and same and goes_on
        if waits or ((same or goes_on) and _is_cut_off(piece)):
            sure[number] = PieceRole.SAFETY


def _is_cut_off(piece: ReportPiece) -> bool:
    """Say whether a piece tells that a source of power was parted: "12 V minus off"."""
    parted = piece.holds("power_source") and piece.holds("parted")
    return parted and not piece.holds("noticed", "not", "replaces")


def _sure_role(piece: ReportPiece, seen: SeenPlaces) -> PieceRole | None:
    """Give the role that a piece has wherever it stands."""
    heading = HEADINGS.get(piece.heading or "")
    if heading is not None and heading != "ACTION":
        return PieceRole[heading]
    tests = (
        (PieceRole.TIME, durations.is_only_time(piece)),
        (PieceRole.FACT, _tells_facts_alone(piece, seen)),
        (PieceRole.COMPLAINT, _opens_complaint(piece)),
        (PieceRole.FINDING, _opens_finding(piece)),
        (PieceRole.OTHER, _tells_no_repair(piece)),
        (PieceRole.SAFETY, _is_safety(piece)),
        (PieceRole.ACTION, heading == "ACTION" or is_action(piece)),
    )
    return next((role for role, holds in tests if holds), None)


def _tells_facts_alone(piece: ReportPiece, seen: SeenPlaces) -> bool:
    """Say whether a piece tells nothing but what a vehicle is and what it is used for."""
    facts = seen.facts
    named = facts.overlap(piece.start, piece.end)
    if seen.measured.overlap(piece.start, piece.end) and not named:
        return False
    left = [word for word in piece.words if not _is_beside_facts(word, facts)]
    # "Nexon EV Max 2022": one word more of a name is no complaint.
    named = named and len(piece.words) > 1
    return not left or (named and len(left) == 1 and not _tells_failure(piece))


def _opens_complaint(piece: ReportPiece) -> bool:
    """Say whether a piece begins as a complaint: "customer says it switches off"."""
    begins = any("says_complaint" in word.groups for word in piece.words[:2])
    return begins and not piece.holds("result", "no_fault") and not begins_deed(piece.words)


def _opens_finding(piece: ReportPiece) -> bool:
    """Say whether a piece begins as a finding: "culprit was the 12 V battery"."""
    if piece.holds("no_fault", "says_complaint"):
        return False
    if "opens_finding" in piece.words[0].groups:
        return True
    begins = any("opens_finding" in word.groups for word in piece.words[1:2])
    return begins and not begins_deed(piece.words)


def _tells_failure(piece: ReportPiece) -> bool:
    return is_state(piece) or piece.holds("noticed", "not", "does", "does_hindi", "safety")


def _is_beside_facts(word: ReportWord, facts: TextSpans) -> bool:
    return (
        facts.overlap(word.start, word.end)
        or word.text[0].isdigit()
        or "beside_facts" in word.groups
        or any(group.startswith(("usage_", "weather", "humidity_")) for group in word.groups)
    )


def _tells_no_repair(piece: ReportPiece) -> bool:
    """Say whether a piece tells a price, what is still to be done, or what others did before."""
    if piece.holds("no_fault") or (piece.holds("waits") and piece.holds("days")):
        return True
    priced = piece.holds("money") and any(word.text[0].isdigit() for word in piece.words)
    unpaid = piece.holds("money") and piece.holds("not")
    if (priced or unpaid) and not begins_deed(piece.words):
        return True
    if piece.holds("advised") and not piece.holds("safety", "waits"):
        return not begins_deed(piece.words)
    if is_state(piece) or piece.holds("safety"):
        return False
    # "Owner took the vehicle away".
    theirs = piece.words[0].text in OTHERS and not piece.holds("says_complaint")
    return (theirs or piece.holds("elsewhere")) and tells_deed(piece.words)


def _is_safety(piece: ReportPiece) -> bool:
    if piece.holds("says_complaint", "running"):
        return False
    # "Vehicle stood for 3 days, waiting": nobody is kept safe by that.
    waits = piece.holds("waits") and not piece.holds("safety")
    if waits and (piece.holds("not", "days") or piece.words[0].text in OTHERS):
        return False
    only_noticed = piece.holds("noticed") and not tells_deed(piece.words)
    return piece.holds("safety", "waits") and not only_noticed


def is_action(piece: ReportPiece) -> bool:
    """Say whether a piece tells something that was done here and now."""
    if "orders" in piece.words[0].groups and len(piece.words) > 1:
        # "Open circuit in the coil", "dry joint": there it is no order.
        rest = ReportPiece(piece.words[1:], piece.sentence)
        named = "thing" in rest.words[0].groups
        return not named and not is_state(rest) and not rest.holds("noticed", "finite")
    if not tells_deed(piece.words) or _denies_deed(piece) or piece.holds("running"):
        return False
    # "Over-tightened by the other garage" is what was found.
    if piece.holds("elsewhere") and is_state(piece):
        return False
    return not (piece.holds("says_finding") and is_state(piece) and not begins_deed(piece.words))


def _denies_deed(piece: ReportPiece) -> bool:
    """Say whether what is done stands behind "not", or before it as Hindi says it."""
    deeds = {"does", "does_first", "does_hindi"}
    # "Packed with dried mud": that says what the mud is like.
    alone = sum(not word.groups.isdisjoint(deeds - {"does_first"}) for word in piece.words) == 1
    for at, word in enumerate(piece.words):
        if word.groups.isdisjoint(deeds):
            continue
        if alone and at and "does" in word.groups and piece.words[at - 1].text in {"with", "of"}:
            return True
        beside = piece.words[max(0, at - 2) : at]
        amiss = bool(beside) and beside[-1].text in AMISS and "does_hindi" not in word.groups
        if amiss or any("not" in other.groups for other in beside):
            return True
    return False
