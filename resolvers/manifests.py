"""What is known of a document before it ever runs: its cost, what of it goes, what a key needs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from strawberry.types.field import StrawberryField

from domain.api_keys import SCOPE_RIGHTS
from domain.errors import InvalidInput
from domain.ids import PersonId
from domain.trusted_documents import (
    ManifestEntry,
    OperationKind,
    TrustedDocument,
    demand_manifest,
)
from resolvers.cost import INTROSPECTION
from resolvers.documents import Documents, QueryDocument
from resolvers.guards import Guard, guard_of

SAID_LIMIT = 300
FREE = "nothing"


class HasManifests(Protocol):
    """The schema, which reads manifests."""

    manifests: "ManifestReader"


class ManifestReader:
    """Checks manifests against a schema; `documents` tells all that is wrong, as to developers."""

    def __init__(self, schema: GraphQLSchema, documents: Documents) -> None:
        self._schema = schema
        self._documents = documents

    async def read(
        self, partner: str, entries: Sequence[ManifestEntry], by: PersonId, at: datetime
    ) -> list[TrustedDocument]:
        """Give the documents of a manifest with what is known of them.

        Raises:
            InvalidInput: the manifest holds one twice, or one that may not run: it is named.
        """
        demand_manifest(entries)
        found: list[TrustedDocument] = []
        for place, entry in enumerate(entries):
            read = await self._documents.prepare(entry.text)
            wrong = self.find_fault(read)
            if wrong is not None:
                raise InvalidInput(f"documents.{place}.text", f"{entry.name!r}: {wrong}")
            found.append(self._planned(partner, entry, read, by, at))
        return found

    async def broken(self, entries: Sequence[ManifestEntry]) -> list[tuple[ManifestEntry, str]]:
        """Give each document that this schema does not run, and why."""
        found = [(e, self.find_fault(await self._documents.prepare(e.text))) for e in entries]
        return [(entry, wrong) for entry, wrong in found if wrong is not None]

    def find_fault(self, read: QueryDocument) -> str | None:
        """Say why a document cannot be registered; None: it can."""
        if read.errors:
            said = read.errors[0].message
            return said if len(said) <= SAID_LIMIT else f"{said[:SAID_LIMIT]}…"
        if len(read.operations) != 1:
            return f"it holds {len(read.operations)} operations; a document holds one"
        if any(name in INTROSPECTION for name in _root_names(read)):
            return "it asks for the schema; take it from the reference"
        return None

    def _planned(
        self, partner: str, entry: ManifestEntry, read: QueryDocument, by: PersonId, at: datetime
    ) -> TrustedDocument:
        return TrustedDocument(
            partner=partner,
            id=entry.id,
            name=entry.name,
            text=entry.text,
            kind=OperationKind(read.operations[0].operation.value),
            objects=read.objects,
            deprecated=tuple(use.coordinate for use in read.deprecated),
            scopes=tuple(dict.fromkeys(self._needs(read))),
            registered_by=by,
            registered_at=at,
        )

    def _needs(self, read: QueryDocument) -> Iterator[str]:
        """Yield what a key needs for each root field: scopes, any one of which is enough."""
        root = self._schema.get_root_type(read.operations[0].operation)
        assert root is not None  # noqa: S101 - it is valid
        for name in _root_names(read):
            if not name.startswith("__"):
                yield _need(_guard(root, name))


def _guard(root: GraphQLObjectType, name: str) -> Guard | None:
    found = root.fields[name].extensions.get("strawberry-definition")
    return guard_of(found) if isinstance(found, StrawberryField) else None


def _need(guard: Guard | None) -> str:
    if guard is None or guard.action is None:
        return FREE
    wanted = {(kind, guard.action) for kind in guard.kinds}
    scopes = [scope for scope, rights in SCOPE_RIGHTS.items() if rights & wanted]
    if scopes and not guard.network:
        return " or ".join(scopes)
    return f"no key may: {guard.action} {guard.kinds[0]}"


def _root_names(read: QueryDocument) -> list[str]:
    """Give the names of an operation's root fields, wherever fragments hold them."""
    definitions = () if read.parsed is None else read.parsed.definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    [operation] = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
    return list(_names(operation.selection_set, fragments))


def _names(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]
) -> Iterator[str]:
    for node in selections.selections:
        match node:
            case FieldNode():
                yield node.name.value
            case InlineFragmentNode():
                yield from _names(node.selection_set, fragments)
            case FragmentSpreadNode():
                yield from _names(fragments[node.name.value].selection_set, fragments)
            case _:
                pass
