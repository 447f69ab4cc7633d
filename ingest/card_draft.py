"""A free report of a technician, read into a draft card: what it tells, and nothing else.

Rules alone: the report is cut into pieces (`report_pieces`), each gets a role (`report_roles`), and
each field of the card is read out of the pieces whose role tells it. Every value is a piece of the
text, a number of it, or a name of the vocabulary that the text says in its own words; a choice (the
kind of work) follows from a word that stands there. What no rule reads stays out.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from domain import codes, limits
from domain.card_drafts import LONGEST, CardDraft, DraftField, FieldValue
from domain.cards import FailureMode, Humidity, Occurrence, Severity, UsagePattern
from domain.reports import TEXT_LIMIT
from ingest.extraction import TextFinding
from ingest.lexicon import Lexicon, PhraseKind
from ingest.measured_values import CarriedWords, MeasuredValue, find_measured, not_measured
from ingest.part_names import PartNames
from ingest.repair_report import ReadReport, read_report
from ingest.repair_steps import (
    find_steps,
    labour_time,
    solution_type,
    tool_place,
    works_on_high_voltage,
)
from ingest.report_pieces import ReportPiece
from ingest.report_roles import PieceRole
from ingest.text_spans import TextSpans

TOLD = {PieceRole.COMPLAINT, PieceRole.FINDING}
MOST_LISTED, MOST_STEPS = 50, 100


def draft_card(text: str, lexicon: Lexicon, parts: PartNames) -> CardDraft:
    """Give the draft that a text tells.

    Raises:
        InvalidInput: it is empty, or longer than a report may be.
    """
    clean = limits.clean_prose("text", text, TEXT_LIMIT)
    return CardDraft(text=clean, fields=draft_fields(read_report(clean, lexicon, parts)))


def draft_fields(report: ReadReport) -> tuple[DraftField, ...]:
    """Give every field that a report tells."""
    return tuple(
        chain(
            _title_and_text(report),
            _vehicle_fields(report),
            _signature_fields(report),
            _cause_fields(report),
            _resolution_fields(report),
            _evidence_fields(report),
        )
    )


def _title_and_text(report: ReadReport) -> Iterator[DraftField]:
    spans = report.complaint
    if not spans:
        return
    start, end = spans[0]
    title = _clipped(report.text[start:end], LONGEST["title"])
    told = "; ".join(report.text[first:last] for first, last in spans)
    yield DraftField(path="title", value=title, start=start, end=start + len(title))
    told = _clipped(told, LONGEST["signature.text"])
    yield DraftField(path="signature.text", value=told, start=start, end=spans[-1][1])


def _clipped(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:most].rsplit(maxsplit=1)[0]


def _vehicle_fields(report: ReadReport) -> Iterator[DraftField]:
    for fact in report.facts:
        if fact.path is not None and fact.path.startswith("vehicles."):
            yield DraftField(path=fact.path, value=fact.value, start=fact.start, end=fact.end)


def _signature_fields(report: ReadReport) -> Iterator[DraftField]:
    told = TextSpans((p.start, p.end) for p in report.of(*TOLD))
    seen = [f for f in report.findings if not f.negated]
    shown = (f for f in seen if f.kind is PhraseKind.SYMPTOM and told.overlap(f.start, f.end))
    yield from _listed("signature.symptoms", shown)
    makes = any(fact.path == "vehicles.0.make" for fact in report.facts)
    read = (f for f in seen if f.kind is PhraseKind.CODE and (makes or codes.is_shared(f.value)))
    yield from _listed("signature.errorCodes", read)
    yield from _component(report, seen)
    yield from _choices(report)
    for fact in report.facts:
        if fact.path is not None and fact.path.startswith("signature."):
            yield DraftField(path=fact.path, value=fact.value, start=fact.start, end=fact.end)


def _listed(path: str, findings: Iterable[TextFinding]) -> Iterator[DraftField]:
    first: dict[str, TextFinding] = {}
    for finding in findings:
        first.setdefault(finding.value, finding)
    for number, finding in enumerate([*first.values()][:MOST_LISTED]):
        yield DraftField(
            path=f"{path}.{number}", value=finding.value, start=finding.start, end=finding.end
        )


def _component(report: ReadReport, seen: Sequence[TextFinding]) -> Iterator[DraftField]:
    """Yield what fails: the component of the part put in, else the one that the cause names."""
    for part in report.parts:
        if part.part.component is not None:
            yield _field("signature.component", part.part.component, part.start, part.end)
            return
    # The vocabulary gives a component once, where its words stand closest: the work may name it.
    done = [(piece.start, piece.end) for piece in report.of(PieceRole.ACTION)]
    named = [f for f in seen if f.kind is PhraseKind.COMPONENT]
    for place in ([report.cause] if report.cause else [], done):
        inside = TextSpans(place)
        for f in named:
            if inside.overlap(f.start, f.end):
                yield _field("signature.component", f.value, f.start, f.end)
                return


def _choices(report: ReadReport) -> Iterator[DraftField]:
    """Yield the choices that a word of the text makes."""
    complaint, every = report.of(PieceRole.COMPLAINT), report.pieces
    cause = report.cause or (0, 0)
    broken = [p for p in report.of(PieceRole.FINDING) if p.start < cause[1] and cause[0] < p.end]
    where = "signature.environment"
    yield from _choice("signature.failureMode", "mode_", FailureMode, broken)
    yield from _choice("signature.severity", "severity_", Severity, complaint)
    yield from _choice("signature.occurrence", "occurrence_", Occurrence, complaint)
    yield from _choice(f"{where}.humidity", "humidity_", Humidity, every)
    yield from _choice(f"{where}.usage", "usage_", UsagePattern, every)


def _choice(
    path: str,
    prefix: str,
    choices: type[FailureMode | Severity | Occurrence | Humidity | UsagePattern],
    pieces: Sequence[ReportPiece],
) -> Iterator[DraftField]:
    for word in (word for piece in pieces for word in piece.words):
        for group in sorted(word.groups):
            if group.startswith(prefix):
                choice = choices(group.removeprefix(prefix))
                yield _field(path, choice.name, word.start, word.end)
                return


def _cause_fields(report: ReadReport) -> Iterator[DraftField]:
    if report.cause is not None:
        start, end = report.cause
        yield _field(
            "cause.primary", _clipped(report.text[start:end], LONGEST["cause.primary"]), start, end
        )
    for fact in report.facts:
        if fact.path == "cause.confidence" and report.cause is not None:
            yield _field(fact.path, fact.value, fact.start, fact.end)


def _resolution_fields(report: ReadReport) -> Iterator[DraftField]:
    steps = find_steps(report.text, report.pieces, report.roles)
    kind = solution_type(report.pieces, report.roles, report.parts)
    if kind is not None:
        yield _field("resolution.type", kind[0].name, kind[1], kind[2])
    live = _live_place(report)
    if live is not None:
        yield _field("resolution.highVoltage", True, *live)
    for number, step in enumerate(steps[:MOST_STEPS]):
        yield from step.fields(f"resolution.steps.{number}", report.text)
    for number, used in enumerate(report.parts[:MOST_STEPS]):
        path = f"resolution.parts.{number}"
        yield _field(f"{path}.part", used.part.id, used.start, used.end)
        yield _field(f"{path}.quantity", used.quantity, used.start, used.end)
    time = labour_time(report.text, report.pieces, report.roles)
    if time is not None:
        yield _field("resolution.labourMinutes", time.minutes, time.start, time.end)


def _live_place(report: ReadReport) -> tuple[int, int] | None:
    return works_on_high_voltage(
        report.of(PieceRole.ACTION),
        report.of(PieceRole.SAFETY),
        report.findings,
        report.parts,
        report.cause,
    )


def _evidence_fields(report: ReadReport) -> Iterator[DraftField]:
    tool = _first_tool(report)
    if tool is not None:
        yield tool
    for number, one in enumerate(islice(_measured(report), MOST_STEPS)):
        path = f"evidence.readings.{number}"
        yield _field(f"{path}.name", one.name, one.start, one.end)
        yield _field(f"{path}.value", one.value, one.start, one.end)
        yield _field(f"{path}.unit", one.unit, one.start, one.end)


def _measured(report: ReadReport) -> Iterator[MeasuredValue]:
    """Yield the values of the pieces that tell any; a unit goes on within its sentence."""
    others = TextSpans(
        chain(
            ((part.start, part.end + 1) for part in report.parts),
            ((fact.start, fact.end) for fact in report.facts),
        )
    )
    carried, sentence = CarriedWords(), -1
    for piece, role in zip(report.pieces, report.roles, strict=True):
        carried = carried if piece.sentence == sentence else CarriedWords()
        unit, sentence = carried.unit, piece.sentence
        if not not_measured(piece, role):
            for one in find_measured(report.text, piece, report.quantities, others, carried):
                unit = one.unit
                yield one
        carried = CarriedWords(unit, piece.words)


def _first_tool(report: ReadReport) -> DraftField | None:
    for piece in report.pieces:
        for at, word in enumerate(piece.words):
            if "diagnostic_tool" in word.groups:
                start, end = tool_place(piece, at)
                return _field("evidence.tool", report.text[start:end], start, end)
    return None


def _field(path: str, value: FieldValue, start: int, end: int) -> DraftField:
    return DraftField(path=path, value=value, start=start, end=end)
