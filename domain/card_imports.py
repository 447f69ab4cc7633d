"""What a card of a file does to the card that is known: it adds to it, and takes nothing away.

A file may know less of a recall than was known: one vehicle of many, a text that breaks off, no
warning to park outside. What was known stays, unless the file says it anew and to the end.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from domain.card_lifecycle import NEXT
from domain.cards import (
    CardSource,
    FailureCard,
    Published,
    Resolution,
    RootCause,
    Signature,
    SolutionType,
)
from domain.vehicles import VehicleContext, slug

T = TypeVar("T")
# What a card may hold.
MOST_VEHICLES, MOST_NAMED = 2_000, 50
END_OF_SENTENCE = re.compile(r"[.!?\u2026)\]\"\u201d'\u2019][\s*]{0,20}$")
CUT_OFF = " .\u2026"
LOST_LETTER = "\ufffd"


@dataclass(frozen=True, slots=True)
class ImportDecision:
    """The card to store, or none; and why a card that says otherwise is left as it is."""

    card: FailureCard | None
    left: str = ""


UNCHANGED = ImportDecision(None)


def decide_import(known: FailureCard, told: FailureCard) -> ImportDecision:
    """Say what comes of a card that is known and is told again by a file."""
    if known.source is not told.source:
        return ImportDecision(None, f"is a card of another kind ({known.source.value})")
    if not NEXT[known.status]:
        return ImportDecision(None, f"is out of use ({known.status.value})")
    if known.provenance.editor is not None:
        return _with_vehicles_alone(known, told)
    found = _combined(known, told)
    changed = _content(found) != _content(known)
    return ImportDecision(replace(found, version=known.version)) if changed else UNCHANGED


def _with_vehicles_alone(known: FailureCard, told: FailureCard) -> ImportDecision:
    """People have written the card since: their words stand, and vehicles are added."""
    vehicles = _both_vehicles(known, told)
    if told.source is CardSource.RECALL and vehicles != known.vehicles:
        return ImportDecision(replace(known, vehicles=vehicles))
    return ImportDecision(None, "was edited by people; their words stand")


def _combined(known: FailureCard, told: FailureCard) -> FailureCard:
    if told.source is CardSource.RECALL:
        return _with_recall(known, told)
    return _with_import(known, told) if told.source is CardSource.IMPORT else told


def _with_recall(known: FailureCard, told: FailureCard) -> FailureCard:
    newer = told.provenance.created_at >= known.provenance.created_at
    words = told if newer and _is_whole(told, known) else known
    graver = max((known, told), key=lambda card: card.signature.severity.level)
    return replace(
        words,
        vehicles=_both_vehicles(known, told),
        signature=replace(
            words.signature,
            component=_finer(words.signature.component, known.signature.component, told),
            severity=graver.signature.severity,
        ),
        status=words.status,
        verification=words.verification,
    )


def _is_whole(told: FailureCard, known: FailureCard) -> bool:
    """Say whether the told words are a text to the end, and no beginning of what is known."""
    new, old = told.published or Published(), known.published or Published()
    pairs = ((new.failure, old.failure), (new.remedy, old.remedy))
    if old.component and not new.component:
        return False
    return all(_is_whole_text(text, before) for text, before in pairs)


def _is_whole_text(text: str, before: str) -> bool:
    if not before or text == before:
        return LOST_LETTER not in text
    begins = len(text) < len(before) and before.startswith(text.rstrip(CUT_OFF))
    return bool(END_OF_SENTENCE.search(text[-30:])) and not begins and LOST_LETTER not in text


def _finer(own: str | None, known: str | None, told: FailureCard) -> str | None:
    """Give the component that says most: "brakes.abs.unit" rather than "brakes.abs"."""
    found = own or known
    for other in (known, told.signature.component):
        if other and found and other.startswith(f"{found}."):
            found = other
    return found


def _with_import(known: FailureCard, told: FailureCard) -> FailureCard:
    """Give what the file says, and what was known where the file is silent."""
    said, was = told.resolution, known.resolution
    return replace(
        told,
        vehicles=_both_vehicles(known, told),
        signature=_both_signatures(known.signature, told.signature),
        cause=_both_causes(known.cause, told.cause),
        resolution=Resolution(
            type=was.type if said.type is SolutionType.REPAIR else said.type,
            steps=said.steps or was.steps,
            parts=said.parts or was.parts,
            labour_minutes=said.labour_minutes or was.labour_minutes,
            high_voltage=said.high_voltage or (was.high_voltage and not said.steps),
        ),
        evidence=replace(
            told.evidence,
            tool=told.evidence.tool or known.evidence.tool,
            readings=told.evidence.readings or known.evidence.readings,
            photos=told.evidence.photos or known.evidence.photos,
            videos=told.evidence.videos or known.evidence.videos,
            sensor_logs=told.evidence.sensor_logs or known.evidence.sensor_logs,
        ),
        visibility=known.visibility,
    )


def _both_signatures(was: Signature, said: Signature) -> Signature:
    bare = Signature(text=said.text)
    return replace(
        said,
        symptoms=_both(was.symptoms, said.symptoms)[:MOST_NAMED],
        error_codes=_both(was.error_codes, said.error_codes)[:MOST_NAMED],
        component=said.component or was.component,
        failure_mode=was.failure_mode
        if said.failure_mode is bare.failure_mode
        else said.failure_mode,
        severity=was.severity if said.severity is bare.severity else said.severity,
        occurrence=said.occurrence or was.occurrence,
        environment=said.environment or was.environment,
    )


def _both_causes(was: RootCause, said: RootCause) -> RootCause:
    return replace(
        said,
        secondary=said.secondary or was.secondary,
        reasoning=said.reasoning or was.reasoning,
        cites=_both(was.cites, said.cites),
    )


def _both_vehicles(known: FailureCard, told: FailureCard) -> tuple[VehicleContext, ...]:
    """Give the vehicles of both; the same one with more told of it takes the other's place."""
    found = {_identity(vehicle): vehicle for vehicle in known.vehicles}
    fresh = [vehicle for vehicle in told.vehicles if _identity(vehicle) not in found]
    if not fresh:
        return known.vehicles
    every = [*known.vehicles, *fresh]
    if told.source is CardSource.RECALL:
        every.sort(key=lambda v: (v.make or "", v.model or "", v.year or 0))
    return tuple(every[:MOST_VEHICLES])


def _identity(vehicle: VehicleContext) -> tuple[str, str | None]:
    named = (vehicle.make or "", vehicle.model or "", vehicle.variant or "", str(vehicle.year))
    return slug(*named), vehicle.firmware


def _both(was: Iterable[T], said: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys([*was, *said]))


def _content(card: FailureCard) -> tuple[object, ...]:
    return (
        card.title,
        card.vehicles,
        card.signature,
        card.cause,
        card.resolution,
        card.evidence,
        card.published,
        card.visibility,
        card.provenance.author,
        card.provenance.campaign,
    )
