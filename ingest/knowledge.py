"""The project's own knowledge base: YAML files to cards and vocabulary, every name checked."""

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from domain.cards import (
    CardSource,
    CardStatus,
    Environment,
    Evidence,
    FailureCard,
    PartUse,
    Provenance,
    Reading,
    RepairStep,
    Resolution,
    RootCause,
    Signature,
    Verification,
)
from domain.codes import ErrorCode
from domain.errors import ImportRefused, InvalidInput
from domain.ids import CardId, PersonId
from domain.vehicles import VehicleContext, VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from ingest import knowledge_file
from ingest import knowledge_schema as form
from ingest.batch import ImportBatch
from ingest.card_columns import column_values
from ingest.knowledge_checks import code_keys, find_problems
from ingest.knowledge_file import KnowledgeEntries, PlacedEntry
from ingest.lexicon import Lexicon

SHIPPED = Path(__file__).with_name("knowledge")
AUTHOR = PersonId("reference")
# A fixed day, so that loading the same knowledge again changes nothing.
WRITTEN = datetime(2026, 11, 23, tzinfo=UTC)


def read_knowledge(path: Path = SHIPPED) -> ImportBatch:
    """Read a knowledge file or a folder of them; they may name whatever the shipped ones define.

    Raises:
        ImportRefused: there is no such file, or one is not YAML of the known sections.
    """
    entries = knowledge_file.read_entries(_knowledge_files(path))
    known = (
        entries
        if path == SHIPPED
        else _merge_entries(entries, knowledge_file.read_entries(_knowledge_files(SHIPPED)))
    )
    entries.refused += find_problems(entries, known)
    _drop_refused(entries)
    catalogue = {p.entry.id: p.entry for p in known.of(form.VehicleEntry)}
    cards = tuple(
        chain.from_iterable(_cards_of(p, catalogue, entries) for p in entries.of(form.CardEntry))
    )
    return ImportBatch(
        suppliers=tuple(Supplier(**p.entry.model_dump()) for p in entries.of(form.SupplierEntry)),
        vehicles=tuple(
            chain.from_iterable(_vehicle_models(p.entry) for p in entries.of(form.VehicleEntry))
        ),
        components=tuple(_component_of(p.entry) for p in entries.of(form.ComponentEntry)),
        symptoms=tuple(_symptom_of(p.entry) for p in entries.of(form.SymptomEntry)),
        codes=tuple(_code_of(p.entry) for p in entries.of(form.ErrorCodeEntry)),
        parts=tuple(_part_of(p.entry) for p in entries.of(form.PartEntry)),
        cards=cards,
        refused=tuple(entries.refused),
    )


def _knowledge_files(path: Path) -> list[Path]:
    found = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not found:
        raise ImportRefused(path.name, "holds no .yaml file.")
    return found


def _merge_entries(one: KnowledgeEntries, other: KnowledgeEntries) -> KnowledgeEntries:
    return KnowledgeEntries(
        {section: one.placed[section] + other.placed[section] for section in one.placed}
    )


def _drop_refused(entries: KnowledgeEntries) -> None:
    bad = {(refusal.source, refusal.line) for refusal in entries.refused}
    for section, placed in entries.placed.items():
        entries.placed[section] = [p for p in placed if (p.source, p.line) not in bad]


def _vehicle_models(entry: form.VehicleEntry) -> list[VehicleModel]:
    """Give the model of every year, and the model itself, which parts are made for."""
    years = (None, *entry.every_year)
    return [
        VehicleModel(make=entry.make, model=entry.model, year=year, category=entry.category)
        for year in years
    ]


def _component_of(entry: form.ComponentEntry) -> Component:
    return Component(
        id=entry.id, name=entry.name, part_of=entry.part_of, suppliers=tuple(entry.suppliers)
    )


def _symptom_of(entry: form.SymptomEntry) -> Symptom:
    phrases = tuple(dict.fromkeys(entry.phrases))
    return Symptom(code=entry.code, text=entry.text, component=entry.component, phrases=phrases)


def _code_of(entry: form.ErrorCodeEntry) -> ErrorCode:
    return ErrorCode(**entry.model_dump())


def _part_of(entry: form.PartEntry) -> Part:
    return Part(
        id=entry.id,
        name=entry.name,
        hsn=entry.hsn,
        component=entry.component,
        fits=tuple(entry.fits),
        supersedes=entry.supersedes,
    )


def _cards_of(
    placed: PlacedEntry[form.CardEntry],
    catalogue: dict[str, form.VehicleEntry],
    entries: KnowledgeEntries,
) -> list[FailureCard]:
    try:
        return [card_of_entry(placed.entry, catalogue)]
    except InvalidInput as error:
        entries.refused.append(placed.refused(str(error)))
        return []


def card_of_entry(entry: form.CardEntry, catalogue: dict[str, form.VehicleEntry]) -> FailureCard:
    """Give the verified reference card of a checked entry.

    Raises:
        InvalidInput: a value is out of its bounds.
    """
    return FailureCard(
        id=CardId(entry.id),
        version=1,
        status=CardStatus.VERIFIED,
        source=CardSource.REFERENCE,
        title=entry.title,
        vehicles=tuple(
            chain.from_iterable(_seen_on_vehicles(v, catalogue) for v in entry.vehicles)
        ),
        signature=_signature_of(entry),
        cause=RootCause(
            **column_values(RootCause, entry.cause, form.CAUSE_NAMES), confidence=entry.confidence
        ),
        resolution=_resolution_of(entry.solution),
        provenance=Provenance(author=AUTHOR, created_at=WRITTEN, updated_at=WRITTEN),
        evidence=Evidence(
            readings=tuple(Reading(**column_values(Reading, read)) for read in entry.readings)
        ),
        verification=Verification(by=AUTHOR, at=WRITTEN),
    )


def _seen_on_vehicles(
    seen: form.SeenOn, catalogue: dict[str, form.VehicleEntry]
) -> list[VehicleContext]:
    vehicle = catalogue[seen.model]
    return [
        VehicleContext(
            make=vehicle.make,
            model=vehicle.model,
            year=year,
            firmware=seen.firmware,
            category=vehicle.category,
        )
        for year in seen.every_year
    ]


def _signature_of(entry: form.CardEntry) -> Signature:
    return Signature(
        **column_values(Signature, entry),
        symptoms=tuple(entry.symptoms),
        error_codes=code_keys(entry),
        component=entry.component,
        environment=_environment_of(entry.environment),
    )


def _environment_of(entry: form.EnvironmentEntry | None) -> Environment | None:
    if entry is None:
        return None
    low, high = entry.temperature_c or (None, None)
    return Environment(low_c=low, high_c=high, **column_values(Environment, entry))


def _resolution_of(entry: form.SolutionEntry) -> Resolution:
    return Resolution(
        **column_values(Resolution, entry, form.SOLUTION_NAMES),
        steps=tuple(RepairStep(**column_values(RepairStep, step)) for step in entry.steps),
        parts=tuple(
            PartUse(part=used.part, **column_values(PartUse, used)) for used in entry.parts
        ),
        labour_minutes=round(entry.labour_hours * 60),
    )


def shipped_lexicon() -> Lexicon:
    """Give the words that reports are read by where no store is asked."""
    known = read_knowledge()
    return Lexicon.from_vocabulary(
        symptoms=known.symptoms,
        components=known.components,
        codes=known.codes,
        models=known.vehicles,
    )
