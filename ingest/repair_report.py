"""A repair report as the rules see it: pieces with their roles, facts, parts, and what is found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.vehicles import VehicleContext
from ingest.extraction import TextFinding, find_in_text
from ingest.lexicon import Lexicon, PhraseKind
from ingest.measured_values import MEASURED
from ingest.part_names import PartNames, PartSeen
from ingest.quantities import Quantity, find_quantities
from ingest.report_facts import ReportFact, find_facts
from ingest.report_pieces import ReportPiece, split_report, tells_deed
from ingest.report_roles import PieceRole, assign_roles, is_state
from ingest.text_spans import TextSpans

BROKEN = 1.5
OPENERS = frozenset("out that be ki kiya to par".split())


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

    @cached_property
    def _found(self) -> list[ReportPiece]:
        return self.of(PieceRole.FINDING)

    @cached_property
    def _facts_at(self) -> TextSpans:
        return TextSpans((fact.start, fact.end) for fact in self.facts)

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
        inside = [p for p in self._found if p.start < span[1] and span[0] < p.end]
        broken = any(map(is_state, inside))
        said = any(p.holds("says_finding") or p.heading == "says_finding" for p in inside)
        return BROKEN * broken + said + (inside[0].opened_by == "because")

    def _spans(self, wanted: PieceRole) -> list[tuple[int, int]]:
        """Give the places of a role; pieces of one sentence beside each other are one place."""
        spans: list[tuple[int, int]] = []
        last: tuple[int, ReportPiece] | None = None
        for number, (piece, role) in enumerate(zip(self.pieces, self.roles, strict=True)):
            if role is not wanted:
                continue
            start = _told_from(piece, self._facts_at)
            if last and last[0] == number - 1 and last[1].sentence == piece.sentence:
                spans[-1] = (spans[-1][0], piece.end)
            else:
                spans.append((start, piece.end))
            last = (number, piece)
        return [(start, _with_ending(self.text, end)) for start, end in spans]


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


def _told_from(piece: ReportPiece, facts: TextSpans) -> int:
    """Give where a piece begins behind the vehicle's name and the words that open it."""
    opens = True
    for word in piece.words:
        # "Turned out that the cable …": what follows is told.
        told = not word.groups.isdisjoint({"says_finding", "says_complaint"})
        opens = told or (opens and word.text in OPENERS)
        if not facts.overlap(word.start, word.end) and not opens:
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
