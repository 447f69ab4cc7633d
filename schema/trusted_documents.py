"""Registered documents in the API: what a partner's programs may ask by an id."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import trusted_documents
from domain.trusted_documents import OperationKind
from schema.refusals import InvalidInput, NotAllowed, OperationConflict


@strawberry.input(description="One document of a manifest.")
class DocumentInput:
    name: str = field(description="What it is called, as its operation is.")
    text: str = field(description="Its text, to the letter as it was hashed; one operation.")
    sha256: str | None = field(
        default=None, description="The SHA-256 of the text, where the manifest says it: checked."
    )


@strawberry.input(description="Documents that the programs of a partner ask.")
class ManifestInput:
    partner: str = field(description="Whose programs; `battwheels` for our own front ends.")
    documents: list[DocumentInput] = field(description="The documents, 1 to 500.")


@strawberry.type(description="A registered document, and what is known of it before it runs.")
class TrustedDocument:
    key: str = field(description="Its id, the SHA-256 of its text; send it as `documentId`.")
    name: str = field(description="What it is called.")
    partner: str = field(description="Whose programs may ask it.")
    operation: OperationKind = field(description="What kind of operation it is.")
    objects: int = field(
        description="How many objects it may give, with the longest pages that it allows."
    )
    deprecated: list[str] = field(
        description="The fields, arguments and values it asks that will be taken away."
    )
    scopes: list[str] = field(
        description="What a key needs, for each of its root fields at most: scopes, any of a line."
    )
    registered_at: datetime = field(description="When it was first registered.")

    @classmethod
    def from_domain(cls, value: trusted_documents.TrustedDocument) -> Self:
        return cls(
            key=value.id,
            name=value.name,
            partner=value.partner,
            operation=value.kind,
            objects=value.objects,
            deprecated=list(value.deprecated),
            scopes=list(value.scopes),
            registered_at=value.registered_at,
        )


@strawberry.type(description="The documents may be asked by their ids, everywhere in a moment.")
class DocumentsRegistered:
    documents: list[TrustedDocument] = field(
        description="The documents in the order of the manifest, at most 500."
    )


@strawberry.type(description="The documents are registered no longer, everywhere in a moment.")
class DocumentsRemoved:
    partner: str = field(description="Whose documents they were.")
    keys: list[str] = field(description="The ids of the documents, at most 500.")


RegisterDocumentsResult = Annotated[
    DocumentsRegistered | InvalidInput | NotAllowed | OperationConflict,
    strawberry.union(
        "RegisterDocumentsResult", description="The documents, or the one that cannot be."
    ),
]
RemoveDocumentsResult = Annotated[
    DocumentsRemoved | InvalidInput | NotAllowed | OperationConflict,
    strawberry.union(
        "RemoveDocumentsResult", description="The documents that are gone, or why they stay."
    ),
]
