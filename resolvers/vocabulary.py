"""The verbs that read the shared vocabulary: lists in pages, for all who are signed in."""

import strawberry

from resolvers.context import RequestInfo
from resolvers.guards import signed_in
from resolvers.services import VocabularyCatalogue
from schema.nodes import USUAL, Connection, after_position, make_connection, page_size
from schema.vehicles import VehicleModel
from schema.vocabulary import After, Component, ErrorCode, First, Part, Supplier, Symptom


@strawberry.type
class VocabularyQueries:
    @strawberry.field(description="The symptoms, by code.")
    @signed_in
    async def symptoms(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[Symptom]:
        page = await _vocabulary(info).symptoms(
            first=page_size(first) + 1, after=after_position(after) or ""
        )
        return make_connection(page, first, after, lambda s: s.code, Symptom.from_domain)

    @strawberry.field(description="The error codes, by scope and code.")
    @signed_in
    async def error_codes(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[ErrorCode]:
        page = await _vocabulary(info).error_codes(
            first=page_size(first) + 1, after=after_position(after) or ""
        )
        return make_connection(page, first, after, lambda c: c.key, ErrorCode.from_domain)

    @strawberry.field(description="The components and subsystems, by key.")
    @signed_in
    async def components(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[Component]:
        page = await _vocabulary(info).components(
            first=page_size(first) + 1, after=after_position(after) or ""
        )
        return make_connection(page, first, after, lambda c: c.id, Component.from_domain)

    @strawberry.field(description="The parts, by key.")
    @signed_in
    async def parts(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[Part]:
        page = await _vocabulary(info).parts(
            first=page_size(first) + 1, after=after_position(after) or ""
        )
        return make_connection(page, first, after, lambda p: p.id, Part.from_domain)

    @strawberry.field(description="The suppliers, by key.")
    @signed_in
    async def suppliers(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[Supplier]:
        page = await _vocabulary(info).suppliers(
            first=page_size(first) + 1, after=after_position(after) or ""
        )
        return make_connection(page, first, after, lambda s: s.id, Supplier.from_domain)

    @strawberry.field(description="The vehicle models, by key.")
    @signed_in
    async def vehicle_models(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[VehicleModel]:
        page = await _vocabulary(info).models(
            first=page_size(first) + 1, after=after_position(after) or ""
        )
        return make_connection(page, first, after, lambda m: m.id, VehicleModel.from_domain)


def _vocabulary(info: RequestInfo) -> VocabularyCatalogue:
    return info.context.services.vocabulary
