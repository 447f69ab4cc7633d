"""What each piece of a repair report is: complaint, finding, action, safety, result, time, or else.

A report is told in a usual order, but not always: what a piece says weighs more than where it
stands. Of what is left open the first is taken for the complaint, what follows it for the finding.
"""

from collections.abc import Sequence

from ingest.deeds import begins_past, ends_known, ends_past, tells_deed
from ingest.piece_roles import WORK, PieceRole, SeenPlaces, is_state
from ingest.report_pieces import ReportPiece
from ingest.role_balance import tell_both
from ingest.role_rules import OTHERS, sure_roles

# Words of cause and of complaint that a form or a sentence says outright.
SAID, LINKED, SYMPTOM, STATE = 3.0, 2.0, 2.0, 1.5
FIRST, FOLLOWING, SAME_SENTENCE, MEASURED = 1.5, 1.5, 1.0, 1.5


def assign_roles(pieces: Sequence[ReportPiece], seen: SeenPlaces) -> tuple[PieceRole, ...]:
    """Give each piece its role."""
    sure = sure_roles(pieces, seen)
    roles: list[PieceRole] = []
    for piece, role in zip(pieces, sure, strict=True):
        roles.append(role or _likely_role(piece, pieces, roles, seen))
    return tuple(tell_both(pieces, roles, sure))


def _likely_role(
    piece: ReportPiece,
    pieces: Sequence[ReportPiece],
    before: Sequence[PieceRole],
    seen: SeenPlaces,
) -> PieceRole:
    """Weigh what a piece says against what was told before it."""
    acted = PieceRole.ACTION in before
    if _is_look(piece, pieces, before, seen):
        return PieceRole.RESULT
    if _goes_on(piece, pieces, before) or _is_likely_deed(piece, pieces, before, seen):
        return PieceRole.ACTION
    told = {p.sentence for p, r in zip(pieces, before, strict=False) if r is PieceRole.COMPLAINT}
    if (
        acted
        and (piece.holds("result", "test") or piece.opened_by == "leads")
        and not piece.holds("says_complaint")
        and not (piece.holds("says_finding") and (is_state(piece) or not piece.holds("result")))
    ):
        return PieceRole.RESULT
    last = before[-1] if before and pieces[len(before) - 1].sentence == piece.sentence else None
    complaint = (
        SAID * piece.holds("says_complaint")
        + min(2, piece.count("noticed"))
        + SYMPTOM * seen.symptoms.overlap(piece.start, piece.end)
        + 0.5 * piece.holds("not")
        + LINKED * (piece.opened_by == "leads")
        + FIRST * (not told and last is not PieceRole.FINDING)
    )
    finding = (
        SAID * piece.holds("says_finding")
        + LINKED * (piece.opened_by == "because")
        + STATE * is_state(piece)
        + FOLLOWING * bool(told - {piece.sentence})
    )
    if told - {piece.sentence} or last is PieceRole.FINDING:
        finding += MEASURED * seen.measured.overlap(piece.start, piece.end)
    complaint += SAME_SENTENCE * (last is PieceRole.COMPLAINT)
    finding += SAME_SENTENCE * (last is PieceRole.FINDING)
    if acted and max(complaint, finding) < SAID:
        return PieceRole.RESULT
    return PieceRole.FINDING if finding > complaint else PieceRole.COMPLAINT


def _goes_on(
    piece: ReportPiece, pieces: Sequence[ReportPiece], before: Sequence[PieceRole]
) -> bool:
    """Say whether a piece only lists more of what the step before it did: "pump, hose, clamp"."""
    if not before or before[-1] is not PieceRole.ACTION:
        return False
    if pieces[len(before) - 1].sentence != piece.sentence or is_state(piece):
        return False
    return not piece.holds(
        "result", "test", "noticed", "says_finding", "says_complaint", "not", "because", "leads"
    )


def _is_likely_deed(
    piece: ReportPiece,
    pieces: Sequence[ReportPiece],
    before: Sequence[PieceRole],
    seen: SeenPlaces,
) -> bool:
    """Say whether a verb that no list knows as a deed tells one, where one is to be expected."""
    deed = begins_past(piece.words) or ends_past(piece.words) or piece.holds("new")
    if not deed or piece.holds("test") or piece.words[0].text in OTHERS:
        return False
    told = {r for p, r in zip(pieces, before, strict=False) if p.sentence != piece.sentence}
    if is_state(piece) or piece.holds("not", "says_finding", "says_complaint", "no_fault"):
        return False
    if not before or before[-1] is PieceRole.TIME:
        return False
    goes_on = before[-1] in WORK and not piece.holds("result", "noticed")
    if begins_past(piece.words):
        return goes_on or PieceRole.COMPLAINT in told or PieceRole.FINDING in told
    goes_on = goes_on and pieces[len(before) - 1].sentence == piece.sentence
    # "Seal folded" may say how it is; where nothing is done yet, a verb of the lists alone tells.
    known = any(map(ends_known, piece.words[1:])) or piece.holds("new")
    if goes_on or (PieceRole.FINDING in told and known):
        return True
    # "Battery tested 8.1 V" is what was found; "battery checked" is what was done.
    measured = seen.measured.overlap(piece.start, piece.end) and not piece.holds("settings")
    return PieceRole.COMPLAINT in told and known and not measured and not piece.holds("finite")


def _is_look(
    piece: ReportPiece,
    pieces: Sequence[ReportPiece],
    before: Sequence[PieceRole],
    seen: SeenPlaces,
) -> bool:
    """Say whether a value is what a look of the piece before gave: "wiring checked, 12.1 V"."""
    if not before or before[-1] is not PieceRole.ACTION or is_state(piece):
        return False
    last = pieces[len(before) - 1]
    looked = last.sentence == piece.sentence and last.holds("looks")
    found = piece.holds("says_finding", "says_complaint") or tells_deed(piece.words)
    return looked and not found and seen.measured.overlap(piece.start, piece.end)
