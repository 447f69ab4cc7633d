"""Tickets and failure cards in the API: they point at each other, so they stand together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import cards, outcomes, tickets
from domain.cards import CardSource, CardStatus, Severity
from domain.codes import CodeKey
from domain.effectiveness import Timing
from domain.ids import CardId, FileId, TicketId
from domain.languages import reader_language
from domain.reason_sentences import suggestion_sentence
from domain.reasons import Standing
from domain.signature import symptom_hash, telling_words
from domain.synthetic import is_synthetic
from domain.tickets import Matching, TicketStatus
from domain.vehicles import VehicleCategory
from ingest.translations import translate_name
from repair.card_estimates import CardWork
from schema.card_estimates import CardEstimate
from schema.cards import Evidence, PartUse, Resolution, RootCause, Signature, Step
from schema.context import SchemaInfo, loaded_edge
from schema.files import StoredFile
from schema.hazards import SAFETY, SafetyAdvice
from schema.nodes import GOES, USUAL, Connection, Node, global_id, make_connection, page_window
from schema.people import Garage, Merge, Provenance, Verification, Visibility
from schema.reasons import ReaderLanguage, Reason, kept_reasons
from schema.translations import MEANING, LanguageArgument, Translation
from schema.usage import Effectiveness, Usage
from schema.vehicles import Battery, Vehicle
from schema.vocabulary import After, ErrorCode, First, Symptom, load_codes, load_edge, load_edges

TimingArgument = Annotated[
    Timing, strawberry.argument(description="Whether the minutes that repairs took count.")
]

GarageArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Where; null: in your own garage.")
]


@strawberry.type(description="One hop on the way from a card back to where it was learned.")
class Origin:
    says: str = field(description="The hop as a sentence.")
    ticket: Annotated["Ticket", strawberry.lazy(__name__)] | None = field(
        description="The ticket, where the hop is one that you may see."
    )


@strawberry.type(description="One failure and its fix.")
class FailureCard(Node):
    version: int = field(description="Grows by one with every change.")
    status: CardStatus = field(
        description="Where it stands.", deprecation_reason=f"Read `cardStatus`. {GOES}"
    )
    source: CardSource = field(description="Who vouches for it.")
    title: str = field(description="The failure in a line.")
    category: VehicleCategory = field(description="The kind of vehicle it was found on.")
    make: str | None = field(description="The make it belongs to; null when it spans several.")
    value: strawberry.Private[cards.FailureCard]

    @strawberry.field(description="Where it stands.")
    def card_status(self) -> CardStatus:
        return self.status

    @strawberry.field(description=f"The title, {MEANING}")
    def title_in(self, language: LanguageArgument) -> Translation | None:
        return Translation.find(self.value.title, language)

    @strawberry.field(description="How the failure shows itself; reports are compared with this.")
    def signature(self) -> Signature:
        return Signature.from_domain(self.value.signature)

    @strawberry.field(description="SHA-256 of the signature, blind to word order and case.")
    def symptom_hash(self) -> str:
        return symptom_hash(self.value.signature)

    @strawberry.field(description="Up to twelve telling words, the most frequent first.")
    def keywords(self) -> list[str]:
        return list(telling_words(self.value.title, self.value.signature.text))

    @strawberry.field(description="Why it fails.")
    def cause(self) -> RootCause:
        return RootCause.from_domain(self.value.cause)

    @strawberry.field(description="The cards that the reasoning rests on.")
    async def cites(
        self, info: SchemaInfo
    ) -> list[Annotated["FailureCard", strawberry.lazy(__name__)]]:
        return await load_edges(
            info.context.loaders.cards, self.value.cause.cites, FailureCard.from_domain
        )

    @strawberry.field(description="What to do about it.")
    def resolution(self) -> Resolution:
        return Resolution.from_domain(self.value.resolution)

    @strawberry.field(
        description="What the fix would cost in a garage now; null when it is not yours to see."
    )
    @loaded_edge
    async def estimate(
        self, info: SchemaInfo, garage: GarageArgument = None
    ) -> CardEstimate | None:
        place = info.context.garage_to_read(garage)
        work = None if place is None else CardWork.of_fix(place, self.value.resolution)
        return await load_edge(info.context.loaders.card_estimates, work, CardEstimate.from_domain)

    @strawberry.field(description="What was measured and photographed.")
    def evidence(self) -> Evidence:
        return Evidence.from_domain(self.value.evidence)

    @strawberry.field(description="The vehicles it was seen on; the first is where it was found.")
    def vehicles(self, first: First = USUAL, after: After = None) -> Connection[Vehicle]:
        numbered = [(f"{n:05}", v) for n, v in enumerate(self.value.vehicles)]
        found = page_window(numbered, first, after, lambda item: item[0])
        return make_connection(
            found, first, after, lambda i: i[0], lambda i: Vehicle.from_domain(i[1])
        )

    @strawberry.field(description="How often it was shown, used and confirmed.")
    def usage(self) -> Usage:
        return Usage.from_domain(self.value.usage)

    @strawberry.field(description="How well it works, counted from outcomes.")
    def effectiveness(self, timing: TimingArgument = Timing.COUNTED) -> Effectiveness:
        return Effectiveness.from_domain(self.value.usage, timing)

    @strawberry.field(
        description="What the network says of it, 0 to 1: no single garage moves it by 0.02."
    )
    def reputation(self) -> float:
        return self.value.reputation

    @strawberry.field(description="Why it is to be looked at again; null when it is not.")
    def recheck(self) -> str | None:
        return self.value.recheck

    @strawberry.field(description="Who wrote it, where, and when.")
    def provenance(self) -> Provenance:
        return Provenance.from_domain(self.value.provenance)

    @strawberry.field(description="Written by the simulator, about a failure that never was.")
    def synthetic(self) -> bool:
        return is_synthetic(self.value.provenance.garage)

    @strawberry.field(description="The second person who confirmed it; null until then.")
    def verification(self) -> Verification | None:
        found = self.value.verification
        return None if found is None else Verification.from_domain(found)

    @strawberry.field(description="What this version was merged from; null when it came online.")
    def merge(self) -> Merge | None:
        found = self.value.merge
        return None if found is None else Merge.from_domain(found)

    @strawberry.field(description="Who may see it.")
    def visibility(self) -> Visibility:
        return Visibility.from_domain(self.value.visibility)

    @strawberry.field(description="The ticket it is founded on, where you may see it.")
    async def ticket(
        self, info: SchemaInfo
    ) -> Annotated["Ticket", strawberry.lazy(__name__)] | None:
        return await load_edge(
            info.context.loaders.tickets, self.value.provenance.ticket, Ticket.from_domain
        )

    @strawberry.field(description="The card that took its place.")
    async def merged_into(
        self, info: SchemaInfo
    ) -> Annotated["FailureCard", strawberry.lazy(__name__)] | None:
        return await load_edge(
            info.context.loaders.cards, self.value.merged_into, FailureCard.from_domain
        )

    @strawberry.field(description="The way from this card back to the repairs that it rests on.")
    async def why_this_card(self, info: SchemaInfo) -> list[Origin]:
        ticket = await load_edge(
            info.context.loaders.tickets, self.value.provenance.ticket, Ticket.from_domain
        )
        founded = self.value.provenance.ticket
        first = [] if founded is None else [Origin(says=founded_on(founded), ticket=ticket)]
        return [*first, *(Origin(says=says, ticket=None) for says in origin_sentences(self.value))]

    @classmethod
    def from_domain(cls, value: cards.FailureCard) -> Self:
        return cls(
            id=global_id("FailureCard", value.id),
            key=value.id,
            version=value.version,
            status=value.status,
            source=value.source,
            title=value.title,
            category=value.category,
            make=value.make,
            value=value,
        )


def founded_on(ticket: TicketId) -> str:
    return f"It is founded on ticket {ticket}."


def origin_sentences(card: cards.FailureCard) -> list[str]:
    """Say what else a card comes from and what became of it, one sentence for each hop."""
    origin, usage, told = card.provenance, card.usage, list[str]()
    if origin.campaign is not None:
        told.append(f"It was read from recall campaign {origin.campaign}.")
    if origin.garage is not None:
        told.append(f"It was found at {origin.garage}.")
    told.append(f"{origin.author} wrote it on {origin.created_at:%Y-%m-%d}.")
    if card.verification is not None:
        told.append(f"{card.verification.by} verified it on {card.verification.at:%Y-%m-%d}.")
    worked, failed = usage.successes, usage.failures
    told.append(f"It was used in {usage.used} repairs: it fixed {worked} and failed in {failed}.")
    return told


@strawberry.type(description="A symptom that was read out of a report.")
class SeenSymptom:
    confidence: float = field(description="How sure the reading is, 0 to 1.")
    code: str = field(description="The symptom's code.")

    @strawberry.field(description="The symptom.")
    async def symptom(self, info: SchemaInfo) -> Symptom | None:
        return await load_edge(info.context.loaders.symptoms, self.code, Symptom.from_domain)


@strawberry.type(description="A card that was suggested for a ticket.")
class Suggestion:
    rank: int = field(description="Its place, from 1.")
    score: float = field(description="The score that the ranker gave it.")
    ranker: str = field(description="The ranker that placed it.")
    at: datetime = field(description="When it was suggested.")
    chance: float | None = field(
        description="How likely it was then that it tells of the reported failure, 0 to 1; null "
        "where that was not weighed or not kept."
    )
    standing: Standing | None = field(
        description="How far it was to be trusted then; null where that was not kept."
    )
    reasons: list[Reason] | None = field(
        description="Why it was suggested, one by one; null where that was not kept."
    )
    shown: strawberry.Private[CardId]
    value: strawberry.Private[tickets.ShownCard]

    @strawberry.field(
        description="Why it was suggested, in words that a mechanic reads; null where that was "
        "not kept."
    )
    def sentence(self, language: ReaderLanguage = None) -> str | None:
        kept, standing = self.value.reasons, self.value.standing
        if kept is None or standing is None:
            return self.value.sentence
        reader = language or reader_language(self.value.language)
        return suggestion_sentence(
            kept_reasons(kept), Standing(standing), reader, translate_name, self.value.chance
        )

    @strawberry.field(description="The card; null when it is no longer yours to see.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.shown, FailureCard.from_domain)

    @strawberry.field(description="The parts that the card's fix uses, at most 100.")
    async def parts(self, info: SchemaInfo) -> list[PartUse]:
        found = await info.context.loaders.cards.load(self.shown)
        return [] if found is None else PartUse.from_list(found.resolution.parts)


@strawberry.type(description="What the search for a ticket's cards gave so far.")
class Suggestions:
    state: Matching = field(description="PENDING until the search has run; ask again or subscribe.")
    cards: list[Suggestion] = field(description="At most five, best first.")


@strawberry.type(description="One try at a repair; what failed is kept as knowledge too.")
class Attempt:
    by: strawberry.ID = field(description="Id of the technician.")
    at: datetime = field(description="When.")
    worked: bool = field(description="Whether it fixed the failure.")
    minutes: int | None = field(description="How long it took.")
    parts: list[PartUse] = field(description="What it used up, at most 100.")
    notes: str = field(description="What the technician says of it.")
    followed: strawberry.Private[CardId | None]
    shown: strawberry.Private[tuple[FileId, ...]]

    @strawberry.field(description="The card that was tried; null: the technician's own way.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.followed, FailureCard.from_domain)

    @strawberry.field(description="Photos, videos and logs that show it, at most 10.")
    async def files(self, info: SchemaInfo) -> list[StoredFile]:
        return await load_edges(info.context.loaders.files, self.shown, StoredFile.from_domain)

    @classmethod
    def from_domain(cls, value: outcomes.Attempt) -> Self:
        return cls(
            by=strawberry.ID(value.by),
            at=value.at,
            worked=value.worked,
            minutes=value.minutes,
            parts=PartUse.from_list(value.parts),
            notes=value.notes,
            followed=value.card,
            shown=value.files,
        )


@strawberry.type(description="How a repair ended: what was really done and used.")
class Outcome:
    worked: bool = field(description="Whether the failure is gone.")
    minutes: int = field(description="Hands-on time.")
    cause: str | None = field(description="What was found to be wrong.")
    steps: list[Step] = field(description="What was done, in order, at most 100.")
    parts: list[PartUse] = field(description="What was used up, at most 100.")
    notes: str = field(description="What the technician says of it.")
    stars: int | None = field(description="The customer's stars, 1 to 5.")
    rating: int | None = field(
        description="The customer's stars, 1 to 5.", deprecation_reason=f"Read `stars`. {GOES}"
    )
    followed: strawberry.Private[CardId | None]

    @strawberry.field(description="The card that it ended with; null: the technician's own way.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.followed, FailureCard.from_domain)

    @classmethod
    def from_domain(cls, value: outcomes.Outcome) -> Self:
        return cls(
            worked=value.worked,
            minutes=value.minutes,
            cause=value.cause,
            steps=Step.from_list(value.steps),
            parts=PartUse.from_list(value.parts),
            notes=value.notes,
            stars=value.rating,
            rating=value.rating,
            followed=value.card,
        )


@strawberry.type(description="One failing vehicle in one garage, from report to invoice.")
class Ticket(Node):
    version: int = field(description="Grows by one with every change.")
    status: TicketStatus = field(
        description="Where it stands.", deprecation_reason=f"Read `ticketStatus`. {GOES}"
    )
    severity: Severity | None = field(
        description="CRITICAL where the report tells a danger to people; null: nobody has said."
    )
    safety: SafetyAdvice | None = field(description=SAFETY)
    text: str = field(description="What was reported.")
    garage: Garage = field(description="Where it was reported.")
    reporter: strawberry.ID = field(description="Id of the person who reported it.")
    assignee: strawberry.ID | None = field(description="Id of the technician it is assigned to.")
    opened_at: datetime = field(description="When it was reported.")
    started_at: datetime | None = field(description="When the repair began.")
    resolved_at: datetime | None = field(description="When the repair ended.")
    closed_at: datetime | None = field(description="When it was closed.")
    invoice: strawberry.ID | None = field(description="Id of the invoice that asks for its money.")
    attempts: list[Attempt] = field(description="What was tried, in order, at most 200.")
    outcome: Outcome | None = field(description="How the repair ended; null while it has not.")
    revisit_of: strawberry.ID | None = field(
        description="Key of the repair, closed within 30 days, that this failure comes back after."
    )
    vehicle: Vehicle = field(description="The failing vehicle.")
    battery: Battery = field(description="Where its traction battery comes from.")
    matching: Matching = field(description="Where the search for cards stands.")
    no_match: bool = field(description="Whether the search ran and found no card.")
    symptoms: list[SeenSymptom] = field(description="The symptoms read out of the report.")
    reported: strawberry.Private[tuple[CodeKey, ...]]
    value: strawberry.Private[tickets.Ticket]

    @strawberry.field(description="Where it stands.")
    def ticket_status(self) -> TicketStatus:
        return self.status

    @strawberry.field(description="Reported by the simulator: it never happened.")
    def synthetic(self) -> bool:
        return is_synthetic(self.value.garage)

    @strawberry.field(description="The error codes that were reported.")
    async def error_codes(self, info: SchemaInfo) -> list[ErrorCode]:
        return await load_codes(info.context.loaders.codes, self.reported)

    @strawberry.field(
        description="Whether the repair worked and has held since; null until it was closed."
    )
    async def first_fix(self, info: SchemaInfo) -> bool | None:
        counted = await info.context.loaders.first_fixes.load(self.value.id)
        # The outcome is counted a moment after the ticket closes; until then its own word stands.
        return tickets.first_fix(self.value) if counted is None else counted

    @strawberry.field(description="The card that the repair follows; null: their own way.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.value.card, FailureCard.from_domain)

    @strawberry.field(
        description="Photos, videos and logs that came with the report, at most 10; those that "
        "were erased are left out."
    )
    async def files(self, info: SchemaInfo) -> list[StoredFile]:
        return await load_edges(
            info.context.loaders.files, self.value.files, StoredFile.from_domain
        )

    @strawberry.field(description="The cards suggested for it.")
    async def suggestions(self, info: SchemaInfo) -> Suggestions:
        found = await info.context.loaders.shown.load(self.value.id)
        return Suggestions(state=self.matching, cards=[_suggestion_of(s) for s in found])

    @strawberry.field(description="The draft card founded on it when no card matched.")
    async def draft(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.drafts, self.value.id, FailureCard.from_domain)

    @classmethod
    def from_domain(cls, value: tickets.Ticket) -> Self:
        return cls(
            id=global_id("Ticket", value.id),
            key=value.id,
            version=value.version,
            status=value.status,
            severity=value.severity,
            safety=SafetyAdvice.from_domain(value.safety),
            text=value.text,
            garage=Garage.from_domain(value.garage),
            reporter=strawberry.ID(value.reporter),
            assignee=None if value.assignee is None else strawberry.ID(value.assignee),
            opened_at=value.opened_at,
            started_at=value.started_at,
            resolved_at=value.resolved_at,
            closed_at=value.closed_at,
            invoice=None if value.invoice is None else strawberry.ID(value.invoice),
            attempts=[
                Attempt.from_domain(tried) for tried in sorted(value.attempts, key=lambda t: t.at)
            ],
            outcome=None if value.outcome is None else Outcome.from_domain(value.outcome),
            revisit_of=None if value.revisit_of is None else strawberry.ID(value.revisit_of),
            vehicle=Vehicle.from_domain(value.vehicle),
            battery=Battery.from_domain(value.battery),
            matching=value.matching,
            no_match=value.matching is Matching.NONE,
            symptoms=[SeenSymptom(code=s.code, confidence=s.confidence) for s in value.symptoms],
            reported=value.codes,
            value=value,
        )


def _suggestion_of(value: tickets.ShownCard) -> Suggestion:
    return Suggestion(
        rank=value.rank,
        score=value.score,
        ranker=value.ranker,
        at=value.at,
        standing=None if value.standing is None else Standing(value.standing),
        chance=value.chance,
        reasons=None if value.reasons is None else _kept(value.reasons, value.language),
        shown=value.card,
        value=value,
    )


def _kept(why: Sequence[tickets.ShownReason], language: str) -> list[Reason]:
    reader = reader_language(language)
    return [Reason.from_domain(one, reader) for one in kept_reasons(why)]
