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
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast

from domain import effectiveness
from domain.access import Actor, Role, Viewer
from domain.card_life import SEARCHABLE
from domain.cards import FailureCard
from domain.codes import CodeKey, ErrorCode, key
from domain.errors import (
    AlreadyExists,
    CursorLost,
    InvalidInput,
    NotFound,
    OperationConflict,
    StaleVersion,
)
from domain.events import Event, EventType
from domain.ids import CardId, GarageId, OperationId, PersonId, TicketId, VehicleId
from domain.matches import (
    CardFacts,
    Embedding,
    Hit,
    Level,
    Source,
    Understood,
    VehicleLevel,
    closeness,
)
from domain.regions import Opened, region
from domain.reports import FailureReport
from domain.tickets import Matching, SeenSymptom, Shown, Ticket, TicketStatus
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from graph.card_pages import EVERY_CARD, CardFilter
from graph.cards import CardVersion
from graph.places import Within
from matching.answers import Answer, Match
from matching.diagnosis.engine import Diagnoser
from matching.fusion import Candidate, Contribution
from matching.reasons import Reason, ReasonKind
from matching.trust import Standing, standing
from records import offline
from records.change_log import Entry
from records.offline import Proposal
from repair.stores import EVERYTHING
from resolvers.services import Answer as Stored
from resolvers.services import Services
from sync.cursors import Cursors
from sync.delta import CARD, TICKET, Deltas, compressed
from tests.domain.samples import NOW
from tests.stores.fakes import FakeCrew

Asked = Counter[str]
T = TypeVar("T")
KINDS = {"fc": CARD, "tkt": TICKET}


def sees(viewer: Viewer, card: FailureCard) -> bool:
    return card.open_to(viewer)


@dataclass
class FakeOffline:
    """Cursors of garages and proposals in memory."""

    cursors: dict[GarageId, int] = field(default_factory=dict[GarageId, int])
    proposed: dict[tuple[CardId, str], Proposal] = field(
        default_factory=dict[tuple[CardId, str], Proposal]
    )

    async def acknowledge(self, garage: GarageId, seq: int) -> None:
        self.cursors[garage] = max(seq, self.cursors.get(garage, 0))

    async def standings(self, garage: GarageId | None) -> list[offline.Standing]:
        return [
            offline.Standing(garage=g, seq=seq, moved_at=NOW)
            for g, seq in self.cursors.items()
            if garage in {None, g}
        ]

    async def propose(self, card: CardId, proposal: Proposal) -> None:
        self.proposed.setdefault((card, proposal.source), proposal)

    async def proposals(self, card: CardId, sources: Sequence[str]) -> list[Proposal]:
        keys = [(card, source) for source in sorted(sources)]
        return [self.proposed[key] for key in keys if key in self.proposed]

    async def foreign(self, operation: OperationId, actor: PersonId) -> bool:
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
    ) -> list[Entry]:
        found = [
            Entry(seq=seq, kind=KINDS[kind], entity=event.entity, version=event.version)
            for seq, event in self.feed.log[after:until]
            if (kind := event.entity.partition("_")[0]) in KINDS
            and (kind == "fc" or every or event.garage == garage)
        ]
        return compressed(found)


@dataclass
class FakeCards:
    feed: FakeFeed
    asked: Asked
    history: dict[CardId, list[FailureCard]] = field(
        default_factory=dict[CardId, list[FailureCard]]
    )
    writers: dict[tuple[CardId, int], str] = field(default_factory=dict[tuple[CardId, int], str])
    tickets: Mapping[TicketId, Ticket] = field(default_factory=dict[TicketId, Ticket])

    def sees(self, viewer: Viewer, card: FailureCard) -> bool:
        ticket = self.tickets.get(card.provenance.ticket or TicketId(""))
        bench = ticket is not None and ticket.assignee == viewer.bench
        return card.open_to(viewer, on_bench=bench)

    def current(self) -> list[FailureCard]:
        return sorted((versions[-1] for versions in self.history.values()), key=lambda c: c.id)

    async def add(
        self, card: FailureCard, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        self.asked["cards.add"] += 1
        if card.id in self.history:
            if self.history[card.id][-1] != card:
                raise AlreadyExists("failure card", card.id)
            return
        self.history[card.id] = [card]
        self._sign(card, events)
        await self.feed.tell(events)

    async def put(
        self,
        card: FailureCard,
        events: Sequence[Event],
        *,
        expected: int,
        embedding: Embedding | None = None,
    ) -> None:
        self.asked["cards.put"] += 1
        stored = self.history[card.id][-1]
        if stored.version != expected:
            raise StaleVersion(card.id, expected, stored.version)
        self.history[card.id].append(card)
        self._sign(card, events)
        await self.feed.tell(events)

    async def get(self, id: CardId, viewer: Viewer) -> FailureCard:
        found = await self.many([id], viewer)
        if id not in found:
            raise NotFound("failure card", id)
        return found[id]

    async def severities(self, ids: Sequence[str]) -> dict[str, int]:
        return {}

    async def once_seen(self, ids: Sequence[CardId], viewer: Viewer) -> set[CardId]:
        return {key for key in ids if any(self.sees(viewer, c) for c in self.history.get(key, []))}

    async def since(self, id: CardId, n: int) -> list[FailureCard]:
        return [card for card in self.history[id] if card.version >= n]

    async def record_of(self, author: str) -> tuple[int, int]:
        return 0, 0

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        self.asked["cards.many"] += 1
        found = [self.history[key][-1] for key in ids if key in self.history]
        return {card.id: card for card in found if self.sees(viewer, card)}

    async def version(self, id: CardId, n: int, viewer: Viewer) -> FailureCard:
        await self.get(id, viewer)
        for card in self.history[id]:
            if card.version == n and self.sees(viewer, card):
                return card
        raise NotFound("failure card", f"{id} version {n}")

    async def versions(self, id: CardId, viewer: Viewer) -> list[CardVersion]:
        await self.get(id, viewer)
        return [
            CardVersion(n=card.version, by=self._writer(card), at=card.provenance.updated_at)
            for card in reversed(self.history[id])
            if self.sees(viewer, card)
        ]

    def _sign(self, card: FailureCard, events: Sequence[Event]) -> None:
        self.writers[card.id, card.version] = events[0].actor if events else card.provenance.author

    def _writer(self, card: FailureCard) -> str:
        return self.writers.get((card.id, card.version), card.provenance.author)

    async def page(
        self,
        viewer: Viewer,
        *,
        first: int,
        after: str | None = None,
        filter: CardFilter = EVERY_CARD,
    ) -> list[FailureCard]:
        self.asked["cards.page"] += 1
        wanted = [
            card
            for card in self.current()
            if self.sees(viewer, card)
            and (after is None or card.id > after)
            and filter.status in (None, card.status)
            and filter.code in (None, *card.signature.error_codes)
        ]
        return wanted[:first]

    async def near(
        self, lat: float, lon: float, km: float, viewer: Viewer, limit: int
    ) -> list[FailureCard]:
        """Give none: no garage of this world has a place."""
        del lat, lon, km, viewer, limit
        return []

    async def best(self, viewer: Viewer, limit: int, least: float) -> list[FailureCard]:
        seen = [card for card in self.current() if self.sees(viewer, card)]
        worth = {card.id: effectiveness.score(card.usage) for card in seen}
        fitting = [c for c in seen if c.status in SEARCHABLE and worth[c.id] >= least]
        return sorted(fitting, key=lambda c: (-worth[c.id], -c.usage.used))[:limit]


@dataclass
class FakeTickets:
    feed: FakeFeed
    asked: Asked
    held: dict[TicketId, Ticket] = field(default_factory=dict[TicketId, Ticket])
    suggested: dict[TicketId, tuple[Shown, ...]] = field(
        default_factory=dict[TicketId, tuple[Shown, ...]]
    )

    async def add(
        self, ticket: Ticket, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        self.asked["tickets.add"] += 1
        if ticket.id in self.held and self.held[ticket.id] != ticket:
            raise AlreadyExists("ticket", ticket.id)
        self.held[ticket.id] = ticket
        await self.feed.tell(events)

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None:
        self.asked["tickets.put"] += 1
        stored = self.held[ticket.id]
        if stored.version != expected:
            raise StaleVersion(ticket.id, expected, stored.version)
        self.held[ticket.id] = replace(ticket, matching=stored.matching)
        await self.feed.tell(events)

    async def get(self, id: TicketId, actor: Actor) -> Ticket:
        found = await self.many([id], actor)
        if id not in found:
            raise NotFound("ticket", id)
        return found[id]

    async def many(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Ticket]:
        self.asked["tickets.many"] += 1
        found = [self.held[key] for key in ids if key in self.held]
        return {ticket.id: ticket for ticket in found if _theirs(actor, ticket)}

    async def page(
        self,
        actor: Actor,
        *,
        first: int,
        after: str | None,
        status: TicketStatus | None,
        within: Within | None = None,
    ) -> list[Ticket]:
        self.asked["tickets.page"] += 1
        mine = [t for t in self.held.values() if _theirs(actor, t) and status in (None, t.status)]
        mine = [t for t in mine if within is None or _began(t, within)]
        ordered = sorted(mine, key=lambda t: t.id)
        return [t for t in ordered if after is None or t.id > after][:first]

    async def show(
        self,
        id: TicketId,
        shown: Sequence[Shown],
        matching: Matching,
        events: Sequence[Event],
    ) -> None:
        self.suggested[id] = tuple(shown)
        self.held[id] = replace(self.held[id], matching=matching)
        await self.feed.tell(events)

    async def by_garage(self, since: datetime, until: datetime, actor: Actor) -> list[Opened]:
        counts = Counter(
            t.garage
            for t in self.held.values()
            if since <= t.opened_at < until and _theirs(actor, t)
        )
        return [
            Opened(garage=garage, region=region(garage), opened=n, resolved=0)
            for garage, n in sorted(counts.items())
        ]

    async def closed_on(self, vehicle: VehicleId, garage: GarageId) -> list[Ticket]:
        theirs = [t for t in self.held.values() if (t.vehicle_id, t.garage) == (vehicle, garage)]
        return [t for t in theirs if t.closed_at is not None]

    async def shown(self, ids: Sequence[TicketId]) -> dict[TicketId, tuple[Shown, ...]]:
        self.asked["tickets.shown"] += 1
        return {key: self.suggested[key] for key in ids if key in self.suggested}


def _began(ticket: Ticket, within: Within) -> bool:
    return ticket.garage == within.garage and within.since <= ticket.opened_at < within.until


def _theirs(actor: Actor, ticket: Ticket) -> bool:
    if actor.role is Role.ADMIN:
        return True
    if actor.role is Role.TECHNICIAN:
        return ticket.garage == actor.garage and ticket.assignee == actor.id
    return ticket.garage == actor.garage


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


@dataclass
class FakeVocabulary:
    asked: Asked

    async def symptoms(
        self, codes: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Symptom]:
        return self._given("symptoms", {s.code: s for s in SYMPTOMS}, codes, (first, after))

    async def components(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Component]:
        return self._given("components", {c.id: c for c in COMPONENTS}, ids, (first, after))

    async def error_codes(
        self, keys: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[ErrorCode]:
        return self._given("error_codes", {str(c.key): c for c in CODES}, keys, (first, after))

    async def parts(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Part]:
        return self._given("parts", {p.id: p for p in PARTS}, ids, (first, after))

    async def suppliers(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Supplier]:
        return self._given("suppliers", {s.id: s for s in SUPPLIERS}, ids, (first, after))

    async def models(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[VehicleModel]:
        return self._given("models", {m.id: m for m in MODELS}, ids, (first, after))

    def _given(
        self,
        kind: str,
        known: Mapping[str, T],
        keys: Iterable[str] | None,
        page: tuple[int, str],
    ) -> list[T]:
        self.asked[kind] += 1
        wanted = sorted(known if keys is None else set(keys) & set(known))
        return [known[key] for key in wanted if key > page[1]][: page[0]]


class FakeGarages:
    async def regions(self, ids: Sequence[GarageId]) -> dict[GarageId, str | None]:
        return {id: region(id) for id in ids}  # noqa: A001 - as everywhere


@dataclass
class FakeSearch:
    cards: FakeCards

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]:
        return []

    async def by_words(
        self, text: str, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]:
        wanted = set(text.lower().split())
        hits = [
            Hit(card=card.id, score=float(len(wanted & set(card.title.lower().split()))))
            for card in self.cards.current()
            if sees(viewer, card) and make in (None, card.make)
        ]
        return sorted((h for h in hits if h.score), key=lambda h: -h.score)[:limit]


class FakeReader:
    async def understand(self, report: FailureReport) -> Understood:
        found: list[CodeKey] = []
        for code in report.codes:
            try:
                found.append(key(code, report.vehicle.make or "unknown"))
            except InvalidInput:
                continue
        seen = ("stops",) if "stops" in report.text else ()
        symptoms = tuple(SeenSymptom(code="SYM_BATT_001", confidence=0.9) for _ in seen)
        return Understood(
            report=report, codes=tuple(found), symptoms=symptoms, vehicle=report.vehicle
        )


@dataclass
class FakeMatcher:
    cards: FakeCards
    asked: Asked
    degraded: str | None = None

    async def match(self, understood: Understood, viewer: Viewer, limit: int = 5) -> Answer:
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
        return Answer(matches=matches, level=level, ranker="fake", degraded=self.degraded)


def _match(rank: int, card: FailureCard, code: CodeKey, understood: Understood) -> Match:
    found = facts(card, understood)
    part = Contribution(source=Source.CODE, rank=rank, score=1.0, share=0.5, via=(code,))
    return Match(
        rank=rank,
        card=found,
        score=1 / rank,
        candidate=Candidate(card=card.id, score=0.5, contributions=(part,)),
        reasons=(Reason(kind=ReasonKind.CODE, subject=code, text="reports the code"),),
        sentence="Reports the code.",
        standing=standing(found) or Standing.UNPROVEN,
    )


def facts(card: FailureCard, understood: Understood) -> CardFacts:
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

    async def once(
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


class World:
    """All fakes together, sharing one feed and one count of what was asked."""

    def __init__(self) -> None:
        self.asked: Asked = Counter()
        self.feed = FakeFeed()
        self.cards = FakeCards(self.feed, self.asked)
        self.tickets = FakeTickets(self.feed, self.asked)
        self.cards.tickets = self.tickets.held
        self.vocabulary = FakeVocabulary(self.asked)
        self.reader = FakeReader()
        self.matcher = FakeMatcher(self.cards, self.asked)
        self.operations = FakeOperations()
        self.crew = FakeCrew()
        self.at = NOW

    @property
    def services(self) -> Services:
        return Services(
            cards=self.cards,
            kept=self.cards,
            tickets=self.tickets,
            garages=FakeGarages(),
            crew=self.crew,
            vocabulary=self.vocabulary,
            search=FakeSearch(self.cards),
            reader=self.reader,
            matcher=self.matcher,
            diagnoser=Diagnoser(matcher=self.matcher, cards=self.cards),
            embedder=FakeEmbedder(),
            operations=self.operations,
            # Jobs, marks, feedback and the review queue are asked on real stores alone.
            jobs=cast("Any", None),
            marking=cast("Any", None),
            feedback=cast("Any", None),
            reviews=cast("Any", None),
            feed=self.feed,
            offline=FakeOffline(),
            deltas=Deltas(FakeDeltaLog(self.feed), self.cards),
            places=Cursors(b"a secret of the tests alone"),
            now=self.now,
        )

    def now(self) -> datetime:
        return self.at

    def hold(self, *cards: FailureCard) -> None:
        for card in cards:
            self.cards.history[card.id] = [card]

    def written(self) -> tuple[int, int, int]:
        """Cards, tickets and events: what a refusal must not change."""
        versions = sum(len(found) for found in self.cards.history.values())
        return versions, len(self.tickets.held), len(self.feed.log)
