"""The verbs that read the shared vocabulary: lists in pages, for all who are signed in."""

import strawberry

from resolvers.context import Ask
from resolvers.guards import signed_in
from resolvers.services import Vocabulary
from schema.nodes import USUAL, Connection, connection, position, size
from schema.vehicles import VehicleModel
from schema.vocabulary import After, Component, ErrorCode, First, Part, Supplier, Symptom


@strawberry.type
class Naming:
    @strawberry.field(description="The symptoms, by code.")
    @signed_in
    async def symptoms(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[Symptom]:
        page = await _vocabulary(info).symptoms(first=size(first) + 1, after=position(after) or "")
        return connection(page, first, after, lambda s: s.code, Symptom.of)

    @strawberry.field(description="The error codes, by scope and code.")
    @signed_in
    async def error_codes(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[ErrorCode]:
        page = await _vocabulary(info).error_codes(
            first=size(first) + 1, after=position(after) or ""
        )
        return connection(page, first, after, lambda c: c.key, ErrorCode.of)

    @strawberry.field(description="The components and subsystems, by key.")
    @signed_in
    async def components(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[Component]:
        page = await _vocabulary(info).components(
            first=size(first) + 1, after=position(after) or ""
        )
        return connection(page, first, after, lambda c: c.id, Component.of)

    @strawberry.field(description="The parts, by key.")
    @signed_in
    async def parts(self, info: Ask, first: First = USUAL, after: After = None) -> Connection[Part]:
        page = await _vocabulary(info).parts(first=size(first) + 1, after=position(after) or "")
        return connection(page, first, after, lambda p: p.id, Part.of)

    @strawberry.field(description="The suppliers, by key.")
    @signed_in
    async def suppliers(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[Supplier]:
        page = await _vocabulary(info).suppliers(first=size(first) + 1, after=position(after) or "")
        return connection(page, first, after, lambda s: s.id, Supplier.of)

    @strawberry.field(description="The vehicle models, by key.")
    @signed_in
    async def vehicle_models(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[VehicleModel]:
        page = await _vocabulary(info).models(first=size(first) + 1, after=position(after) or "")
        return connection(page, first, after, lambda m: m.id, VehicleModel.of)


def _vocabulary(info: Ask) -> Vocabulary:
    return info.context.services.vocabulary
