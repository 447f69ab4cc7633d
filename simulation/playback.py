"""A simulated year told to the service through its own doors, as its garages would have told it.

Each repair is a report when the vehicle came, and the rest of its offline queue when it left; cards
are written and verified by people. Every id follows from the world, so a world that is played twice
is there once. A door is asked at a moment: that of the simulator's own process, no argument of it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from domain.access import Actor, Role
from domain.codes import SAE
from domain.errors import Unavailable
from domain.ids import CardId, GarageId, PersonId, TicketId, uuid7
from domain.repair_history import CardRecord, RepairHistory, RepairRecord, RepairTry
from domain.synthetic import SIMULATED

HAND_IN = """mutation ($records: [JSON!]!) { syncOperations(operations: $records) { __typename
  ... on OperationsAnswered { answers { operationId state field reason key version } }
  ... on Refusal { message } } }"""
CREATE = """mutation ($card: CardInput!, $ticket: ID, $op: UUID!) {
  createCard(card: $card, ticket: $ticket, operationId: $op) { __typename
    ... on CardCreated { card { key version } } ... on Refusal { message } } }"""
VERIFY = """mutation ($id: ID!, $expected: Int!, $op: UUID!) {
  verifyCard(id: $id, expectedVersion: $expected, operationId: $op) { __typename
    ... on CardVerified { card { key } } ... on Refusal { message } } }"""
REGISTER = """mutation ($who: TechnicianInput!, $op: UUID!) {
  registerTechnician(technician: $who, operationId: $op) { __typename
    ... on TechnicianRegistered { technician { key } } ... on Refusal { message } } }"""
DONE = frozenset({"APPLIED", "REPEATED", "CONFLICT"})
DEFERRED = "DEFERRED"
TRIES, PAUSE_S = 8, 0.5
# So many repairs go on at once; a card that one needs is waited for.
AT_ONCE = 6
HIGHEST_CODE = 20

Answer = dict[str, Any]


class ServiceDoor(Protocol):
    """The GraphQL door, asked by somebody at a moment."""

    async def ask(
        self, who: Actor, at: datetime, document: str, variables: Mapping[str, object]
    ) -> Answer: ...


@dataclass(slots=True)
class PlaybackCount:
    """What came of a playback; `refused` are the service's words, with how often each was said."""

    repairs: int = 0
    cards: int = 0
    refused: dict[str, int] = field(default_factory=dict[str, int])

    def refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1


class Playback:
    """Tells a history of simulated garages; everything in it becomes marked as synthetic."""

    def __init__(
        self, door: ServiceDoor, history: RepairHistory, told: Callable[[int], None]
    ) -> None:
        self.count = PlaybackCount()
        self._door = door
        self._told = told
        self._repairs = sorted(history.repairs, key=lambda one: one.opened_at)
        self._cards = {card.card: card for card in history.cards if card.synthetic}
        self._written: dict[CardId, asyncio.Task[str | None]] = {}
        self._over: dict[TicketId, asyncio.Event] = {}
        self._tickets: dict[TicketId, str | None] = {}

    async def run(self) -> PlaybackCount:
        """Tell everything, the earliest first; what the service refuses is counted."""
        people = sorted({(r.garage, r.technician) for r in self._repairs if r.technician})
        for garage, technician in people:
            await self._register(garage, technician)
        slots = asyncio.Semaphore(AT_ONCE)
        self._over = {repair.ticket: asyncio.Event() for repair in self._repairs}
        async with asyncio.TaskGroup() as group:
            for repair in self._repairs:
                await slots.acquire()
                group.create_task(self._play(repair, slots))
        return self.count

    async def _play(self, repair: RepairRecord, slots: asyncio.Semaphore) -> None:
        try:
            await self._tell(repair)
            self.count.repairs += 1
        finally:
            self._over[repair.ticket].set()
            slots.release()
            self._told(self.count.repairs)

    async def _tell(self, repair: RepairRecord) -> None:
        who = technician_of(repair)
        entry = report_entry(repair)
        opened = await self._hand_in(who, repair.opened_at, [entry])
        self._tickets[repair.ticket] = opened.get(entry["operationId"])
        cards = {card: await self._card(card) for card in followed(repair)}
        await self._hand_in(who, repair.closed_at, repair_entries(repair, cards))

    async def _hand_in(
        self, who: Actor, at: datetime, entries: Sequence[Answer]
    ) -> dict[str, str | None]:
        """Hand in a queue, what is deferred again; count what is refused, give the keys made."""
        left, keys = list(entries), dict[str, str | None]()
        for _ in range(TRIES):
            told = await self._door.ask(who, at, HAND_IN, {"records": left})
            answers = {one["operationId"]: one for one in told.get("answers", ())}
            left = [e for e in left if answers.get(e["operationId"], {}).get("state") == DEFERRED]
            for one in answers.values():
                keys[one["operationId"]] = one["key"]
                if one["state"] not in DONE and one["state"] != DEFERRED:
                    self.count.refuse(f"{one['field']}: {one['reason']}")
            if "message" in told:
                self.count.refuse(told["message"])
            if not left:
                return keys
            await asyncio.sleep(PAUSE_S)
        raise Unavailable("the service", f"it deferred {len(left)} records of one repair")

    def _card(self, id: CardId) -> "asyncio.Future[str | None]":
        """Give the key that a card has in the service: the shipped ones are there as they are."""
        if id not in self._written:
            card = self._cards.get(id)
            work = _known(id) if card is None else self._write(card)
            self._written[id] = asyncio.ensure_future(work)
        return self._written[id]

    async def _write(self, card: CardRecord) -> str | None:
        """Write a card as its author, once its ticket is over, and verify it as somebody else."""
        if card.founded_on is not None and card.founded_on in self._over:
            await self._over[card.founded_on].wait()
        garage = self._garage_of(card)
        author = Actor(
            id=card.author or PersonId("sim_author"), role=Role.TECHNICIAN, garage=garage
        )
        told = await self._door.ask(author, card.created_at, CREATE, self._content(card))
        if "card" not in told:
            self.count.refuse(told.get("message", "no answer"))
            return None
        self.count.cards += 1
        key, version = told["card"]["key"], told["card"]["version"]
        if card.verified_at is not None:
            second = Actor(id=PersonId(f"sim_manager_{garage}"), role=Role.MANAGER, garage=garage)
            op = str(made_id(card.verified_at, f"{card.card}:verify"))
            given = {"id": key, "expected": version, "op": op}
            verified = await self._door.ask(second, card.verified_at, VERIFY, given)
            if "card" not in verified:
                self.count.refuse(verified.get("message", "no answer"))
        return key

    def _content(self, card: CardRecord) -> Answer:
        founded = None if card.founded_on is None else self._tickets.get(card.founded_on)
        return card_request(card, founded)

    def _garage_of(self, card: CardRecord) -> GarageId:
        found = next((r.garage for r in self._repairs if r.ticket == card.founded_on), None)
        return found or self._repairs[0].garage

    async def _register(self, garage: GarageId, technician: PersonId) -> None:
        at = self._repairs[0].opened_at - timedelta(days=1)
        boss = Actor(id=PersonId("sim_admin"), role=Role.ADMIN, garage=garage)
        who = {"id": technician, "garage": garage, "certification": "HIGH_VOLTAGE", "skills": []}
        op = str(made_id(at, f"{garage}:{technician}"))
        told = await self._door.ask(boss, at, REGISTER, {"who": who, "op": op})
        if "technician" not in told:
            self.count.refuse(told.get("message", "no answer"))


def made_id(at: datetime, purpose: str) -> UUID:
    """Give the id of an operation: the same world makes the same ids."""
    return uuid7(at, int.from_bytes(sha256(purpose.encode()).digest()[:16]))


def technician_of(repair: RepairRecord) -> Actor:
    somebody = repair.technician or PersonId("sim_technician")
    return Actor(id=somebody, role=Role.TECHNICIAN, garage=repair.garage)


def followed(repair: RepairRecord) -> tuple[CardId, ...]:
    """Give the cards that were tried, each once."""
    return tuple(dict.fromkeys(t.card for t in repair.tries if t.card is not None))


def report_entry(repair: RepairRecord) -> Answer:
    """Give the record of a queue that reports a failure."""
    vehicle = {
        "make": repair.make,
        "model": repair.model,
        "year": repair.year,
        "firmware": repair.firmware,
        "mileageKm": repair.odometer_km,
    }
    codes = [code.partition(":")[2] for code in repair.codes][:HIGHEST_CODE]
    battery = {"batch": repair.battery_batch, "supplier": repair.supplier}
    report = {"text": repair.text, "codes": codes, "vehicle": vehicle, "vehicleId": repair.vehicle}
    report |= {"battery": battery}
    return _entry(repair, repair.opened_at, "report", "reportFailure", {"report": report})


def repair_entries(repair: RepairRecord, cards: Mapping[CardId, str | None]) -> list[Answer]:
    """Give the records of a queue that tell how a repair went: begun, tried, ended, handed back."""
    ticket = _operation(repair, repair.opened_at, "report")
    # Each record was made later than the one before it, and none before the report.
    step = timedelta(milliseconds=1)
    at = repair.opened_at + step
    first = repair.tries[0] if repair.tries else None
    begun = {"id": ticket, "expectedVersion": 1, "card": first and _key(first, cards)}
    entries = [_entry(repair, at, "start", "startRepair", begun)]
    for n, one in enumerate(repair.tries[:-1]):
        at = max(at + step, one.at)
        tried: Answer = {"worked": one.worked, "card": _key(one, cards), "minutes": one.minutes}
        tried["parts"] = _parts(one)
        data = {"id": ticket, "expectedVersion": n + 2, "attempt": tried}
        entries.append(_entry(repair, at, f"try {n}", "recordAttempt", data))
    last = repair.tries[-1] if repair.tries else None
    outcome = {
        "worked": repair.worked,
        "minutes": max(1, repair.minutes or 1),
        "card": last and _key(last, cards),
        "cause": repair.cause,
        "parts": _parts(last) if last else [],
    }
    at = max(at + step, last.at if last else at)
    ended = {"id": ticket, "expectedVersion": len(entries) + 1, "outcome": outcome}
    entries.append(_entry(repair, at, "end", "resolveTicket", ended))
    closed = {"id": ticket, "expectedVersion": len(entries) + 1, "stars": repair.rating}
    at = max(at + step, repair.closed_at)
    return [*entries, _entry(repair, at, "close", "closeTicket", closed)]


def card_request(card: CardRecord, founded: str | None = None) -> Answer:
    """Give the variables that write a card, founded on a ticket of the service."""
    shared = [code.partition(":")[2] for code in card.codes if code.startswith(SAE)]
    steps = [{"action": card.fix, "minutes": card.minutes or 30}]
    content = {
        "title": card.title[:200],
        "signature": {
            "text": card.symptom_text,
            "symptoms": list(card.symptoms),
            "errorCodes": shared,
            "component": card.component,
            "severity": card.severity.upper(),
        },
        "cause": {"primary": card.cause, "confidence": 0.7},
        "resolution": {
            "type": "COMPONENT_REPLACEMENT" if card.parts else "REPAIR",
            "steps": steps,
            "labourMinutes": card.minutes or 30,
            "parts": [{"part": part} for part in card.parts],
        },
        "vehicles": [{"make": make} for make in card.makes],
    }
    return {"card": content, "ticket": founded, "op": str(made_id(card.created_at, card.card))}


def is_simulated(history: RepairHistory) -> bool:
    """Say whether all of a history is the simulator's: nothing else may be played."""
    return all(r.synthetic and r.garage.startswith(SIMULATED) for r in history.repairs)


async def _known(id: CardId) -> str:
    return id


def _key(one: RepairTry, cards: Mapping[CardId, str | None]) -> str | None:
    return None if one.card is None else cards[one.card]


def _parts(one: RepairTry) -> list[dict[str, object]]:
    return [{"part": part, "quantity": one.parts.count(part)} for part in dict.fromkeys(one.parts)]


def _operation(repair: RepairRecord, at: datetime, step: str) -> str:
    return str(made_id(at, f"{repair.ticket}:{step}"))


def _entry(repair: RepairRecord, at: datetime, step: str, type: str, data: Answer) -> Answer:
    return {
        "operationId": _operation(repair, at, step),
        "type": type,
        "data": data,
        "timestamp": f"{int(at.timestamp() * 1000)}.0.simulator",
        "garageId": repair.garage,
        "priority": 5,
    }
