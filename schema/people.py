"""Garages and people in the API, by id alone, and who wrote, confirmed and may see a card."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import field
from strawberry.utils.str_converters import to_camel_case

from domain import cards, regions
from domain.ids import GarageId
from domain.synthetic import is_synthetic
from schema.context import SchemaInfo
from schema.nodes import Node, global_id


@strawberry.type(description="A garage of the network.")
class Garage(Node):
    @strawberry.field(description="The region it lies in; null when neither it nor its key says.")
    async def region(self, info: SchemaInfo) -> str | None:
        return await info.context.loaders.regions.load(GarageId(self.key))

    @strawberry.field(description="Made by the simulator: nothing in it ever happened.")
    def synthetic(self) -> bool:
        return is_synthetic(GarageId(self.key))

    @classmethod
    def from_domain(cls, id: GarageId) -> Self:
        return cls(id=global_id("Garage", id), key=id)


@strawberry.type(description="What the garages of one region opened in a span of time.")
class RegionCount:
    region: str | None = field(description="The region; null for garages of no known region.")
    garages: int = field(description="How many garages opened any.")
    opened: int = field(description="How many tickets they opened.")
    resolved: int = field(description="How many of these are resolved.")

    @classmethod
    def from_domain(cls, value: regions.RegionCount) -> Self:
        return cls(
            region=value.region,
            garages=value.garages,
            opened=value.opened,
            resolved=value.resolved,
        )


@strawberry.type(description="Where a card comes from.")
class Provenance:
    author: strawberry.ID = field(description="Id of the person who wrote it.")
    created_at: datetime = field(description="When it was written.")
    updated_at: datetime = field(description="When it last changed.")
    garage: Garage | None = field(description="Where it was found; null for references.")
    campaign: str | None = field(description="The recall campaign it was read from, if any.")

    @classmethod
    def from_domain(cls, value: cards.Provenance) -> Self:
        return cls(
            author=strawberry.ID(value.author),
            created_at=value.created_at,
            updated_at=value.updated_at,
            garage=None if value.garage is None else Garage.from_domain(value.garage),
            campaign=value.campaign,
        )


@strawberry.type(description="A second person's word that a card is right.")
class Verification:
    by: strawberry.ID = field(description="Id of the person who verified it.")
    at: datetime = field(description="When.")

    @classmethod
    def from_domain(cls, value: cards.Verification) -> Self:
        return cls(by=strawberry.ID(value.by), at=value.at)


@strawberry.type(description="What a version was merged from: changes made unknown to each other.")
class Merge:
    sources: list[str] = field(
        description="The operations, sorted; version:N is a change that was made online."
    )
    merged_at: datetime = field(description="When.")
    conflicts_resolved: list[str] = field(
        description="The fields that they wanted otherwise, and that were voted on."
    )

    @classmethod
    def from_domain(cls, value: cards.Merge) -> Self:
        return cls(
            sources=list(value.sources),
            merged_at=value.at,
            conflicts_resolved=[to_camel_case(name) for name in value.conflicts],
        )


@strawberry.type(description="Who may see a card: everyone, or only these garages and regions.")
class Visibility:
    everyone: bool = field(description="Whether nothing restricts it.")
    garages: list[Garage] = field(description="The garages that may see it.")
    regions: list[str] = field(description="The regions whose garages may see it.")

    @classmethod
    def from_domain(cls, value: cards.Visibility) -> Self:
        return cls(
            everyone=value.everyone,
            garages=[Garage.from_domain(g) for g in value.garages],
            regions=list(value.regions),
        )
