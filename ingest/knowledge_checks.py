"""What no single entry can tell: names that exist, years within years, safety in its order."""

import re
from collections import Counter
from collections.abc import Iterator

from domain import codes
from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.vehicles import slug
from ingest.batch import Refusal
from ingest.knowledge_file import Entries, Placed
from ingest.knowledge_schema import (
    SECTIONS,
    Card,
    Component,
    Entry,
    ErrorCode,
    Part,
    Solution,
    Supplier,
    Symptom,
    Vehicle,
)

ISOLATE = re.compile(r"isolat|disconnect|key off|switch(?:ed)? off|power off|ignition off|unplug")
WAIT = re.compile(r"\bwait|\bminutes?\b|\bdischarg")
PROVE = re.compile(
    r"\bprov|less than \d+ ?v|no voltage|\bzero\b|\bdead\b|below \d+ ?v|absence of voltage|\b0 ?v\b"
)
PROTECT = re.compile(r"glove|face shield|\bppe\b")


def problems(entries: Entries, known: Entries) -> Iterator[Refusal]:
    """Yield what is wrong with `entries`, whose names may lie in `known` as well as among them."""
    yield from _repeated(entries)
    yield from _loops(entries)
    names = Names(known)
    for section in SECTIONS:
        for placed in entries.placed[section]:
            for reason in names.faults(placed.entry):
                yield placed.refused(reason)


def code_keys(card: Card) -> tuple[CodeKey, ...]:
    return tuple(codes.parsed_key(code) for code in card.error_codes)


def unsafe(solution: Solution) -> str | None:
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


class Names:
    """Every name that an entry may point at."""

    def __init__(self, known: Entries) -> None:
        self.suppliers = {p.entry.id for p in known.of(Supplier)}
        self.vehicles = {p.entry.id: p.entry for p in known.of(Vehicle)}
        self.makes = {p.entry.make for p in known.of(Vehicle)}
        self.components = {p.entry.id for p in known.of(Component)}
        self.symptoms = {p.entry.code for p in known.of(Symptom)}
        self.codes = {codes.key(p.entry.code, p.entry.scope) for p in known.of(ErrorCode)}
        self.parts = {p.entry.id for p in known.of(Part)}

    def faults(self, entry: Entry) -> Iterator[str]:
        match entry:
            case Vehicle():
                if entry.id != slug(entry.make, entry.model):
                    yield f"id: the id of this model is {slug(entry.make, entry.model)}"
            case Component():
                yield from _unknown("part_of", [entry.part_of or ""], self.components | {""})
                yield from _unknown("suppliers", entry.suppliers, self.suppliers)
            case Symptom():
                yield from _unknown("component", [entry.component], self.components)
            case ErrorCode():
                yield from self._code_faults(entry)
            case Part():
                yield from _unknown("component", [entry.component], self.components)
                yield from _unknown("fits", entry.fits, set(self.vehicles))
                yield from _unknown("supersedes", [entry.supersedes or ""], self.parts | {""})
            case Card():
                yield from self._card_faults(entry)
            case _:
                return

    def _code_faults(self, entry: ErrorCode) -> Iterator[str]:
        yield from _unknown("component", [entry.component], self.components)
        if entry.scope == codes.SAE and not codes.is_shared(entry.code):
            yield f"code: {entry.code} is not in the ranges that SAE J2012 shares between makes"
        if entry.scope != codes.SAE:
            yield from _unknown("scope", [entry.scope], self.makes)

    def _card_faults(self, card: Card) -> Iterator[str]:
        yield from _unknown("component", [card.component], self.components)
        yield from _unknown("symptoms", card.symptoms, self.symptoms)
        yield from _unknown("solution.parts", [p.part for p in card.solution.parts], self.parts)
        try:
            yield from _unknown("error_codes", list(code_keys(card)), {str(k) for k in self.codes})
        except InvalidInput as error:
            yield f"error_codes: {error}"
        yield from self._year_faults(card)
        unsafe_because = unsafe(card.solution)
        if unsafe_because:
            yield unsafe_because

    def _year_faults(self, card: Card) -> Iterator[str]:
        for seen in card.vehicles:
            vehicle = self.vehicles.get(seen.model)
            if vehicle is None:
                yield f"vehicles: there is no {seen.model!r}"
            elif seen.years[0] < vehicle.years[0] or seen.years[1] > vehicle.years[1]:
                yield f"vehicles: {seen.model} has model years {vehicle.years}, not {seen.years}"


def _unknown(field: str, named: list[str], known: set[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{field}: there is no {name!r}"


def _repeated(entries: Entries) -> Iterator[Refusal]:
    for section in SECTIONS:
        placed = entries.placed[section]
        counted = Counter(_identity(p) for p in placed)
        seen: set[str] = set()
        for p in placed:
            identity = _identity(p)
            if counted[identity] > 1 and identity in seen:
                yield p.refused("stands here a second time")
            seen.add(identity)


def _identity(placed: Placed[Entry]) -> str:
    entry = placed.entry
    return codes.key(entry.code, entry.scope) if isinstance(entry, ErrorCode) else placed.name


def _loops(entries: Entries) -> Iterator[Refusal]:
    above = {p.entry.id: p.entry.part_of for p in entries.of(Component)}
    for placed in entries.of(Component):
        seen = {placed.entry.id}
        at = placed.entry.part_of
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at is not None:
            yield placed.refused(f"part_of: the way up leads back to {at!r}")
