"""What no single entry can tell: names that exist, years within years, safety in its order."""

import re
from collections import Counter
from collections.abc import Iterator

from domain import codes
from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.vehicles import slug
from ingest.batch import RefusedLine
from ingest.knowledge_file import KnowledgeEntries, PlacedEntry
from ingest.knowledge_schema import (
    SECTIONS,
    CardEntry,
    ComponentEntry,
    ErrorCodeEntry,
    KnowledgeEntry,
    PartEntry,
    SolutionEntry,
    SupplierEntry,
    SymptomEntry,
    VehicleEntry,
)

ISOLATE = re.compile(r"isolat|disconnect|key off|switch(?:ed)? off|power off|ignition off|unplug")
WAIT = re.compile(r"\bwait|\bminutes?\b|\bdischarg")
PROVE = re.compile(
    r"\bprov|less than \d+ ?v|no voltage|\bzero\b|\bdead\b|below \d+ ?v|absence of voltage|\b0 ?v\b"
)
PROTECT = re.compile(r"glove|face shield|\bppe\b")


def find_problems(entries: KnowledgeEntries, known: KnowledgeEntries) -> Iterator[RefusedLine]:
    """Yield what is wrong with `entries`, whose names may lie in `known` as well as among them."""
    yield from _repeated_entries(entries)
    yield from _component_loops(entries)
    names = KnownNames(known)
    for section in SECTIONS:
        for placed in entries.placed[section]:
            for reason in names.faults(placed.entry):
                yield placed.refused(reason)


def code_keys(card: CardEntry) -> tuple[CodeKey, ...]:
    return tuple(codes.parse_code_key(code) for code in card.error_codes)


def unsafe_order(solution: SolutionEntry) -> str | None:
    """Say what is wrong with the safety steps of high-voltage work, if anything is."""
    if not solution.high_voltage:
        return None
    steps = list(solution.steps)
    leading = next((n for n, step in enumerate(steps) if not step.safety), len(steps))
    told = " ".join(step.action for step in steps[:leading]).casefold()
    at = 0
    for what, pattern in (("isolate", ISOLATE), ("wait", WAIT), ("prove zero voltage", PROVE)):
        found = pattern.search(told, at)
        if found is None:
            return f"solution.steps: the first safety steps do not say, in its place, to {what}"
        at = found.end()
    if not PROTECT.search(told):
        return "solution.steps: the first safety steps name no gloves or face shield"
    return None


class KnownNames:
    """Every name that an entry may point at."""

    def __init__(self, known: KnowledgeEntries) -> None:
        self.suppliers = {p.entry.id for p in known.of(SupplierEntry)}
        self.vehicles = {p.entry.id: p.entry for p in known.of(VehicleEntry)}
        self.makes = {p.entry.make for p in known.of(VehicleEntry)}
        self.components = {p.entry.id for p in known.of(ComponentEntry)}
        self.symptoms = {p.entry.code for p in known.of(SymptomEntry)}
        self.codes = {codes.code_key(p.entry.code, p.entry.scope) for p in known.of(ErrorCodeEntry)}
        self.parts = {p.entry.id for p in known.of(PartEntry)}

    def faults(self, entry: KnowledgeEntry) -> Iterator[str]:
        match entry:
            case VehicleEntry():
                if entry.id != slug(entry.make, entry.model):
                    yield f"id: the id of this model is {slug(entry.make, entry.model)}"
            case ComponentEntry():
                yield from _unknown_names("part_of", [entry.part_of or ""], self.components | {""})
                yield from _unknown_names("suppliers", entry.suppliers, self.suppliers)
            case SymptomEntry():
                yield from _unknown_names("component", [entry.component], self.components)
            case ErrorCodeEntry():
                yield from self._code_faults(entry)
            case PartEntry():
                yield from _unknown_names("component", [entry.component], self.components)
                yield from _unknown_names("fits", entry.fits, set(self.vehicles))
                yield from _unknown_names("supersedes", [entry.supersedes or ""], self.parts | {""})
            case CardEntry():
                yield from self._card_faults(entry)
            case _:
                return

    def _code_faults(self, entry: ErrorCodeEntry) -> Iterator[str]:
        yield from _unknown_names("component", [entry.component], self.components)
        if entry.scope == codes.SAE and not codes.is_shared(entry.code):
            yield f"code: {entry.code} is not in the ranges that SAE J2012 shares between makes"
        if entry.scope != codes.SAE:
            yield from _unknown_names("scope", [entry.scope], self.makes)

    def _card_faults(self, card: CardEntry) -> Iterator[str]:
        yield from _unknown_names("component", [card.component], self.components)
        yield from _unknown_names("symptoms", card.symptoms, self.symptoms)
        yield from _unknown_names(
            "solution.parts", [p.part for p in card.solution.parts], self.parts
        )
        try:
            yield from _unknown_names(
                "error_codes", list(code_keys(card)), {str(k) for k in self.codes}
            )
        except InvalidInput as error:
            yield f"error_codes: {error}"
        yield from self._year_faults(card)
        unsafe_because = unsafe_order(card.solution)
        if unsafe_because:
            yield unsafe_because

    def _year_faults(self, card: CardEntry) -> Iterator[str]:
        for seen in card.vehicles:
            vehicle = self.vehicles.get(seen.model)
            if vehicle is None:
                yield f"vehicles: there is no {seen.model!r}"
            elif seen.years[0] < vehicle.years[0] or seen.years[1] > vehicle.years[1]:
                yield f"vehicles: {seen.model} has model years {vehicle.years}, not {seen.years}"


def _unknown_names(field: str, named: list[str], known: set[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{field}: there is no {name!r}"


def _repeated_entries(entries: KnowledgeEntries) -> Iterator[RefusedLine]:
    for section in SECTIONS:
        placed = entries.placed[section]
        counted = Counter(_identity_of(p) for p in placed)
        seen: set[str] = set()
        for p in placed:
            identity = _identity_of(p)
            if counted[identity] > 1 and identity in seen:
                yield p.refused("stands here a second time")
            seen.add(identity)


def _identity_of(placed: PlacedEntry[KnowledgeEntry]) -> str:
    entry = placed.entry
    return (
        codes.code_key(entry.code, entry.scope)
        if isinstance(entry, ErrorCodeEntry)
        else placed.name
    )


def _component_loops(entries: KnowledgeEntries) -> Iterator[RefusedLine]:
    above = {p.entry.id: p.entry.part_of for p in entries.of(ComponentEntry)}
    for placed in entries.of(ComponentEntry):
        seen = {placed.entry.id}
        at = placed.entry.part_of
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at is not None:
            yield placed.refused(f"part_of: the way up leads back to {at!r}")
