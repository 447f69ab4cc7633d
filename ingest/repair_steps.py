"""What was done: the steps in order, safety first, with their times and tools; the kind of work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import yaml

from domain.card_drafts import LONGEST, DraftField, FieldValue
from domain.cards import SolutionType
from ingest.durations import Duration, find_durations
from ingest.extraction import TextFinding
from ingest.lexicon import PhraseKind
from ingest.part_names import PartSeen
from ingest.report_pieces import FILE, ReportPiece, repair_words, tells_deed
from ingest.report_roles import PieceRole
from ingest.text_spans import TextSpans

LIVE = frozenset(
    yaml.safe_load(FILE.read_text(encoding="utf-8"))["high_voltage_components"].split()
)
# Of several kinds of work the first that was done names the whole.
KINDS = (
    ("type_replace", SolutionType.COMPONENT_REPLACEMENT),
    ("type_repair", SolutionType.REPAIR),
    ("type_calibrate", SolutionType.RECALIBRATION),
    ("type_update", SolutionType.FIRMWARE_UPDATE),
    ("type_clean", SolutionType.CLEANING),
    ("type_adjust", SolutionType.ADJUSTMENT),
)
TOOLS = ("diagnostic_tool", "hand_tool")
LABOUR_WORDS = frozenset("took taken total labour labor laga lage lagi time spent".split())


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One thing done, as the text tells it."""

    start: int
    end: int
    safety: bool
    pieces: tuple[ReportPiece, ...]
    minutes: int | None = None

    def fields(self, path: str, text: str) -> Iterator[DraftField]:
        """Give the step's fields."""
        said: list[tuple[str, FieldValue]] = [
            ("action", text[self.start : self.end][: LONGEST["action"]])
        ]
        said += [("safety", True)] if self.safety else []
        said += [("minutes", self.minutes)] if self.minutes is not None else []
        for name, value in said:
            yield DraftField(path=f"{path}.{name}", value=value, start=self.start, end=self.end)
        tools = [span for piece in self.pieces for span in find_tools(piece)]
        for number, (start, end) in enumerate(tools):
            yield DraftField(
                path=f"{path}.tools.{number}", value=text[start:end], start=start, end=end
            )


def find_steps(
    text: str, pieces: Sequence[ReportPiece], roles: Sequence[PieceRole]
) -> list[ToldStep]:
    """Give the steps: those that protect first, then the others, each as it was told."""
    steps: list[ToldStep] = []
    for number, (piece, role) in enumerate(zip(pieces, roles, strict=True)):
        if role not in {PieceRole.ACTION, PieceRole.SAFETY}:
            continue
        safety = role is PieceRole.SAFETY
        goes_on = (
            number and roles[number - 1] is role and not safety and not tells_deed(piece.words)
        )
        if goes_on and steps and pieces[number - 1].sentence == piece.sentence:
            last = steps[-1]
            steps[-1] = replace(last, end=piece.end, pieces=(*last.pieces, piece))
        else:
            steps.append(ToldStep(piece.start, piece.end, safety, (piece,)))
    timed = [_with_time(step, text) for step in steps]
    return [s for s in timed if s.safety] + [s for s in timed if not s.safety]


def _with_time(step: ToldStep, text: str) -> ToldStep:
    found = next(find_durations(text[step.start : step.end]), None)
    return step if found is None else replace(step, minutes=found.minutes)


def find_tools(piece: ReportPiece) -> Iterator[tuple[int, int]]:
    """Yield the places of the tools that a piece names."""
    end = -1
    for at, word in enumerate(piece.words):
        if word.start > end and not word.groups.isdisjoint(TOOLS):
            start, end = tool_place(piece, at)
            yield start, end


def tool_place(piece: ReportPiece, at: int) -> tuple[int, int]:
    """Give the place of the tool whose name begins with a word."""
    texts = [word.text for word in piece.words]
    ends = [end for end, name in repair_words().rows_at(texts, at) if name in TOOLS]
    return piece.words[at].start, piece.words[max(ends, default=at)].end


def labour_time(
    text: str, pieces: Sequence[ReportPiece], roles: Sequence[PieceRole]
) -> Duration | None:
    """Give how long the work took: told by itself, or beside a word that says so."""
    alone = TextSpans(
        (p.start, p.end) for p, role in zip(pieces, roles, strict=True) if role is PieceRole.TIME
    )
    beside = TextSpans(
        (p.start, p.end)
        for p, role in zip(pieces, roles, strict=True)
        if role is not PieceRole.COMPLAINT and any(w.text in LABOUR_WORDS for w in p.words)
    )
    told = list(find_durations(text))
    for places in (alone, beside):
        inside = [one for one in told if places.overlap(one.start, one.end)]
        if inside:
            return inside[-1]
    return None


def solution_type(
    pieces: Sequence[ReportPiece], roles: Sequence[PieceRole], parts: Sequence[PartSeen]
) -> tuple[SolutionType, int, int] | None:
    """Give the kind of work and the place that says so; None where nothing was done."""
    for piece in pieces:
        for word in piece.words:
            if "no_fault" in word.groups:
                return SolutionType.NO_FAULT_FOUND, piece.start, piece.end
    if parts:
        return SolutionType.COMPONENT_REPLACEMENT, parts[0].start, parts[0].end
    done = [p for p, role in zip(pieces, roles, strict=True) if role is PieceRole.ACTION]
    for group, kind in KINDS:
        for piece in done:
            for word in piece.words:
                if group in word.groups:
                    return kind, word.start, word.end
    worked = [p for p in done if not p.holds("looks", "test")]
    return (SolutionType.REPAIR, worked[0].start, worked[0].end) if worked else None


def works_on_high_voltage(
    done: Sequence[ReportPiece],
    safety: Sequence[ReportPiece],
    findings: Sequence[TextFinding],
    parts: Sequence[PartSeen],
    cause: tuple[int, int] | None,
) -> tuple[int, int] | None:
    """Give the place that tells of work on high voltage, if any does."""
    for part in parts:
        if part.part.component in LIVE:
            return part.start, part.end
    worked = [p for p in done if not p.holds("looks", "test") or p.holds("live_part")]
    # "Contactor burnt. Replaced.": what was worked on may stand in the cause alone.
    mended = any(p.holds("type_replace", "type_repair") for p in worked)
    told = [cause] if mended and cause is not None else []
    places = TextSpans([*((p.start, p.end) for p in worked), *told])
    for one in findings:
        live = one.kind is PhraseKind.COMPONENT and one.value in LIVE and not one.negated
        if live and places.overlap(one.start, one.end):
            return one.start, one.end
    for piece in (*worked, *safety):
        for word in piece.words:
            group = "live_part" if piece in worked else "high_voltage"
            if group in word.groups and not (piece in worked and piece.holds("low_part")):
                return word.start, word.end
    return None
