"""A free report of a technician, read into a draft card: what it tells and nothing that it does not.

Rules alone: the report is cut into pieces (`report_pieces`), each gets a role (`report_roles`), and
each field of the card is read out of the pieces whose role tells it. Every value is a piece of the
text, a number of it, or a name of the vocabulary that the text says in its own words; a choice (the
kind of work) follows from a word that stands there. What no rule reads stays out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

from domain import codes, limits
from domain.card_drafts import LONGEST, CardDraft, DraftField
from domain.cards import FailureMode, Humidity, Occurrence, Severity, UsagePattern
from domain.reports import TEXT_LIMIT
from domain.vehicles import VehicleContext
from ingest.extraction import TextFinding, find_in_text
from ingest.lexicon import Lexicon, PhraseKind
from ingest.measured_values import MEASURED, find_measured
from ingest.part_names import PartNames, PartSeen
from ingest.quantities import Quantity, find_quantities
from ingest.repair_steps import find_steps, labour_time, solution_type, tool_place, works_on_high_voltage
from ingest.report_facts import ReportFact, find_facts
from ingest.report_pieces import ReportPiece, split_report, tells_deed
from ingest.report_roles import PieceRole, assign_roles
from ingest.text_spans import TextSpans

TOLD = {PieceRole.COMPLAINT, PieceRole.FINDING}
MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class ReadReport:
    """A report as the rules see it: its pieces with their roles, and what was found in it."""

    text: str
    pieces: tuple[ReportPiece, ...]
    roles: tuple[PieceRole, ...]
    findings: tuple[TextFinding, ...]
    facts: tuple[ReportFact, ...]
    parts: tuple[PartSeen, ...]
    quantities: tuple[Quantity, ...]

    def of(self, *roles: PieceRole) -> list[ReportPiece]:
        return [p for p, role in zip(self.pieces, self.roles, strict=True) if role in roles]

    @cached_property
    def complaint(self) -> list[tuple[int, int]]:
        return self._spans(PieceRole.COMPLAINT)

    @cached_property
    def cause(self) -> tuple[int, int] | None:
        """Where the cause is told: of several findings the one that says most surely that it is.

        What says in no word that it is one counts right before the work alone, or with a value.
        """
        spans = [s for s in self._spans(PieceRole.FINDING) if self._may_be_cause(s)]
        return max(spans, key=lambda span: (self._certainty(span), span), default=None)

    def _may_be_cause(self, span: tuple[int, int]) -> bool:
        measured = (q for q in self.quantities if q.unit in MEASURED)
        if self._certainty(span) or any(span[0] <= q.start < span[1] for q in measured):
            return True
        pairs = zip(self.pieces, self.roles, strict=True)
        after = next((role for piece, role in pairs if piece.start >= span[1]), None)
        return after in {PieceRole.ACTION, PieceRole.SAFETY}

    def _certainty(self, span: tuple[int, int]) -> float:
        inside = [p for p in self.of(PieceRole.FINDING) if span[0] <= p.start < span[1]]
        broken = any(g == "state" or g.startswith("mode_") for p in inside for g in p.groups)
        said = any(p.holds("says_finding") or p.heading == "says_finding" for p in inside)
        return 1.5 * broken + said + (inside[0].opened_by == "because")

    def _spans(self, wanted: PieceRole) -> list[tuple[int, int]]:
        """Give the places of a role; pieces of one sentence beside each other are one place."""
        spans: list[tuple[int, int]] = []
        last: tuple[int, ReportPiece] | None = None
        for number, (piece, role) in enumerate(zip(self.pieces, self.roles, strict=True)):
            if role is not wanted:
                continue
            start = _without_facts(piece, self.facts)
            if last and last[0] == number - 1 and last[1].sentence == piece.sentence:
                spans[-1] = (spans[-1][0], piece.end)
            else:
                spans.append((start, piece.end))
            last = (number, piece)
        return [(start, _with_ending(self.text, end)) for start, end in spans]


def draft_card(text: str, lexicon: Lexicon, parts: PartNames) -> CardDraft:
    """Give the draft that a text tells.

    Raises:
        InvalidInput: it is empty, or longer than a report may be.
    """
    clean = limits.clean_prose("text", text, TEXT_LIMIT)
    return CardDraft(text=clean, fields=draft_fields(read_report(clean, lexicon, parts)))


def read_report(text: str, lexicon: Lexicon, parts: PartNames) -> ReadReport:
    """Give a clean text's pieces, roles and findings."""
    pieces = split_report(text)
    findings = find_in_text(text, lexicon)
    facts = find_facts(text, pieces, lexicon.gazetteer)
    symptoms = TextSpans(
        (f.start, f.end) for f in findings if f.kind is PhraseKind.SYMPTOM and not f.negated
    )
    roles = assign_roles(pieces, TextSpans((f.start, f.end) for f in facts), symptoms)
    vehicle = lexicon.gazetteer.vehicle(text)
    return ReadReport(
        text=text,
        pieces=pieces,
        roles=roles,
        findings=findings,
        facts=facts,
        parts=tuple(_used_parts(pieces, roles, parts, vehicle)),
        quantities=tuple(find_quantities(text)),
    )


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


def _without_facts(piece: ReportPiece, facts: Sequence[ReportFact]) -> int:
    """Give where a piece begins behind the vehicle's name and the words that open it."""
    spans = TextSpans((fact.start, fact.end) for fact in facts)
    for word in piece.words:
        opens = not word.groups.isdisjoint({"says_finding", "says_complaint"})
        if not spans.overlap(word.start, word.end) and not opens:
            return word.start
    return piece.start


def _with_ending(text: str, end: int) -> int:
    """Take in what belongs to the last figure: "80 %"."""
    return end + 1 if text[end : end + 1] in {"%", "°", "'", '"'} else end


def _used_parts(
    pieces: Sequence[ReportPiece],
    roles: Sequence[PieceRole],
    names: PartNames,
    vehicle: VehicleContext,
) -> Iterator[PartSeen]:
    """Yield each part once that a step puts in; a step goes on in pieces that tell no deed."""
    seen: set[str] = set()
    puts_in = False
    for piece, role in zip(pieces, roles, strict=True):
        goes_on = puts_in and role is PieceRole.ACTION and not tells_deed(piece.words)
        puts_in = role is PieceRole.ACTION and (piece.holds("replaces") or goes_on)
        if puts_in and not piece.holds("not"):
            for found in names.find(piece, vehicle):
                if found.part.id not in seen:
                    seen.add(found.part.id)
                    yield found


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
    shown = (
        f for f in seen if f.kind is PhraseKind.SYMPTOM and told.overlap(f.start, f.end)
    )
    yield from _listed("signature.symptoms", shown)
    makes = any(fact.path == "vehicles.0.make" for fact in report.facts)
    read = (
        f for f in seen if f.kind is PhraseKind.CODE and (makes or codes.is_shared(f.value))
    )
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
    """Yield the component that fails: that of the part put in, else the one that the cause names."""
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
    broken = [p for p in report.of(PieceRole.FINDING) if cause[0] <= p.start < cause[1]]
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
        yield _field("cause.primary", _clipped(report.text[start:end], LONGEST["cause.primary"]), start, end)
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
        yield _field("resolution.highVoltage", True, *live)  # noqa: FBT003 - a value of the card
    for number, step in enumerate(steps[:100]):
        yield from step.fields(f"resolution.steps.{number}", report.text)
    for number, used in enumerate(report.parts[:100]):
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
    others = TextSpans(
        chain(
            ((part.start, part.end + 1) for part in report.parts),
            ((fact.start, fact.end) for fact in report.facts),
        )
    )
    number, unit = 0, None
    pairs = zip(report.pieces, report.roles, strict=True)
    for (before, _), (piece, role) in pairwise(chain([(None, None)], pairs)):
        unit = unit if before is not None and before.sentence == piece.sentence else None
        if role in {PieceRole.COMPLAINT, PieceRole.TIME, PieceRole.FACT, PieceRole.OTHER}:
            continue
        if role is PieceRole.ACTION and not piece.holds("looks", "test", "says_finding", "result"):
            continue
        acts = role in {PieceRole.ACTION, PieceRole.SAFETY}
        for one in find_measured(report.text, piece, report.quantities, others, acts=acts, carried=unit):
            path, unit = f"evidence.readings.{number}", one.unit
            yield _field(f"{path}.name", one.name, one.start, one.end)
            yield _field(f"{path}.value", one.value, one.start, one.end)
            yield _field(f"{path}.unit", one.unit, one.start, one.end)
            number += 1


def _first_tool(report: ReadReport) -> DraftField | None:
    from_words = (
        (piece, at)
        for piece in report.pieces
        for at, word in enumerate(piece.words)
        if "diagnostic_tool" in word.groups
    )
    found = next(from_words, None)
    if found is None:
        return None
    start, end = tool_place(found[0], found[1])
    return _field("evidence.tool", report.text[start:end], start, end)


def _field(path: str, value: str | int | float | bool, start: int, end: int) -> DraftField:
    return DraftField(path=path, value=value, start=start, end=end)
