"""Stores in memory, with the verbs and refusals of the real ones; the contracts hold for both."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from domain.access import Actor, Viewer
from domain.card_imports import decide_import
from domain.cards import NEUTRAL, FailureCard
from domain.codes import CodeKey, ErrorCode
from domain.errors import AlreadyExists, NotFound, StaleVersion
from domain.events import Event
from domain.ids import CardId, EventId, GarageId, PersonId, TicketId, VehicleId
from domain.matches import Embedding
from domain.regions import GarageTickets, region_of
from domain.technicians import Technician, TechnicianCandidate
from domain.tickets import Matching, ShownCard, Ticket
from domain.tombstones import Tombstone
from domain.usage import Usage
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from graph.card_imports import DELETED, ImportCount, LeftCard
from graph.card_pages import EVERY_CARD, CardFilter
from graph.card_rows import content_hash, fit_keys
from graph.cards import CardCounters, CardVersion
from graph.garages import EVERY_TICKET, TicketFilter, TicketPeriod
from repair.ports import EVERYTHING

K = TypeVar("K", bound=str)
T = TypeVar("T")


@dataclass(slots=True)
class Memory:
    """What the fakes of one house share, as the real stores share one database."""

    cards: dict[CardId, list[tuple[FailureCard, str]]] = field(
        default_factory=dict[CardId, list[tuple[FailureCard, str]]]
    )
    usage: dict[CardId, Usage] = field(default_factory=dict[CardId, Usage])
    heard: dict[CardId, tuple[int, float]] = field(default_factory=dict[CardId, tuple[int, float]])
    imports: dict[CardId, str] = field(default_factory=dict[CardId, str])
    tickets: dict[TicketId, Ticket] = field(default_factory=dict[TicketId, Ticket])
    shown: dict[TicketId, tuple[ShownCard, ...]] = field(
        default_factory=dict[TicketId, tuple[ShownCard, ...]]
    )
    events: dict[EventId, Event] = field(default_factory=dict[EventId, Event])
    graves: dict[str, Tombstone] = field(default_factory=dict[str, Tombstone])
    embeddings: dict[str, Embedding | None] = field(default_factory=dict[str, Embedding | None])
    components: dict[str, Component] = field(default_factory=dict[str, Component])

    def leave(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.setdefault(event.id, event)


class FakeCards:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(
        self, card: FailureCard, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        stored = self._memory.cards.get(card.id)
        if card.id in self._memory.graves:
            raise NotFound("failure card", card.id)
        if stored is not None:
            if _without_usage(card) not in [_without_usage(c) for c, _ in stored]:
                raise AlreadyExists("failure card", card.id)
            return
        self._store(card, _writer(card, events))
        self._memory.usage[card.id] = card.usage
        self._memory.embeddings[card.id] = embedding
        self._memory.leave(events)

    async def put(
        self,
        card: FailureCard,
        events: Sequence[Event],
        *,
        expected: int,
        embedding: Embedding | None = None,
    ) -> None:
        if card.id not in self._memory.cards:
            raise NotFound("failure card", card.id)
        actual = self._now(card.id).version
        if actual != expected:
            raise StaleVersion(card.id, expected, actual)
        self._store(card, _writer(card, events))
        self._memory.embeddings[card.id] = embedding or self._memory.embeddings.get(card.id)
        self._memory.leave(events)

    async def bury(self, stone: Tombstone, events: Sequence[Event], *, expected: int) -> None:
        card = CardId(stone.id)
        if card not in self._memory.cards or card in self._memory.graves:
            raise NotFound("failure card", card)
        if self._now(card).version != expected:
            raise StaleVersion(card, expected, self._now(card).version)
        self._memory.graves[card] = stone
        self._memory.leave(events)

    async def tombstones(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, Tombstone]:
        gone = {name: self._memory.graves[name] for name in ids if name in self._memory.graves}
        return {name: one for name, one in gone.items() if self._now(name).open_to(viewer)}

    async def load(self, cards: Sequence[tuple[FailureCard, Embedding | None]]) -> ImportCount:
        created = changed = unchanged = 0
        left = list[LeftCard]()
        for card, _ in cards:
            said = content_hash(card)
            if card.id in self._memory.graves:
                left.append(LeftCard(card=card.id, why=DELETED))
                continue
            if card.id not in self._memory.cards:
                await self.add(card, [])
                created += 1
            elif self._memory.imports.get(card.id) == said:
                unchanged += 1
                continue
            else:
                decision = decide_import(self._now(card.id), card)
                if decision.card is None:
                    unchanged += 1
                    left += [LeftCard(card=card.id, why=decision.left)] if decision.left else []
                    continue
                self._store(self._following(decision.card), card.provenance.author)
                changed += 1
            self._memory.imports[card.id] = said
        return ImportCount(created=created, changed=changed, unchanged=unchanged, left=tuple(left))

    async def get(self, id: CardId, viewer: Viewer) -> FailureCard:
        found = await self.many([id], viewer)
        if id not in found:
            raise NotFound("failure card", id)
        return found[id]

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        return {card.id: card for card in self._seen(viewer) if card.id in ids}

    async def version(self, id: CardId, n: int, viewer: Viewer) -> FailureCard:
        now = (await self.many([id], viewer)).get(id)
        past = [c for c, _ in self._memory.cards.get(id, []) if c.version == n]
        past = [c for c in past if c.open_to(viewer, on_bench=self._on_bench(viewer, c))]
        if now is None or not past:
            raise NotFound("failure card", f"{id} version {n}")
        return replace(past[0], usage=now.usage)

    async def severities(self, ids: Sequence[str]) -> dict[str, int]:
        cards = [self._now(name) for name in self._memory.cards if name in ids]
        return {card.id: card.signature.severity.level for card in cards}

    async def once_visible(self, ids: Sequence[CardId], viewer: Viewer) -> set[CardId]:
        return {
            name
            for name in ids
            for card, _ in self._memory.cards.get(name, [])
            if card.visibility.includes(viewer.garage, viewer.region)
        }

    async def since(self, id: CardId, n: int) -> list[FailureCard]:
        return [_without_usage(c) for c, _ in self._memory.cards.get(id, []) if c.version >= n]

    async def record_of(self, author: str) -> tuple[int, int]:
        cards = [self._now(name) for name in self._memory.cards]
        theirs = [card.usage for card in cards if card.provenance.author == author]
        return sum(u.successes for u in theirs), sum(u.failures for u in theirs)

    async def versions(self, id: CardId, viewer: Viewer) -> list[CardVersion]:
        await self.get(id, viewer)
        return [
            CardVersion(n=card.version, by=by, at=card.provenance.updated_at)
            for card, by in reversed(self._memory.cards[id])
            if card.open_to(viewer, on_bench=self._on_bench(viewer, card))
        ]

    async def page(
        self,
        viewer: Viewer,
        *,
        first: int,
        after: str | None = None,
        filter: CardFilter = EVERY_CARD,
    ) -> list[FailureCard]:
        fitting = [c for c in self._seen(viewer) if self._fits(c, filter) and c.id > (after or "")]
        return fitting[:first]

    async def count(self, viewer: Viewer) -> int:
        return len(self._seen(viewer))

    async def save_counters(self, counted: Sequence[CardCounters]) -> None:
        for one in counted:
            held = self._memory.heard.get(one.card, (0, NEUTRAL))[0]
            if one.card in self._memory.usage and one.heard >= held:
                self._memory.usage[one.card] = one.usage
                self._memory.heard[one.card] = (one.heard, one.reputation)

    def _now(self, name: CardId) -> FailureCard:
        card, _ = self._memory.cards[name][-1]
        reputation = self._memory.heard.get(name, (0, NEUTRAL))[1]
        return replace(card, usage=self._memory.usage[name], reputation=reputation)

    def _store(self, card: FailureCard, by: str) -> None:
        self._memory.cards.setdefault(card.id, []).append((card, by))

    def _following(self, card: FailureCard) -> FailureCard:
        now = self._now(card.id)
        origin = replace(card.provenance, created_at=now.provenance.created_at)
        return replace(card, version=now.version + 1, provenance=origin)

    def _seen(self, viewer: Viewer) -> list[FailureCard]:
        names = sorted(self._memory.cards.keys() - self._memory.graves.keys())
        cards = [self._now(name) for name in names]
        return [
            card for card in cards if card.open_to(viewer, on_bench=self._on_bench(viewer, card))
        ]

    def _on_bench(self, viewer: Viewer, card: FailureCard) -> bool:
        founding = card.provenance.ticket
        ticket = self._memory.tickets.get(founding) if founding else None
        return ticket is not None and ticket.assignee == viewer.bench

    def _fits(self, card: FailureCard, wanted: CardFilter) -> bool:
        keys = {key for vehicle in card.vehicles for key in fit_keys(vehicle)}
        make = (wanted.make or "").casefold()
        asked = {
            wanted.status in (None, card.status),
            wanted.make is None or make in keys,
            wanted.model is None or f"{make}|{wanted.model.casefold()}" in keys,
            wanted.component is None or wanted.component in self._above(card.signature.component),
            wanted.category in (None, card.category),
            wanted.symptom is None or wanted.symptom in card.signature.symptoms,
            wanted.code is None or wanted.code in card.signature.error_codes,
            wanted.reading is None or _reads(card, *wanted.reading),
            wanted.origin is None or _found(card, wanted.origin),
        }
        return all(asked)

    def _above(self, component: str | None) -> list[str]:
        line: list[str] = []
        while component is not None:
            line.append(component)
            known = self._memory.components.get(component)
            component = known.part_of if known else None
        return line


class FakeTickets:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(
        self, ticket: Ticket, events: Sequence[Event], embedding: Embedding | None = None
    ) -> None:
        stored = self._memory.tickets.get(ticket.id)
        if ticket.id in self._memory.graves:
            raise NotFound("ticket", ticket.id)
        if stored is None:
            self._memory.tickets[ticket.id] = ticket
            self._memory.embeddings[ticket.id] = embedding
            self._memory.leave(events)
        elif replace(stored, matching=ticket.matching) != ticket:
            raise AlreadyExists("ticket", ticket.id)

    async def put(self, ticket: Ticket, events: Sequence[Event], *, expected: int) -> None:
        stored = self._memory.tickets.get(ticket.id)
        if stored is None:
            raise NotFound("ticket", ticket.id)
        if stored.version != expected:
            raise StaleVersion(ticket.id, expected, stored.version)
        self._memory.tickets[ticket.id] = replace(ticket, matching=stored.matching)
        self._memory.leave(events)

    async def bury(self, stone: Tombstone, events: Sequence[Event], *, expected: int) -> None:
        ticket = TicketId(stone.id)
        if ticket not in self._memory.tickets:
            raise NotFound("ticket", ticket)
        if self._memory.tickets[ticket].version != expected:
            raise StaleVersion(ticket, expected, self._memory.tickets[ticket].version)
        del self._memory.tickets[ticket]
        self._memory.shown.pop(ticket, None)
        self._memory.graves[ticket] = stone
        self._memory.leave(events)

    async def tombstones(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Tombstone]:
        gone = {name: self._memory.graves[name] for name in ids if name in self._memory.graves}
        return {
            name: one
            for name, one in gone.items()
            if actor.reach.every_garage
            or (
                one.garage == actor.garage
                and (not actor.reach.own_tickets or one.assignee == actor.id)
            )
        }

    async def get(self, id: TicketId, actor: Actor) -> Ticket:
        found = await self.many([id], actor)
        if id not in found:
            raise NotFound("ticket", id)
        return found[id]

    async def many(self, ids: Sequence[TicketId], actor: Actor) -> dict[TicketId, Ticket]:
        return {t.id: t for t in self._memory.tickets.values() if t.id in ids and _sees(actor, t)}

    async def page(
        self,
        actor: Actor,
        *,
        first: int,
        after: str | None = None,
        filter: TicketFilter = EVERY_TICKET,
    ) -> list[Ticket]:
        def moment(t: Ticket) -> tuple[datetime, str]:
            return t.opened_at, t.id

        newest = sorted(self._memory.tickets.values(), key=moment, reverse=True)
        behind = None if after is None else self._memory.tickets.get(TicketId(after))
        fitting = [
            t
            for t in newest
            if _sees(actor, t)
            and filter.status in (None, t.status)
            and filter.severity in (None, t.severity)
            and (after is None or (behind is not None and moment(t) < moment(behind)))
        ]
        if (within := filter.within) is not None:
            garage, since, until = within.garage, within.since, within.until
            fitting = [t for t in fitting if t.garage == garage and since <= t.opened_at < until]
        return fitting[:first]

    async def record_shown(
        self, id: TicketId, shown: Sequence[ShownCard], matching: Matching, events: Sequence[Event]
    ) -> None:
        if id not in self._memory.tickets:
            raise NotFound("ticket", id)
        self._memory.tickets[id] = replace(self._memory.tickets[id], matching=matching)
        self._memory.shown[id] = tuple(sorted(shown, key=lambda s: s.rank))
        self._memory.leave(events)

    async def of_vehicles(
        self, vehicles: Mapping[VehicleId, GarageId], actor: Actor, *, first: int
    ) -> dict[VehicleId, list[Ticket]]:
        found = dict[VehicleId, list[Ticket]]()
        for vehicle, garage in vehicles.items():
            theirs = [
                t
                for t in self._memory.tickets.values()
                if _sees(actor, t) and t.vehicle_id == vehicle and t.garage == garage
            ]
            newest = sorted(theirs, key=lambda t: (t.opened_at, t.id), reverse=True)
            found[vehicle] = newest[:first]
        return found

    async def by_garage(
        self, since: datetime, until: datetime, actor: Actor
    ) -> list[GarageTickets]:
        theirs = [t for t in self._memory.tickets.values() if _sees(actor, t)]
        opened = [t for t in theirs if since <= t.opened_at < until]
        solved = Counter(t.garage for t in opened if t.outcome is not None)
        counts = Counter(t.garage for t in opened)
        return [
            GarageTickets(
                garage=garage, region=region_of(garage), opened=n, resolved=solved[garage]
            )
            for garage, n in sorted(counts.items())
        ]

    async def closed_on(self, vehicle: VehicleId, garage: GarageId) -> list[Ticket]:
        held = sorted(self._memory.tickets.values(), key=lambda t: t.id)
        theirs = [t for t in held if (t.vehicle_id, t.garage) == (vehicle, garage)]
        return [t for t in theirs if t.closed_at is not None]

    async def shown_cards(self, ids: Sequence[TicketId]) -> dict[TicketId, tuple[ShownCard, ...]]:
        return {name: self._memory.shown.get(name, ()) for name in ids}


class FakeCrew:
    def __init__(self) -> None:
        self._known: dict[PersonId, Technician] = {}

    async def register(self, technician: Technician) -> None:
        self._known[technician.id] = replace(
            technician, skills=tuple(sorted(set(technician.skills)))
        )

    async def technician(self, id: PersonId) -> Technician | None:
        return self._known.get(id)

    async def technicians(self, garage: GarageId) -> list[Technician]:
        found = [t for t in self._known.values() if t.garage == garage]
        return sorted(found, key=lambda t: t.id)

    async def candidates(self, ticket: Ticket) -> list[TechnicianCandidate]:
        """Nobody is busy and nobody skilled here: load and skill are the graph's to tell."""
        known = await self.technicians(ticket.garage)
        return [TechnicianCandidate(technician=one, skilled=False, load=0) for one in known]


class FakeOutbox:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def pending(self, limit: int) -> list[Event]:
        return list(self._memory.events.values())[:limit]

    async def forget(self, ids: Sequence[EventId]) -> None:
        for name in ids:
            self._memory.events.pop(name, None)


class FakeVocabulary:
    def __init__(self, memory: Memory) -> None:
        self._components = memory.components
        self._symptoms: dict[str, Symptom] = {}
        self._codes: dict[CodeKey, ErrorCode] = {}
        self._parts: dict[str, Part] = {}
        self._suppliers: dict[str, Supplier] = {}
        self._models: dict[str, VehicleModel] = {}

    def recalled(self, of: type[T], key: str) -> T | None:
        """Nothing: each question is counted."""
        del of, key

    async def load_vehicles(self, models: Sequence[VehicleModel]) -> None:
        self._models |= {m.id: m for m in models}

    async def load_suppliers(self, suppliers: Sequence[Supplier]) -> None:
        self._suppliers |= {s.id: s for s in suppliers}

    async def load_components(self, components: Sequence[Component]) -> None:
        self._components |= {c.id: c for c in components}

    async def load_symptoms(self, symptoms: Sequence[Symptom]) -> None:
        self._symptoms |= {s.code: s for s in symptoms}

    async def load_error_codes(self, codes: Sequence[ErrorCode]) -> None:
        self._codes |= {c.key: c for c in codes}

    async def load_parts(self, parts: Sequence[Part]) -> None:
        self._parts |= {p.id: p for p in parts}

    async def symptoms(
        self, codes: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Symptom]:
        return _named(self._symptoms, codes, (first, after))

    async def components(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Component]:
        return _named(self._components, ids, (first, after))

    async def error_codes(
        self, keys: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[ErrorCode]:
        return _named(self._codes, keys, (first, after))

    async def parts(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Part]:
        return _named(self._parts, ids, (first, after))

    async def suppliers(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Supplier]:
        return _named(self._suppliers, ids, (first, after))

    async def models(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[VehicleModel]:
        return _named(self._models, ids, (first, after))


def _named(known: Mapping[K, T], keys: Iterable[str] | None, page: tuple[int, str]) -> list[T]:
    """Give what is known by these keys, or all of it, a page of it in the order of the keys."""
    wanted = None if keys is None else set(keys)
    found = sorted(key for key in known if wanted is None or key in wanted)
    first, after = page
    return [known[key] for key in found if key > after][:first]


def _sees(actor: Actor, ticket: Ticket) -> bool:
    own = ticket.assignee == actor.id or not actor.reach.own_tickets
    return actor.reaches(ticket.garage) and (actor.reach.every_garage or own)


def _without_usage(card: FailureCard) -> FailureCard:
    return replace(card, usage=Usage())


def _writer(card: FailureCard, events: Sequence[Event]) -> str:
    return events[0].actor if events else card.provenance.author


def _found(card: FailureCard, origin: TicketPeriod) -> bool:
    where = card.provenance
    return where.garage == origin.garage and origin.since <= where.created_at < origin.until


def _reads(card: FailureCard, name: str, above: float) -> bool:
    return any(r.name == name and r.value > above for r in card.evidence.readings)
