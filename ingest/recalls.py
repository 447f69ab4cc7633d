"""Safety recalls to failure cards: one a campaign, with its components, parts and suppliers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from domain.cards import (
    CardSource,
    CardStatus,
    FailureCard,
    Provenance,
    Published,
    Resolution,
    RootCause,
    Signature,
    Step,
    Verification,
)
from domain.errors import InvalidInput
from domain.ids import CardId, PersonId
from domain.vehicles import VehicleContext, slug
from domain.vocabulary import Component
from ingest import recall_files, recall_text, recall_vehicles
from ingest.batch import Batch, Refusal
from ingest.makers import maker
from ingest.recall_files import Line
from ingest.recall_parts import Supply, component_path, component_tree, supply
from ingest.recall_vehicles import Models

AUTHOR = PersonId("nhtsa")
# What the agency writes for "no year".
NO_YEAR = 9999
# A recall is a maker's own finding, but its sentence may name an effect rather than a cause.
CONFIDENCE = 0.8
# The groups of both forms count from outside in: 1 and 6 the year, 2 and 5 the month.
DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)|(\d\d)/(\d\d)/(\d{4})")
MONTHS = 12
CUT = 10_000


@dataclass(frozen=True, slots=True)
class Campaign:
    """All lines of one recall; the first tells it, each names a vehicle."""

    number: str
    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        return self.lines[0]

    def told(self, column: str) -> str:
        """Give the first line's field, or the first that is not empty."""
        return next((found for line in self.lines if (found := line.get(column))), "")


def read(path: Path) -> Batch:
    """Read a recall file or a folder of them.

    Raises:
        ImportRefused: there is nothing in it that reads as recalls.
    """
    lines = recall_files.read(path)
    supplied = supply(lines)
    refused = list(lines.refused)
    campaigns = _campaigns(lines.recalls)
    models = recall_vehicles.models_by_make(v for c in campaigns for v in _rows(c))
    cards = tuple(chain.from_iterable(_card(c, supplied, models, refused) for c in campaigns))
    return Batch(
        suppliers=supplied.suppliers,
        vehicles=tuple(dict.fromkeys(v.named for card in cards for v in card.vehicles if v.named)),
        components=_components(lines.recalls, supplied),
        parts=supplied.parts,
        cards=cards,
        refused=tuple(refused),
        skipped=tuple(lines.skipped),
    )


def _campaigns(lines: list[Line]) -> list[Campaign]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(recall_files.campaign(line), []).append(line)
    return [Campaign(number, tuple(every)) for number, every in sorted(found.items())]


def _components(lines: list[Line], supplied: Supply) -> tuple[Component, ...]:
    """Give the agency's component tree, parents first, then the makers' own components in it."""
    paths = dict.fromkeys(component_path(line.get("COMPNAME")) for line in lines)
    tree = {c.id: c for path in paths for c in component_tree(path)}
    return tuple((tree | {c.id: c for c in supplied.components}).values())


def _card(
    campaign: Campaign, supplied: Supply, models: Models, refused: list[Refusal]
) -> Iterator[FailureCard]:
    try:
        yield card(campaign, supplied, models)
    except InvalidInput as error:
        refused.append(campaign.first.refused(str(error)))


def card(campaign: Campaign, supplied: Supply, models: Models) -> FailureCard:
    """Give the verified card of a campaign.

    Raises:
        InvalidInput: its text is longer than a card's may be.
    """
    summary, remedy = campaign.told("DESC_DEFECT"), campaign.told("CORRECTIVE_ACTION")
    received = _received(campaign)
    return FailureCard(
        id=CardId(f"fc_nhtsa_{campaign.number.lower()}"),
        version=1,
        status=CardStatus.VERIFIED,
        source=CardSource.RECALL,
        title=recall_text.title(summary),
        vehicles=tuple(_vehicles(campaign, models)),
        signature=_signature(campaign, supplied),
        cause=RootCause(primary=recall_text.cause(summary)[:2_000], confidence=CONFIDENCE),
        resolution=Resolution(
            type=recall_text.solution_type(remedy),
            steps=tuple(Step(action=step[:2_000]) for step in recall_text.steps(remedy)),
        ),
        provenance=Provenance(
            author=AUTHOR, created_at=received, updated_at=received, campaign=campaign.number
        ),
        verification=Verification(by=AUTHOR, at=received),
        published=Published(
            component=campaign.told("COMPNAME"),
            failure=f"{summary} {campaign.told('CONEQUENCE_DEFECT')}",
            remedy=remedy,
        ),
    )


def _signature(campaign: Campaign, supplied: Supply) -> Signature:
    summary, consequence = campaign.told("DESC_DEFECT"), campaign.told("CONEQUENCE_DEFECT")
    flags = (campaign.told("DO_NOT_DRIVE"), campaign.told("PARK_OUTSIDE"))
    path = component_path(campaign.told("COMPNAME"))
    return Signature(
        text=recall_text.symptom_text(summary, consequence)[:CUT],
        component=supplied.finest.get(campaign.number) or component_tree(path)[-1].id,
        failure_mode=recall_text.failure_mode(summary),
        severity=recall_text.severity(
            consequence, parked=any(flag.casefold() in {"yes", "true"} for flag in flags)
        ),
    )


def _vehicles(campaign: Campaign, models: Models) -> list[VehicleContext]:
    """Give the vehicles of every line and of the summary, each model year once."""
    make = _make(campaign)
    named = recall_vehicles.named(campaign.told("DESC_DEFECT"), make, models.get(make, ()))
    found = {_same(v): v for v in [*named, *_rows(campaign)]}
    return sorted(found.values(), key=lambda v: (v.make or "", v.model or "", v.year or 0))


def _rows(campaign: Campaign) -> list[VehicleContext]:
    listed = (_vehicle(line, _make(campaign)) for line in campaign.lines)
    return [vehicle for vehicle in listed if vehicle is not None]


def _make(campaign: Campaign) -> str:
    return maker(campaign.told("MAKETXT") or campaign.told("MFGTXT"))


def _same(vehicle: VehicleContext) -> str:
    return slug(vehicle.make or "", vehicle.model or "", str(vehicle.year))


def _vehicle(line: Line, make: str) -> VehicleContext | None:
    model = line.get("MODELTXT")
    if not model:
        return None
    year = int(line.get("YEARTXT") or NO_YEAR)
    own = maker(line.get("MAKETXT")) if line.get("MAKETXT") else make
    return VehicleContext(make=own, model=model, year=None if year == NO_YEAR else year)


def _received(campaign: Campaign) -> datetime:
    """Give the day the agency got the report; without one, the first of the campaign's year."""
    dated = DATE.fullmatch(campaign.told("RCDATE")[:10])
    if not dated:
        return datetime.strptime(campaign.number[:2], "%y").replace(tzinfo=UTC)
    year, month, day = (int(dated[n] or dated[7 - n]) for n in (1, 2, 3))
    # A month past twelve is a day: some exports write the month first.
    month, day = (month, day) if month <= MONTHS else (day, month)
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError as error:
        raise InvalidInput("report date", str(error)) from error
