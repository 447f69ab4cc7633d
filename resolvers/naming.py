"""The verbs that read the shared vocabulary: lists in pages, for all who are signed in."""

import strawberry

from resolvers.context import Ask
from resolvers.services import Vocabulary
from schema.nodes import USUAL, Connection, connection, window
from schema.vehicles import VehicleModel
from schema.vocabulary import After, Component, ErrorCode, First, Part, Supplier, Symptom


@strawberry.type
class Naming:
    @strawberry.field(description="The symptoms, by code.")
    async def symptoms(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[Symptom]:
        known = await _vocabulary(info).symptoms()
        page = window(known, first, after, lambda s: s.code)
        return connection(page, first, after, lambda s: s.code, Symptom.of)

    @strawberry.field(description="The error codes, by scope and code.")
    async def error_codes(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[ErrorCode]:
        known = await _vocabulary(info).error_codes(None)
        page = window(known, first, after, lambda c: c.key)
        return connection(page, first, after, lambda c: c.key, ErrorCode.of)

    @strawberry.field(description="The components and subsystems, by key.")
    async def components(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[Component]:
        known = await _vocabulary(info).components()
        page = window(known, first, after, lambda c: c.id)
        return connection(page, first, after, lambda c: c.id, Component.of)

    @strawberry.field(description="The parts, by key.")
    async def parts(self, info: Ask, first: First = USUAL, after: After = None) -> Connection[Part]:
        known = await _vocabulary(info).parts(None)
        page = window(known, first, after, lambda p: p.id)
        return connection(page, first, after, lambda p: p.id, Part.of)

    @strawberry.field(description="The suppliers, by key.")
    async def suppliers(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[Supplier]:
        known = await _vocabulary(info).suppliers()
        page = window(known, first, after, lambda s: s.id)
        return connection(page, first, after, lambda s: s.id, Supplier.of)

    @strawberry.field(description="The vehicle models, by key.")
    async def vehicle_models(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[VehicleModel]:
        known = await _vocabulary(info).models()
        page = window(known, first, after, lambda m: m.id)
        return connection(page, first, after, lambda m: m.id, VehicleModel.of)


def _vocabulary(info: Ask) -> Vocabulary:
    """Give the vocabulary to anybody who is signed in."""
    _ = info.context.actor
    return info.context.services.vocabulary
