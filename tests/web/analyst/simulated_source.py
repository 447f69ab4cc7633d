"""A simulated year as the source of an analysts' copy: what the doors would have made of it.

Its repairs, cards and people come from `simulation`; bills are a call-out fee and the minutes.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from domain.repair_history import CardRecord, RepairHistory, RepairRecord
from domain.vehicles import name_key
from gnn.history_files import read_history
from ingest import knowledge
from ingest.batch import ImportBatch
from records.database import Row
from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.settings import PLAINS, WorldSettings
from simulation.year import simulate_year
from web.cli.simulate import shipped_trade

YEAR = replace(PLAINS, repairs=3_000, garages=10, seed=1)
CALL_OUT_PAISE, MINUTE_PAISE = 30_000, 900
PAGE = 1_000
Edge = tuple[str, str, str, dict[str, Any]]


def simulated_history(folder: Path, settings: WorldSettings = YEAR) -> RepairHistory:
    """Give the history of a small year; `folder` keeps its tables."""
    write_tables(folder, Journal(simulate_year(shipped_trade(), settings)))
    return read_history(folder)


@dataclass(frozen=True)
class SimulatedSource:
    """Nodes, edges and tables of a history, in the form in which the stores give theirs."""

    history: RepairHistory
    batch: ImportBatch

    @classmethod
    def made(cls, folder: Path, settings: WorldSettings = YEAR) -> "SimulatedSource":
        return cls(simulated_history(folder, settings), knowledge.read_knowledge())

    async def nodes(self, label: str) -> AsyncIterator[Row]:
        for key, values in self._nodes.get(label, {}).items():
            yield {"source": f"{label}:{key}", "values": values}

    async def edges(self) -> AsyncIterator[Row]:
        for a, kind, b, values in self._edges():
            yield {"a": a, "kind": kind, "b": b, "values": values}

    async def pages(self, table: str) -> AsyncIterator[list[Row]]:
        rows = list(_bills(self.history.repairs)) if table == "invoices" else []
        for start in range(0, len(rows), PAGE):
            yield rows[start : start + PAGE]

    @cached_property
    def _nodes(self) -> dict[str, dict[str, dict[str, Any]]]:
        batch, repairs = self.batch, self.history.repairs
        garages = sorted({one.garage for one in repairs})
        people = {one.technician: one.garage for one in repairs if one.technician}
        vehicles = {one.vehicle: one for one in repairs if one.vehicle}
        return {
            "Make": {
                name_key(m.make): {"key": name_key(m.make), "name": m.make} for m in batch.vehicles
            },
            "VehicleModel": {
                m.id: {"id": m.id, "make": m.make, "model": m.model, "year": m.year}
                for m in batch.vehicles
            },
            "Supplier": {s.id: {"id": s.id, "name": s.name} for s in batch.suppliers},
            "Component": {c.id: {"id": c.id, "name": c.name} for c in batch.components},
            "Symptom": {s.code: {"code": s.code, "text": s.text} for s in batch.symptoms},
            "ErrorCode": {
                c.key: {"key": c.key, "code": c.code, "scope": c.scope} for c in batch.codes
            },
            "Part": {p.id: {"id": p.id, "name": p.name} for p in batch.parts},
            "Garage": {g: {"id": g} for g in garages},
            "Technician": {p: {"id": p, "garage_id": g} for p, g in people.items()},
            "Vehicle": {
                v: {"id": v, "firmware": one.firmware, "odometer_km": one.odometer_km}
                for v, one in vehicles.items()
            },
            "FailureCard": {c.card: _card_values(c, self._used) for c in self.history.cards},
            "Cause": {c.cause: {"key": c.cause, "text": c.cause} for c in self.history.cards},
            "Ticket": {r.ticket: _ticket_values(r, self._first) for r in repairs},
        }

    @cached_property
    def _used(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for one in (t for r in self.history.repairs for t in r.tries if t.card is not None):
            n, worked = found.get(str(one.card), (0, 0))
            found[str(one.card)] = n + 1, worked + one.worked
        return found

    @cached_property
    def _first(self) -> dict[str, str]:
        """Give for each ticket that is a return the one before it."""
        last: dict[str, RepairRecord] = {}
        found: dict[str, str] = {}
        for one in sorted(self.history.repairs, key=lambda r: r.opened_at):
            before = last.get(str(one.vehicle))
            if before is not None and before.came_back:
                found[one.ticket] = before.ticket
            last[str(one.vehicle)] = one
        return found

    def _edges(self) -> Iterator[Edge]:
        models = {(name_key(m.make), name_key(m.model)): m for m in self.batch.vehicles}
        for model in self.batch.vehicles:
            yield f"VehicleModel:{model.id}", "MADE_BY", f"Make:{name_key(model.make)}", {}
        for component in self.batch.components:
            if component.part_of is not None:
                yield f"Component:{component.id}", "PART_OF", f"Component:{component.part_of}", {}
            for supplier in component.suppliers:
                yield f"Component:{component.id}", "SUPPLIED_BY", f"Supplier:{supplier}", {}
        for card in self.history.cards:
            yield from _card_edges(card)
        for repair in self.history.repairs:
            yield from _repair_edges(repair)
        for vehicle, one in {r.vehicle: r for r in self.history.repairs if r.vehicle}.items():
            found = models.get((name_key(one.make or ""), name_key(one.model or "")))
            if found is not None:
                yield f"Vehicle:{vehicle}", "OF_MODEL", f"VehicleModel:{found.id}", {}


def _card_values(card: CardRecord, used: dict[str, tuple[int, int]]) -> dict[str, Any]:
    n, worked = used.get(card.card, (0, 0))
    return {
        "id": card.card,
        "title": card.title,
        "status": "verified" if card.verified_at is not None else "draft",
        "source": "reference" if card.reference else "field",
        "created_at": card.created_at,
        "severity": card.severity,
        "times_used": n,
        "successes": worked,
        "failures": n - worked,
    }


def _card_edges(card: CardRecord) -> Iterator[Edge]:
    me = f"FailureCard:{card.card}"
    if card.component is not None:
        yield me, "AFFECTS", f"Component:{card.component}", {}
    yield me, "CAUSED_BY", f"Cause:{card.cause}", {"rank": 1}
    for symptom in card.symptoms:
        yield me, "SHOWS", f"Symptom:{symptom}", {}
    for code in card.codes:
        yield me, "REPORTS", f"ErrorCode:{code}", {}
    for model in card.models:
        yield me, "APPLIES_TO", f"VehicleModel:{model}", {}


def _ticket_values(repair: RepairRecord, first: dict[str, str]) -> dict[str, Any]:
    return {
        "id": repair.ticket,
        "status": "closed",
        "garage_id": repair.garage,
        "opened_at": repair.opened_at,
        "closed_at": repair.closed_at,
        "revisit_of": first.get(repair.ticket),
    }


def _repair_edges(repair: RepairRecord) -> Iterator[Edge]:
    me = f"Ticket:{repair.ticket}"
    yield me, "RAISED_AT", f"Garage:{repair.garage}", {}
    yield me, "ON", f"Vehicle:{repair.vehicle}", {}
    yield me, "ASSIGNED_TO", f"Technician:{repair.technician}", {}
    for symptom in repair.symptoms:
        yield me, "SHOWS", f"Symptom:{symptom}", {}
    for code in repair.codes:
        yield me, "REPORTS", f"ErrorCode:{code}", {}
    for shown in repair.shown:
        values = {"rank": shown.rank, "score": shown.score, "at": shown.at}
        yield me, "SHOWN", f"FailureCard:{shown.card}", values
    for tried in (one for one in repair.tries if one.card is not None):
        values = {"worked": tried.worked, "at": tried.at, "minutes": tried.minutes}
        yield me, "TRIED", f"FailureCard:{tried.card}", values | {"parts": list(tried.parts)}


def _bills(repairs: Sequence[RepairRecord]) -> Iterator[Row]:
    for n, one in enumerate(repairs):
        minutes = sum(tried.minutes or 0 for tried in one.tries)
        yield {
            "id": f"inv_{n:06}",
            "kind": "invoice",
            "garage": one.garage,
            "ticket": one.ticket,
            "issued_at": one.closed_at + timedelta(hours=1),
            "total_paise": CALL_OUT_PAISE + MINUTE_PAISE * minutes,
        }
