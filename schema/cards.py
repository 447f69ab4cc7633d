"""The parts of a failure card: signature, cause, resolution (the card: schema/tickets.py)."""

from collections.abc import Sequence
from typing import Self

import strawberry
from strawberry import field

from domain import cards
from domain.codes import CodeKey
from domain.ids import FILES, FileId
from schema.card_fields import add_shown_fields, shown_values
from schema.context import SchemaInfo, loaded_edge
from schema.files import StoredFile
from schema.readings import Reading
from schema.translations import MEANING, LanguageArgument, Translation
from schema.vocabulary import Component, ErrorCode, Part, Symptom, load_codes, load_edge, load_edges


@strawberry.type(description="Where the failure happens.")
@add_shown_fields(cards.Environment)
class Environment:
    temperature_low_c: float | None = field(description="Lowest ambient temperature, in °C.")
    temperature_high_c: float | None = field(description="Highest ambient temperature, in °C.")

    @classmethod
    def from_domain(cls, value: cards.Environment) -> Self:
        return cls(
            temperature_low_c=value.low_c,
            temperature_high_c=value.high_c,
            **shown_values(value),
        )


@strawberry.type(description="How a failure shows itself.")
@add_shown_fields(cards.Signature)
class Signature:
    severity_level: int = field(description="The same as a number, 1 to 4.")
    environment: Environment | None = field(description="Where it happens.")
    shown: strawberry.Private[tuple[str, ...]]
    reported: strawberry.Private[tuple[CodeKey, ...]]
    affects: strawberry.Private[str | None]

    @strawberry.field(description="The symptoms of the vocabulary that it shows, at most 50.")
    @loaded_edge
    async def symptoms(self, info: SchemaInfo) -> list[Symptom]:
        return await load_edges(info.context.loaders.symptoms, self.shown, Symptom.from_domain)

    @strawberry.field(description="The error codes that it reports, at most 50.")
    @loaded_edge
    async def error_codes(self, info: SchemaInfo) -> list[ErrorCode]:
        return await load_codes(info.context.loaders.codes, self.reported)

    @strawberry.field(description="The component that fails.")
    @loaded_edge
    async def component(self, info: SchemaInfo) -> Component | None:
        return await load_edge(info.context.loaders.components, self.affects, Component.from_domain)

    @classmethod
    def from_domain(cls, value: cards.Signature) -> Self:
        where = value.environment
        return cls(
            severity_level=value.severity.level,
            environment=None if where is None else Environment.from_domain(where),
            shown=value.symptoms,
            reported=value.error_codes,
            affects=value.component,
            **shown_values(value),
        )


@strawberry.type(description="Why it fails.")
@add_shown_fields(cards.RootCause)
class RootCause:
    @classmethod
    def from_domain(cls, value: cards.RootCause) -> Self:
        return cls(**shown_values(value))


@strawberry.type(description="One thing to do.")
@add_shown_fields(cards.RepairStep)
class Step:
    number: int = field(description="Its place, from 1.")
    value: strawberry.Private[cards.RepairStep]

    @strawberry.field(description=f"What to do, {MEANING}")
    def action_in(self, language: LanguageArgument) -> Translation | None:
        return Translation.find(self.value.action, language)

    @classmethod
    def from_list(cls, values: Sequence[cards.RepairStep]) -> list[Self]:
        return [
            cls(number=n, value=step, **shown_values(step))
            for n, step in enumerate(values, start=1)
        ]


@strawberry.type(description="A part that the fix uses up.")
@add_shown_fields(cards.PartUse)
class PartUse:
    key: str = field(description="The part's id.")

    @strawberry.field(description="The part; null when the vocabulary does not know it.")
    @loaded_edge
    async def part(self, info: SchemaInfo) -> Part | None:
        return await load_edge(info.context.loaders.parts, self.key, Part.from_domain)

    @classmethod
    def from_list(cls, values: Sequence[cards.PartUse]) -> list[Self]:
        return [cls(key=used.part, **shown_values(used)) for used in values]


@strawberry.type(description="What to do about it.")
@add_shown_fields(cards.Resolution)
class Resolution:
    steps: list[Step] = field(description="What to do, in order, at most 100.")
    parts: list[PartUse] = field(description="What it uses up, at most 100.")

    @classmethod
    def from_domain(cls, value: cards.Resolution) -> Self:
        return cls(
            steps=Step.from_list(value.steps),
            parts=PartUse.from_list(value.parts),
            **shown_values(value),
        )


@strawberry.type(description="A file in the object store.")
class Attachment:
    key: str = field(description="Its key in the object store.")
    sha256: str = field(description="SHA-256 of its bytes.")

    @strawberry.field(description="The file, with where it may be fetched; null: it is not kept.")
    async def file(self, info: SchemaInfo) -> StoredFile | None:
        named = FileId(self.key) if self.key.startswith(FILES) else None
        return await load_edge(info.context.loaders.files, named, StoredFile.from_domain)

    @classmethod
    def from_domain(cls, value: cards.Attachment) -> Self:
        return cls(key=value.key, sha256=value.sha256)


@strawberry.type(description="What was measured, logged and photographed.")
@add_shown_fields(cards.Evidence)
class Evidence:
    photos: list[Attachment] = field(description="Photographs.")
    videos: list[Attachment] = field(description="Videos.")
    sensor_logs: list[Attachment] = field(description="Logs of the vehicle or charger.")
    readings: list[Reading] = field(description="What the tool read.")

    @classmethod
    def from_domain(cls, value: cards.Evidence) -> Self:
        return cls(
            photos=[Attachment.from_domain(a) for a in value.photos],
            videos=[Attachment.from_domain(a) for a in value.videos],
            sensor_logs=[Attachment.from_domain(a) for a in value.sensor_logs],
            readings=[Reading.from_domain(r) for r in value.readings],
            **shown_values(value),
        )
