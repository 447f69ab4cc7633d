"""The parts of a failure card: signature, cause, resolution (the card: schema/tickets.py)."""

from collections.abc import Sequence
from typing import Self

import strawberry
from strawberry import field

from domain import cards
from domain.cards import FailureMode, Humidity, Occurrence, Severity, SolutionType, UsagePattern
from domain.codes import CodeKey
from schema.context import SchemaInfo
from schema.vocabulary import Component, ErrorCode, Part, Symptom, load_codes, load_edge, load_edges


@strawberry.type(description="Where the failure happens.")
class Environment:
    temperature_low_c: float | None = field(description="Lowest ambient temperature, in °C.")
    temperature_high_c: float | None = field(description="Highest ambient temperature, in °C.")
    humidity: Humidity | None = field(description="How damp it is.")
    usage: UsagePattern | None = field(description="What the vehicle is used for.")

    @classmethod
    def from_domain(cls, value: cards.Environment) -> Self:
        return cls(
            temperature_low_c=value.low_c,
            temperature_high_c=value.high_c,
            humidity=value.humidity,
            usage=value.usage,
        )


@strawberry.type(description="How a failure shows itself.")
class Signature:
    text: str = field(description="What is noticed, in the words of the workshop.")
    failure_mode: FailureMode = field(description="What happens to the component.")
    severity: Severity = field(description="How bad it is.")
    severity_level: int = field(description="The same as a number, 1 to 4.")
    occurrence: Occurrence | None = field(description="How often it shows.")
    environment: Environment | None = field(description="Where it happens.")
    shown: strawberry.Private[tuple[str, ...]]
    reported: strawberry.Private[tuple[CodeKey, ...]]
    affects: strawberry.Private[str | None]

    @strawberry.field(description="The symptoms of the vocabulary that it shows, at most 50.")
    async def symptoms(self, info: SchemaInfo) -> list[Symptom]:
        return await load_edges(info.context.loaders.symptoms, self.shown, Symptom.from_domain)

    @strawberry.field(description="The error codes that it reports, at most 50.")
    async def error_codes(self, info: SchemaInfo) -> list[ErrorCode]:
        return await load_codes(info.context.loaders.codes, self.reported)

    @strawberry.field(description="The component that fails.")
    async def component(self, info: SchemaInfo) -> Component | None:
        return await load_edge(info.context.loaders.components, self.affects, Component.from_domain)

    @classmethod
    def from_domain(cls, value: cards.Signature) -> Self:
        where = value.environment
        return cls(
            text=value.text,
            failure_mode=value.failure_mode,
            severity=value.severity,
            severity_level=value.severity.level,
            occurrence=value.occurrence,
            environment=None if where is None else Environment.from_domain(where),
            shown=value.symptoms,
            reported=value.error_codes,
            affects=value.component,
        )


@strawberry.type(description="Why it fails.")
class RootCause:
    primary: str = field(description="The cause.")
    secondary: list[str] = field(description="What adds to it.")
    confidence: float = field(description="How sure the author is, 0 to 1.")
    reasoning: str | None = field(description="How the author came to it.")

    @classmethod
    def from_domain(cls, value: cards.RootCause) -> Self:
        return cls(
            primary=value.primary,
            secondary=list(value.secondary),
            confidence=value.confidence,
            reasoning=value.reasoning,
        )


@strawberry.type(description="One thing to do.")
class Step:
    number: int = field(description="Its place, from 1.")
    action: str = field(description="What to do.")
    minutes: int = field(description="How long it takes.")
    tools: list[str] = field(description="What it needs.")
    safety: bool = field(description="Whether it protects the technician (isolation, PPE).")

    @classmethod
    def from_list(cls, values: Sequence[cards.RepairStep]) -> list[Self]:
        return [
            cls(number=n, action=s.action, minutes=s.minutes, tools=list(s.tools), safety=s.safety)
            for n, s in enumerate(values, start=1)
        ]


@strawberry.type(description="A part that the fix uses up.")
class PartUse:
    key: str = field(description="The part's id.")
    quantity: int = field(description="How many.")

    @strawberry.field(description="The part; null when the vocabulary does not know it.")
    async def part(self, info: SchemaInfo) -> Part | None:
        return await load_edge(info.context.loaders.parts, self.key, Part.from_domain)

    @classmethod
    def from_list(cls, values: Sequence[cards.PartUse]) -> list[Self]:
        return [cls(key=used.part, quantity=used.quantity) for used in values]


@strawberry.type(description="What to do about it.")
class Resolution:
    type: SolutionType = field(description="What kind of work it is.")
    steps: list[Step] = field(description="What to do, in order, at most 100.")
    parts: list[PartUse] = field(description="What it uses up, at most 100.")
    labour_minutes: int = field(description="Hands-on time.")
    high_voltage: bool = field(description="Whether it is work on high voltage.")

    @classmethod
    def from_domain(cls, value: cards.Resolution) -> Self:
        return cls(
            type=value.type,
            steps=Step.from_list(value.steps),
            parts=PartUse.from_list(value.parts),
            labour_minutes=value.labour_minutes,
            high_voltage=value.high_voltage,
        )


@strawberry.type(description="A file in the object store.")
class Attachment:
    key: str = field(description="Its key in the object store.")
    sha256: str = field(description="SHA-256 of its bytes.")

    @classmethod
    def from_domain(cls, value: cards.Attachment) -> Self:
        return cls(key=value.key, sha256=value.sha256)


@strawberry.type(description="A measured value.")
class Reading:
    name: str = field(description="What was measured.")
    value: float = field(description="The value.")
    unit: str | None = field(description="Its unit, as the tool gave it.")

    @classmethod
    def from_domain(cls, value: cards.Reading) -> Self:
        return cls(name=value.name, value=value.value, unit=value.unit)


@strawberry.type(description="What was measured, logged and photographed.")
class Evidence:
    photos: list[Attachment] = field(description="Photographs.")
    videos: list[Attachment] = field(description="Videos.")
    sensor_logs: list[Attachment] = field(description="Logs of the vehicle or charger.")
    tool: str | None = field(description="The diagnostic tool.")
    readings: list[Reading] = field(description="What the tool read.")

    @classmethod
    def from_domain(cls, value: cards.Evidence) -> Self:
        return cls(
            photos=[Attachment.from_domain(a) for a in value.photos],
            videos=[Attachment.from_domain(a) for a in value.videos],
            sensor_logs=[Attachment.from_domain(a) for a in value.sensor_logs],
            tool=value.tool,
            readings=[Reading.from_domain(r) for r in value.readings],
        )
