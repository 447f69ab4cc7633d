"""Stores in memory with the verbs of the real ones; each notes how often it was asked."""
# ruff: noqa: ARG002 - the fakes take what the real stores take

import asyncio
from collections import Counter
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Sequence,
)
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from domain import effectiveness
from domain.access import Actor, Viewer
from domain.card_lifecycle import SEARCHABLE
from domain.cards import FailureCard
from domain.codes import CodeKey, ErrorCode, code_key
from domain.errors import (
    CursorLost,
    InvalidInput,
    OperationConflict,
)
from domain.events import Event, EventType
from domain.hazards import SafetyAdvice
from domain.ids import CardId, FileId, GarageId, OperationId, PersonId, TicketId
from domain.matches import (
    CardFacts,
    CardHit,
    Embedding,
    Level,
    Source,
    UnderstoodReport,
    VehicleLevel,
    closeness,
)
from domain.neighbourhoods import KnowledgeKind, Neighbourhood
from domain.reasons import Reason, ReasonKind, Standing
from domain.regions import region_of
from domain.reports import FailureReport
from domain.tickets import Matching, SeenSymptom, ShownCard, Ticket
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from graph.card_pages import EVERY_CARD, CardFilter
from graph.garages import EVERY_TICKET, TicketFilter
from ingest.hazards import find_hazards
from ingest.safety_advice import advise
from matching.answers import Match, MatchAnswer
from matching.diagnosis.diagnoser import Diagnoser
from matching.fusion import CardCandidate, Contribution
from matching.trust import standing_of
from records import offline
from records.change_log import LogEntry
from records.offline import EditProposal
from repair.ports import EVERYTHING
from resolvers.services import Answer as Stored
from resolvers.services import Services
from sync.delta import CARD, TICKET, DeltaReader, compress_entries
from sync.delta_cursors import DeltaCursors
from tests.domain.samples import NOW
from tests.stores.fakes import FakeCards, FakeCrew, FakeTickets, FakeVocabulary, Memory

Asked = Counter[str]
T = TypeVar("T")
KINDS = {"fc": CARD, "tkt": TICKET}


def sees(viewer: Viewer, card: FailureCard) -> bool:
    return card.open_to(viewer)


@dataclass
class FakeOffline:
    """Cursors of garages and proposals in memory."""

    cursors: dict[GarageId, int] = field(default_factory=dict[GarageId, int])
    proposed: dict[tuple[CardId, str], EditProposal] = field(
        default_factory=dict[tuple[CardId, str], EditProposal]
    )

    async def acknowledge(self, garage: GarageId, seq: int) -> None:
        self.cursors[garage] = max(seq, self.cursors.get(garage, 0))

    async def garage_positions(self, garage: GarageId | None) -> list[offline.GaragePosition]:
        return [
            offline.GaragePosition(garage=g, seq=seq, moved_at=NOW)
            for g, seq in self.cursors.items()
            if garage in {None, g}
        ]

    async def propose(self, card: CardId, proposal: EditProposal) -> None:
        self.proposed.setdefault((card, proposal.source), proposal)

    async def proposals(self, card: CardId, sources: Sequence[str]) -> list[EditProposal]:
        keys = [(card, source) for source in sorted(sources)]
        return [self.proposed[key] for key in keys if key in self.proposed]

    async def foreign_position(self, operation: OperationId, actor: PersonId) -> bool:
        return False


@dataclass
class FakeFeed:
    """The log in a list; what lies at or below `floor` was trimmed away."""

    log: list[tuple[int, Event]] = field(default_factory=list[tuple[int, Event]])
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    floor: int = 0

    async def tell(self, events: Sequence[Event]) -> None:
        async with self.moved:
            for event in events:
                if event.id not in {e.id for _, e in self.log}:
                    self.log.append((len(self.log) + 1, event))
            self.moved.notify_all()

    async def hear(self, memory: Memory) -> None:
        """Tell what the stores left, as the relay does."""
        await self.tell([*memory.events.values()])

    async def head(self) -> int:
        return len(self.log)

    async def follow(
        self, types: Collection[EventType], after: int | None = None, until: int | None = None
    ) -> AsyncGenerator[tuple[int, Event]]:
        cursor = len(self.log) if after is None else after
        if not self.floor <= cursor <= len(self.log):
            raise CursorLost(cursor, len(self.log))
        while until is None or cursor < until:
            async with self.moved:
                while len(self.log) <= cursor:
                    await self.moved.wait()
                news = self.log[cursor:until]
            for seq, event in news:
                cursor = seq
                if event.type in types:
                    yield seq, event


@dataclass
class FakeDeltaLog:
    """The change log as the delta asks it, over the feed's list."""

    feed: FakeFeed

    async def bounds(self) -> tuple[int, int]:
        return self.feed.floor, len(self.feed.log)

    async def latest(
        self, after: int, until: int, garage: GarageId | None, *, every: bool
    ) -> list[LogEntry]:
        found = [
            LogEntry(seq=seq, kind=KINDS[kind], entity=event.entity, version=event.version)
            for seq, event in self.feed.log[after:until]
            if (kind := event.entity.partition("_")[0]) in KINDS
            and (kind == "fc" or every or event.garage == garage)
        ]
        return compress_entries(found)


class AskedCards(FakeCards):
    """The cards of the contract: each call is counted, and events reach the feed at once."""

    def __init__(self, memory: Memory, feed: FakeFeed, asked: Asked) -> None:
        super().__init__(memory)
        self._feed, self._asked = feed, asked

    def current(self) -> list[FailureCard]:
        return [self._now(name) for name in sorted(self._memory.cards)]

    @property
    def history(self) -> dict[CardId, list[FailureCard]]:
        return {name: [card for card, _ in kept] for name, kept in self._memory.cards.items()}

    def hold(self, card: FailureCard) -> None:
        """Have a card as it stands, whatever was there before."""
        self._memory.cards[card.id] = [(card, card.provenance.author)]
        self._memory.usage[card.id] = card.usage
        self._memory.heard[card.id] = (0, card.reputation)

    async def add(
        self, card: FailureCard, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        self._asked["cards.add"] += 1
        await super().add(card, events, embedding)
        await self._feed.hear(self._memory)

    async def put(
        self,
        card: FailureCard,
        events: Sequence[Event],
        *,
        expected: int,
        embedding: Embedding | None = None,
    ) -> None:
        self._asked["cards.put"] += 1
        await super().put(card, events, expected=expected, embedding=embedding)
        await self._feed.hear(self._memory)

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        self._asked["cards.many"] += 1
        return await super().many(ids, viewer)

    async def page(
        self,
        viewer: Viewer,
        *,
        first: int,
        after: str | None = None,
        filter: CardFilter = EVERY_CARD,
    ) -> list[FailureCard]:
        self._asked["cards.page"] += 1
        return await super().page(viewer, first=first, after=after, filter=filter)

    async def cards_near(
        self, lat: float, lon: float, km: float, viewer: Viewer, limit: int
    ) -> list[FailureCard]:
        """Give none: no garage of this world has a place."""
        del lat, lon, km, viewer, limit
        return []

    async def best(self, viewer: Viewer, limit: int, least: float) -> list[FailureCard]:
        seen = list((await self.many([c.id for c in self.current()], viewer)).values())
        worth = {card.id: effectiveness.effectiveness_score(card.usage) for card in seen}
        fitting = [c for c in seen if c.status in SEARCHABLE and worth[c.id] >= least]
        return sorted(fitting, key=lambda c: (-worth[c.id], -c.usage.used))[:limit]


class AskedTickets(FakeTickets):
    """The tickets of the contract, counted and told as the cards are."""

    def __init__(self, memory: Memory, feed: FakeFeed, asked: Asked) -> None:
        super().__init__(memory)
        self._feed, self._asked = feed, asked
        self.held, self.suggested = memory.tickets, memory.shown

    async def add(
        self, ticket: Ticket, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        self._asked["tickets.add"] += 1
        await super().add(ticket, events, embedding)
        await self._feed.hear(self._memory)

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None:
        self._asked["tickets.put"] += 1
        await super().put(ticket, events, expected=expected)
        await self._feed.hear(self._memory)

    async def many(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Ticket]:
        self._asked["tickets.many"] += 1
        return await super().many(ids, actor)

    async def page(
        self,
        actor: Actor,
        *,
        first: int,
        after: str | None = None,
        filter: TicketFilter = EVERY_TICKET,
    ) -> list[Ticket]:
        self._asked["tickets.page"] += 1
        return await super().page(actor, first=first, after=after, filter=filter)

    async def record_shown(
        self, id: TicketId, shown: Sequence[ShownCard], matching: Matching, events: Sequence[Event]
    ) -> None:
        await super().record_shown(id, shown, matching, events)
        await self._feed.hear(self._memory)

    async def shown_cards(self, ids: Sequence[TicketId]) -> dict[TicketId, tuple[ShownCard, ...]]:
        self._asked["tickets.shown_cards"] += 1
        return await super().shown_cards(ids)


SYMPTOMS = [
    Symptom(code=f"SYM_BATT_00{n}", text=text, component="bms", phrases=(text.lower(),))
    for n, text in enumerate(("Charging stops early", "Range drops", "Motor judders"), start=1)
]
COMPONENTS = [
    Component(id="battery", name="Battery"),
    Component(id="bms", name="BMS", part_of="battery", suppliers=("acme",)),
]
CODES = [
    ErrorCode(code="E401", scope="ather", description="Cell spread", component="bms"),
    ErrorCode(code="P0A1F", scope="sae", description="Battery energy control module"),
]
PARTS = [
    Part(id="bms-a", name="BMS board", hsn="8507", component="bms", fits=("ather-450x",)),
    Part(id="bms-b", name="BMS board, revised", component="bms", supersedes="bms-a"),
]
SUPPLIERS = [Supplier(id="acme", name="Acme Cells", country="IN")]
MODELS = [VehicleModel(make="Ather", model="450X")]


class AskedVocabulary(FakeVocabulary):
    """The vocabulary of the contract, with a few words of each kind, each question counted."""

    def __init__(self, memory: Memory, asked: Asked) -> None:
        super().__init__(memory)
        self._asked = asked
        self._components |= {one.id: one for one in COMPONENTS}
        self._symptoms |= {one.code: one for one in SYMPTOMS}
        self._codes |= {one.key: one for one in CODES}
        self._parts |= {one.id: one for one in PARTS}
        self._suppliers |= {one.id: one for one in SUPPLIERS}
        self._models |= {one.id: one for one in MODELS}

    async def symptoms(
        self, codes: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Symptom]:
        self._asked["symptoms"] += 1
        return await super().symptoms(codes, first=first, after=after)

    async def components(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Component]:
        self._asked["components"] += 1
        return await super().components(ids, first=first, after=after)

    async def error_codes(
        self, keys: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[ErrorCode]:
        self._asked["error_codes"] += 1
        return await super().error_codes(keys, first=first, after=after)

    async def parts(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Part]:
        self._asked["parts"] += 1
        return await super().parts(ids, first=first, after=after)

    async def suppliers(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Supplier]:
        self._asked["suppliers"] += 1
        return await super().suppliers(ids, first=first, after=after)

    async def models(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[VehicleModel]:
        self._asked["models"] += 1
        return await super().models(ids, first=first, after=after)


class FakeGarages:
    async def regions(self, ids: Sequence[GarageId]) -> dict[GarageId, str | None]:
        return {id: region_of(id) for id in ids}  # noqa: A001 - as everywhere


@dataclass
class FakeSearch:
    cards: AskedCards

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[CardHit]:
        return []

    async def by_words(
        self, text: str, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[CardHit]:
        wanted = set(text.lower().split())
        hits = [
            CardHit(card=card.id, score=float(len(wanted & set(card.title.lower().split()))))
            for card in self.cards.current()
            if sees(viewer, card) and make in (None, card.make)
        ]
        return sorted((h for h in hits if h.score), key=lambda h: -h.score)[:limit]


class FakeWalker:
    async def around(
        self, kind: KnowledgeKind, key: str, viewer: Viewer, *, steps: int, most: int
    ) -> Neighbourhood | None:
        return None


class FakeReader:
    async def safety(self, text: str) -> SafetyAdvice | None:
        return advise(text, find_hazards(text))

    async def understand(self, report: FailureReport) -> UnderstoodReport:
        found: list[CodeKey] = []
        for code in report.codes:
            try:
                found.append(code_key(code, report.vehicle.make or "unknown"))
            except InvalidInput:
                continue
        seen = ("stops",) if "stops" in report.text else ()
        symptoms = tuple(SeenSymptom(code="SYM_BATT_001", confidence=0.9) for _ in seen)
        return UnderstoodReport(
            report=report, codes=tuple(found), symptoms=symptoms, vehicle=report.vehicle
        )


@dataclass
class FakeMatcher:
    cards: AskedCards
    asked: Asked
    degraded: str | None = None

    async def match(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int = 5
    ) -> MatchAnswer:
        self.asked["match"] += 1
        fitting = [
            (card, code)
            for card in self.cards.current()
            for code in understood.codes
            if code in card.signature.error_codes
            and card.status in SEARCHABLE
            and sees(viewer, card)
        ]
        matches = tuple(
            _match(rank, card, code, understood)
            for rank, (card, code) in enumerate(fitting[:limit], start=1)
        )
        level = Level.KEYWORD if self.degraded else Level.AI
        return MatchAnswer(matches=matches, level=level, ranker="fake", degraded=self.degraded)


def _match(rank: int, card: FailureCard, code: CodeKey, understood: UnderstoodReport) -> Match:
    found = facts(card, understood)
    part = Contribution(source=Source.CODE, rank=rank, score=1.0, share=0.5, via=(code,))
    return Match(
        rank=rank,
        card=found,
        score=1 / rank,
        candidate=CardCandidate(card=card.id, score=0.5, contributions=(part,)),
        reasons=(Reason(kind=ReasonKind.CODE, subject=code),),
        standing=standing_of(found) or Standing.UNPROVEN,
    )


def facts(card: FailureCard, understood: UnderstoodReport) -> CardFacts:
    levels = [closeness(vehicle, understood.vehicle) for vehicle in card.vehicles]
    return CardFacts(
        id=card.id,
        version=card.version,
        title=card.title,
        text=card.signature.text,
        status=card.status,
        source=card.source,
        severity=card.signature.severity,
        usage=card.usage,
        codes=card.signature.error_codes,
        symptoms=card.signature.symptoms,
        component=card.signature.component,
        component_name=None,
        subsystem=None,
        causes=(card.cause.primary,),
        vehicle_level=max(levels, default=VehicleLevel.NONE),
        campaign=card.provenance.campaign,
        models=len(card.vehicles),
    )


class FakeEmbedder:
    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [Embedding(model="fake", vector=(1.0, 0.0)) for _ in texts]


@dataclass
class FakeOperations:
    done: dict[tuple[OperationId, PersonId], tuple[str, Stored]] = field(
        default_factory=dict[tuple[OperationId, PersonId], tuple[str, Stored]]
    )

    async def run_once(
        self,
        operation: OperationId,
        actor: PersonId,
        body: str,
        work: Callable[[], Awaitable[Stored]],
    ) -> Stored:
        known = self.done.get((operation, actor))
        if known is None:
            answer = await work()
            self.done[operation, actor] = (body, answer)
            return answer
        if known[0] != body:
            raise OperationConflict(operation)
        return known[1]


class FakeFiles:
    """Files that were handed in by whoever names them: all but those that are missing."""

    def __init__(self) -> None:
        self.claimed: dict[FileId, TicketId] = {}
        self.missing: set[FileId] = set()

    async def measured(self, files: Sequence[FileId], by: PersonId) -> str:
        return ""

    async def claim(self, files: Sequence[FileId], ticket: Ticket, by: PersonId) -> None:
        for one in files:
            if one in self.missing:
                raise InvalidInput("files", one)
        self.claimed |= dict.fromkeys(files, ticket.id)


class World:
    """All fakes together, sharing one feed and one count of what was asked."""

    def __init__(self) -> None:
        self.asked: Asked = Counter()
        self.feed = FakeFeed()
        memory = Memory()
        self.cards = AskedCards(memory, self.feed, self.asked)
        self.tickets = AskedTickets(memory, self.feed, self.asked)
        self.vocabulary = AskedVocabulary(memory, self.asked)
        self.reader = FakeReader()
        self.matcher = FakeMatcher(self.cards, self.asked)
        self.operations = FakeOperations()
        self.crew = FakeCrew()
        self.files = FakeFiles()
        self.at = NOW

    @property
    def services(self) -> Services:
        return Services(
            cards=self.cards,
            card_cache=self.cards,
            tickets=self.tickets,
            garages=FakeGarages(),
            technicians=self.crew,
            vocabulary=self.vocabulary,
            search=FakeSearch(self.cards),
            neighbourhoods=FakeWalker(),
            reader=self.reader,
            matcher=self.matcher,
            diagnoser=Diagnoser(matcher=self.matcher, cards=self.cards),
            embedder=FakeEmbedder(),
            drafter=cast("Any", None),
            operations=self.operations,
            # Jobs, marks, feedback, digests and the review queue are asked on real stores alone.
            digests=cast("Any", None),
            jobs=cast("Any", None),
            recheck_marks=cast("Any", None),
            feedback=cast("Any", None),
            reviews=cast("Any", None),
            feed=self.feed,
            offline=FakeOffline(),
            deltas=DeltaReader(FakeDeltaLog(self.feed), self.cards),
            delta_cursors=DeltaCursors(b"a secret of the tests alone"),
            now=self.now,
        )

    def now(self) -> datetime:
        return self.at

    def hold(self, *cards: FailureCard) -> None:
        for card in cards:
            self.cards.hold(card)

    def written(self) -> tuple[int, int, int]:
        """Cards, tickets and events: what a refusal must not change."""
        versions = sum(len(found) for found in self.cards.history.values())
        return versions, len(self.tickets.held), len(self.feed.log)
