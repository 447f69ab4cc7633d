"""What each piece of a repair report is: complaint, finding, action, safety, result, time, or else.

A report is told in a usual order, but not always: what a piece says weighs more than where it
stands. Of what is left open the first is taken for the complaint, what follows it for the finding.
"""

from collections.abc import Callable, Sequence
from enum import Enum, auto

from ingest import durations
from ingest.report_pieces import ReportPiece, ReportWord, begins_deed, tells_deed
from ingest.text_spans import TextSpans

HEADINGS = {
    "says_complaint": "COMPLAINT",
    "says_finding": "FINDING",
    "says_action": "ACTION",
    "says_result": "RESULT",
    "says_time": "TIME",
}
# Words of cause and of complaint that a form or a sentence says outright.
SAID, LINKED, SYMPTOM, STATE = 3.0, 2.0, 2.0, 1.5
FIRST, FOLLOWING, SAME_SENTENCE = 1.5, 1.5, 1.0


class PieceRole(Enum):
    COMPLAINT = auto()
    FINDING = auto()
    ACTION = auto()
    SAFETY = auto()
    RESULT = auto()
    TIME = auto()
    FACT = auto()
    OTHER = auto()


def assign_roles(
    pieces: Sequence[ReportPiece], facts: TextSpans, symptoms: TextSpans
) -> tuple[PieceRole, ...]:
    """Give each piece its role; `symptoms` are the places where the vocabulary reads one."""
    sure = [_sure_role(piece, facts) for piece in pieces]
    for number, piece in enumerate(pieces[1:], start=1):
        # What proves that it is dead stands right behind what made it so.
        if sure[number - 1] is PieceRole.SAFETY and piece.holds("zero_volts"):
            sure[number] = PieceRole.SAFETY
    roles: list[PieceRole] = []
    for piece, role in zip(pieces, sure, strict=True):
        roles.append(role or _likely_role(piece, pieces, roles, symptoms))
    return tuple(_with_both(pieces, roles, sure))


def is_state(piece: ReportPiece) -> bool:
    """Say whether a piece tells how a broken thing is."""
    return any(group == "state" or group.startswith("mode_") for group in piece.groups)


def _sure_role(piece: ReportPiece, facts: TextSpans) -> PieceRole | None:
    """Give the role that a piece has wherever it stands."""
    heading = HEADINGS.get(piece.heading or "")
    if heading is not None and heading != "ACTION":
        return PieceRole[heading]
    tests = (
        (PieceRole.TIME, durations.is_only_time(piece)),
        (PieceRole.FACT, _tells_facts_alone(piece, facts)),
        (PieceRole.COMPLAINT, _opens_complaint(piece)),
        (PieceRole.OTHER, _tells_no_repair(piece)),
        (PieceRole.SAFETY, _is_safety(piece)),
        (PieceRole.ACTION, heading == "ACTION" or is_action(piece)),
    )
    return next((role for role, holds in tests if holds), None)


def _tells_facts_alone(piece: ReportPiece, facts: TextSpans) -> bool:
    """Say whether a piece tells nothing but what a vehicle is and what it is used for."""
    left = [word for word in piece.words if not _is_beside_facts(word, facts)]
    # "Nexon EV Max 2022": one word more of a name is no complaint.
    named = facts.overlap(piece.start, piece.end) and len(piece.words) > 1
    return not left or (named and len(left) == 1 and not _tells_failure(piece))


def _opens_complaint(piece: ReportPiece) -> bool:
    """Say whether a piece begins as a complaint: "customer says it switches off"."""
    begins = any("says_complaint" in word.groups for word in piece.words[:2])
    return begins and not piece.holds("result", "no_fault") and not begins_deed(piece.words)


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
    if piece.holds("no_fault"):
        return True
    priced = piece.holds("money") and any(word.text[0].isdigit() for word in piece.words)
    unpaid = piece.holds("money") and piece.holds("not")
    if (priced or unpaid) and not begins_deed(piece.words):
        return True
    if piece.holds("advised") and not piece.holds("safety", "waits"):
        return not begins_deed(piece.words)
    return piece.holds("elsewhere") and tells_deed(piece.words) and not piece.holds("safety")


def _is_safety(piece: ReportPiece) -> bool:
    if piece.holds("says_complaint", "running"):
        return False
    only_noticed = piece.holds("noticed") and not tells_deed(piece.words)
    return piece.holds("safety", "waits") and not only_noticed


def is_action(piece: ReportPiece) -> bool:
    """Say whether a piece tells something that was done here and now."""
    if "orders" in piece.words[0].groups and len(piece.words) > 1:
        # "Open circuit in the coil", "dry joint": there it is no order.
        rest = ReportPiece(piece.words[1:], piece.sentence)
        return not is_state(rest) and not rest.holds("noticed")
    if not tells_deed(piece.words) or _denies_deed(piece) or piece.holds("running"):
        return False
    return not (piece.holds("says_finding") and is_state(piece) and not begins_deed(piece.words))


def _denies_deed(piece: ReportPiece) -> bool:
    """Say whether what is done stands behind "not", or before it as Hindi says it."""
    for at, word in enumerate(piece.words):
        if word.groups.isdisjoint({"does", "does_first", "does_hindi"}):
            continue
        beside = piece.words[max(0, at - 2) : at]
        if any("not" in other.groups for other in beside):
            return True
    return False


def _likely_role(
    piece: ReportPiece,
    pieces: Sequence[ReportPiece],
    before: Sequence[PieceRole],
    symptoms: TextSpans,
) -> PieceRole:
    """Weigh what a piece says against what was told before it."""
    acted = PieceRole.ACTION in before
    if _goes_on(piece, pieces, before):
        return PieceRole.ACTION
    told = {p.sentence for p, r in zip(pieces, before, strict=False) if r is PieceRole.COMPLAINT}
    if (
        acted
        and (piece.holds("result", "test") or piece.opened_by == "leads")
        and not piece.holds("says_finding", "says_complaint")
    ):
        return PieceRole.RESULT
    complaint = (
        SAID * piece.holds("says_complaint")
        + min(2, piece.count("noticed"))
        + SYMPTOM * symptoms.overlap(piece.start, piece.end)
        + 0.5 * piece.holds("not")
        + LINKED * (piece.opened_by == "leads")
        + FIRST * (not told)
    )
    finding = (
        SAID * piece.holds("says_finding")
        + LINKED * (piece.opened_by == "because")
        + STATE * is_state(piece)
        + FOLLOWING * bool(told - {piece.sentence})
    )
    last = before[-1] if before and pieces[len(before) - 1].sentence == piece.sentence else None
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


def _with_both(
    pieces: Sequence[ReportPiece], roles: Sequence[PieceRole], sure: Sequence[PieceRole | None]
) -> list[PieceRole]:
    """Have a report that tells two sentences tell a complaint and a finding, where it can be."""
    mended = list(roles)
    if PieceRole.FINDING not in mended:
        _turn_sentence(pieces, mended, PieceRole.COMPLAINT, PieceRole.FINDING, is_state)
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
    if later and told and all(_is_found(pieces[n]) for n in told):
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
        if len(sentences) == 1 and n != held[0] and fits(pieces[n]):
            roles[n] = new
            return
