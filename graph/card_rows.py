"""A card as rows for the graph: the properties of its node, and its edges by kind."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

from domain import effectiveness, signature
from domain.card_lifecycle import SEARCHABLE
from domain.cards import FailureCard
from domain.usage import Usage
from domain.vehicles import VehicleContext, VehicleModel, make_key, name_key
from graph import bodies, visibility

EVERY_YEAR = 0

Value: TypeAlias = object
Row: TypeAlias = dict[str, Value]


def card_properties(card: FailureCard) -> Row:
    """Give what is searched, sorted or laid over a stored body."""
    return {
        "version": card.version,
        "status": card.status,
        "source": card.source,
        "title": card.title,
        "make": make_key(card.make),
        "category": card.category,
        "visibility": visibility.stored_words(card),
        "campaign": card.provenance.campaign,
        "garage_id": card.provenance.garage,
        "created_at": card.provenance.created_at,
        "updated_at": card.provenance.updated_at,
        "merged_into": card.merged_into,
        **_indexed_properties(card),
        "wording_hash": sha256(card.wording.encode()).hexdigest(),
        **_signature_properties(card),
        **_resolution_properties(card),
        **_vehicle_properties(card.vehicles),
    }


def usage_properties(usage: Usage) -> Row:
    return {
        "times_matched": usage.matched,
        "times_used": usage.used,
        "successes": usage.successes,
        "failures": usage.failures,
        "ratings": list(usage.ratings),
        "actual_minutes": usage.actual_minutes,
        "estimated_minutes": usage.estimated_minutes,
        "last_used": usage.last_used,
        "effectiveness": effectiveness.effectiveness_score(usage),
    }


def content_hash(card: FailureCard) -> str:
    return "sha256:" + sha256(bodies.card_content(card)).hexdigest()


def _indexed_properties(card: FailureCard) -> Row:
    """Give what the full-text index holds: a card that is not to be found is not in it."""
    if card.status not in SEARCHABLE:
        return {"full_text": None, "code_words": None, "marks": None, "scope": None}
    return {
        "full_text": card.full_text,
        "code_words": " ".join(map(code_word, _unique_values(card.signature.error_codes))),
        "marks": " ".join(card_marks(card)),
        "scope": visibility.scope_words(card.visibility),
    }


def card_marks(card: FailureCard) -> list[str]:
    """Give one word for each vehicle key and symptom, and for the make it belongs to."""
    fits = (visibility.place_mark("fits", key) for v in card.vehicles for key in fit_keys(v))
    symptoms = (visibility.place_mark("symptom", code) for code in card.signature.symptoms)
    return _unique_values((visibility.place_mark("make", make_key(card.make)), *fits, *symptoms))


def _signature_properties(card: FailureCard) -> Row:
    said = card.signature
    return {
        "symptom_text": said.text,
        "symptoms": _unique_values(said.symptoms),
        "error_codes": _unique_values(said.error_codes),
        "component": said.component,
        "failure_mode": said.failure_mode,
        "severity": said.severity,
        "severity_level": said.severity.level,
        "occurrence": said.occurrence,
        "symptom_hash": signature.symptom_hash(said),
        "keywords": list(signature.telling_words(card.wording)),
    }


def _resolution_properties(card: FailureCard) -> Row:
    causes = (card.cause.primary, *card.cause.secondary)
    return {
        "causes": list(causes),
        "confidence": card.cause.confidence,
        "solution_type": card.resolution.type,
        "high_voltage": card.resolution.high_voltage,
    }


def _vehicle_properties(vehicles: Sequence[VehicleContext]) -> Row:
    """Give `fits`, every make, model and model year as a key, broad to narrow."""
    named = {v.named.id for v in vehicles if v.named is not None}
    return {
        "fits": _unique_values(key for v in vehicles for key in fit_keys(v)),
        "models": len(named),
    }


def fit_keys(vehicle: VehicleContext) -> list[str]:
    """Give `tata`, `tata|nexonev`, `tata|nexonev|2022`: as far as the vehicle is known."""
    known: list[str] = []
    for part in (vehicle.make, vehicle.model, vehicle.year):
        if part is None:
            break
        known.append("|".join((*known[-1:], name_key(str(part)))))
    return known


def code_word(key: str) -> str:
    """Give the code of a key without its scope: one word for every analyzer."""
    return key.rpartition(":")[2]


def code_row(key: str) -> Row:
    scope, _, code = key.rpartition(":")
    return {"key": key, "scope": scope, "code": code}


def model_row(model: VehicleModel) -> Row:
    return {
        "id": model.id,
        "make": model.make,
        "model": model.model,
        "variant": model.variant,
        "year": model.year or EVERY_YEAR,
        "category": model.category,
        "make_key": name_key(model.make),
        "model_key": name_key(model.model),
    }


def card_edges(card: FailureCard) -> dict[str, list[Row]]:
    """Give the rows of each edge statement of `card_edges.cypher`, by its name."""
    found: dict[str, list[Row]] = {
        "shows": [{"code": code} for code in _unique_values(card.signature.symptoms)],
        "reports": [code_row(key) for key in _unique_values(card.signature.error_codes)],
        "affects": _id_rows([card.signature.component]),
        "caused_by": _cause_rows(card),
        "applies_to": _model_rows(card.vehicles),
        "applies_to_make": _make_rows(card.vehicles),
        "uses": _part_rows(card),
        "has_step": _step_rows(card),
        "reads": _reading_rows(card),
        "evidenced_by": _evidence_rows(card),
        "cites": _id_rows(card.cause.cites),
        "merged_into": _id_rows([card.merged_into]),
        "visible_to_garage": _id_rows(card.visibility.garages),
        "visible_to_region": [{"name": name} for name in _unique_values(card.visibility.regions)],
        **_people_edges(card),
    }
    return {name: [{"card": card.id, **row} for row in rows] for name, rows in found.items()}


def _people_edges(card: FailureCard) -> dict[str, list[Row]]:
    origin, checked = card.provenance, card.verification
    return {
        "authored_by": [{"id": origin.author}],
        "verified_by": [{"id": checked.by, "at": checked.at}] if checked else [],
        "discovered_at": _id_rows([origin.garage]),
        "founded_on": _id_rows([origin.ticket]),
    }


def _cause_rows(card: FailureCard) -> list[Row]:
    texts = signature.group_by_cause((card.cause.primary, *card.cause.secondary))
    return [
        {"key": key, "text": text, "rank": rank}
        for rank, (key, text) in enumerate(texts.items(), start=1)
    ]


def _model_rows(vehicles: Sequence[VehicleContext]) -> list[Row]:
    """One edge for each model, with all firmwares it was seen on."""
    firmware: dict[str, set[str]] = defaultdict(set)
    models: dict[str, VehicleModel] = {}
    for vehicle in vehicles:
        if (model := vehicle.named) is not None:
            models.setdefault(model.id, model)
            firmware[model.id].update([vehicle.firmware] if vehicle.firmware else [])
    return [
        {"model": model_row(model), "firmware": sorted(firmware[name])}
        for name, model in sorted(models.items())
    ]


def _make_rows(vehicles: Sequence[VehicleContext]) -> list[Row]:
    """A vehicle that is known by its make alone."""
    names = {name_key(v.make): v.make for v in vehicles if v.make and not v.model}
    return [{"key": key, "name": names[key]} for key in sorted(names)]


def _part_rows(card: FailureCard) -> list[Row]:
    quantity: dict[str, int] = defaultdict(int)
    for part in card.resolution.parts:
        quantity[part.part] += part.quantity
    return [{"id": part, "quantity": n} for part, n in sorted(quantity.items())]


def _step_rows(card: FailureCard) -> list[Row]:
    return [
        {
            "n": n,
            "action": step.action,
            "minutes": step.minutes,
            "tools": list(step.tools),
            "safety": step.safety,
        }
        for n, step in enumerate(card.resolution.steps, start=1)
    ]


def _reading_rows(card: FailureCard) -> list[Row]:
    return [{"name": r.name, "value": r.value, "unit": r.unit} for r in card.evidence.readings]


def _evidence_rows(card: FailureCard) -> list[Row]:
    seen = card.evidence
    kinds = (("photo", seen.photos), ("video", seen.videos), ("sensor_log", seen.sensor_logs))
    return [
        {"kind": kind, "key": file.key, "sha256": file.sha256}
        for kind, files in kinds
        for file in files
    ]


def _id_rows(values: Iterable[str | None]) -> list[Row]:
    return [{"id": value} for value in _unique_values(v for v in values if v)]


def _unique_values(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
