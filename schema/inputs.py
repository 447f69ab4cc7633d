"""What a caller hands in: reports and the content of cards; checked when parsed, not here."""

from datetime import datetime

import strawberry
from strawberry import field

from domain import cards
from domain.cards import CardStatus
from domain.technicians import Certification
from domain.vehicles import VehicleCategory
from schema.card_fields import add_asked_fields


@strawberry.input(description="The vehicle, as far as it is known.")
class VehicleInput:
    make: str | None = field(default=None, description="Who made it; needed with a model.")
    model: str | None = field(default=None, description="Its model.")
    variant: str | None = field(default=None, description="Its variant.")
    year: int | None = field(default=None, description="Its model year.")
    mileage_km: int | None = field(default=None, description="Kilometres driven.")
    battery_cycles: int | None = field(default=None, description="Full cycles of its battery.")
    firmware: str | None = field(default=None, description="Its firmware version.")
    category: VehicleCategory | None = field(default=None, description="What kind it is.")


@strawberry.input(description="Where the traction battery comes from, as its label tells.")
class BatteryInput:
    batch: str | None = field(default=None, description="Its batch, as in 25-W30.")
    supplier: str | None = field(default=None, description="Who made it.")


@strawberry.input(
    description="What somebody says of a failing vehicle; a text or a code is enough."
)
class ReportInput:
    text: str = field(
        default="", description="In your own words; the first 10,000 characters are read."
    )
    codes: list[str] = field(
        default_factory=list[str], description="Error codes in any spelling, at most 50."
    )
    vehicle: VehicleInput | None = field(default=None, description="The vehicle.")
    vehicle_id: strawberry.ID | None = field(
        default=None, description="Which vehicle it is, veh_…: a failure that comes back is seen."
    )
    battery: BatteryInput | None = field(
        default=None, description="Its traction battery: a batch that fails too often is seen."
    )
    files: list[strawberry.ID] = field(
        default_factory=list[strawberry.ID],
        description="Photos, videos and logs that you sent, fil_…, at most 10.",
    )


@strawberry.input(description="Where the failure happens.")
@add_asked_fields(cards.Environment)
class EnvironmentInput:
    temperature_range: str | None = field(default=None, description="Ambient, as in 35-45C.")


@strawberry.input(description="How the failure shows itself.")
@add_asked_fields(cards.Signature)
class SignatureInput:
    symptoms: list[str] = field(
        default_factory=list[str], description="Codes of the vocabulary, as in SYM_BATT_001."
    )
    error_codes: list[str] = field(
        default_factory=list[str],
        description="P0A1F, Ather:E401, or E401 where the first vehicle names the make.",
    )
    component: str | None = field(default=None, description="Key of the component that fails.")
    environment: EnvironmentInput | None = field(default=None, description="Where it happens.")


@strawberry.input(description="Why it fails.")
@add_asked_fields(cards.RootCause)
class CauseInput:
    cites: list[strawberry.ID] = field(
        default_factory=list[strawberry.ID], description="The cards that this rests on."
    )


@strawberry.input(description="One thing to do.")
@add_asked_fields(cards.RepairStep)
class StepInput:
    pass


@strawberry.input(description="A part that the fix uses up.")
@add_asked_fields(cards.PartUse)
class PartUseInput:
    part: str = field(description="The part's key.")


@strawberry.input(description="What to do about it.")
@add_asked_fields(cards.Resolution)
class ResolutionInput:
    steps: list[StepInput] = field(
        default_factory=list[StepInput],
        description="In order; high-voltage work starts with a safety step.",
    )
    parts: list[PartUseInput] = field(
        default_factory=list[PartUseInput], description="What it uses up."
    )


@strawberry.input(description="One try at a repair.")
class AttemptInput:
    worked: bool = field(description="Whether it fixed the failure.")
    card: strawberry.ID | None = field(
        default=None, description="The card that was tried; null: your own way."
    )
    minutes: int | None = field(default=None, description="How long it took.")
    parts: list[PartUseInput] = field(
        default_factory=list[PartUseInput], description="What it used up."
    )
    notes: str = field(default="", description="At most 10,000 characters.")
    files: list[strawberry.ID] = field(
        default_factory=list[strawberry.ID],
        description="Photos, videos and logs that you sent, fil_…, at most 10.",
    )


@strawberry.input(description="How the repair ended; what was really done and used is billed.")
class OutcomeInput:
    worked: bool = field(description="Whether the failure is gone.")
    minutes: int = field(description="Hands-on time.")
    card: strawberry.ID | None = field(
        default=None, description="The card that it ended with; null: your own way."
    )
    cause: str | None = field(default=None, description="What you found to be wrong.")
    steps: list[StepInput] = field(
        default_factory=list[StepInput], description="What was done, in order."
    )
    parts: list[PartUseInput] = field(
        default_factory=list[PartUseInput], description="What was used up."
    )
    notes: str = field(default="", description="At most 10,000 characters.")


@strawberry.input(description="Somebody who repairs in a garage; the last word counts.")
class TechnicianInput:
    id: strawberry.ID = field(description="Id of the person.")
    garage: strawberry.ID = field(description="Where they work.")
    certification: Certification = field(
        default=Certification.GENERAL, description="What they may work on."
    )
    skills: list[str] = field(
        default_factory=list[str], description="Keys of the subsystems they know well."
    )


@strawberry.input(description="A while [start, end), at most a day.")
class SlotInput:
    start: datetime = field(description="When it begins, with a time zone.")
    end: datetime = field(description="When it is over; another may begin then.")


@strawberry.input(description="Who works on which ticket where, and when.")
class JobInput:
    ticket: strawberry.ID = field(description="The ticket.")
    technician: strawberry.ID = field(description="Id of the technician.")
    bay: strawberry.ID = field(description="Key of the bay, bay_….")
    slot: SlotInput = field(description="When.")


@strawberry.input(description="A file in the object store.")
class AttachmentInput:
    key: str = field(description="Its key in the object store.")
    sha256: str = field(description="SHA-256 of its bytes, in hexadecimal.")


@strawberry.input(description="A measured value.")
@add_asked_fields(cards.Reading)
class ReadingInput:
    pass


@strawberry.input(description="What was measured, logged and photographed.")
@add_asked_fields(cards.Evidence)
class EvidenceInput:
    photos: list[AttachmentInput] = field(
        default_factory=list[AttachmentInput], description="Photographs."
    )
    videos: list[AttachmentInput] = field(
        default_factory=list[AttachmentInput], description="Videos."
    )
    sensor_logs: list[AttachmentInput] = field(
        default_factory=list[AttachmentInput], description="Logs."
    )
    readings: list[ReadingInput] = field(
        default_factory=list[ReadingInput], description="What the tool read."
    )


@strawberry.input(description="Who may see the card; the garage it comes from always may.")
class VisibilityInput:
    garages: list[strawberry.ID] = field(
        default_factory=list[strawberry.ID], description="Only these garages; none: everyone."
    )
    regions: list[str] = field(default_factory=list[str], description="Only these regions.")


@strawberry.input(description="The content of a card; four values are required.")
class CardInput:
    title: str = field(description="The failure in a line, at most 200 characters.")
    signature: SignatureInput = field(description="How the failure shows itself.")
    cause: CauseInput = field(description="Why it fails.")
    resolution: ResolutionInput = field(description="What to do about it.")
    vehicles: list[VehicleInput] = field(
        default_factory=list[VehicleInput], description="The first is where it was found."
    )
    evidence: EvidenceInput | None = field(default=None, description="What shows it.")
    visibility: VisibilityInput | None = field(default=None, description="Null: everyone.")


@strawberry.input(description="Cards with a reading above a value.")
class ReadingFilter:
    name: str = field(description="What was measured, as in cell_voltage_variance.")
    above: float = field(description="The value it exceeds.")


@strawberry.input(description="What began in one garage in a span of time.")
class WithinInput:
    garage: strawberry.ID = field(description="The garage.")
    since: datetime | None = field(default=None, description="From this moment on.")
    until: datetime | None = field(default=None, description="Before this moment.")


@strawberry.input(description="Which cards; what is null does not narrow.")
class CardFilterInput:
    status: CardStatus | None = field(default=None, description="Where they stand.")
    make: str | None = field(default=None, description="The make they apply to.")
    model: str | None = field(default=None, description="The model they apply to.")
    year: int | None = field(
        default=None, description="The model year; cards for every year of the model come too."
    )
    component: str | None = field(default=None, description="Key of the component or subsystem.")
    category: VehicleCategory | None = field(default=None, description="The kind of vehicle.")
    symptom: str | None = field(default=None, description="Code of a symptom they show.")
    code: str | None = field(default=None, description="An error code, as in Ather:E401.")
    reading: ReadingFilter | None = field(default=None, description="A reading above a value.")
    origin: WithinInput | None = field(
        default=None, description="The garage that they were found in, and when they were written."
    )
