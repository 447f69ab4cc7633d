"""From what a caller handed in to values of the domain; whatever is wrong names its field."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import TypeVar

import strawberry

from domain import cards, codes, limits, outcomes
from domain.cards import Environment, Evidence, Resolution, RootCause, Signature, Visibility
from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.ids import CardId, FileId, PersonId, card_id, file_id, garage_id, vehicle_id
from domain.outcomes import Attempt, Outcome
from domain.personal_data import mask_personal
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, UNREAD, BatteryOrigin, VehicleContext
from graph.card_pages import CardFilter
from graph.garages import EARLIEST, LATEST, TicketPeriod
from repair.cards import CardContent
from resolvers.card_fields import asked_values
from resolvers.input_paths import within_input
from schema import inputs
from schema.nodes import key_of

S = TypeVar("S")
T = TypeVar("T")

# Spaces are taken out before, so that no two parts of it want the same ones.
NUMBER = r"[-−]?[0-9]{1,4}(?:\.[0-9]{1,4})?"
RANGE = re.compile(rf"({NUMBER})(?:-|–|to|\.\.)({NUMBER})°?C?")
RANGE_LIMIT = 40
SHA_256 = re.compile(r"[0-9a-f]{64}")
LISTED = 100
# What one call may name; a card into which others were merged holds more.
VEHICLES = 1_000
# As VehicleContext keeps the names of makes and models.
VEHICLE_LIMIT = 80


def parse_card_key(value: str) -> CardId:
    return card_id(key_of("FailureCard", value))


def parse_report(value: inputs.ReportInput) -> FailureReport:
    said = FailureReport.parse(value.text, tuple(value.codes), parse_vehicle(value.vehicle))
    return replace(
        said,
        vehicle_id=vehicle_id(value.vehicle_id) if value.vehicle_id else None,
        battery=parse_battery(value.battery),
        files=parse_files(value.files),
    )


def parse_files(given: list[strawberry.ID]) -> tuple[FileId, ...]:
    """Read which files a report or an attempt names, each once."""
    limits.check_count("files", len(given), limits.FILES)
    return tuple(dict.fromkeys(_each("files", given, file_id)))


def parse_battery(value: inputs.BatteryInput | None) -> BatteryOrigin:
    if value is None:
        return UNREAD
    said = BatteryOrigin(**asdict(value))
    return BatteryOrigin(
        batch=said.batch and mask_personal(said.batch),
        supplier=said.supplier and mask_personal(said.supplier),
    )


def parse_vehicle(value: inputs.VehicleInput | None) -> VehicleContext:
    if value is None:
        return UNKNOWN
    said = VehicleContext(**asdict(value))
    return replace(
        said,
        make=said.make and mask_personal(said.make),
        model=said.model and mask_personal(said.model),
        variant=said.variant and mask_personal(said.variant),
        firmware=said.firmware and mask_personal(said.firmware),
    )


def parse_card_content(value: inputs.CardInput) -> CardContent:
    limits.check_count("vehicles", len(value.vehicles), VEHICLES)
    vehicles = _each("vehicles", value.vehicles, parse_vehicle)
    make = vehicles[0].make if vehicles else None
    return CardContent(
        title=limits.clean_prose("title", value.title, 200),
        vehicles=vehicles,
        signature=_parse_signature(value.signature, make),
        cause=_parse_cause(value.cause),
        resolution=_parse_resolution(value.resolution),
        evidence=_parse_evidence(value.evidence or inputs.EvidenceInput()),
        visibility=_parse_visibility(value.visibility or inputs.VisibilityInput()),
    )


def parse_card_filter(value: inputs.CardFilterInput) -> CardFilter:
    reading = value.reading
    make, model = (
        said and limits.clean_text(field, said, VEHICLE_LIMIT)
        for field, said in (("make", value.make), ("model", value.model))
    )
    if value.model is not None and value.make is None:
        raise InvalidInput("make", "is needed when a model is named")
    if value.year is not None and value.model is None:
        raise InvalidInput("model", "is needed when a year is named")
    return CardFilter(
        status=value.status,
        make=make,
        model=model,
        year=value.year,
        component=value.component and key_of("Component", value.component),
        category=value.category,
        symptom=value.symptom and key_of("Symptom", value.symptom),
        code=parse_code(value.code, value.make) if value.code else None,
        reading=None
        if reading is None
        else (limits.clean_text("reading.name", reading.name, 100), reading.above),
        origin=parse_period(value.origin),
    )


def parse_period(value: inputs.WithinInput | None) -> TicketPeriod | None:
    if value is None:
        return None
    since, until = parse_span(value.since or EARLIEST, value.until or LATEST)
    return TicketPeriod(garage=garage_id(key_of("Garage", value.garage)), since=since, until=until)


def parse_span(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Give the span of time [since, until).

    Raises:
        InvalidInput: a moment has no time zone.
    """
    for field, moment in (("since", since), ("until", until)):
        if moment.utcoffset() is None:
            raise InvalidInput(field, "needs a time zone")
    return since, until


def parse_code(value: str, make: str | None) -> CodeKey:
    """Give the key of a code: `Ather:E401`, a shared one, or a maker's where the make is known."""
    named = key_of("ErrorCode", value)
    if make is None or codes.split_scope(named)[0] is not None:
        return codes.parse_code_key(named)
    return codes.code_key(named, make)


def parse_environment(value: inputs.EnvironmentInput) -> Environment:
    low, high = _parse_range(value.temperature_range)
    return Environment(low_c=low, high_c=high, **asked_values(Environment, value))


def _parse_signature(value: inputs.SignatureInput, make: str | None) -> Signature:
    where = value.environment
    return Signature(
        **asked_values(Signature, value),
        symptoms=tuple(key_of("Symptom", s) for s in value.symptoms),
        error_codes=tuple(parse_code(c, make) for c in value.error_codes),
        component=value.component and key_of("Component", value.component),
        environment=None if where is None else parse_environment(where),
    )


def _parse_cause(value: inputs.CauseInput) -> RootCause:
    return RootCause(
        **asked_values(RootCause, value), cites=_each("cites", value.cites, parse_card_key)
    )


def _parse_resolution(value: inputs.ResolutionInput) -> Resolution:
    return Resolution(
        **asked_values(Resolution, value),
        steps=_each("steps", value.steps, _parse_step),
        parts=_parse_parts(value.parts),
    )


def parse_attempt(value: inputs.AttemptInput, by: PersonId, at: datetime) -> Attempt:
    return Attempt(
        by=by,
        at=at,
        worked=value.worked,
        card=parse_card_key(value.card) if value.card else None,
        minutes=value.minutes,
        parts=_parse_parts(value.parts),
        notes=limits.clean_prose("notes", value.notes, outcomes.NOTES_LIMIT, least=0),
        files=parse_files(value.files),
    )


def parse_outcome(value: inputs.OutcomeInput) -> Outcome:
    return Outcome(
        worked=value.worked,
        minutes=value.minutes,
        card=parse_card_key(value.card) if value.card else None,
        cause=value.cause and limits.clean_prose("cause", value.cause, cards.SENTENCE_LIMIT),
        steps=_each("steps", value.steps, _parse_step),
        parts=_parse_parts(value.parts),
        notes=limits.clean_prose("notes", value.notes, outcomes.NOTES_LIMIT, least=0),
    )


def _parse_parts(given: list[inputs.PartUseInput]) -> tuple[cards.PartUse, ...]:
    return _each("parts", given, _part)


def _part(value: inputs.PartUseInput) -> cards.PartUse:
    return cards.PartUse(part=key_of("Part", value.part), **asked_values(cards.PartUse, value))


def _each(name: str, given: Sequence[S], read: Callable[[S], T]) -> tuple[T, ...]:
    """Read a list; what is wrong names its place, from 0."""
    found = list[T]()
    for place, value in enumerate(given):
        with within_input(name, place):
            found.append(read(value))
    return tuple(found)


def _parse_step(value: inputs.StepInput) -> cards.RepairStep:
    return cards.RepairStep(**asked_values(cards.RepairStep, value))


def _parse_evidence(value: inputs.EvidenceInput) -> Evidence:
    limits.check_count("readings", len(value.readings), LISTED)
    return Evidence(
        photos=_parse_attachments("photos", value.photos),
        videos=_parse_attachments("videos", value.videos),
        sensor_logs=_parse_attachments("sensorLogs", value.sensor_logs),
        **asked_values(Evidence, value),
        readings=_each("readings", value.readings, _parse_reading),
    )


def _parse_reading(value: inputs.ReadingInput) -> cards.Reading:
    return cards.Reading(**asked_values(cards.Reading, value))


def _parse_attachments(
    field: str, given: list[inputs.AttachmentInput]
) -> tuple[cards.Attachment, ...]:
    limits.check_count(field, len(given), LISTED)
    return _each(field, given, _parse_attachment)


def _parse_attachment(value: inputs.AttachmentInput) -> cards.Attachment:
    if not SHA_256.fullmatch(value.sha256):
        raise InvalidInput("sha256", f"of {value.key[:80]!r} is not 64 hex digits")
    return cards.Attachment(key=limits.clean_text("key", value.key, 500), sha256=value.sha256)


def _parse_visibility(value: inputs.VisibilityInput) -> Visibility:
    limits.check_count("garages", len(value.garages), LISTED)
    limits.check_count("regions", len(value.regions), LISTED)
    return Visibility(
        garages=_each("garages", value.garages, lambda g: garage_id(key_of("Garage", g))),
        regions=tuple(limits.clean_text("regions", r, 80) for r in value.regions),
    )


def _parse_range(value: str | None) -> tuple[float | None, float | None]:
    if value is None:
        return None, None
    said = limits.clean_text("temperatureRange", value, RANGE_LIMIT)
    found = RANGE.fullmatch("".join(said.split()))
    if found is None:
        raise InvalidInput("temperatureRange", f"{value[:40]!r} does not read as 35-45C")
    low, high = (float(part.replace("−", "-")) for part in found.groups())
    return low, high
