"""A repair report tells a complaint and a finding: has it do so, where its words allow it."""

from collections.abc import Callable, Sequence

from ingest.cuts import JOINTS
from ingest.piece_roles import WORK, PieceRole, is_state
from ingest.report_pieces import ReportPiece

LEAST_TOLD = 2


def tell_both(
    pieces: Sequence[ReportPiece], roles: Sequence[PieceRole], sure: Sequence[PieceRole | None]
) -> list[PieceRole]:
    """Have a report that tells two sentences tell a complaint and a finding, where it can be."""
    mended = list(roles)
    _join_because(pieces, mended)
    if PieceRole.FINDING not in mended:
        _turn_sentence(pieces, mended, PieceRole.COMPLAINT, PieceRole.FINDING, is_state)
    if PieceRole.FINDING not in mended:
        _find_before_work(pieces, mended)
    if PieceRole.COMPLAINT not in mended:
        _turn_sentence(
            pieces,
            mended,
            PieceRole.FINDING,
            PieceRole.COMPLAINT,
            lambda piece: piece.holds("noticed") and not piece.holds("says_finding"),
        )
    _tell_complaint_last(pieces, mended)
    return [own or role for own, role in zip(sure, mended, strict=True)]


def _join_because(pieces: Sequence[ReportPiece], roles: list[PieceRole]) -> None:
    """Have "stuck because of rust" be found as one, where the complaint was told before."""
    for number, piece in enumerate(pieces):
        last = pieces[number - 1] if number else piece
        joined = piece.opened_by == "because" or is_state(last) or not last.holds("noticed")
        if not number or not joined or roles[number] is not PieceRole.FINDING:
            continue
        complaints = {
            p.sentence for p, r in zip(pieces, roles, strict=True) if r is PieceRole.COMPLAINT
        }
        told = bool(complaints - {piece.sentence})
        if told and last.sentence == piece.sentence and roles[number - 1] is PieceRole.COMPLAINT:
            roles[number - 1] = PieceRole.FINDING


def _find_before_work(pieces: Sequence[ReportPiece], roles: list[PieceRole]) -> None:
    """Take what is told last before the work for the cause, where a complaint stands before it."""
    work = next((n for n, role in enumerate(roles) if role in WORK), 0)
    told = [n for n, role in enumerate(roles[:work]) if role is PieceRole.COMPLAINT]
    if len(told) < LEAST_TOLD or told[-1] != work - 1:
        return
    last = pieces[told[-1]]
    # What was noticed next is no cause of what was noticed first.
    if last.words[0].text in JOINTS or last.holds("says_complaint", "result", "noticed", "not"):
        return
    apart = [n for n in told if pieces[n].sentence == last.sentence]
    if apart[0] != told[0]:
        for n in apart:
            roles[n] = PieceRole.FINDING


def _is_found(piece: ReportPiece) -> bool:
    return is_state(piece) and not piece.holds("noticed", "says_complaint")


def _tell_complaint_last(pieces: Sequence[ReportPiece], roles: list[PieceRole]) -> None:
    """Take the first words for the cause where the complaint is told behind the work."""
    told = [n for n, role in enumerate(roles) if role is PieceRole.COMPLAINT]
    later = [
        n
        for n, role in enumerate(roles)
        if role is PieceRole.RESULT
        and pieces[n].holds("noticed")
        and not pieces[n].holds("result", "test")
    ]
    if later and all(_is_found(pieces[n]) for n in told):
        for n in told:
            roles[n] = PieceRole.FINDING
        roles[later[-1]] = PieceRole.COMPLAINT


def _turn_sentence(
    pieces: Sequence[ReportPiece],
    roles: list[PieceRole],
    old: PieceRole,
    new: PieceRole,
    fits: Callable[[ReportPiece], bool],
) -> None:
    """Give the last sentence of one role that fits the other one, if another sentence stays."""
    held = [n for n, role in enumerate(roles) if role is old]
    sentences = {pieces[n].sentence for n in held}
    for n in reversed(held):
        if len(sentences) > 1 and fits(pieces[n]):
            for other in held:
                if pieces[other].sentence == pieces[n].sentence:
                    roles[other] = new
            return
        if len(sentences) == 1 and len(held) > 1 and fits(pieces[n]):
            roles[n] = new
            return
