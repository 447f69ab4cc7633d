"""The verbs of registered documents: an administrator registers a manifest, and sees what is."""

from dataclasses import asdict
from typing import Annotated, cast

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.api_keys import partner_name
from domain.deeds import DeedType
from domain.ids import DocumentId
from domain.trusted_documents import (
    MOST_ENTRIES,
    ManifestEntry,
    parse_document_ids,
    parse_entry,
)
from resolvers.arguments import OperationArgument
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, idempotent, operation_fingerprint
from resolvers.input_paths import within_input
from resolvers.manifests import HasManifests
from resolvers.services import Answer
from schema import trusted_documents as schema_documents
from schema.nodes import USUAL, Connection, after_position, make_connection, page_size
from schema.trusted_documents import (
    DocumentsRegistered,
    DocumentsRemoved,
    ManifestInput,
    RegisterDocumentsResult,
    RemoveDocumentsResult,
)
from schema.vocabulary import After, First

ManifestArgument = Annotated[
    ManifestInput, strawberry.argument(description="Whose documents, and which.")
]
DocumentIdsArgument = Annotated[
    list[str], strawberry.argument(description="The ids of the documents, 1 to 500.")
]
PartnerArgument = Annotated[str, strawberry.argument(description="Whose documents.")]


@strawberry.type
class TrustedDocumentQueries:
    @strawberry.field(description="The registered documents of a partner, by id.")
    @guard_field(Action.READ, ResourceKind.SETTING, network=True)
    async def trusted_documents(
        self, info: RequestInfo, partner: PartnerArgument, first: First = USUAL, after: After = None
    ) -> Connection[schema_documents.TrustedDocument]:
        found = await info.context.trusted_documents.page(
            partner_name(partner), first=page_size(first) + 1, after=after_position(after)
        )
        return make_connection(
            found, first, after, lambda d: d.id, schema_documents.TrustedDocument.from_domain
        )


@strawberry.type
class TrustedDocumentMutations:
    @strawberry.mutation(
        description="Register the documents of a manifest, all or none; those that are there stay."
    )
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=DeedType.SETTINGS_CHANGE)
    async def register_documents(
        self, info: RequestInfo, operation_id: OperationArgument, manifest: ManifestArgument
    ) -> RegisterDocumentsResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        given, reader = context.trusted_documents, cast("HasManifests", info.schema).manifests
        partner, entries = partner_name(manifest.partner), _parse_manifest(manifest)
        found = await reader.read(partner, entries, operation.actor.id, operation.at)

        async def work() -> Answer:
            made = await given.register(partner, found, context.settings_operation(operation))
            return {"ids": [document.id for document in made]}

        body = operation_fingerprint("registerDocuments", asdict(manifest))
        answer = await idempotent(context, operation.id, body, work, ANSWER)
        kept = await given.named(partner, [DocumentId(one) for one in answer["ids"]])
        return DocumentsRegistered(
            documents=[schema_documents.TrustedDocument.from_domain(one) for one in kept]
        )

    @strawberry.mutation(
        description="Have documents registered no longer: whoever asks them is refused then."
    )
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=DeedType.SETTINGS_CHANGE)
    async def remove_documents(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        partner: PartnerArgument,
        ids: DocumentIdsArgument,
    ) -> RemoveDocumentsResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        given, whose, named = (
            context.trusted_documents,
            partner_name(partner),
            parse_document_ids(ids),
        )

        async def work() -> Answer:
            await given.remove(whose, named, context.settings_operation(operation))
            return {"ids": named}

        body = operation_fingerprint("removeDocuments", {"partner": whose, "ids": named})
        answer = await idempotent(context, operation.id, body, work, ANSWER)
        return DocumentsRemoved(partner=whose, keys=answer["ids"])


def _parse_manifest(manifest: ManifestInput) -> list[ManifestEntry]:
    limits.check_count("documents", len(manifest.documents), MOST_ENTRIES, least=1)
    found: list[ManifestEntry] = []
    for place, one in enumerate(manifest.documents):
        with within_input("documents", place):
            found.append(parse_entry(one.name, one.text, one.sha256))
    return found
