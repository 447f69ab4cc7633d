"""Safety recalls to failure cards: one a campaign, with its components, parts and suppliers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from domain.cards import (
    TEXT_LIMIT,
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
from domain.ids import CardId
from domain.vehicles import VehicleContext, slug
from domain.vocabulary import Component
from ingest import recall_text, recall_vehicles
from ingest.agencies.agency import publisher
from ingest.batch import ImportBatch, RefusedLine
from ingest.campaigns import Campaign, gather_campaigns, vehicle_identity
from ingest.cells import read_day
from ingest.column_names import NO_MAP, ColumnMap
from ingest.recall_files import RecallReport, ignore_lines, read_recall_lines
from ingest.recall_parts import SuppliedParts, component_path, component_tree, supplied_parts
from ingest.recall_vehicles import Models

# A recall is a maker's own finding, but its sentence may name an effect rather than a cause.
CONFIDENCE = 0.8
LONGEST_SENTENCE, MOST_STEPS, MOST_VEHICLES = 2_000, 100, 2_000
LONGEST_ID = 64
NUMBERS_SHOWN = 3
# Room for what a text gains when its letters are composed.
KEPT = TEXT_LIMIT - 100
MORE = " \u2026"
EARLIEST = datetime(1966, 1, 1, tzinfo=UTC)


def read_campaigns(
    path: Path,
    columns: ColumnMap = NO_MAP,
    progress: Callable[[str, int], None] = ignore_lines,
) -> ImportBatch:
    """Read a recall file or a folder of them; `progress` hears of every ten thousandth line.

    Raises:
        ImportRefused: there is nothing in it that reads as recalls.
    """
    report = RecallReport(progress=progress)
    campaigns = gather_campaigns(read_recall_lines(path, report, columns))
    supplied = supplied_parts(campaigns, report.suppliers)
    refused = list(report.refused)
    listed = list[VehicleContext]()
    for campaign in campaigns:
        listed += _listed_vehicles(campaign)
    models = recall_vehicles.models_by_make(listed)
    notes = list(report.notes)
    cards = tuple(
        chain.from_iterable(
            _card_or_refusal(c, supplied, models, refused, notes) for c in campaigns
        )
    )
    return ImportBatch(
        suppliers=supplied.suppliers,
        vehicles=tuple(dict.fromkeys(v.named for card in cards for v in card.vehicles if v.named)),
        components=_campaign_components(campaigns, supplied),
        parts=supplied.parts,
        cards=cards,
        refused=tuple(refused),
        skipped=(*report.skipped, *_other_kinds(report)),
        notes=tuple(notes),
    )


def _listed_vehicles(campaign: Campaign) -> tuple[VehicleContext, ...]:
    try:
        return campaign.listed_vehicles()
    except InvalidInput:
        # Said when its card is made.
        return ()


def _other_kinds(report: RecallReport) -> Iterator[str]:
    """Say how many campaigns are of no vehicle: they make no card."""
    for kind, numbers in sorted(report.kinds.items()):
        shown = ", ".join(sorted(numbers)[:NUMBERS_SHOWN])
        more = ", \u2026" if len(numbers) > NUMBERS_SHOWN else ""
        yield f"{len(numbers)} of {kind.value}, which make no cards: {shown}{more}"


def _campaign_components(
    campaigns: list[Campaign], supplied: SuppliedParts
) -> tuple[Component, ...]:
    """Give the agencies' component trees, parents first, then the makers' own components in it."""
    paths = dict.fromkeys(
        (component_path(name), c.first.agency.root)
        for c in campaigns
        for name in (c.components or {"": None})
    )
    tree = {one.id: one for path, root in paths for one in component_tree(path, root)}
    return tuple((tree | {c.id: c for c in supplied.components}).values())


def _card_or_refusal(
    campaign: Campaign,
    supplied: SuppliedParts,
    models: Models,
    refused: list[RefusedLine],
    notes: list[str],
) -> Iterator[FailureCard]:
    try:
        yield card_of_campaign(campaign, supplied, models, notes)
    except InvalidInput as error:
        refused.append(campaign.first.refuse(str(error)))


def card_of_campaign(
    campaign: Campaign, supplied: SuppliedParts, models: Models, notes: list[str]
) -> FailureCard:
    """Give the verified card of a campaign; a text that was cut is told in the notes.

    Raises:
        InvalidInput: there is no such day or year, or no title is left.
    """
    summary, remedy = _kept_text(campaign, "summary", notes), _kept_text(campaign, "remedy", notes)
    received, author = _received_at(campaign), publisher(campaign.first.agency)
    failure = f"{summary} {_kept_text(campaign, 'consequence', notes)}".strip()
    return FailureCard(
        id=_card_id(campaign),
        version=1,
        status=CardStatus.VERIFIED,
        source=CardSource.RECALL,
        title=recall_text.card_title(summary),
        vehicles=tuple(_vehicles_of(campaign, models, notes)),
        signature=_signature_of(campaign, supplied, summary),
        cause=RootCause(
            primary=recall_text.cause_text(summary)[:LONGEST_SENTENCE], confidence=CONFIDENCE
        ),
        resolution=Resolution(
            type=recall_text.read_solution_type(remedy),
            steps=tuple(
                RepairStep(action=step[:LONGEST_SENTENCE])
                for step in recall_text.remedy_steps(remedy)[:MOST_STEPS]
            ),
        ),
        provenance=Provenance(
            author=author, created_at=received, updated_at=received, campaign=campaign.number
        ),
        verification=Verification(by=author, at=received),
        published=Published(
            component=campaign.component[:KEPT], failure=failure[:KEPT], remedy=remedy
        ),
    )


def _card_id(campaign: Campaign) -> CardId:
    number = campaign.number.lower()
    told = number if number.isalnum() else slug(number)
    return CardId(f"fc_{campaign.first.agency.root}_{told}"[:LONGEST_ID])


def _kept_text(campaign: Campaign, column: str, notes: list[str]) -> str:
    """Give a text as far as a card holds it, cut at a sentence or a word."""
    told = campaign.get(column)
    if len(told) <= KEPT:
        return told
    start = told[:KEPT]
    end = max(start.rfind(". ") + 1, KEPT - 500)
    cut = start[:end].rsplit(" ", 1)[0] if start[end - 1] != "." else start[:end]
    first = campaign.first
    notes.append(
        f"{first.source}:{first.line}: {campaign.number}: {column} has {len(told)} characters; "
        f"the first {len(cut)} are kept"
    )
    return cut + MORE


def _signature_of(campaign: Campaign, supplied: SuppliedParts, summary: str) -> Signature:
    consequence = campaign.get("consequence")
    tree = component_tree(component_path(campaign.component), campaign.first.agency.root)
    return Signature(
        text=recall_text.symptom_text(summary, consequence)[:KEPT],
        component=supplied.finest.get(campaign.number) or tree[-1].id,
        failure_mode=recall_text.read_failure_mode(summary),
        severity=recall_text.read_severity(consequence or summary, parked=campaign.parked),
    )


def _vehicles_of(campaign: Campaign, models: Models, notes: list[str]) -> list[VehicleContext]:
    """Give the vehicles of every line and of the summary, each model year once."""
    make = campaign.make
    named = recall_vehicles.named_vehicles(campaign.get("summary"), make, models.get(make, ()))
    found = {vehicle_identity(v): v for v in [*named, *campaign.listed_vehicles()]}
    every = sorted(found.values(), key=lambda v: (v.make or "", v.model or "", v.year or 0))
    if len(every) > MOST_VEHICLES:
        notes.append(f"{campaign.number}: of {len(every)} vehicles {MOST_VEHICLES} are kept")
    return every[:MOST_VEHICLES]


def _received_at(campaign: Campaign) -> datetime:
    """Give the day the agency got the report; without one, the first of the campaign's year."""
    written = campaign.get("received")
    try:
        day = read_day(written, campaign.first.days) if written else None
    except ValueError as error:
        raise InvalidInput("report date", str(error)) from error
    if day is None and written:
        raise InvalidInput("report date", f"{written[:40]!r} is not a date")
    if day is not None:
        return day
    year = campaign.first.agency.year_of_number(campaign.number)
    return datetime(year, 1, 1, tzinfo=UTC) if year else EARLIEST
