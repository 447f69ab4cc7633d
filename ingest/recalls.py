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
    RepairStep,
    Resolution,
    RootCause,
    Signature,
    Verification,
)
from domain.errors import InvalidInput
from domain.ids import CardId, PersonId
from domain.vehicles import VehicleContext, slug
from domain.vocabulary import Component
from ingest import recall_files, recall_text, recall_vehicles
from ingest.batch import ImportBatch, RefusedLine
from ingest.makers import maker_name
from ingest.recall_files import RecallLine
from ingest.recall_parts import SuppliedParts, component_path, component_tree, supplied_parts
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
    lines: tuple[RecallLine, ...]

    @property
    def first_value(self) -> RecallLine:
        return self.lines[0]

    def told_text(self, column: str) -> str:
        """Give the first line's field, or the first that is not empty."""
        return next((found for line in self.lines if (found := line.get(column))), "")


def read_campaigns(path: Path) -> ImportBatch:
    """Read a recall file or a folder of them.

    Raises:
        ImportRefused: there is nothing in it that reads as recalls.
    """
    lines = recall_files.read_recalls(path)
    supplied = supplied_parts(lines)
    refused = list(lines.refused)
    campaigns = _group_campaigns(lines.recalls)
    models = recall_vehicles.models_by_make(v for c in campaigns for v in _vehicle_rows(c))
    cards = tuple(
        chain.from_iterable(_card_or_refusal(c, supplied, models, refused) for c in campaigns)
    )
    return ImportBatch(
        suppliers=supplied.suppliers,
        vehicles=tuple(dict.fromkeys(v.named for card in cards for v in card.vehicles if v.named)),
        components=_campaign_components(lines.recalls, supplied),
        parts=supplied.parts,
        cards=cards,
        refused=tuple(refused),
        skipped=tuple(lines.skipped),
    )


def _group_campaigns(lines: list[RecallLine]) -> list[Campaign]:
    found: dict[str, list[RecallLine]] = {}
    for line in lines:
        found.setdefault(recall_files.campaign_number(line), []).append(line)
    return [Campaign(number, tuple(every)) for number, every in sorted(found.items())]


def _campaign_components(lines: list[RecallLine], supplied: SuppliedParts) -> tuple[Component, ...]:
    """Give the agency's component tree, parents first, then the makers' own components in it."""
    paths = dict.fromkeys(component_path(line.get("COMPNAME")) for line in lines)
    tree = {c.id: c for path in paths for c in component_tree(path)}
    return tuple((tree | {c.id: c for c in supplied.components}).values())


def _card_or_refusal(
    campaign: Campaign, supplied: SuppliedParts, models: Models, refused: list[RefusedLine]
) -> Iterator[FailureCard]:
    try:
        yield card_of_campaign(campaign, supplied, models)
    except InvalidInput as error:
        refused.append(campaign.first_value.refuse(str(error)))


def card_of_campaign(campaign: Campaign, supplied: SuppliedParts, models: Models) -> FailureCard:
    """Give the verified card of a campaign.

    Raises:
        InvalidInput: its text is longer than a card's may be.
    """
    summary, remedy = campaign.told_text("DESC_DEFECT"), campaign.told_text("CORRECTIVE_ACTION")
    received = _received_at(campaign)
    return FailureCard(
        id=CardId(f"fc_nhtsa_{campaign.number.lower()}"),
        version=1,
        status=CardStatus.VERIFIED,
        source=CardSource.RECALL,
        title=recall_text.card_title(summary),
        vehicles=tuple(_vehicles_of(campaign, models)),
        signature=_signature_of(campaign, supplied),
        cause=RootCause(primary=recall_text.cause_text(summary)[:2_000], confidence=CONFIDENCE),
        resolution=Resolution(
            type=recall_text.read_solution_type(remedy),
            steps=tuple(
                RepairStep(action=step[:2_000]) for step in recall_text.remedy_steps(remedy)
            ),
        ),
        provenance=Provenance(
            author=AUTHOR, created_at=received, updated_at=received, campaign=campaign.number
        ),
        verification=Verification(by=AUTHOR, at=received),
        published=Published(
            component=campaign.told_text("COMPNAME"),
            failure=f"{summary} {campaign.told_text('CONEQUENCE_DEFECT')}",
            remedy=remedy,
        ),
    )


def _signature_of(campaign: Campaign, supplied: SuppliedParts) -> Signature:
    summary, consequence = (
        campaign.told_text("DESC_DEFECT"),
        campaign.told_text("CONEQUENCE_DEFECT"),
    )
    flags = (campaign.told_text("DO_NOT_DRIVE"), campaign.told_text("PARK_OUTSIDE"))
    path = component_path(campaign.told_text("COMPNAME"))
    return Signature(
        text=recall_text.symptom_text(summary, consequence)[:CUT],
        component=supplied.finest.get(campaign.number) or component_tree(path)[-1].id,
        failure_mode=recall_text.read_failure_mode(summary),
        severity=recall_text.read_severity(
            consequence, parked=any(flag.casefold() in {"yes", "true"} for flag in flags)
        ),
    )


def _vehicles_of(campaign: Campaign, models: Models) -> list[VehicleContext]:
    """Give the vehicles of every line and of the summary, each model year once."""
    make = _make_of(campaign)
    named = recall_vehicles.named_vehicles(
        campaign.told_text("DESC_DEFECT"), make, models.get(make, ())
    )
    found = {_vehicle_identity(v): v for v in [*named, *_vehicle_rows(campaign)]}
    return sorted(found.values(), key=lambda v: (v.make or "", v.model or "", v.year or 0))


def _vehicle_rows(campaign: Campaign) -> list[VehicleContext]:
    listed = (_vehicle_of_line(line, _make_of(campaign)) for line in campaign.lines)
    return [vehicle for vehicle in listed if vehicle is not None]


def _make_of(campaign: Campaign) -> str:
    return maker_name(campaign.told_text("MAKETXT") or campaign.told_text("MFGTXT"))


def _vehicle_identity(vehicle: VehicleContext) -> str:
    return slug(vehicle.make or "", vehicle.model or "", str(vehicle.year))


def _vehicle_of_line(line: RecallLine, make: str) -> VehicleContext | None:
    model = line.get("MODELTXT")
    if not model:
        return None
    year = int(line.get("YEARTXT") or NO_YEAR)
    own = maker_name(line.get("MAKETXT")) if line.get("MAKETXT") else make
    return VehicleContext(make=own, model=model, year=None if year == NO_YEAR else year)


def _received_at(campaign: Campaign) -> datetime:
    """Give the day the agency got the report; without one, the first of the campaign's year."""
    dated = DATE.fullmatch(campaign.told_text("RCDATE")[:10])
    if not dated:
        return datetime.strptime(campaign.number[:2], "%y").replace(tzinfo=UTC)
    year, month, day = (int(dated[n] or dated[7 - n]) for n in (1, 2, 3))
    # A month past twelve is a day: some exports write the month first.
    month, day = (month, day) if month <= MONTHS else (day, month)
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError as error:
        raise InvalidInput("report date", str(error)) from error
